#include "expected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static results run;

static void given(const char *id, outcome o, const char *got)
{
    const result r = {.case_id = id, .check = "state", .rev = 1, .outcome = o, .got = got};
    results_add(&run, &r);
}

static size_t applied(const char *rows, bool whole)
{
    expected k;
    page text = {0};
    char fault[200];
    page_put(&text, rows);
    assert_null(expected_read(&k, EXPECTED_KNOWN, text, fault));
    size_t stale = expected_apply(&k, &run, 0, whole);
    expected_free(&k);
    return stale;
}

static void start(void)
{
    results_free(&run);
    results_start(&run, &(results_head){.suite = "test"});
}

static void a_difference_is_excused_only_when_it_fails_that_way(void **state)
{
    (void)state;
    start();
    given("nz.a.tag", OUTCOME_FAIL, "ok");
    given("nz.b.tag", OUTCOME_FAIL, "rej:dh");
    given("nz.c.tag", OUTCOME_CRASH, "ok");
    given("nz.d.other", OUTCOME_FAIL, "ok");
    assert_int_equal(applied("# why\nnz.*.tag\tstate\tFAIL\tok\tit is known\n", true), 0);
    assert_int_equal(run.all[0].outcome, OUTCOME_XFAIL);
    assert_string_equal(run.all[0].note, "it is known");
    assert_int_equal(run.all[1].outcome, OUTCOME_FAIL);
    assert_int_equal(run.all[2].outcome, OUTCOME_CRASH);
    assert_int_equal(run.all[3].outcome, OUTCOME_FAIL);
}

static void a_row_that_excuses_nothing_or_covers_a_pass_is_stale(void **state)
{
    (void)state;
    const char *row = "nz.*.tag\tstate\tFAIL\tok\tit is known\n";
    start();
    given("nz.a.tag", OUTCOME_FAIL, "ok");
    given("nz.b.tag", OUTCOME_PASS, "");
    assert_int_equal(applied(row, true), 1);
    assert_int_equal(run.all[1].outcome, OUTCOME_XPASS);
    start();
    given("nz.a.other", OUTCOME_FAIL, "ok");
    assert_int_equal(applied(row, true), 1);
    assert_int_equal(applied(row, false), 0);
}

static void a_malformed_row_is_named_by_its_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"nz.*\tstate\tFAIL\tok\n", "nz.*\tstate\tPASS\tok\twhy\n", "nz.*\tstate\tFAIL\tok\t\n"};
    for (size_t i = 0; i < 3; i++) {
        expected k;
        page text = {0};
        char fault[200];
        page_put(&text, "# head\n");
        page_put(&text, bad[i]);
        const char *what = expected_read(&k, EXPECTED_KNOWN, text, fault);
        assert_non_null(what);
        assert_true(strncmp(what, "line 2: ", 8) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_is_excused_only_when_it_fails_that_way),
        cmocka_unit_test(a_row_that_excuses_nothing_or_covers_a_pass_is_stale),
        cmocka_unit_test(a_malformed_row_is_named_by_its_line),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    results_free(&run);
    return failed;
}
