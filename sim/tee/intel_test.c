#include "collateral_file.h"
#include "intel_lies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const providers[] = {&prim_sodium, &prim_openssl};
static intel_scene scene, other;
static account noted;
static at_quote_claims claims;

static verdict judge(const prim *p)
{
    noted = (account){0};
    return intel_scene_judge(&scene, p, &noted, &claims);
}

#define SEED span_text("intel test")

static const intel_twin twins[] = {{AT_TDX, 4, false, false}, {AT_TDX, 4, false, true}, {AT_TDX, 5, false, false},
                                   {AT_TDX, 5, true, false},  {AT_TDX, 5, true, true},  {AT_SGX, 3, false, false},
                                   {AT_SGX, 4, false, false}, {AT_SGX, 5, false, false}};

static void expect(verdict v, uint16_t req, const char *who)
{
    if (v.req != req)
        fail_msg("%s: %s instead of %s", who, v.req ? requirement_rows[v.req].id : "accepted", req ? requirement_rows[req].id : "accepted");
}

static void what_platforms_sign_is_accepted_under_both_providers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        for (size_t p = 0; p < 2; p++) {
            intel_scene_play(&scene, &twins[i], SEED);
            expect(judge(providers[p]), 0, "honest");
            assert_int_equal(claims.tee, twins[i].tee);
            assert_int_equal(claims.version, twins[i].version);
            assert_int_equal(claims.is_15, twins[i].is_15);
            assert_true(claims.tcb.known);
            assert_int_equal(claims.tcb.status, AT_UP_TO_DATE);
            assert_int_equal(claims.tcb.n_advisories, 0);
            assert_int_equal(claims.tcb_evaluation, 18);
            assert_memory_equal(claims.report_data, scene.report_data, AT_REPORT_DATA);
            assert_memory_equal(claims.pck.ppid, scene.sgx.ppid, AT_PPID);
            if (twins[i].tee == AT_TDX)
                assert_memory_equal(claims.registers[AT_RTMR2], scene.registers[AT_RTMR2], AT_REGISTER);
            else
                assert_memory_equal(claims.mrenclave, scene.mrenclave, AT_MRENCLAVE_BYTES);
        }
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    intel_scene_play(&scene, &twins[3], SEED);
    intel_scene_play(&other, &twins[3], SEED);
    assert_true(span_same(scene.quote_bytes, other.quote_bytes));
    assert_memory_equal(scene.tcb_info_signature, other.tcb_info_signature, P256_SIGNATURE);
    assert_string_equal(scene.pck_chain, other.pck_chain);
    intel_scene_play(&other, &twins[3], span_text("another"));
    assert_false(span_same(scene.quote_bytes, other.quote_bytes));
    assert_memory_equal(scene.root, other.root, sizeof scene.root); /* one vendor */
}

static void each_lie_is_refused_by_the_sentence_it_was_made_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_lies; i++) {
        const intel_lie *l = &intel_lies[i];
        intel_lie_play(&scene, l, SEED);
        expect(judge(providers[i % 2]), l->req, l->name);
        assert_int_equal(noted.check[noted.n_checks - 1].req, l->req);
        assert_false(noted.check[noted.n_checks - 1].ok);
        assert_int_equal(claims.version, 0); /* AT-192 */
        assert_true(all_zero(SPAN(claims.report_data)));
    }
}

static void each_truth_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_truths; i++) {
        intel_lie_play(&scene, &intel_truths[i], SEED);
        expect(judge(providers[i % 2]), 0, intel_truths[i].name);
    }
}

static void a_lie_has_one_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_lies; i++) {
        assert_true(intel_lies[i].name && intel_lies[i].mutation && intel_lies[i].reason && intel_lies[i].req);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(intel_lies[i].name, intel_lies[k].name);
        for (size_t k = 0; k < intel_n_truths; k++)
            assert_string_not_equal(intel_lies[i].name, intel_truths[k].name);
    }
}

