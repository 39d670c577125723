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

static tl_sigstore sigstore;

static uint16_t appraised_payload(const cf_collateral *collateral, span payload)
{
    const cf_policy policy = pack_policy(&made);
    const cf_world world = {.prim = &prim_openssl,
                            .now = made.time,
                            .storage = cf_own(&storage),
                            .policy = &policy,
                            .collateral = collateral,
                            .sigstore = &sigstore};
    return cf_appraise(&world, payload, SPAN(server_key), &found).req;
}

static uint16_t appraised(const cf_collateral *collateral) { return appraised_payload(collateral, evidence()); }

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
    assert_int_equal(found.not_verified, 0);
    assert_int_equal(found.snp.product, AT_MILAN);
    assert_true(place_of(REQ_CF_039) + 1 == place_of(REQ_AT_002));
    assert_true(place_of(REQ_AT_029) < place_of(REQ_CF_041));
    assert_true(place_of(REQ_CF_044) < place_of(REQ_TL_138));
    assert_int_equal(place_of(REQ_CF_123) + 1, found.account.n_checks);
}

static tee_token_scene scene;

static uint16_t appraise_token(void)
{
    prim_sodium.x25519_public(made.enclave_secret, server_key);
    const cf_collateral collateral = pack_collateral(&made);
    writer w = WRITER(payload_room);
    tee_token_seal(&scene);
    pack_write_tdx_evidence(&made, scene.token.text, &w);
    return appraised_payload(&collateral, written(&w));
}

static void a_trust_domain_of_the_pack_is_accepted_with_its_manifest(void **state)
{
    const uint8_t registers[AT_REGISTER] = {0};
    (void)state;
    begin();
    pack_begin_token(&made, &scene);
    assert_int_equal(appraise_token(), 0);
    assert_int_equal(found.not_verified, 0);
    assert_int_equal(found.platform, CF_TDX);
    assert_false(all_zero(SPAN(found.token_identity)));
    assert_int_equal(found.account.not_compared & (AT_QUOTE_WAIVES(AT_RTMR1) | AT_QUOTE_WAIVES(AT_RTMR2) | AT_QUOTE_WAIVES(AT_QUOTE_DATA)),
                     0);
    assert_int_equal(place_of(REQ_CF_122) + 1, found.account.n_checks);
    tee_token_set_digits(&scene.claims, "tdx_rtmr2", span_of(registers, 47));
    assert_int_equal(appraise_token(), REQ_AT_233);
}

static void a_trust_domain_with_another_key_or_register_is_refused(void **state)
{
    uint8_t other[AT_REPORT_DATA] = {1}, registers[AT_REGISTER] = {0};
    (void)state;
    begin();
    pack_begin_token(&made, &scene);
    tee_token_set_digits(&scene.claims, "tdx_report_data", SPAN(other));
    assert_int_equal(appraise_token(), REQ_CF_041);
    pack_begin_token(&made, &scene);
    tee_token_set_digits(&scene.claims, "tdx_rtmr1", SPAN(registers));
    assert_int_equal(appraise_token(), REQ_CF_122);
    pack_begin_token(&made, &scene);
    tee_token_set_digits(&scene.claims, "tdx_mrtd", SPAN(registers));
    assert_int_equal(appraise_token(), REQ_AT_175);
}

static void a_manifest_is_worth_what_its_bundle_is(void **state)
{
    static sim_minted minted;
    static const struct {
        sim_lie lie;
        uint16_t req;
    } lies[] = {{SIM_HONEST, 0},
                {LIE_PROMISE_KEY, REQ_TL_111},
                {LIE_SAN_PREFIX, REQ_TL_135},
                {LIE_ISSUER_OTHER, REQ_TL_136},
                {LIE_LINE_KEY, REQ_TL_115},
                {LIE_SIGNATURE_KEY, REQ_TL_139}};
    (void)state;
    begin();
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const sim_recipe recipe = {.version = 3, .lie = lies[i].lie};
        pack_sign_manifest(&made, made.file[PACK_MANIFEST], &recipe, &minted);
        made.file[PACK_BUNDLE] = span_text(minted.bundle);
        assert_int_equal(appraise(), lies[i].req);
    }
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
        cmocka_unit_test(a_trust_domain_of_the_pack_is_accepted_with_its_manifest),
        cmocka_unit_test(a_trust_domain_with_another_key_or_register_is_refused),
        cmocka_unit_test(a_manifest_is_worth_what_its_bundle_is),
        cmocka_unit_test(evidence_names_the_server_of_this_handshake),
        cmocka_unit_test(collateral_of_another_machine_vouches_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
