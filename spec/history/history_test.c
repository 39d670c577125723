/* Two devices of one user and a storage that is a row of arrays. */
#include "history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ROOM = 8192 };

static const prim *const lib = &prim_sodium;
static const uint8_t prf[32] = {1}, other_prf[32] = {2}, root[32] = {3}, salt[32] = {4};
static uint8_t salts;

/* A store of one generation, with as many heads as were written. */
typedef struct store {
    uint8_t wrap[HI_WRAP], index[ROOM], content[ROOM], heads[16 * HI_HEAD];
    size_t n_index, n_content, n_heads;
} store;

static span index_of(const store *s) { return span_of(s->index, s->n_index); }
static span content_of(const store *s) { return span_of(s->content, s->n_content); }
static span head_of(const store *s, size_t i) { return span_of(s->heads + i * HI_HEAD, HI_HEAD); }
static span heads_from(const store *s, size_t i) { return span_of(s->heads + i * HI_HEAD, (s->n_heads - i) * HI_HEAD); }
static span newest_of(const store *s) { return s->n_heads ? head_of(s, s->n_heads - 1) : EMPTY; }

static const uint8_t *fresh(void)
{
    static uint8_t room[32];
    memcpy(room, salt, sizeof room);
    room[31] = ++salts;
    return room;
}

/* Seals the content under the next head, which the storage takes. */
static void write_head(store *s, const uint8_t key[32], uint32_t generation, bool rotates)
{
    static uint8_t filled[ROOM];
    uint8_t head[HI_HEAD];
    writer w = WRITER(s->index);
    assert_true(accepted(hi_seal_index(lib, key, fresh(), generation, s->n_heads + 1, content_of(s), filled, &w)));
    s->n_index = w.n;
    assert_true(accepted(hi_make_head(lib, key, rotates, newest_of(s), index_of(s), head)));
    assert_true(accepted(hi_storage_takes(lib, newest_of(s), SPAN(head))));
    memcpy(s->heads + HI_HEAD * s->n_heads++, head, HI_HEAD);
}

static void begin(store *s)
{
    uint8_t kek[32];
    const hi_index nothing = {0};
    *s = (store){0};
    writer w = WRITER(s->wrap), c = WRITER(s->content);
    hi_kek(lib, prf, span_text("phone"), kek);
    assert_true(accepted(hi_wrap(lib, kek, fresh(), root, 1, span_text("phone"), &w)));
    assert_true(accepted(hi_device_enrols(lib, &nothing, span_text("phone"), SPAN(s->wrap), &c)));
    s->n_content = c.n;
    write_head(s, root, 1, false);
}

static void put_item(store *s, const char *id, span sealed)
{
    uint8_t digest[32], room[ROOM];
    hi_index index;
    writer c = WRITER(room);
    prim_digest(lib, PRIM_SHA256, sealed, digest);
    assert_true(accepted(hi_read_index(content_of(s), s->n_heads, &index)));
    hi_index_with_item(&index, &(hi_item){span_text(id), s->n_heads + 1, SPAN(digest)}, &c);
    memcpy(s->content, room, c.n);
    s->n_content = c.n;
    write_head(s, root, 1, false);
}

static verdict take(hi_memory *memory, const store *s, const uint8_t answer[32], span heads, hi_view *view)
{
    static uint8_t room[ROOM];
    uint8_t kek[32];
    const hi_shown shown = {span_text("phone"), SPAN(s->wrap), index_of(s), heads};
    hi_kek(lib, answer, span_text("phone"), kek);
    return hi_device_takes(memory, lib, kek, &shown, room, view);
}

static void an_item_comes_back_at_the_version_it_was_written_with(void **state)
{
    static store s;
    static uint8_t filled[ROOM], item[ROOM], room[ROOM];
    hi_memory memory = {0};
    hi_view view;
    span text;
    (void)state;
    begin(&s);
    writer w = WRITER(item);
    assert_true(accepted(hi_seal_item(lib, root, fresh(), 1, span_text("chat"), 2, span_text("what was said"), filled, &w)));
    put_item(&s, "chat", written(&w));
    assert_true(accepted(take(&memory, &s, prf, newest_of(&s), &view)));
    assert_int_equal(memory.v, 2);
    assert_true(accepted(hi_open_item(lib, view.root, 1, &view.index, span_text("chat"), written(&w), room, &text)));
    assert_true(span_is(text, "what was said"));
    assert_true(all_zero(span_of(filled, 1024)));
}

static void hi_036_an_older_head_is_refused_and_nothing_is_forgotten(void **state)
{
    static store s;
    hi_memory memory = {0}, before;
    hi_view view;
    (void)state;
    begin(&s);
    const store old = s;
    put_item(&s, "chat", span_text("sealed"));
    assert_true(accepted(take(&memory, &s, prf, heads_from(&s, 0), &view)));
    before = memory;
    assert_int_equal(take(&memory, &old, prf, newest_of(&old), &view).req, REQ_HI_036);
    assert_memory_equal(&memory, &before, sizeof memory);
    assert_true(accepted(take(&memory, &s, prf, newest_of(&s), &view)));
}

static void hi_010_a_wrong_passkey_is_no_new_history(void **state)
{
    static store s;
    hi_memory memory = {0};
    hi_view view = {.v = 99};
    (void)state;
    begin(&s);
    assert_int_equal(take(&memory, &s, other_prf, newest_of(&s), &view).req, REQ_HI_010);
    assert_false(memory.has);
    assert_int_equal(view.v, 99);
    assert_int_equal(hi_device_begins(&memory, newest_of(&s)).req, REQ_HI_045);
}

