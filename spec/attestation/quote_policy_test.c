#include "quote_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static quote_policy document;

#define REGISTER "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define ENCLAVE  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static policy_fault fault;

/* What is said of it. */
static const char *said(void)
{
    static char text[256];
    writer w = writer_of(text, sizeof text - 1);
    policy_fault_write(&w, &fault);
    text[w.n] = 0;
    return text;
}

static void reads(const char *text)
{
    if (!quote_policy_read(span_text(text), &document, &fault))
        fail_msg("%s: %s", text, said());
}

static void refuses(const char *text, const char *about)
{
    if (quote_policy_read(span_text(text), &document, &fault) || !strstr(said(), about))
        fail_msg("%s: %s", text, said());
    assert_int_equal(document.statuses, 0);
}

static void what_a_document_says_is_in_the_policy(void **state)
{
    (void)state;
    reads("{\"tcb_statuses\":[\"UpToDate\",\"SWHardeningNeeded\"],\"advisories\":[\"INTEL-SA-00615\"],\"mrtd\":[\"" REGISTER "\"],"
          "\"rtmr1\":[\"" REGISTER "\",\"" REGISTER "\"],\"mrowner\":[\"" REGISTER "\"],\"mrenclave\":[\"" ENCLAVE
          "\"],\"mrsigner\":\"" ENCLAVE "\",\"isv_prod_id\":7,\"min_isv_svn\":2,\"report_data\":\"" ENCLAVE ENCLAVE
          "\",\"not_compared\":[\"rtmr0\",\"revocation\"],"
          "\"allow_sept_ve\":true,\"min_evaluation\":17,\"baseline_date\":\"2025-01-01T00:00:00Z\",\"mrseam\":[\"" REGISTER "\"],"
          "\"td_attributes\":{\"mask\":\"0000004000000080\",\"value\":\"0000000000000000\"},\"xfam\":\"e702060000000000\","
          "\"platforms\":[\"000102030405060708090a0b0c0d0e0f\"]}");
    const at_quote_policy p = quote_policy_of(&document, span_text("root"));
    assert_int_equal(p.tcb.statuses, 1u << AT_UP_TO_DATE | 1u << AT_SW_HARDENING_NEEDED);
    assert_int_equal(p.tcb.n_advisories, 1);
    assert_true(span_is(p.tcb.advisories[0], "INTEL-SA-00615"));
    assert_int_equal(p.references[AT_MRTD].n, 1);
    assert_int_equal(p.references[AT_RTMR1].n, 2);
    assert_int_equal(p.references[AT_MROWNER].n, 1);
    assert_int_equal(p.references[AT_RTMR2].n, 0);
    assert_int_equal(p.references[AT_RTMR1].value[1][47], 0x2f);
    assert_int_equal(p.n_mrenclaves, 1);
    assert_int_equal(p.mrsigner.n, 32);
    assert_int_equal(p.isv_prod_id, 7);
    assert_int_equal(p.least_isv_svn, 2);
    assert_int_equal(p.report_data.n, 64);
    assert_true(p.allow_sept_ve);
    assert_int_equal(p.least_evaluation, 17);
    assert_int_equal(p.tcb.baseline, 1735689600);
    assert_true(p.td_attributes_mask == (UINT64_C(1) << 63 | UINT64_C(1) << 30));
    assert_true(p.xfam == 0x602e7);
    assert_int_equal(p.n_platforms, 1);
    assert_true(span_is(p.root, "root"));
    assert_true(p.waived == (AT_QUOTE_WAIVES(AT_RTMR0) | AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION)));
}

static void pins_that_are_not_given_are_not_compared(void **state)
{
    (void)state;
    reads("{\"tcb_statuses\":[\"UpToDate\"]}");
    assert_true(document.waived ==
                (AT_QUOTE_WAIVES(AT_MRSEAM) | AT_QUOTE_WAIVES(AT_TD_ATTRIBUTES) | AT_QUOTE_WAIVES(AT_XFAM) | AT_QUOTE_WAIVES(AT_PLATFORM)));
}

static void what_is_given_is_compared_whatever_is_waived(void **state)
{
    (void)state;
    reads("{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"mrtd\",\"rtmr0\"],\"mrtd\":[]}");
    assert_false(document.waived & AT_QUOTE_WAIVES(AT_MRTD));
    assert_true(document.waived & AT_QUOTE_WAIVES(AT_RTMR0));
}

static void a_document_that_is_none_says_why(void **state)
{
    (void)state;
    refuses("", "one JSON object");
    refuses("[]", "one JSON object");
    refuses("{}", "tcb_statuses");
    refuses("{\"tcb_statuses\":[]}", "no status");
    refuses("{\"tcb_statuses\":[\"uptodate\"]}", "tcb_statuses");
    refuses("{\"tcb_statuses\":\"UpToDate\"}", "is not an array");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"tcb_statuses\":[\"UpToDate\"]}", "twice");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"rtmr4\":[]}", "`rtmr4` is a member that no policy has");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"mrtd\":\"" REGISTER "\"}", "mrtd");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"mrtd\":[\"00\"]}", "mrtd");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"mrenclave\":[\"" REGISTER "\"]}", "mrenclave");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"mrsigner\":\"00\"}", "mrsigner");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"isv_prod_id\":65536}", "isv_prod_id");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"min_isv_svn\":-1}", "min_isv_svn");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"report_data\":\"" ENCLAVE "\"}", "report_data");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"allow_sept_ve\":1}", "allow_sept_ve");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"min_evaluation\":\"17\"}", "min_evaluation");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"baseline_date\":\"2025-01-01\"}", "baseline_date");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"td_attributes\":{\"mask\":\"0000000000000000\"}}", "td_attributes");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"td_attributes\":{\"mask\":\"0000000000000000\",\"value\":\"0000000000000000\",\"x\":1}}",
            "td_attributes");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"xfam\":397031}", "xfam");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"platforms\":[\"00\"]}", "platforms");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"advisories\":[\"\"]}", "advisories");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"debug\"]}", "not_compared");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"attributes\"]}", "not_compared");
    refuses("{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"platform\"]}", "not_compared");
}

static void the_built_in_policy_lowers_nothing(void **state)
{
    (void)state;
    quote_policy_built_in(&document);
    const at_quote_policy p = quote_policy_of(&document, EMPTY);
    assert_int_equal(p.tcb.statuses, 1u << AT_UP_TO_DATE);
    assert_false(p.allow_sept_ve);
    assert_false(p.waived & AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION));
    assert_false(p.waived & AT_QUOTE_WAIVES(AT_ADVISORIES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_document_says_is_in_the_policy),        cmocka_unit_test(pins_that_are_not_given_are_not_compared),
        cmocka_unit_test(what_is_given_is_compared_whatever_is_waived), cmocka_unit_test(a_document_that_is_none_says_why),
        cmocka_unit_test(the_built_in_policy_lowers_nothing),
    };
    return cmocka_run_group_tests_name("quote_policy", tests, NULL, NULL);
}
