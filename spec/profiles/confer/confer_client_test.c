#include "confer_fixture.h"

/* ---- the handshake ---- */

static void up_to_message2(void)
{
    start_both(&prim_openssl);
    cf_client_starts(&client, &client_world, &from_client);
    assert_int_equal(from_client.n_records, 1);
    assert_int_equal(cf_record(&from_client, 0).n, CF_MESSAGE1);
    assert_verdict(deliver_to_server(), 0);
}

/* The client sends nothing more, closes with the one code and keeps no secret. */
static void refuses(span message, uint16_t wanted)
{
    assert_verdict(cf_client_takes_message(&client, &client_world, message, &from_client), wanted);
    assert_int_equal(from_client.n_records, 0);
    assert_int_equal(from_client.close, 1002);
    assert_string_equal(from_client.reason, "");
    assert_int_equal(client.phase, CF_CLOSED);
    assert_true(all_zero(span_of(&client.noise.secret, sizeof client.noise.secret)));
}

static void nothing_is_sent_before_the_evidence_is_accepted(void **state)
{
    (void)state;
    up_to_message2();
    client_world.policy = NULL;
    refuses(cf_record(&from_server, 0), REQ_CF_039);
    refuses(cf_record(&from_server, 0), REQ_CF_028);
    up_to_message2();
    assert_verdict(cf_client_takes_message(&client, &client_world, cf_record(&from_server, 0), &from_client), 0);
    assert_int_equal(from_client.n_records, 1);
    assert_int_equal(cf_record(&from_client, 0).n, CF_MESSAGE3);
}

static void a_bad_message2_is_refused_at_every_byte(void **state)
{
    (void)state;
    uint8_t copy[CF_MESSAGE2_LEAST + sizeof EVIDENCE_ON_TRUST - 1];
    up_to_message2();
    const span good = cf_record(&from_server, 0);
    assert_int_equal(good.n, sizeof copy);
    span_take(good, copy, sizeof copy);
    for (size_t i = 0; i < sizeof copy; i++) {
        up_to_message2();
        copy[i] ^= 1;
        assert_false(accepted(cf_client_takes_message(&client, &client_world, SPAN(copy), &from_client)));
        copy[i] ^= 1;
    }
    for (size_t n = 0; n < sizeof copy; n++) {
        up_to_message2();
        assert_false(accepted(cf_client_takes_message(&client, &client_world, span_of(copy, n), &from_client)));
        assert_int_equal(from_client.n_records, 0);
    }
}

static void message2_of_no_share_or_our_own_is_refused(void **state)
{
    (void)state;
    uint8_t copy[1024], message1[32];
    up_to_message2();
    const span good = cf_record(&from_server, 0);
    span_take(good, copy, sizeof copy);
    memset(copy, 0, 32);
    refuses(span_of(copy, good.n), REQ_NZ_031);
    up_to_message2();
    span_take(cf_record(&from_client, 0), message1, 32);
    span_take(good, copy, sizeof copy);
    memcpy(copy, message1, 32);
    refuses(span_of(copy, good.n), REQ_NZ_006);
}

static void evidence_of_the_largest_size_arrives(void **state)
{
    (void)state;
    static uint8_t evidence[CF_EVIDENCE_MAX];
    memset(evidence, ' ', sizeof evidence);
    span_take(span_text(EVIDENCE_ON_TRUST), evidence, sizeof EVIDENCE_ON_TRUST - 1);
    start_both(&prim_openssl);
    server_world.evidence = SPAN(evidence);
    cf_client_starts(&client, &client_world, &from_client);
    assert_verdict(deliver_to_server(), 0);
    assert_verdict(deliver_to_client(), 0);
    assert_int_equal(client.phase, CF_OPEN);
}

static void a_record_that_does_not_open_ends_the_session(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    refuses(EMPTY, REQ_NZ_035);
    open_session(&prim_openssl);
    cf_client_pings(&client, &client_world, 1, &from_client);
    refuses(cf_record(&from_client, 0), REQ_NZ_006); /* our own, reflected */
    open_session(&prim_openssl);
    cf_client_pings(&client, &client_world, 1, &from_client);
    assert_verdict(deliver_to_server(), 0);
    assert_verdict(deliver_to_client(), 0);
    refuses(cf_record(&from_server, 0), REQ_NZ_006); /* a replay */
}