static void hi_040_two_branches_are_seen_when_they_meet(void **state)
{
    static store one, two;
    hi_memory phone = {0}, laptop = {0};
    hi_view view;
    (void)state;
    begin(&one);
    two = one;
    put_item(&one, "chat", span_text("one"));
    put_item(&two, "chat", span_text("two"));
    assert_true(accepted(take(&phone, &one, prf, newest_of(&one), &view)));
    assert_true(accepted(take(&laptop, &two, prf, newest_of(&two), &view)));
    put_item(&two, "chat", span_text("two again"));
    assert_true(accepted(take(&laptop, &two, prf, heads_from(&two, 1), &view)));
    assert_int_equal(take(&phone, &two, prf, heads_from(&two, 1), &view).req, REQ_HI_038);
}

/* The chain is long, so its heads are bare: only the newest one's HMAC and index are looked at. */
static void hi_037_the_widest_gap_is_taken(void **state)
{
    static store s;
    const size_t n = HI_GAP_MAX + 1;
    uint8_t *heads = calloc(n + 1, HI_HEAD), filled[2048];
    hi_memory memory = {0};
    hi_view view;
    (void)state;
    begin(&s);
    memcpy(heads, s.heads, HI_HEAD);
    for (size_t i = 1; i <= n; i++) {
        const span before = span_of(heads + HI_HEAD * (i - 1), HI_HEAD);
        writer w = WRITER(s.index);
        if (i >= n - 1) {
            assert_true(accepted(hi_seal_index(lib, root, fresh(), 1, i + 1, content_of(&s), filled, &w)));
            s.n_index = w.n;
        }
        assert_true(accepted(hi_make_head(lib, root, false, before, index_of(&s), heads + HI_HEAD * i)));
        if (i == n - 1) {
            hi_device_remembers(lib, span_of(heads, HI_HEAD), &memory);
            assert_true(accepted(take(&memory, &s, prf, span_of(heads, HI_HEAD * n), &view)));
            assert_int_equal(memory.v, HI_GAP_MAX + 1);
        }
    }
    hi_device_remembers(lib, span_of(heads, HI_HEAD), &memory);
    assert_int_equal(take(&memory, &s, prf, span_of(heads, HI_HEAD * (n + 1)), &view).req, REQ_HI_037);
    free(heads);
}

static void hi_016_a_filled_text_ends_at_16_mib(void **state)
{
    static const uint8_t key[32] = {3};
    const size_t n = HI_FILLED_MAX;
    uint8_t *filled = malloc(2 * n), *sealed = malloc(n + HI_SEALED), *room = malloc(n + HI_SEALED);
    uint8_t digest[32], content[256];
    hi_index index;
    span text;
    (void)state;
    assert_int_equal(hi_filled_size(HI_TEXT_MAX), HI_FILLED_MAX);
    assert_int_equal(hi_filled_size(1020), 1024);
    assert_int_equal(hi_filled_size(1021), 2048);
    writer w = writer_of(sealed, n + HI_SEALED), c = WRITER(content);
    memset(room, 7, HI_TEXT_MAX);
    assert_true(accepted(hi_seal_item(lib, key, salt, 1, span_text("large"), 1, span_of(room, HI_TEXT_MAX), filled, &w)));
    prim_digest(lib, PRIM_SHA256, written(&w), digest);
    hi_index_with_item(&(hi_index){.n_credentials = 1, .credentials = span_of("\0\1c01234567890123456789012345678901", 35)},
                       &(hi_item){span_text("large"), 1, SPAN(digest)}, &c);
    assert_true(accepted(hi_read_index(written(&c), 1, &index)));
    assert_true(accepted(hi_open_item(lib, key, 1, &index, span_text("large"), written(&w), room, &text)));
    assert_int_equal(text.n, HI_TEXT_MAX);
    free(filled), free(sealed), free(room);
}

static void an_index_keeps_its_items_in_order(void **state)
{
    static const char *const added[] = {"b", "a", "ba", "c", "b"};
    uint8_t rooms[2][1024], digest[32] = {1};
    hi_index index = {.n_credentials = 1, .credentials = span_of("\0\1c01234567890123456789012345678901", 35)};
    hi_item item;
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        writer c = WRITER(rooms[i % 2]);
        hi_index_with_item(&index, &(hi_item){span_text(added[i]), i + 1, SPAN(digest)}, &c);
        assert_true(accepted(hi_read_index(written(&c), i + 1, &index)));
    }
    assert_int_equal(index.n_items, 4);
    assert_true(hi_find_item(&index, span_text("b"), &item));
    assert_int_equal(item.version, 5);
    writer c = WRITER(rooms[1]);
    hi_index_without_item(&index, span_text("b"), &c);
    assert_true(accepted(hi_read_index(written(&c), 5, &index)));
    assert_int_equal(index.n_items, 3);
    assert_false(hi_find_item(&index, span_text("b"), &item));
}

static void hi_056_the_code_is_base32(void **state)
{
    char code[HI_CODE + 1];
    (void)state;
    /* SHA-256("abc") begins ba7816bf 8f01cfea 414140de 5d... */
    hi_head_code(lib, span_text("abc"), code);
    assert_string_equal(code, "XJ4BNP4PAHH6UQKBIDPF");
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_item_comes_back_at_the_version_it_was_written_with),
        cmocka_unit_test(hi_036_an_older_head_is_refused_and_nothing_is_forgotten),
        cmocka_unit_test(hi_010_a_wrong_passkey_is_no_new_history),
        cmocka_unit_test(hi_040_two_branches_are_seen_when_they_meet),
        cmocka_unit_test(hi_037_the_widest_gap_is_taken),
        cmocka_unit_test(hi_016_a_filled_text_ends_at_16_mib),
        cmocka_unit_test(an_index_keeps_its_items_in_order),
        cmocka_unit_test(hi_056_the_code_is_base32),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