/* Every sentence of Intel's pages that a verifier can break by accepting has two lies. */
static void every_judging_sentence_has_two_lies(void **state)
{
    (void)state;
    static const char *const pages[] = {"quote.md", "collateral.md", "tcb.md", "tdx.md"};
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        bool ours = false;
        size_t found = 0;
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
            ours |= strstr(requirement_rows[req].file, pages[i]) != NULL;
        for (size_t i = 0; i < intel_n_lies; i++)
            found += intel_lies[i].req == req;
        if (ours && *requirement_rows[req].reason && found < 2)
            fail_msg("%zu lies for %s", found, requirement_rows[req].id);
    }
}

#ifdef PARLEY_MUTANTS
static void with_only_its_line_weakened_each_lie_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_lies; i++) {
        const intel_lie *l = &intel_lies[i];
        intel_lie_play(&scene, l, SEED);
        site_weak[l->req] = true;
        expect(judge(providers[0]), 0, l->name);
        site_weak[l->req] = false;
        if (!l->also)
            continue;
        site_weak[l->also] = true;
        if (judge(providers[0]).req == l->req)
            fail_msg("%s: refused all the same without %s", l->name, requirement_rows[l->also].id);
        site_weak[l->also] = false;
    }
}

static void without_its_line_a_truth_is_no_longer_accepted(void **state)
{
    (void)state;
    static const uint16_t computed[] = {REQ_AT_106, REQ_AT_155, REQ_AT_159};
    for (size_t k = 0; k < sizeof computed / sizeof *computed; k++) {
        size_t refused = 0;
        site_weak[computed[k]] = true;
        for (size_t i = 0; i < intel_n_truths; i++) {
            intel_lie_play(&scene, &intel_truths[i], SEED);
            refused += intel_truths[i].req == computed[k] && !accepted(judge(providers[0]));
        }
        site_weak[computed[k]] = false;
        if (!refused && computed[k] != REQ_AT_159)
            fail_msg("nothing shows %s", requirement_rows[computed[k]].id);
    }
}
#endif

static void at_190_signatures_certificates_and_padding_do_not_name_a_quote(void **state)
{
    (void)state;
    uint8_t identity[AT_IDENTITY];
    intel_scene_play(&scene, &twins[0], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    memcpy(identity, claims.identity, sizeof identity);
    for (size_t i = 0; i < intel_n_truths; i++) {
        const intel_twin t = intel_twin_of(&intel_truths[i]);
        if (intel_truths[i].req != REQ_AT_106 || memcmp(&t, &twins[0], sizeof t) != 0)
            continue;
        intel_lie_play(&scene, &intel_truths[i], SEED);
        expect(judge(&prim_sodium), 0, intel_truths[i].name);
        assert_memory_equal(claims.identity, identity, sizeof identity);
    }
}

static void at_191_what_is_waived_or_has_no_field_is_listed(void **state)
{
    (void)state;
    intel_scene_play(&scene, &twins[0], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    assert_true(noted.not_compared == AT_QUOTE_WAIVES(AT_MRSERVICETD)); /* a TD report 1.0 has none */
    intel_scene_play(&scene, &twins[3], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    assert_true(noted.not_compared == 0);
    for (at_quote_comparison c = AT_MRTD; c < AT_QUOTE_COMPARISONS; c++) {
        const bool of_enclave = c >= AT_MRENCLAVE && c <= AT_ENCLAVE_ATTRIBUTES;
        scene.policy.waived = AT_QUOTE_WAIVES(c);
        expect(judge(&prim_sodium), 0, at_quote_comparison_names[c]);
        if (c != AT_QUOTE_REVOCATION && !of_enclave) /* lists that are at hand are judged all the same */
            assert_true(noted.not_compared == AT_QUOTE_WAIVES(c));
    }
    intel_scene_play(&scene, &twins[5], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    assert_true(noted.not_compared == AT_QUOTE_WAIVES(AT_ENCLAVE_ATTRIBUTES));
}

static void a_zeroed_policy_accepts_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        intel_scene_play(&scene, &twins[i], SEED);
        scene.policy = (at_quote_policy){0};
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_113);
    }
}

/* One after the other, each member of the policy that the honest scene needs is taken away. */
static void what_the_policy_does_not_say_is_not_met(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const intel_twin *t = &twins[i ? 5 : 3];
        intel_scene_play(&scene, t, SEED);
        const at_quote_policy whole = scene.policy;
        at_quote_policy *p = &scene.policy;
        p->tcb.statuses = 0;
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_162);
        *p = whole;
        p->report_data = span_first(p->report_data, 63);
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_186);
        *p = whole;
        p->n_platforms = 0;
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_185);
        *p = whole;
        p->td_attributes_mask = 0;
        assert_int_equal(judge(&prim_sodium).req, t->tee == AT_TDX ? REQ_AT_173 : 0);
        *p = whole;
        p->mrsigner = EMPTY;
        assert_int_equal(judge(&prim_sodium).req, t->tee == AT_SGX ? REQ_AT_182 : 0);
    }
}

