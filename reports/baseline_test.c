#include "expected.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define JAN_1_2027 INT64_C(1798761600)

static results run_of(outcome o, const char *got)
{
    results r;
    results_start(&r, &(results_head){.target = "acme"});
    results_add(
        &r, &(result){.case_id = "nz.open.tag", .check = "verdict", .rev = 1, .outcome = o, .got = got, .req = "NZ-036", .level = "MUST"});
    r.planned = 1;
    return r;
}

static expected read_text(const char *text)
{
    page p = {0};
    char fault[200];
    expected b;
    page_put(&p, text);
    const char *wrong = expected_read(&b, EXPECTED_BASELINE, p, fault);
    if (wrong)
        print_message("%s\n", wrong);
    assert_null(wrong);
    return b;
}

#define ENTRY "# known\n\nnz.open.tag\tverdict\tFAIL\tok\t#12\t2027-01-31\n"

static void excuses(outcome was, const char *got, int64_t at, outcome becomes, expected_fate fate, int status)
{
    results r = run_of(was, got);
    expected b = read_text(ENTRY);
    size_t stale = expected_apply(&b, &r, at, true);
    assert_int_equal(b.all[0].fate, fate);
    assert_int_equal(r.all[0].outcome, becomes);
    assert_int_equal(r.all[0].was, was);
    assert_int_equal(results_exit(&r, &(exit_facts){.baseline_stale = stale > 0}, NULL), status);
    expected_free(&b);
    results_free(&r);
}

static void an_entry_excuses_only_the_same_failure_and_only_for_its_time(void **state)
{
    (void)state;
    excuses(OUTCOME_FAIL, "ok", JAN_1_2027, OUTCOME_XFAIL, EXPECTED_MATCHED, 0);
    excuses(OUTCOME_FAIL, "ok", JAN_1_2027 + 31 * 86400 - 1, OUTCOME_XFAIL, EXPECTED_MATCHED, 0);
    excuses(OUTCOME_FAIL, "ok", JAN_1_2027 + 31 * 86400, OUTCOME_FAIL, EXPECTED_EXPIRED, 1);
    excuses(OUTCOME_FAIL, "rej:length", JAN_1_2027, OUTCOME_FAIL, EXPECTED_OTHERWISE, 1);
    excuses(OUTCOME_CRASH, "ok", JAN_1_2027, OUTCOME_CRASH, EXPECTED_OTHERWISE, 1);
    excuses(OUTCOME_PASS, "rej:auth", JAN_1_2027, OUTCOME_XPASS, EXPECTED_FIXED, 2);
    excuses(OUTCOME_UNTESTED, "", JAN_1_2027, OUTCOME_UNTESTED, EXPECTED_OTHERWISE, 2);
}

static void an_entry_for_nothing_is_stale_only_when_everything_ran(void **state)
{
    (void)state;
    results r = run_of(OUTCOME_PASS, "ok");
    expected b = read_text("tl.other\tverdict\tHANG\t\t#1\t2027-01-31\n");
    assert_int_equal(expected_apply(&b, &r, JAN_1_2027, false), 0);
    assert_int_equal(expected_apply(&b, &r, JAN_1_2027, true), 1);
    assert_int_equal(b.all[0].fate, EXPECTED_GONE);
    expected_free(&b);
    results_free(&r);
}

static void what_was_written_matches_the_run_it_was_written_from(void **state)
{
    (void)state;
    results r = run_of(OUTCOME_FAIL, "two\nlines\tand \x1b[31m colour");
    page text = {0}, pruned = {0};
    expected_write(&r, "#77", JAN_1_2027, &text);
    assert_non_null(strstr(text.p, "\t#77\t2027-04-01\n"));
    expected b = read_text(text.p);
    assert_int_equal(expected_apply(&b, &r, JAN_1_2027, true), 0);
    assert_int_equal(r.all[0].outcome, OUTCOME_XFAIL);
    expected_prune(&b, &pruned);
    assert_string_equal(pruned.p, text.p);
    page_free(&text), page_free(&pruned);
    expected_free(&b);
    results_free(&r);
}

static void pruning_removes_what_is_fixed(void **state)
{
    (void)state;
    results r = run_of(OUTCOME_PASS, "rej:auth");
    expected b = read_text(ENTRY "zz.other\tstate\tFAIL\tx\t#3\t2027-01-31\n");
    page pruned = {0};
    expected_apply(&b, &r, JAN_1_2027, false);
    expected_prune(&b, &pruned);
    assert_null(strstr(pruned.p, "nz.open.tag"));
    assert_non_null(strstr(pruned.p, "zz.other"));
    page_free(&pruned);
    expected_free(&b);
    results_free(&r);
}

static void a_row_more_or_a_later_day_raises_a_baseline(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool raised;
    } all[] = {{"", false},
               {ENTRY, false},
               {"nz.open.tag\tverdict\tFAIL\tok\tanother#1\t2027-01-31\n", false},
               {"nz.open.tag\tverdict\tFAIL\tok\t#12\t2027-01-30\n", false},
               {"nz.open.tag\tverdict\tFAIL\tok\t#12\t2027-02-01\n", true},
               {"nz.open.tag\tverdict\tFAIL\trej:dh\t#12\t2027-01-31\n", true},
               {"nz.open.tag\tverdict\tCRASH\tok\t#12\t2027-01-31\n", true},
               {"nz.open.tag\tstate\tFAIL\tok\t#12\t2027-01-31\n", true},
               {ENTRY "nz.open.b\tverdict\tFAIL\tok\t#12\t2027-01-31\n", true}};
    expected was = read_text(ENTRY);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        expected now = read_text(all[i].text);
        assert_int_equal(expected_beyond(&now, &was) != NULL, all[i].raised);
        expected_free(&now);
    }
    expected_free(&was);
}

static void a_malformed_baseline_is_named_by_its_line(void **state)
{
    (void)state;
    static const char *const lines[] = {"nz.open.tag\tverdict\tFAIL\tok\t#12\n",
                                        "NZ open\tverdict\tFAIL\tok\t#12\t2027-01-31\n",
                                        "nz.open.tag\tmood\tFAIL\tok\t#12\t2027-01-31\n",
                                        "nz.open.tag\tverdict\tPASS\tok\t#12\t2027-01-31\n",
                                        "nz.open.tag\tverdict\tFAIL\tok\t\t2027-01-31\n",
                                        "nz.open.tag\tverdict\tFAIL\tok\t#12\tsoon\n",
                                        "nz.open.tag\tverdict\tFAIL\tok\t#12\t2027-01-31\tmore\n",
                                        ENTRY ENTRY};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char fault[200];
        expected b;
        page p = {0};
        page_put(&p, "# one\n");
        page_put(&p, lines[i]);
        const char *wrong = expected_read(&b, EXPECTED_BASELINE, p, fault);
        assert_non_null(wrong);
        assert_int_equal(strncmp(wrong, "line ", 5), 0);
        assert_null(b.all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_excuses_only_the_same_failure_and_only_for_its_time),
        cmocka_unit_test(an_entry_for_nothing_is_stale_only_when_everything_ran),
        cmocka_unit_test(what_was_written_matches_the_run_it_was_written_from),
        cmocka_unit_test(pruning_removes_what_is_fixed),
        cmocka_unit_test(a_row_more_or_a_later_day_raises_a_baseline),
        cmocka_unit_test(a_malformed_baseline_is_named_by_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
