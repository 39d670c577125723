#include "base64.h"
#include "confer_fixture.h"

#include <stdio.h>

static uint8_t token_room[CF_TOKEN_MAX], target_room[2 * CF_TOKEN_MAX];

static span target_of(const char *before, span token, const char *after)
{
    writer w = WRITER(target_room);
    write_text(&w, before);
    write_span(&w, token);
    write_text(&w, after);
    assert_true(writer_ok(&w));
    return written(&w);
}

static span token_over(const char *claims)
{
    writer w = WRITER(token_room);
    cf_write_token(&prim_openssl, span_text("secret"), span_text(claims), &w);
    assert_true(writer_ok(&w));
    return written(&w);
}

static void claims_give(const char *claims, uint16_t wanted)
{
    start_both(&prim_openssl);
    assert_verdict(cf_server_admit(&server, &server_world, target_of("/websocket?token=", token_over(claims), "")), wanted);
    assert_int_equal(server.phase, wanted ? CF_NEW : CF_ADMITTED);
}

#define GOOD "{\"iss\":\"kerf\",\"exp\":1700000001}"

static void good_claims_are_admitted(void **state)
{
    (void)state;
    claims_give(GOOD, 0);
    assert_int_equal(server.expires, NOW + 1);
    assert_false(server.subscribed);
    claims_give("{\"sub\":\"x\",\"iss\":\"kerf\",\"exp\":1700000900,\"nbf\":1700000000,\"iat\":1700000000,\"subscribed\":true}", 0);
    assert_true(server.subscribed);
}

static void only_true_subscribes(void **state)
{
    (void)state;
    static const char *const values[] = {"false", "1", "\"true\"", "null", "[true]"};
    char claims[128];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        snprintf(claims, sizeof claims, "{\"iss\":\"kerf\",\"exp\":1700000001,\"subscribed\":%s}", values[i]);
        claims_give(claims, 0);
        assert_false(server.subscribed);
    }
}

static void each_bad_claim_has_its_sentence(void **state)
{
    (void)state;
    claims_give("[]", REQ_CF_007);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000001,\"exp\":1800000000}", REQ_CF_007);
    claims_give(GOOD " ", 0);
    claims_give(GOOD ".", REQ_CF_007);
    claims_give("{\"exp\":1700000001}", REQ_CF_008);
    claims_give("{\"iss\":\"Kerf\",\"exp\":1700000001}", REQ_CF_008);
    claims_give("{\"iss\":[\"kerf\"],\"exp\":1700000001}", REQ_CF_008);
    claims_give("{\"iss\":\"kerf\"}", REQ_CF_009);
    claims_give("{\"iss\":\"kerf\",\"exp\":null}", REQ_CF_009);
    claims_give("{\"iss\":\"kerf\",\"exp\":\"1700000001\"}", REQ_CF_009);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000001.5}", REQ_CF_009);
    claims_give("{\"iss\":\"kerf\",\"exp\":1e30}", REQ_CF_009);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000000}", REQ_CF_010);
    claims_give("{\"iss\":\"kerf\",\"exp\":0}", REQ_CF_010);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000900,\"nbf\":1700000001}", REQ_CF_011);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000900,\"nbf\":\"0\"}", REQ_CF_011);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000900,\"iat\":1700000001}", REQ_CF_012);
    claims_give("{\"iss\":\"kerf\",\"exp\":1700000900,\"iat\":true}", REQ_CF_012);
}

static void target_gives(span target, uint16_t wanted)
{
    start_both(&prim_openssl);
    assert_verdict(cf_server_admit(&server, &server_world, target), wanted);
}

static void the_target_is_the_one_path_with_a_token(void **state)
{
    (void)state;
    const span good = token_over(GOOD);
    target_gives(target_of("/websocket?a=b&token=", good, "&c=d"), 0);
    target_gives(target_of("/websocket?token=", good, "&token=x"), 0);
    target_gives(target_of("/websocket?token=x&token=", good, ""), REQ_CF_003);
    target_gives(target_of("/websockets?token=", good, ""), REQ_CF_001);
    target_gives(target_of("/websocket/?token=", good, ""), REQ_CF_001);
    target_gives(target_of("/Websocket?token=", good, ""), REQ_CF_001);
    target_gives(target_of("/?token=", good, ""), REQ_CF_001);
    target_gives(span_text(""), REQ_CF_001);
    target_gives(span_text("/websocket"), REQ_CF_002);
    target_gives(span_text("/websocket?"), REQ_CF_002);
    target_gives(target_of("/websocket?Token=", good, ""), REQ_CF_002);
    target_gives(target_of("/websocket?xtoken=", good, ""), REQ_CF_002);
    target_gives(span_text("/websocket?token="), REQ_CF_003);
    target_gives(span_text("/websocket?token"), REQ_CF_003);
}