static void an_enclave_is_no_trust_domain_and_the_other_way_round(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        const at_world world = {.prim = &prim_sodium, .now = INTEL_NOW};
        intel_scene_play(&scene, &twins[i], SEED);
        if (twins[i].tee == AT_TDX)
            assert_false(accepted(at_appraise_sgx(&world, &scene.policy, scene.quote_bytes, &scene.collateral, NULL, &claims)));
        else
            assert_false(accepted(at_appraise_tdx(&world, &scene.policy, scene.quote_bytes, &scene.collateral, NULL, &claims)));
    }
}

static void collateral_that_is_absent_is_said_to_be(void **state)
{
    (void)state;
    intel_scene_play(&scene, &twins[0], SEED);
    const at_collateral whole = scene.collateral;
    span *const needed[] = {&scene.collateral.tcb_info,    &scene.collateral.tcb_info_signature,    &scene.collateral.tcb_info_chain,
                            &scene.collateral.qe_identity, &scene.collateral.qe_identity_signature, &scene.collateral.qe_identity_chain};
    scene.policy.waived = AT_QUOTE_WAIVABLE;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        *needed[i] = EMPTY;
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_130);
        assert_false(claims.tcb.known);
        scene.collateral = whole;
    }
}

static void each_platform_below_its_level_in_one_component_is_below_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < INTEL_COMPONENTS; i++) {
        intel_scene_begin(&scene, &twins[0], SEED);
        if (scene.sgx.svn[i] == 0)
            continue;
        scene.sgx.svn[i]--;
        intel_scene_publish(&scene);
        intel_scene_seal(&scene);
        assert_false(accepted(judge(&prim_sodium)));
    }
}

static void every_cut_and_every_length_of_a_quote_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        intel_scene_play(&scene, &twins[i], SEED);
        const span whole = scene.quote_bytes;
        for (size_t n = 0; n < whole.n; n++) {
            /* what is cut off must not be there to be read */
            uint8_t *copy = malloc(n ? n : 1);
            assert_non_null(copy);
            memcpy(copy, whole.p, n);
            scene.quote_bytes = span_of(copy, n);
            const verdict v = judge(&prim_sodium);
            free(copy);
            expect(v, REQ_AT_100, "a cut quote");
        }
    }
}

static void every_flipped_bit_of_what_is_signed_is_noticed(void **state)
{
    (void)state;
    intel_scene_play(&scene, &twins[3], SEED);
    for (size_t i = 0; i < AT_QUOTE_HEADER + 6 + AT_TD_REPORT_15 + 4 + 128 + 6 + AT_ENCLAVE_REPORT + 64 + 2 + 32; i++) {
        scene.quote[i] ^= (uint8_t)(1u << i % 8);
        assert_false(accepted(judge(&prim_sodium)));
        scene.quote[i] ^= (uint8_t)(1u << i % 8);
    }
    expect(judge(&prim_sodium), 0, "honest");
}

