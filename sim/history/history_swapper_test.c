/* Honest histories of several devices, and every attack of the storage swapper: found, and, where lines can be taken out, let through without
 * the lines that it names, and stopped again by the last of them. */
#include "history_swapper.h"
#include "labelled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const prim *const lib = &prim_sodium;
static const passkey phone = {"a phone", {1}}, laptop = {"b laptop", {2}};
static storage store;
static device one, two;

static storage_door fresh_store(void)
{
    store = (storage){.prim = lib};
    device_start(&one, lib, &phone, "one");
    device_start(&two, lib, &laptop, "two");
    return storage_opens(&store);
}

static void reads(device *d, const storage_door *door, const char *id, const char *text)
{
    uint8_t room[STORAGE_BLOB];
    span got = EMPTY;
    assert_true(accepted(device_reads(d, door, id, room, &got)));
    assert_true(span_is(got, text));
}

static void two_devices_share_a_history_and_races_are_made_good(void **state)
{
    (void)state;
    const storage_door door = fresh_store();
    assert_true(accepted(device_begins(&one, &door)));
    assert_true(accepted(device_writes(&one, &door, "chat", "from the phone")));
    assert_true(accepted(device_enrols(&one, &door, &laptop)));
    assert_true(accepted(device_opens(&two, &door)));
    reads(&two, &door, "chat", "from the phone");
    assert_true(accepted(device_writes(&two, &door, "note", "from the laptop")));
    assert_true(accepted(device_writes(&one, &door, "chat", "upon an older head"))); /* loses once, and is made anew */
    assert_int_equal(one.memory.v, 5);
    reads(&one, &door, "note", "from the laptop");
    assert_true(accepted(device_opens(&two, &door)));
    reads(&two, &door, "chat", "upon an older head");
}

static void hi_046_the_loser_of_a_race_is_told(void **state)
{
    uint8_t head[HI_HEAD];
    (void)state;
    const storage_door door = fresh_store();
    assert_true(accepted(device_begins(&one, &door)));
    memcpy(head, store.heads, HI_HEAD);
    assert_int_equal(door.put(door.ctx, SPAN(head)).req, REQ_HI_046);
}

/* HI-006: nothing that the storage holds after a rotation opens under the R before it, or for the passkey that was removed. */
static void hi_006_a_removed_passkey_is_out(void **state)
{
    static const passkey *const left[] = {&phone};
    uint8_t key[HI_KEY], room[STORAGE_BLOB];
    span text;
    (void)state;
    const storage_door door = fresh_store();
    assert_true(accepted(device_begins(&one, &door)) && accepted(device_enrols(&one, &door, &laptop)));
    assert_true(accepted(device_writes(&one, &door, "chat", "before")) && accepted(device_opens(&two, &door)));
    const size_t n_before = store.n_blobs, n_wraps = store.n_wraps;
    labelled_key(lib, SPAN(two.view.root), "items", EMPTY, key, HI_KEY);
    assert_true(accepted(device_rotates(&one, &door, left, 1)));
    assert_int_equal(device_opens(&two, &door).req, REQ_HI_014);
    reads(&one, &door, "chat", "before");
    for (size_t i = n_before; i < store.n_blobs; i++)
        for (uint64_t v = 0; v < 8; v++) {
            const uint8_t a_item[] = {2, 0, 0, 0, 2, 0, 4, 'c', 'h', 'a', 't', 0, 0, 0, 0, 0, 0, 0, (uint8_t)v},
                          a_index[] = {3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, (uint8_t)v};
            const span sealed = span_of(store.blob[i].bytes, store.blob[i].n);
            assert_false(accepted(hi_open(lib, key, sealed, SPAN(a_item), room, &text)));
            assert_false(accepted(hi_open(lib, key, sealed, SPAN(a_index), room, &text)));
        }
    for (size_t i = n_wraps; i < store.n_wraps; i++)
        assert_string_equal(store.wrap[i].credential, "a phone");
}

/* What the page says is not detected. */
static void a_device_without_memory_takes_an_older_state_and_its_code_differs(void **state)
{
    static storage older;
    char code[2][HI_CODE + 1];
    (void)state;
    const storage_door door = fresh_store();
    assert_true(accepted(device_begins(&one, &door)) && accepted(device_writes(&one, &door, "chat", "older")));
    older = store;
    assert_true(accepted(device_writes(&one, &door, "chat", "newer")));
    device_start(&two, lib, &phone, "a new device");
    const storage_door before = storage_opens(&older);
    assert_true(accepted(device_opens(&two, &before)));
    hi_head_code(lib, one.view.newest, code[0]);
    hi_head_code(lib, two.view.newest, code[1]);
    assert_string_not_equal(code[0], code[1]);
}

static void every_attack_is_stopped_by_the_line_that_it_names(void **state)
{
    (void)state;
    for (const swapper_attack *a = swapper_attacks; a->name; a++) {
        bool reached = false;
        const verdict v = a->play(lib, &reached);
        if (v.req != a->line[0] || reached)
            fail_msg("%s: stopped by %s, not by %s", a->name, requirement_rows[v.req].id, requirement_rows[a->line[0]].id);
    }
}

#ifdef PARLEY_MUTANTS
static bool reaches(const swapper_attack *a, size_t n_lines)
{
    bool reached = false;
    for (size_t i = 0; i < n_lines; i++)
        site_weak[a->line[i]] = true;
    (void)a->play(lib, &reached);
    memset(site_weak, 0, sizeof site_weak);
    return reached;
}

static void every_attack_gets_through_without_exactly_its_lines(void **state)
{
    (void)state;
    for (const swapper_attack *a = swapper_attacks; a->name; a++) {
        size_t n = 0;
        while (n < SWAPPER_LINES && a->line[n])
            n++;
        for (size_t fewer = 0; fewer < n; fewer++)
            if (reaches(a, fewer))
                fail_msg("%s: gets through without %zu of its %zu lines", a->name, fewer, n);
        if (!reaches(a, n))
            fail_msg("%s: does not get through", a->name);
    }
}
#endif

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_devices_share_a_history_and_races_are_made_good),
        cmocka_unit_test(hi_046_the_loser_of_a_race_is_told),
        cmocka_unit_test(hi_006_a_removed_passkey_is_out),
        cmocka_unit_test(a_device_without_memory_takes_an_older_state_and_its_code_differs),
        cmocka_unit_test(every_attack_is_stopped_by_the_line_that_it_names),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(every_attack_gets_through_without_exactly_its_lines),
#endif
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
