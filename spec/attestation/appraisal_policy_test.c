#include "appraisal_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static appraisal_policy document;

static const char *reads(const char *text) { return appraisal_policy_read(span_text(text), &document); }

#define DIGITS_24 "000102030405060708090a0b"
#define DIGITS_96 DIGITS_24 DIGITS_24 DIGITS_24 DIGITS_24

static void each_member_reaches_the_policy(void **state)
{
    (void)state;
    assert_null(reads("{\"products\": [\"Milan\", \"Turin\"], \"measurements\": [\"" DIGITS_96 "\"], \"vmpl\": 2,"
                      "\"min_tcb\": {\"Milan\": {\"boot_loader\": 4, \"microcode\": 219}, \"Turin\": {\"fmc\": 1}}, \"csp_id\": \"CN=x\","
                      "\"report_data\": \"" DIGITS_96 "0000000000000000000000000000ffff\","
                      "\"allow_migration\": true, \"allow_masked_chip\": true, \"not_compared\": [\"revocation\", \"cspid\"]}"));
    const at_policy p = appraisal_policy_of(&document, NULL, 0);
    assert_int_equal(p.products, 1u << AT_MILAN | 1u << AT_TURIN);
    assert_int_equal(p.n_measurements, 1);
    assert_int_equal(p.measurements[0][47], 0x0b);
    assert_int_equal(p.report_data.n, AT_REPORT_DATA);
    assert_int_equal(p.report_data.p[63], 0xff);
    assert_int_equal(p.vmpl, 2);
    assert_int_equal(p.least_tcb[AT_MILAN][0], 4);
    assert_int_equal(p.least_tcb[AT_MILAN][7], 219);
    assert_int_equal(p.least_tcb[AT_TURIN][0], 1);
    assert_true(span_is(p.csp_id, "CN=x"));
    assert_true(p.allow_migration && p.allow_masked_chip);
    assert_int_equal(p.waived, AT_WAIVES(AT_REVOCATION) | AT_WAIVES(AT_CSP_ID));
}

static void what_is_not_mentioned_is_not_waived(void **state)
{
    (void)state;
    assert_null(reads("{\"products\": [\"Genoa\"]}"));
    const at_policy p = appraisal_policy_of(&document, NULL, 0);
    assert_int_equal(p.waived, 0);
    assert_int_equal(p.n_measurements, 0);
    assert_int_equal(p.report_data.n, 0);
    assert_false(p.allow_migration || p.allow_masked_chip);
}

static void what_is_wrong_is_said_and_leaves_nothing(void **state)
{
    (void)state;
    static const appraisal_policy nothing;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"products\": []}",
        "{\"products\": [\"Rome\"]}",
        "{\"products\": \"Milan\"}",
        "{\"products\": [\"Milan\"], \"products\": [\"Milan\"]}",
        "{\"products\": [\"Milan\"], \"measurement\": []}",
        "{\"products\": [\"Milan\"], \"measurements\": [\"00\"]}",
        "{\"products\": [\"Milan\"], \"measurements\": {}}",
        "{\"products\": [\"Milan\"], \"report_data\": \"00\"}",
        "{\"products\": [\"Milan\"], \"vmpl\": -1}",
        "{\"products\": [\"Milan\"], \"vmpl\": \"0\"}",
        "{\"products\": [\"Milan\"], \"min_tcb\": {\"Milan\": {\"fmc\": 1}}}",
        "{\"products\": [\"Milan\"], \"min_tcb\": {\"Milan\": {\"\": 1}}}",
        "{\"products\": [\"Milan\"], \"min_tcb\": {\"Milan\": {\"snp\": 256}}}",
        "{\"products\": [\"Milan\"], \"min_tcb\": {\"Rome\": {}}}",
        "{\"products\": [\"Milan\"], \"csp_id\": \"\"}",
        "{\"products\": [\"Milan\"], \"allow_migration\": \"false\"}",
        "{\"products\": [\"Milan\"], \"not_compared\": [\"hwid\"]}",
        "{\"products\": [\"Milan\"], \"not_compared\": [\"debug\"]}",
        "{\"products\": [\"Milan\"]} ,",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (!reads(bad[i]))
            fail_msg("taken: %s", bad[i]);
        assert_memory_equal(&document, &nothing, sizeof nothing);
    }
}

static void too_many_measurements_are_refused(void **state)
{
    (void)state;
    static char text[8192];
    for (size_t n = APPRAISAL_MEASUREMENTS_MAX; n <= APPRAISAL_MEASUREMENTS_MAX + 1; n++) {
        size_t at = (size_t)snprintf(text, sizeof text, "{\"products\": [\"Milan\"], \"measurements\": [");
        for (size_t i = 0; i < n; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s\"%s\"", i ? "," : "", DIGITS_96);
        snprintf(text + at, sizeof text - at, "]}");
        assert_int_equal(reads(text) == NULL, n == APPRAISAL_MEASUREMENTS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_member_reaches_the_policy),
        cmocka_unit_test(what_is_not_mentioned_is_not_waived),
        cmocka_unit_test(what_is_wrong_is_said_and_leaves_nothing),
        cmocka_unit_test(too_many_measurements_are_refused),
    };
    return cmocka_run_group_tests_name("appraisal_policy", tests, NULL, NULL);
}