static void every_changed_character_of_the_collateral_is_noticed(void **state)
{
    (void)state;
    intel_scene_play(&scene, &twins[0], SEED);
    for (size_t i = 0; i < scene.tcb_info.n; i += 7) {
        scene.tcb_info.text[i] ^= 1;
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_136);
        scene.tcb_info.text[i] ^= 1;
    }
    for (size_t i = 0; i < scene.qe_identity.n; i += 3) {
        scene.qe_identity.text[i] ^= 1;
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_136);
        scene.qe_identity.text[i] ^= 1;
    }
}

/* Signed documents of every broken form: the reader behind the signature has to stand on its own. */
static void a_signed_document_of_broken_form_is_refused(void **state)
{
    (void)state;
    for (size_t doc = 0; doc < 2; doc++) {
        intel_scene_begin(&scene, &twins[0], SEED);
        intel_scene_publish(&scene);
        const size_t n = doc ? scene.qe_identity.n : scene.tcb_info.n;
        for (size_t cut = 0; cut < n; cut += doc ? 5 : 97) {
            intel_scene_publish(&scene);
            intel_text *t = doc ? &scene.qe_identity : &scene.tcb_info;
            t->n = cut ? cut : 1;
            t->text[t->n] = 0;
            intel_scene_seal(&scene);
            assert_int_equal(judge(&prim_sodium).req, REQ_AT_137);
        }
    }
}

static void a_member_that_stands_twice_is_refused(void **state)
{
    (void)state;
    static const char *const twice[][2] = {{"\"tcbType\":0", "\"tcbType\":0,\"tcbType\":0"},
                                           {"\"pcesvn\":11", "\"pcesvn\":11,\"pcesvn\":11"},
                                           {"\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"UpToDate\",\"tcbStatu\\u0073\":\"UpToDate\""}};
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
        intel_scene_begin(&scene, &twins[0], SEED);
        intel_scene_publish(&scene);
        intel_text_replace(&scene.tcb_info, twice[i][0], 0, twice[i][1]);
        intel_scene_seal(&scene);
        assert_int_equal(judge(&prim_sodium).req, REQ_AT_137);
    }
}