static void a_bad_frame_ends_the_session(void **state)
{
    (void)state;
    static const struct {
        uint64_t index, total;
        uint16_t wanted;
    } rows[] = {{0, 0, REQ_CF_052}, {0, 257, REQ_CF_053}, {3, 3, REQ_CF_054}};
    for (size_t i = 0; i < 3; i++) {
        open_session(&prim_openssl);
        const cf_frame f = {number(1), number(rows[i].index), number(rows[i].total), words("x")};
        cf_effects_clear(&from_server);
        cf_seal_frame(&server.noise, &server_world, &f, &from_server);
        refuses(cf_record(&from_server, 0), rows[i].wanted);
    }
    open_session(&prim_openssl);
    cf_effects_clear(&from_server);
    cf_seal_plain(&server.noise, &server_world, span_text("\xff"), &from_server);
    refuses(cf_record(&from_server, 0), REQ_CF_049);
}

/* ---- answers ---- */

static void begin_chat(int64_t id)
{
    open_session(&prim_openssl);
    const cf_ask ask = {.prompt = span_text("x"), .model = "m", .stream = true};
    cf_client_chats(&client, &client_world, id, &ask, &from_client);
    assert_verdict(deliver_to_server(), 0);
}

/* The server sends this response; the session goes on. */
static void server_tells(const cf_response *r, uint16_t refused, cf_event_kind kind)
{
    uint8_t room[1024];
    writer w = WRITER(room);
    layout_write(&cf_response_layout, r, &w);
    assert_true(writer_ok(&w));
    cf_effects_clear(&from_server);
    cf_seal_message(&server.noise, &server_world, written(&w), &from_server);
    assert_verdict(deliver_to_client(), 0);
    assert_int_equal(from_client.refused, refused);
    assert_int_equal(from_client.event.kind, kind);
    assert_int_equal(client.phase, CF_OPEN);
}

static void event(int64_t id, const char *body, uint16_t refused, cf_event_kind kind)
{
    server_tells(&(cf_response){.id = number((uint64_t)id), .status = number(200), .body = words(body)}, refused, kind);
}

static void events_come_in_any_order_of_members(void **state)
{
    (void)state;
    begin_chat(5);
    event(5, "{\"content\":\"a\\n\",\"type\":\"token\"}", 0, CF_TOKEN);
    assert_true(span_is(from_client.event.text, "a\n"));
    event(5, " {\"type\":\"\\u0074oken\", \"content\":\"\" ,\"more\":[]} ", 0, CF_TOKEN);
    event(5, "{\"type\":\"thinking\",\"content\":\"hm\"}", 0, CF_THINKING);
    event(5, "{\"type\":\"tool_call\",\"tool_call_id\":\"1\",\"tool_name\":\"web_search\",\"tool_arguments\":\"{}\"}", 0, CF_TOOL);
    event(5, "{\"type\":\"client_tool_call\",\"tool_call_id\":\"1\",\"tool_name\":\"x\",\"tool_arguments\":\"{}\"}", 0, CF_TOOL);
    event(5, "{\"type\":\"tool_response\",\"tool_call_id\":\"1\",\"tool_name\":\"x\",\"content\":\"y\"}", 0, CF_TOOL);
    event(5, "{\"type\":\"news\"}", 0, CF_NO_EVENT);
    event(5, "{\"max_context_tokens\":9,\"context_tokens\":7,\"pending_tool_calls\":true,\"type\":\"completion\"}", 0, CF_COMPLETION);
    assert_true(from_client.event.pending_tool_calls && from_client.event.context_tokens == 7 && from_client.event.max_context_tokens == 9);
    event(5, "{\"type\":\"token\",\"content\":\"late\"}", REQ_CF_088, CF_NO_EVENT);
    assert_verdict(cf_client_end(&client, cf_own(&client_storage)), 0);
}

static void a_completion_without_pending_tool_calls_means_that_none_is_pending(void **state)
{
    (void)state;
    begin_chat(5);
    event(5, "{\"type\":\"completion\",\"context_tokens\":1,\"max_context_tokens\":2}", 0, CF_COMPLETION);
    assert_false(from_client.event.pending_tool_calls);
    begin_chat(6);
    event(6, "{\"type\":\"completion\",\"pending_tool_calls\":0,\"context_tokens\":1,\"max_context_tokens\":2}", REQ_CF_090, CF_FAILED);
}

