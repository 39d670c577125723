/* Message 2's evidence of a whole machine: the profile with chapter attestation, against what the simulated vendor signs. */
#include "pack.h"
#include "tee_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static pack made;
static cf_own_storage storage;
static cf_appraisal found;
static uint8_t server_key[32], report_data[AT_REPORT_DATA], payload_room[CF_EVIDENCE_MAX];

static void begin(void)
{
    pack_make(&made, "confer", EMPTY, PACK_TIME);
    memset(server_key, 0x5a, sizeof server_key);
    memset(report_data, 0, sizeof report_data);
    memcpy(report_data, server_key, sizeof server_key);
}

static span evidence(void)
{
    uint8_t report[AT_REPORT];
    const tee_chip chip = pack_chip(&made);
    const tee_launch launch = pack_launch(&made);
    writer w = WRITER(payload_room);
    tee_report(&chip, &launch, report_data, report);
    pack_write_evidence(&made, SPAN(report), &w);
    assert_true(writer_ok(&w));
    return written(&w);
}

static uint16_t appraised(const cf_collateral *collateral)
{
    const cf_policy policy = pack_policy(&made);
    const cf_world world = {
        .prim = &prim_openssl, .now = made.time, .storage = cf_own(&storage), .policy = &policy, .collateral = collateral};
    return cf_appraise(&world, evidence(), SPAN(server_key), &found).req;
}

static uint16_t appraise(void)
{
    const cf_collateral collateral = pack_collateral(&made);
    return appraised(&collateral);
}

static size_t place_of(uint16_t req)
{
    size_t i = 0;
    while (i < found.account.n_checks && found.account.check[i].req != req)
        i++;
    assert_true(i < found.account.n_checks);
    return i;
}

static void a_machine_of_the_pack_is_accepted_and_the_account_names_both_chapters(void **state)
{
    (void)state;
    begin();
    assert_int_equal(appraise(), 0);
    assert_int_equal(found.not_verified, CF_MANIFEST_NOT_VERIFIED);
    assert_int_equal(found.snp.product, AT_MILAN);
    assert_true(place_of(REQ_CF_039) + 1 == place_of(REQ_AT_002));
    assert_true(place_of(REQ_AT_029) < place_of(REQ_CF_041));
    assert_int_equal(place_of(REQ_CF_044) + 1, found.account.n_checks);
}

static void evidence_names_the_server_of_this_handshake(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < 512; bit += 37) {
        begin();
        report_data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(appraise(), bit < 256 ? REQ_CF_041 : REQ_CF_042);
        assert_false(found.account.check[found.account.n_checks - 1].ok);
    }
    begin();
    server_key[0] ^= 1;
    assert_int_equal(appraise(), REQ_CF_041);
}

static void collateral_of_another_machine_vouches_for_nothing(void **state)
{
    (void)state;
    begin();
    cf_collateral none = {0}, exchanged = pack_collateral(&made);
    exchanged.snp.vek = exchanged.snp.intermediate;
    assert_int_equal(appraised(&none), REQ_AT_010);
    assert_int_equal(appraised(&exchanged), REQ_AT_011);
    assert_int_equal(found.snp.version, 0);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_of_the_pack_is_accepted_and_the_account_names_both_chapters),
        cmocka_unit_test(evidence_names_the_server_of_this_handshake),
        cmocka_unit_test(collateral_of_another_machine_vouches_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
