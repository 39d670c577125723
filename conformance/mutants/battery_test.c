#include "audit.h"
#include "battery.h"
#include "corpus.h"
#include "verdict.h"
#include "weak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static vector_set set;
static in_process p;
static char told[400];

static void blame(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    print_error("%s: %s: %s\n", file, where, what);
}

static void remember(void *ctx, const vector_case *c, const char *what)
{
    (void)ctx;
    snprintf(told, sizeof told, "%s: %s", c->id, what);
}

static size_t audited(const vector_case *c)
{
    audit_totals totals = {0};
    told[0] = 0;
    in_process_start(&p, &prim_openssl);
    audit_case(&p, &set, c, &totals, remember, NULL);
    return totals.faults;
}

static vector_case one(const char *id)
{
    const vector_case *c = vectors_find(&set, id);
    assert_non_null(c);
    return *c;
}

static void a_negative_that_says_something_untrue_is_a_fault(void **state)
{
    (void)state;
    vector_case c = one("nz.read.xx.aesgcm-sha256.i.m2.tag");
    if (weak_possible())
        assert_int_equal(audited(&c), 0);
    c.site = "NZ-031";
    assert_int_equal(audited(&c), 1);
    assert_non_null(strstr(told, "refused at NZ-006"));
    c = one("nz.read.xx.aesgcm-sha256.i.m2.tag");
    c.reason = "dh";
    assert_int_equal(audited(&c), 1);
    assert_non_null(strstr(told, ":reason"));
    c = one("nz.read.xx.aesgcm-sha256.i.m2.tag");
    c.after = "same";
    assert_int_equal(audited(&c), 1);
    assert_non_null(strstr(told, ":state"));
    c = one("nz.read.xx.aesgcm-sha256.i.m2.tag");
    c.base = c.id;
    assert_int_equal(audited(&c), 1);
}

/* A truncation is refused by its length, and would be by its tag: without its layers it would be masked. */
static void a_masked_negative_and_a_layer_too_many_are_faults(void **state)
{
    (void)state;
    if (!weak_possible())
        return; /* nothing can be weakened in this build */
    vector_case c = one("nz.read.xx.aesgcm-sha256.i.m2.short"), tag = one("nz.read.xx.aesgcm-sha256.i.m2.tag");
    assert_int_equal(audited(&c), 0);
    const cJSON *layers = c.layers;
    c.layers = NULL;
    assert_int_equal(audited(&c), 1);
    assert_non_null(strstr(told, "masked"));
    cJSON *more = cJSON_Parse("[\"NZ-006\",\"NZ-031\"]");
    tag.layers = more;
    assert_int_equal(audited(&tag), 1);
    assert_non_null(strstr(told, "accepted already"));
    cJSON_Delete(more);
    assert_non_null(layers);
}

static void every_null_implementation_fails_every_group(void **state)
{
    (void)state;
    battery b = {0};
    battery_nulls(&b, &set, &prim_openssl);
    if (b.n_null_groups)
        fail_msg("%s", b.null_group);
    assert_true(b.canary_died);
}

static void a_group_that_proves_nothing_is_found(void **state)
{
    (void)state;
    battery b = {0};
    vector_case idle = one("nz.init.i.ok"); /* it looks at nothing but the word ok */
    vector_set alone = {.all = &idle, .n = 1};
    battery_nulls(&b, &alone, &prim_openssl);
    assert_true(b.n_null_groups > 0);
    assert_non_null(strstr(b.null_group, "accept-all passes nz.init.json, group i"));
}

static void a_sentence_that_no_case_names_survives(void **state)
{
    (void)state;
    if (!weak_possible())
        return; /* nothing can be weakened in this build */
    battery b;
    vector_case few[2] = {one("nz.read.xx.aesgcm-sha256.i.m2.ok"), one("nz.read.xx.aesgcm-sha256.i.m2.tag")};
    vector_set small = {.all = few, .n = 2};
    assert_true(battery_run(&b, &small, &prim_openssl, NULL, "NZ", 2, NULL, NULL));
    assert_int_equal(b.dirty, 0);
    unsigned killed = 0, survived = 0;
    for (size_t i = 0; i < b.n; i++) {
        killed += b.all[i].fate == MUTANT_KILLED;
        survived += b.all[i].fate == MUTANT_SURVIVED;
        if (b.all[i].req == REQ_NZ_006)
            assert_string_equal(b.all[i].killer[0], "nz.read.xx.aesgcm-sha256.i.m2.tag:verdict");
        if (b.all[i].req == REQ_NZ_009)
            assert_int_equal(b.all[i].fate, MUTANT_SURVIVED);
    }
    assert_true(killed > 10 && survived > 0 && killed + survived == b.n);
    battery_free(&b);
}

/* An EMIT or DO does its work each time an honest run reaches it, a REQUIRE never. */
static bool is_produced(uint16_t req)
{
#ifdef PARLEY_COUNTERS
    return site_counts[req].reached != 0 && site_counts[req].fired == site_counts[req].reached;
#else
    return req == 0;
#endif
}

static void no_vector_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx, (void)file, (void)where, (void)what;
}

/* Up to the first file that differs: that is red already. */
static bool check_is_green(void)
{
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++)
        if (!corpus_file_same(PARLEY_TREE "/vectors", &prim_openssl, file, no_vector_fault, NULL))
            return false;
    return true;
}

static void a_weakened_line_of_the_key_schedule_turns_the_check_red(void **state)
{
    (void)state;
    bool produced[REQ_COUNT] = {0};
    unsigned n = 0;
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        produced[req] = is_produced(req) && strncmp(requirement_rows[req].id, "NZ", 2) == 0 &&
                        strcmp(requirement_rows[req].shown, "sim") != 0;
    for (uint16_t req = 1; req < REQ_COUNT && weak_possible(); req++) {
        if (!produced[req])
            continue;
        weak_set(req, true);
        if (check_is_green())
            fail_msg("with %s weakened the vectors come out the same", requirement_rows[req].id);
        weak_none();
        n++;
    }
    assert_true(n > 20 || !weak_possible());
}

static int make_set(void **state)
{
    (void)state;
    size_t skipped;
    return corpus_make(&prim_openssl, &set, &skipped, blame, NULL) ? 0 : -1;
}

static int drop_set(void **state)
{
    (void)state;
    vectors_free(&set);
    return 0;
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weakened_line_of_the_key_schedule_turns_the_check_red), /* first: it asks what the making alone reached */
        cmocka_unit_test(a_negative_that_says_something_untrue_is_a_fault),
        cmocka_unit_test(a_masked_negative_and_a_layer_too_many_are_faults),
        cmocka_unit_test(every_null_implementation_fails_every_group),
        cmocka_unit_test(a_group_that_proves_nothing_is_found),
        cmocka_unit_test(a_sentence_that_no_case_names_survives),
    };
    return cmocka_run_group_tests(tests, make_set, drop_set);
}
