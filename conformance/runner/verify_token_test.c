/* `parley verify jwt` as its user meets it, on tokens from the simulator, and on the one genuine token at hand. */
#include "json.h"
#include "runner_fixture.h"
#include "tee_token_lies.h"

static tee_token_scene scene;

static void write_file(const char *path, span bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static void write_scene(void)
{
    write_file("token.tmp", scene.token.text);
    write_file("keys.tmp", scene.token.keys);
    write_file("token-root.tmp", scene.root);
    write_file("token-policy.tmp", span_of(scene.policy.text, scene.policy.n));
}

static int clean_up(void **state)
{
    (void)state;
    unlink("token.tmp"), unlink("keys.tmp"), unlink("token-root.tmp"), unlink("token-policy.tmp");
    return 0;
}

static span member_of(const answer *a, const char *name)
{
    span whole = EMPTY, value = EMPTY;
    assert_true(json_read(span_text(a->out), &whole));
    json_member(whole, name, &value);
    return value;
}

#define AT " --at 2026-06-01T00:00:00Z"

static void a_token_is_accepted_with_its_policy_and_its_claims_are_said(void **state)
{
    (void)state;
    span value = EMPTY;
    tee_token_play(&scene, &tee_token_twins[0]);
    write_scene();
    const answer *a = says("parley verify jwt token.tmp --keys keys.tmp --policy token-policy.tmp" AT);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_true(json_member(member_of(a, "claims"), "issuer", &value) && json_string_is(value, "intel"));
    assert_true(json_member(member_of(a, "claims"), "token", &value) && json_member(value, "tdx_mrtd", &value));
    a = says("parley verify jwt token.tmp --keys keys.tmp --policy token-policy.tmp --nonce other" AT);
    assert_int_equal(a->code, EXIT_FAILED);
    assert_true(json_string_is(member_of(a, "req"), "AT-212"));
}

static void without_a_policy_the_service_is_named_and_the_rest_is_listed(void **state)
{
    (void)state;
    tee_token_play(&scene, &tee_token_twins[2]);
    write_scene();
    const answer *a = says(
        "parley verify jwt token.tmp --root token-root.tmp --service google --issuer https://confidentialcomputing.example" AT);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\"image_digest\""));
    a = says("parley verify jwt token.tmp --root token-root.tmp" AT);
    assert_true(json_string_is(member_of(a, "req"), "AT-206"));
}

static void what_is_no_verifier_is_said_to_the_user(void **state)
{
    (void)state;
    tee_token_play(&scene, &tee_token_twins[0]);
    write_scene();
    assert_int_equal(says("parley verify jwt")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify jwt token.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify jwt token.tmp --keys token-root.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify jwt token.tmp --keys keys.tmp --root keys.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify jwt token.tmp --keys keys.tmp --policy keys.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify jwt token.tmp --keys keys.tmp --service maa")->code, EXIT_USAGE);
}

static void the_genuine_token_has_an_unknown_key_and_is_expired(void **state)
{
    static const char line[] = "parley verify jwt " PARLEY_DATA_DIR "/evidence/jwt/ita_tdx_v1_2024-06-26.jwt --keys keys.tmp --at ";
    char text[512];
    (void)state;
    if (!*PARLEY_DATA_DIR)
        skip();
    tee_token_play(&scene, &tee_token_twins[0]);
    write_scene();
    snprintf(text, sizeof text, "%s2024-06-26T01:25:53Z", line);
    assert_true(json_string_is(member_of(says(text), "req"), "AT-215"));
    snprintf(text, sizeof text, "%s2024-06-26T01:25:54Z", line);
    assert_true(json_string_is(member_of(says(text), "req"), "AT-207"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_accepted_with_its_policy_and_its_claims_are_said),
        cmocka_unit_test(without_a_policy_the_service_is_named_and_the_rest_is_listed),
        cmocka_unit_test(what_is_no_verifier_is_said_to_the_user),
        cmocka_unit_test(the_genuine_token_has_an_unknown_key_and_is_expired),
    };
    prim_start();
    return cmocka_run_group_tests_name("verify_token", tests, NULL, clean_up);
}