static void a_bad_event_ends_its_request_only(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "x",
        "[]",
        "{}",
        "{\"type\":1}",
        "{\"type\":\"token\"}",
        "{\"type\":\"token\",\"content\":1}",
        "{\"type\":\"token\",\"content\":\"a\",\"content\":\"b\"}",
        "{\"type\":\"token\",\"content\":\"a\"}{\"type\":\"token\",\"content\":\"b\"}",
        "{\"type\":\"completion\"}",
        "{\"type\":\"completion\",\"pending_tool_calls\":false,\"context_tokens\":-1,\"max_context_tokens\":1}",
        "{\"type\":\"tool_call\",\"tool_call_id\":\"1\",\"tool_name\":\"x\"}",
        "{\"type\":\"token\",\"content\":\"\\ud800\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        begin_chat(5);
        event(5, bad[i], REQ_CF_090, CF_FAILED);
        assert_int_equal(from_client.event.id, 5);
        assert_true(ping_works(6));
    }
}

static void a_status_ends_its_request_only(void **state)
{
    (void)state;
    begin_chat(5);
    event(5, "{\"type\":\"token\",\"content\":\"a\"}", 0, CF_TOKEN);
    server_tells(&(cf_response){.id = number(5), .status = number(500), .body = words("Internal Server Error")}, REQ_CF_089, CF_FAILED);
    assert_int_equal(from_client.event.status, 500);
    assert_true(span_is(from_client.event.text, "Internal Server Error"));
    server_tells(&(cf_response){.id = number(5), .status = number(200), .body = words("x")}, REQ_CF_088, CF_NO_EVENT);
    begin_chat(6);
    server_tells(&(cf_response){.id = number(6), .status = number(402)}, REQ_CF_089, CF_FAILED);
    begin_chat(7);
    server_tells(&(cf_response){.id = number(7)}, REQ_CF_089, CF_FAILED);
    assert_true(ping_works(8));
}

static void responses_without_a_request_are_ignored(void **state)
{
    (void)state;
    begin_chat(5);
    event(4, "{\"type\":\"token\",\"content\":\"a\"}", REQ_CF_088, CF_NO_EVENT);
    server_tells(&(cf_response){.status = number(200), .body = words("x")}, REQ_CF_088, CF_NO_EVENT);
    server_tells(&(cf_response){.id = number(4), .status = number(500)}, REQ_CF_088, CF_NO_EVENT);
    event(5, "{\"type\":\"token\",\"content\":\"a\"}", 0, CF_TOKEN);
}

static void a_malformed_response_ends_the_session(void **state)
{
    (void)state;
    begin_chat(5);
    cf_effects_clear(&from_server);
    cf_seal_message(&server.noise, &server_world, span_text("\x1a\x09x"), &from_server);
    refuses(cf_record(&from_server, 0), REQ_CF_087);
    assert_verdict(cf_client_end(&client, cf_own(&client_storage)), REQ_CF_092);
}

static void a_request_without_its_last_answer_is_incomplete(void **state)
{
    (void)state;
    begin_chat(5);
    assert_verdict(cf_client_end(&client, cf_own(&client_storage)), REQ_CF_092);
    begin_chat(5);
    event(5, "{\"type\":\"token\",\"content\":\"a\"}", 0, CF_TOKEN);
    assert_verdict(cf_client_end(&client, cf_own(&client_storage)), REQ_CF_092);
    begin_chat(5);
    cf_server_says_completion(&server, &server_world, 5, 1, &from_server);
    assert_verdict(deliver_to_client(), 0);
    assert_verdict(cf_client_end(&client, cf_own(&client_storage)), 0);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_before_the_evidence_is_accepted),
        cmocka_unit_test(a_bad_message2_is_refused_at_every_byte),
        cmocka_unit_test(message2_of_no_share_or_our_own_is_refused),
        cmocka_unit_test(evidence_of_the_largest_size_arrives),
        cmocka_unit_test(a_record_that_does_not_open_ends_the_session),
        cmocka_unit_test(a_bad_frame_ends_the_session),
        cmocka_unit_test(events_come_in_any_order_of_members),
        cmocka_unit_test(a_completion_without_pending_tool_calls_means_that_none_is_pending),
        cmocka_unit_test(a_bad_event_ends_its_request_only),
        cmocka_unit_test(a_status_ends_its_request_only),
        cmocka_unit_test(responses_without_a_request_are_ignored),
        cmocka_unit_test(a_malformed_response_ends_the_session),
        cmocka_unit_test(a_request_without_its_last_answer_is_incomplete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