static void statuses_merge_as_in_the_tables(void **state)
{
    (void)state;
    static const struct {
        const char *platform;
        bool old_qe, old_module;
        at_tcb_status together;
    } rows[] = {
        {"UpToDate", false, false, AT_UP_TO_DATE},
        {"UpToDate", true, false, AT_OUT_OF_DATE},
        {"UpToDate", false, true, AT_OUT_OF_DATE},
        {"UpToDate", true, true, AT_OUT_OF_DATE},
        {"SWHardeningNeeded", false, false, AT_SW_HARDENING_NEEDED},
        {"SWHardeningNeeded", true, false, AT_OUT_OF_DATE},
        {"SWHardeningNeeded", false, true, AT_OUT_OF_DATE},
        {"ConfigurationNeeded", false, false, AT_CONFIGURATION_NEEDED},
        {"ConfigurationNeeded", true, false, AT_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {"ConfigurationNeeded", false, true, AT_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {"ConfigurationAndSWHardeningNeeded", false, false, AT_CONFIGURATION_AND_SW_HARDENING_NEEDED},
        {"ConfigurationAndSWHardeningNeeded", true, false, AT_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {"OutOfDate", false, false, AT_OUT_OF_DATE},
        {"OutOfDate", true, true, AT_OUT_OF_DATE},
        {"OutOfDateConfigurationNeeded", false, false, AT_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {"OutOfDateConfigurationNeeded", true, false, AT_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {"Revoked", false, false, AT_REVOKED},
        {"Revoked", true, true, AT_REVOKED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char member[80] = "\"tcbStatus\":\"";
        intel_scene_begin(&scene, &twins[0], SEED);
        if (rows[i].old_qe)
            scene.fields.qe.isv_svn = 5;
        if (rows[i].old_module)
            scene.svn[0] = 3;
        intel_scene_publish(&scene);
        intel_text_replace(&scene.tcb_info, "\"tcbStatus\":\"UpToDate\"", 2, strcat(strcat(member, rows[i].platform), "\""));
        intel_scene_seal(&scene);
        (void)judge(&prim_sodium);
        assert_true(claims.tcb.known);
        assert_int_equal(claims.tcb.status, rows[i].together);
        assert_int_equal(claims.tcb.n_advisories, rows[i].old_qe + rows[i].old_module);
    }
}

static void a_repaired_platform_is_told_from_an_old_one(void **state)
{
    (void)state;
    static const struct {
        const char *platform;
        uint8_t launch, now;
        at_tcb_status together;
    } rows[] = {
        {"UpToDate", 6, 6, AT_UP_TO_DATE},
        {"UpToDate", 3, 3, AT_OUT_OF_DATE},
        {"UpToDate", 3, 6, AT_TD_RELAUNCH_ADVISED},
        {"UpToDate", 6, 3, AT_UP_TO_DATE},
        {"SWHardeningNeeded", 3, 6, AT_TD_RELAUNCH_ADVISED},
        {"ConfigurationNeeded", 3, 6, AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED},
        {"ConfigurationAndSWHardeningNeeded", 3, 6, AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED},
        {"OutOfDate", 3, 6, AT_OUT_OF_DATE},
        {"Revoked", 3, 6, AT_REVOKED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char member[80] = "\"tcbStatus\":\"";
        intel_scene_begin(&scene, &twins[3], SEED);
        scene.svn[0] = rows[i].launch;
        scene.svn2[0] = rows[i].now;
        intel_scene_publish(&scene);
        intel_text_replace(&scene.tcb_info, "\"tcbStatus\":\"UpToDate\"", 2, strcat(strcat(member, rows[i].platform), "\""));
        intel_scene_seal(&scene);
        (void)judge(&prim_sodium);
        assert_true(claims.tcb.known);
        assert_int_equal(claims.tcb.status, rows[i].together);
    }
}

static void a_set_goes_through_its_file(void **state)
{
    (void)state;
    static uint8_t file[65536], room[65536];
    writer w = WRITER(file), r = WRITER(room);
    intel_scene_play(&scene, &twins[0], SEED);
    intel_collateral_file(&scene.collateral, &w);
    assert_true(writer_ok(&w));
    assert_null(collateral_file_read(written(&w), &r, &scene.collateral));
    expect(judge(&prim_sodium), 0, "read from its file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_platforms_sign_is_accepted_under_both_providers),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(each_lie_is_refused_by_the_sentence_it_was_made_for),
        cmocka_unit_test(each_truth_is_accepted),
        cmocka_unit_test(a_lie_has_one_name),
        cmocka_unit_test(every_judging_sentence_has_two_lies),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(with_only_its_line_weakened_each_lie_is_believed),
        cmocka_unit_test(without_its_line_a_truth_is_no_longer_accepted),
#endif
        cmocka_unit_test(at_190_signatures_certificates_and_padding_do_not_name_a_quote),
        cmocka_unit_test(at_191_what_is_waived_or_has_no_field_is_listed),
        cmocka_unit_test(a_zeroed_policy_accepts_nothing),
        cmocka_unit_test(what_the_policy_does_not_say_is_not_met),
        cmocka_unit_test(an_enclave_is_no_trust_domain_and_the_other_way_round),
        cmocka_unit_test(collateral_that_is_absent_is_said_to_be),
        cmocka_unit_test(each_platform_below_its_level_in_one_component_is_below_it),
        cmocka_unit_test(every_cut_and_every_length_of_a_quote_is_refused),
        cmocka_unit_test(every_flipped_bit_of_what_is_signed_is_noticed),
        cmocka_unit_test(every_changed_character_of_the_collateral_is_noticed),
        cmocka_unit_test(a_signed_document_of_broken_form_is_refused),
        cmocka_unit_test(a_member_that_stands_twice_is_refused),
        cmocka_unit_test(statuses_merge_as_in_the_tables),
        cmocka_unit_test(a_repaired_platform_is_told_from_an_old_one),
        cmocka_unit_test(a_set_goes_through_its_file),
    };
    prim_start();
    return cmocka_run_group_tests_name("intel", tests, NULL, NULL);
}
