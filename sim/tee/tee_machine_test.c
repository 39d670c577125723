#include "tee_machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1780272000) /* 2026-06-01 00:00:00 UTC */

static const uint8_t data[AT_REPORT_DATA] = {1, 2, 3};
static uint8_t wanted[1][AT_MEASUREMENT] = {{0xab}}, chips[1][AT_CHIP_ID], report[AT_REPORT];
static tee_machine sound;
static tee_service vendor;
static at_root root;
static at_policy policy;

/* A policy for the guest of the sound machine, at its TCB. */
static void begin(void)
{
    sound = tee_machine_of(TEE_SOUND, AT_MILAN, span_text("sound"), wanted[0]);
    vendor = (tee_service){.at = NOW, .chip = {&sound.chip}, .n = 1};
    policy = (at_policy){.roots = &root,
                         .n_roots = 1,
                         .products = 1u << AT_MILAN,
                         .measurements = wanted,
                         .n_measurements = 1,
                         .report_data = SPAN(data),
                         .floors = 1u << AT_MILAN};
    memcpy(policy.least_tcb[AT_MILAN], sound.chip.reported, AT_TCB);
    memcpy(chips[0], sound.chip.hw_id, AT_CHIP_ID);
}

/* The verifier asks the vendor's service for whatever the report names. */
static uint16_t judge(const tee_machine *m, const tee_launch *claimed)
{
    static tee_endorsements endorsements;
    static at_claims claims;
    account noted = {0};
    const at_world world = {.prim = &prim_sodium, .now = NOW};
    vendor.chip[1] = &m->chip;
    vendor.n = 2;
    assert_true(tee_machine_reports(m, claimed, data, report));
    assert_true(tee_service_answers(&vendor, SPAN(report), &endorsements));
    root = (at_root){AT_MILAN, tee_ark(&endorsements), tee_crl(&endorsements)};
    const at_evidence evidence = {.report = SPAN(report), .vek = tee_vek(&endorsements), .intermediate = tee_intermediate(&endorsements)};
    return at_appraise_snp(&world, &policy, &evidence, &noted, &claims).req;
}

static void list_the_sound_chip(void)
{
    policy.pinned |= AT_PINS(AT_PIN_CHIP);
    policy.chips = chips;
    policy.n_chips = 1;
}

static void a_sound_machine_signs_what_it_runs(void **state)
{
    const uint8_t another[AT_MEASUREMENT] = {1};
    (void)state;
    begin();
    assert_int_equal(judge(&sound, NULL), 0);
    assert_false(tee_machine_reports(&sound, &sound.runs, data, report));
    const tee_machine other = tee_machine_of(TEE_SOUND, AT_MILAN, span_text("other code"), another);
    assert_int_equal(judge(&other, NULL), REQ_AT_040);
}

static void a_machine_of_debuggers_says_so(void **state)
{
    (void)state;
    begin();
    const tee_machine debugged = tee_machine_of(TEE_DEBUG, AT_MILAN, span_text("debugged"), wanted[0]);
    assert_int_equal(judge(&debugged, NULL), REQ_AT_033);
    assert_false(tee_machine_reports(&debugged, &sound.runs, data, report));
}

static void a_broken_machine_lies_at_its_old_tcb(void **state)
{
    const uint8_t runs[AT_MEASUREMENT] = {1};
    (void)state;
    begin();
    const tee_machine broken = tee_machine_of(TEE_BROKEN, AT_MILAN, span_text("broken"), runs);
    assert_int_equal(judge(&broken, &sound.runs), REQ_AT_038);
    policy.floors = 0;
    assert_int_equal(judge(&broken, &sound.runs), 0);
}

static void a_leaked_key_lies_until_chips_are_listed_or_the_line_is_revoked(void **state)
{
    const uint8_t runs[AT_MEASUREMENT] = {1};
    (void)state;
    begin();
    const tee_machine leaked = tee_machine_of(TEE_LEAKED, AT_MILAN, span_text("leaked"), runs);
    assert_int_equal(judge(&leaked, &sound.runs), 0);
    vendor.revokes = true;
    assert_int_equal(judge(&leaked, &sound.runs), REQ_AT_015);
    vendor.revokes = false;
    list_the_sound_chip();
    assert_int_equal(judge(&leaked, &sound.runs), REQ_AT_056);
    assert_int_equal(judge(&sound, NULL), 0);
}

static void the_service_knows_the_chips_that_the_vendor_made(void **state)
{
    static tee_endorsements first, again;
    (void)state;
    begin();
    const tee_machine stranger = tee_machine_of(TEE_SOUND, AT_MILAN, span_text("stranger"), wanted[0]);
    assert_true(tee_machine_reports(&stranger, NULL, data, report));
    assert_false(tee_service_answers(&vendor, SPAN(report), &first));
    assert_false(tee_service_answers(&vendor, span_of(report, AT_REPORT - 1), &first));
    assert_true(tee_machine_reports(&sound, NULL, data, report));
    assert_true(tee_service_answers(&vendor, SPAN(report), &first) && tee_service_answers(&vendor, SPAN(report), &again));
    for (int i = 0; i < 4; i++)
        assert_true(span_same(span_of(first.bytes[i], first.n[i]), span_of(again.bytes[i], again.n[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_machine_signs_what_it_runs),
        cmocka_unit_test(a_machine_of_debuggers_says_so),
        cmocka_unit_test(a_broken_machine_lies_at_its_old_tcb),
        cmocka_unit_test(a_leaked_key_lies_until_chips_are_listed_or_the_line_is_revoked),
        cmocka_unit_test(the_service_knows_the_chips_that_the_vendor_made),
    };
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
