#include "appraisal_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static appraisal_policy document;

static policy_fault fault;

/* NULL when it is one. */
static const char *reads(const char *text) { return appraisal_policy_read(span_text(text), &document, &fault) ? NULL : fault.what; }

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
    assert_int_equal(p.waived, AT_WAIVES(AT_REVOCATION)); /* a csp_id is given */
}

static void each_pin_reaches_the_policy(void **state)
{
    (void)state;
    assert_null(reads("{\"products\": [\"Milan\"], \"host_data\": \"" DIGITS_24 DIGITS_24 "0000000000000011\", \"family_id\": \"" DIGITS_24
                      "00000012\", \"image_id\": \"" DIGITS_24 "00000013\","
                      "\"id_key_digests\": [\"" DIGITS_96 "\", \"" DIGITS_96 "\"], \"author_key_digests\": [],"
                      "\"chip_ids\": [\"" DIGITS_96 "00000000000000000000000000000014\"], \"min_guest_svn\": 4294967295,"
                      "\"min_firmware\": {\"build\": 29, \"major\": 1, \"minor\": 55}, \"mitigations\": 5,"
                      "\"guest_policy\": {\"required\": [\"page_swap_disable\"], \"forbidden\": [\"smt\", \"cxl\"]},"
                      "\"platform_info\": {\"required\": [\"iommu_write_safe\"]}}"));
    const at_policy p = appraisal_policy_of(&document, NULL, 0);
    assert_int_equal(p.pinned, AT_ALL_PINS & ~(AT_PINS(AT_PIN_TCB) | AT_PINS(AT_PIN_USER_DATA)));
    assert_int_equal(p.floors, 0);
    assert_true(p.host_data.n == 32 && p.host_data.p[31] == 0x11);
    assert_true(p.family_id.n == 16 && p.family_id.p[15] == 0x12 && p.image_id.n == 16 && p.image_id.p[15] == 0x13);
    assert_true(p.n_id_keys == 2 && p.id_keys[1][47] == 0x0b && p.n_author_keys == 0);
    assert_true(p.n_chips == 1 && p.chips[0][63] == 0x14);
    assert_int_equal(p.least_guest_svn, 4294967295);
    assert_memory_equal(p.least_firmware, "\1\x37\x1d", 3);
    assert_int_equal(p.mitigations, 5);
    assert_true(p.guest_policy.required == 1u << 25 && p.guest_policy.forbidden == (1u << 16 | 1u << 21));
    assert_true(p.platform_info.required == 1u << 6 && p.platform_info.forbidden == 0);
}

static void a_value_that_is_given_is_not_waived(void **state)
{
    (void)state;
    assert_null(reads("{\"products\": [\"Milan\"], \"measurements\": [], \"vmpl\": 0, \"csp_id\": \"x\","
                      "\"report_data\": \"" DIGITS_96 "0000000000000000000000000000ffff\", \"host_data\": \"" DIGITS_24 DIGITS_24
                      "0000000000000000\","
                      "\"not_compared\": [\"measurement\", \"vmpl\", \"cspid\", \"report_data\", \"host_data\", \"revocation\"]}"));
    const at_policy p = appraisal_policy_of(&document, NULL, 0);
    assert_int_equal(p.waived, AT_WAIVES(AT_REVOCATION));
    assert_int_equal(p.pinned, AT_PINS(AT_PIN_HOST_DATA));
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
        "{\"products\": [\"Venice\"]}",
        "{\"products\": [\"Milan\"], \"host_data\": \"00\"}",
        "{\"products\": [\"Milan\"], \"family_id\": 0}",
        "{\"products\": [\"Milan\"], \"image_id\": []}",
        "{\"products\": [\"Milan\"], \"id_key_digests\": \"00\"}",
        "{\"products\": [\"Milan\"], \"author_key_digests\": [\"00\"]}",
        "{\"products\": [\"Milan\"], \"chip_ids\": [1]}",
        "{\"products\": [\"Milan\"], \"min_guest_svn\": 4294967296}",
        "{\"products\": [\"Milan\"], \"min_firmware\": \"1.55\"}",
        "{\"products\": [\"Milan\"], \"min_firmware\": {\"major\": 1, \"minor\": 55}}",
        "{\"products\": [\"Milan\"], \"min_firmware\": {\"major\": 1, \"minor\": 55, \"build\": 0, \"more\": 1}}",
        "{\"products\": [\"Milan\"], \"mitigations\": -1}",
        "{\"products\": [\"Milan\"], \"guest_policy\": [\"smt\"]}",
        "{\"products\": [\"Milan\"], \"guest_policy\": {\"wanted\": [\"smt\"]}}",
        "{\"products\": [\"Milan\"], \"guest_policy\": {\"required\": [\"tsme\"]}}",
        "{\"products\": [\"Milan\"], \"platform_info\": {\"required\": [\"smt\"], \"forbidden\": [\"smt\"]}}",
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
        cmocka_unit_test(each_member_reaches_the_policy),           cmocka_unit_test(each_pin_reaches_the_policy),
        cmocka_unit_test(a_value_that_is_given_is_not_waived),      cmocka_unit_test(what_is_not_mentioned_is_not_waived),
        cmocka_unit_test(what_is_wrong_is_said_and_leaves_nothing), cmocka_unit_test(too_many_measurements_are_refused),
    };
    return cmocka_run_group_tests_name("appraisal_policy", tests, NULL, NULL);
}
