#include "tee_token_lies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const providers[] = {&prim_sodium, &prim_openssl};
static tee_token_scene scene, other;
static account noted;
static at_token_claims claims;

static verdict judge(const prim *p)
{
    noted = (account){0};
    return tee_token_judge(&scene, p, &noted, &claims);
}

static void expect(verdict v, uint16_t req, const char *who)
{
    if (v.req != req)
        fail_msg("%s: %s instead of %s", who, v.req ? requirement_rows[v.req].id : "accepted", req ? requirement_rows[req].id : "accepted");
}

static void what_services_sign_is_accepted_under_both_providers(void **state)
{
    (void)state;
    for (unsigned t = 0; t < TEE_TOKEN_TWINS; t++)
        for (size_t p = 0; p < 2; p++) {
            tee_token_play(&scene, &tee_token_twins[t]);
            expect(judge(providers[p]), 0, tee_token_twin_names[t]);
            assert_true(claims.tcb.known && claims.tcb.status == AT_UP_TO_DATE);
            assert_int_equal(claims.issuer, tee_token_twins[t].issuer);
            assert_int_equal(claims.expires, scene.now + 240);
            assert_int_equal(claims.is_td, tee_token_twins[t].issuer == AT_INTEL);
            assert_true(noted.not_compared >> AT_TOKEN_REVOCATION & 1);
        }
}

static void the_same_twin_gives_the_same_bytes(void **state)
{
    (void)state;
    tee_token_play(&scene, &tee_token_twins[1]);
    tee_token_play(&other, &tee_token_twins[1]);
    assert_string_equal(scene.text, other.text);
    assert_string_equal(scene.keys.text, other.keys.text);
}

static void each_lie_is_refused_by_its_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_token_n_lies; i++)
        for (size_t p = 0; p < 2; p++) {
            tee_token_lie_play(&scene, &tee_token_lies[i]);
            expect(judge(providers[p]), tee_token_lies[i].req, tee_token_lies[i].name);
            assert_int_equal(noted.check[noted.n_checks - 1].req, tee_token_lies[i].req);
            assert_true(all_zero(SPAN(claims.identity)) && claims.claims.n == 0 && claims.td.mrtd.n == 0);
        }
}

static void each_truth_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_token_n_truths; i++) {
        tee_token_lie_play(&scene, &tee_token_truths[i]);
        expect(judge(&prim_sodium), 0, tee_token_truths[i].name);
    }
}

static void a_token_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (unsigned t = 0; t < TEE_TOKEN_TWINS; t++) {
        tee_token_play(&scene, &tee_token_twins[t]);
        const span whole = scene.token.text, keys = scene.token.keys;
        for (size_t n = 0; n < whole.n; n += n < 200 ? 1 : 11) {
            scene.token.text = span_first(whole, n);
            assert_false(accepted(judge(&prim_sodium)));
        }
        scene.token.text = whole;
        for (size_t n = 1; n < keys.n; n += 7) {
            scene.token.keys = span_first(keys, n);
            expect(judge(&prim_sodium), REQ_AT_214, "keys");
        }
    }
}

static void a_policy_of_zeros_accepts_nothing_and_no_account_is_needed(void **state)
{
    (void)state;
    static uint8_t bytes[AT_TOKEN_ROOM];
    writer room = WRITER(bytes);
    const at_token_policy nothing = {0};
    tee_token_play(&scene, &tee_token_twins[0]);
    assert_false(
        accepted(at_appraise_token(&(at_world){.prim = &prim_sodium, .now = scene.now}, &nothing, &scene.token, &room, NULL, &claims)));
    expect(tee_token_judge(&scene, &prim_sodium, NULL, &claims), 0, "without an account");
}

/* Each demand of a policy document is read, and a misspelt one is no policy. */
static void a_misspelt_demand_is_no_policy(void **state)
{
    static policy_document document;
    policy_fault fault;
    char said[256];
    (void)state;
    tee_token_play(&scene, &tee_token_twins[2]);
    assert_true(policy_document_read(span_of(scene.policy.text, scene.policy.n), &document, &fault));
    intel_text_replace(&scene.policy, "\"audience\"", 0, "\"audiense\"");
    assert_false(policy_document_read(span_of(scene.policy.text, scene.policy.n), &document, &fault));
    writer w = WRITER(said);
    policy_fault_write(&w, &fault);
    assert_true(fault.unknown && span_is(written(&w), "`audiense` is a member that no policy has there"));
    assert_false(policy_document_read(span_text("{}"), &document, &fault));
    assert_false(policy_document_read(span_text("{\"token\":{}}"), &document, &fault));
    assert_false(policy_document_read(span_text("{\"token\":{\"issuer\":\"intel\",\"iss\":\"x\"}}"), &document, &fault));
    assert_false(
        policy_document_read(span_text("{\"token\":{\"issuer\":\"maa\",\"iss\":\"x\",\"algorithms\":[\"RS256\"]}}"), &document, &fault));
    assert_false(
        policy_document_read(span_text("{\"token\":{\"issuer\":\"google\",\"iss\":\"x\",\"algorithms\":[\"RS256\"]}}"), &document, &fault));
    assert_true(
        policy_document_read(span_text("{\"token\":{\"issuer\":\"intel\",\"iss\":\"x\",\"algorithms\":[\"RS256\"]}}"), &document, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_services_sign_is_accepted_under_both_providers),
        cmocka_unit_test(the_same_twin_gives_the_same_bytes),
        cmocka_unit_test(each_lie_is_refused_by_its_sentence),
        cmocka_unit_test(each_truth_is_accepted),
        cmocka_unit_test(a_token_cut_anywhere_is_refused),
        cmocka_unit_test(a_policy_of_zeros_accepts_nothing_and_no_account_is_needed),
        cmocka_unit_test(a_misspelt_demand_is_no_policy),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee_token", tests, NULL, NULL);
}