static void a_token_is_three_parts(void **state)
{
    (void)state;
    const span good = token_over(GOOD);
    target_gives(target_of("/websocket?token=", good, "."), REQ_CF_003);
    target_gives(target_of("/websocket?token=", good, "="), REQ_CF_003);
    target_gives(target_of("/websocket?token=", good, "%3D"), REQ_CF_003);
    target_gives(target_of("/websocket?token=", span_first(good, 60), ""), REQ_CF_003);
    target_gives(target_of("/websocket?token=.", good, ""), REQ_CF_003);
    target_gives(span_text("/websocket?token=a.b"), REQ_CF_003);
    target_gives(span_text("/websocket?token=.."), REQ_CF_004);
}

/* A token with this header, correctly signed. */
static span token_under(const char *header)
{
    uint8_t mac[64];
    writer w = WRITER(token_room);
    static uint8_t other[CF_TOKEN_MAX];
    writer spare = WRITER(other);
    cf_write_token(&prim_openssl, span_text("secret"), span_text(GOOD), &spare);
    /* The claims of an honest token are between its dots. */
    size_t first = 0, last = spare.n;
    while (other[first] != '.')
        first++;
    while (other[--last] != '.')
        ;
    base64url_write(&w, span_text(header));
    write_span(&w, span_of(other + first, last - first));
    const span text = written(&w);
    prim_openssl.hmac(PRIM_SHA256, span_text("secret"), &text, 1, mac);
    write_text(&w, ".");
    base64url_write(&w, span_of(mac, 32));
    return written(&w);
}

static void the_header_names_one_algorithm(void **state)
{
    (void)state;
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"HS256\"}"), ""), 0);
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"hs256\"}"), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"none\"}"), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"HS384\"}"), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("{}"), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"HS256\",\"alg\":\"HS256\"}"), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("\"HS256\""), ""), REQ_CF_004);
    target_gives(target_of("/websocket?token=", token_under("{\"alg\":\"HS256\",\"crit\":[]}"), ""), REQ_CF_005);
}

static void every_bit_of_a_token_counts(void **state)
{
    (void)state;
    uint8_t copy[512];
    const span good = token_over(GOOD);
    for (size_t i = 0; i < good.n; i++) {
        memcpy(copy, good.p, good.n);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        if (copy[i] == good.p[i])
            continue;
        start_both(&prim_openssl);
        assert_false(accepted(cf_server_admit(&server, &server_world, target_of("/websocket?token=", span_of(copy, good.n), ""))));
    }
    start_both(&prim_openssl);
    server_world.token_key = span_text("Secret");
    assert_verdict(cf_server_admit(&server, &server_world, target_of("/websocket?token=", good, "")), REQ_CF_006);
}

static void a_refusal_is_an_empty_500(void **state)
{
    (void)state;
    assert_int_equal(cf_refusal_status(REJECT(CF_001)), 500);
    assert_int_equal(cf_refusal_status(REJECT(CF_010)), 500);
}

static void the_ping_says_whether_there_is_evidence(void **state)
{
    (void)state;
    const char *body;
    start_both(&prim_openssl);
    assert_int_equal(cf_plain_answer(&server_world, span_text("GET"), span_text("/v1/ping"), &body), 200);
    assert_string_equal(body, "PONG");
    assert_int_equal(cf_plain_answer(&server_world, span_text("POST"), span_text("/v1/ping"), &body), 404);
    assert_int_equal(cf_plain_answer(&server_world, span_text("GET"), span_text("/v1/ping?"), &body), 404);
    server_world.evidence = EMPTY;
    assert_int_equal(cf_plain_answer(&server_world, span_text("GET"), span_text("/v1/ping"), &body), 503);
    assert_string_equal(body, "Attestation unavailable");
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_claims_are_admitted),
        cmocka_unit_test(only_true_subscribes),
        cmocka_unit_test(each_bad_claim_has_its_sentence),
        cmocka_unit_test(the_target_is_the_one_path_with_a_token),
        cmocka_unit_test(a_token_is_three_parts),
        cmocka_unit_test(the_header_names_one_algorithm),
        cmocka_unit_test(every_bit_of_a_token_counts),
        cmocka_unit_test(a_refusal_is_an_empty_500),
        cmocka_unit_test(the_ping_says_whether_there_is_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
