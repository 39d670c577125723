#include "confer_fixture.h"

#include <stdio.h>

/* ---- the failure table ---- */

static uint8_t zeros[70000];

/* The message is refused by this sentence (0: by any of chapter noise), with this code and reason; the session ends and is wiped. */
static void closes(span message, uint16_t wanted, uint16_t code, const char *reason)
{
    const verdict v = cf_server_takes_message(&server, &server_world, message, &from_server);
    assert_false(accepted(v));
    if (wanted)
        assert_verdict(v, wanted);
    assert_int_equal(from_server.close, code);
    assert_string_equal(from_server.reason, reason);
    assert_int_equal(from_server.n_records, 0);
    assert_int_equal(server.phase, CF_CLOSED);
    assert_true(all_zero(span_of(&server.noise.secret, sizeof server.noise.secret)));
}

static void start(void)
{
    start_both(&prim_openssl);
    cf_client_starts(&client, &client_world, &from_client);
}

static void up_to_message3(void)
{
    start();
    assert_verdict(cf_server_takes_message(&server, &server_world, cf_record(&from_client, 0), &from_server), 0);
    assert_int_equal(from_server.n_records, 1);
    assert_verdict(cf_client_takes_message(&client, &client_world, cf_record(&from_server, 0), &from_client), 0);
}

static void message1_is_32_bytes_of_a_share(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 31, 33, 48, 96, CF_HANDSHAKE_MAX};
    uint8_t message[CF_HANDSHAKE_MAX] = {9};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        start();
        closes(span_of(message, lengths[i]), REQ_CF_021, 1011, "Handshake failed");
    }
    start();
    closes(span_of(zeros, 32), REQ_NZ_031, 1011, "Handshake failed");
    start();
    closes(span_of(zeros, CF_HANDSHAKE_MAX + 1), REQ_CF_024, 1003, "Handshake message too large");
    start();
    closes(span_of(zeros, CF_RECORD_MAX), REQ_CF_024, 1003, "Handshake message too large");
    start();
    closes(span_of(zeros, CF_RECORD_MAX + 1), REQ_CF_023, 1003, "Message too large");
}

static void message3_is_64_bytes_that_open(void **state)
{
    (void)state;
    uint8_t message[80] = {0};
    for (size_t n = 0; n <= 80; n += n == 62 || n == 63 || n == 64 ? 1 : n == 65 ? 15 : 31) {
        up_to_message3();
        span_take(cf_record(&from_client, 0), message, sizeof message);
        if (n == 64)
            message[63] ^= 1;
        closes(span_of(message, n), n == 64 ? REQ_NZ_006 : REQ_CF_022, 1011, "Handshake failed");
    }
    up_to_message3();
    closes(span_of(zeros, CF_HANDSHAKE_MAX + 1), REQ_CF_024, 1003, "Handshake message too large");
    up_to_message3();
    closes(span_of(zeros, CF_RECORD_MAX + 1), REQ_CF_023, 1003, "Message too large");
}

static void a_second_message1_is_no_message3(void **state)
{
    (void)state;
    uint8_t message1[32];
    start();
    span_take(cf_record(&from_client, 0), message1, 32);
    assert_verdict(deliver_to_server(), 0);
    closes(SPAN(message1), REQ_CF_022, 1011, "Handshake failed");
}

static void without_evidence_the_handshake_fails(void **state)
{
    (void)state;
    start();
    server_world.evidence = EMPTY;
    closes(cf_record(&from_client, 0), REQ_CF_025, 1011, "Handshake failed");
    start();
    server_world.evidence = span_of(zeros, CF_EVIDENCE_MAX + 1);
    closes(cf_record(&from_client, 0), REQ_CF_025, 1011, "Handshake failed");
    start();
    server_world.evidence = span_of(zeros, CF_EVIDENCE_MAX);
    assert_verdict(deliver_to_server(), 0);
    assert_int_equal(cf_record(&from_server, 0).n, CF_RECORD_MAX);
}

static void a_record_that_does_not_open_ends_the_session(void **state)
{
    (void)state;
    uint8_t record[64];
    open_session(&prim_openssl);
    closes(EMPTY, REQ_NZ_035, 1011, "Decryption failed");
    open_session(&prim_openssl);
    closes(span_of(initiator_keys, 32), REQ_NZ_006, 1011, "Decryption failed");
    open_session(&prim_openssl);
    closes(span_of(zeros, CF_RECORD_MAX), REQ_NZ_006, 1011, "Decryption failed");
    open_session(&prim_openssl);
    closes(span_of(zeros, CF_RECORD_MAX + 1), REQ_CF_023, 1003, "Message too large");

    open_session(&prim_openssl); /* a replay */
    cf_client_pings(&client, &client_world, 1, &from_client);
    const span ping = cf_record(&from_client, 0);
    span_take(ping, record, sizeof record);
    assert_verdict(deliver_to_server(), 0);
    closes(span_of(record, ping.n), REQ_NZ_006, 1011, "Decryption failed");

    open_session(&prim_openssl); /* a gap */
    cf_client_pings(&client, &client_world, 1, &from_client);
    cf_client_pings(&client, &client_world, 2, &from_client);
    closes(cf_record(&from_client, 0), REQ_NZ_006, 1011, "Decryption failed");

    open_session(&prim_openssl); /* our own record back */
    assert_true(ping_works(1));
    closes(cf_record(&from_server, 0), REQ_NZ_006, 1011, "Decryption failed");

    open_session(&prim_openssl); /* one bit */
    cf_client_pings(&client, &client_world, 1, &from_client);
    client_room[3] ^= 1;
    closes(cf_record(&from_client, 0), REQ_NZ_006, 1011, "Decryption failed");
}

static void what_comes_before_or_after_a_session_is_refused(void **state)
{
    (void)state;
    start();
    server.phase = CF_NEW;
    closes(cf_record(&from_client, 0), REQ_CF_028, 1011, "Failed");
    closes(cf_record(&from_client, 0), REQ_CF_028, 1011, "Failed");
    open_session(&prim_openssl);
    closes(EMPTY, 0, 1011, "Decryption failed");
    cf_client_pings(&client, &client_world, 1, &from_client);
    closes(cf_record(&from_client, 0), REQ_CF_028, 1011, "Failed");
    closes(span_of(zeros, CF_RECORD_MAX + 1), REQ_CF_028, 1011, "Failed");
}

static void a_text_message_changes_nothing(void **state)
{
    (void)state;
    start();
    assert_verdict(cf_server_takes_text(&server, &server_world, span_text("hello"), &from_server), 0);
    assert_true(from_server.n_records == 0 && from_server.close == 0);
    open_session(&prim_openssl);
    assert_verdict(cf_server_takes_text(&server, &server_world, span_text("hello"), &from_server), 0);
    assert_true(from_server.n_records == 0 && from_server.close == 0);
    assert_true(ping_works(1));
}

/* ---- frames ---- */

static void frame_closes(const cf_frame *f, uint16_t wanted)
{
    cf_effects_clear(&from_client);
    cf_seal_frame(&client.noise, &client_world, f, &from_client);
    closes(cf_record(&from_client, 0), wanted, 1003, "Invalid frame");
}

static cf_frame piece(uint64_t id, uint64_t index, uint64_t total)
{
    return (cf_frame){number(id), number(index), number(total), words("x")};
}

static void sends_piece(uint64_t id, uint64_t index, uint64_t total)
{
    const cf_frame f = piece(id, index, total);
    cf_effects_clear(&from_client);
    cf_seal_frame(&client.noise, &client_world, &f, &from_client);
    assert_verdict(deliver_to_server(), 0);
}

static void a_bad_frame_ends_the_session(void **state)
{
    (void)state;
    static const struct {
        uint64_t index, total;
        uint16_t wanted;
    } rows[] = {{0, 0, REQ_CF_052}, {0, 257, REQ_CF_053},        {0, 1u << 31, REQ_CF_053}, {0, UINT32_MAX, REQ_CF_053},
                {1, 1, REQ_CF_054}, {UINT32_MAX, 1, REQ_CF_054}, {1, 2, REQ_CF_055},        {0, 3, REQ_CF_056}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_session(&prim_openssl);
        sends_piece(5, 0, 3);
        assert_true(ping_works(1));
        const cf_frame f = piece(rows[i].wanted == REQ_CF_055 || rows[i].wanted == REQ_CF_056 ? 5 : 6, rows[i].index, rows[i].total);
        frame_closes(&f, rows[i].wanted);
        assert_true(is_wiped(&server_storage));
    }
}

static void an_empty_frame_has_no_total(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    cf_effects_clear(&from_client);
    cf_seal_plain(&client.noise, &client_world, EMPTY, &from_client);
    closes(cf_record(&from_client, 0), REQ_CF_052, 1003, "Invalid frame");
}

static void a_flood_of_unfinished_messages_ends_at_the_ninth(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    for (uint64_t id = 0; id < CF_ASSEMBLIES_MAX; id++)
        sends_piece(id + 100, 0, 2);
    assert_true(ping_works(1));
    const cf_frame f = piece(99, 0, 2);
    frame_closes(&f, REQ_CF_058);
}

static void a_message_without_end_stops_at_its_bytes(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    cf_frame f = piece(1, 0, 256);
    f.payload.v = span_of(zeros, CF_PAYLOAD_MAX);
    for (f.chunk_index.v = 0; f.chunk_index.v < 16; f.chunk_index.v++) {
        cf_effects_clear(&from_client);
        cf_seal_frame(&client.noise, &client_world, &f, &from_client);
        assert_verdict(deliver_to_server(), 0);
    }
    frame_closes(&f, REQ_CF_057);
}

static void a_malformed_frame_ends_the_session(void **state)
{
    (void)state;
    static const char *const bad[] = {"x", "\x22\x05x", "\xff\xff\xff\xff", "\x0f", "\x08"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        open_session(&prim_openssl);
        cf_effects_clear(&from_client);
        cf_seal_plain(&client.noise, &client_world, span_text(bad[i]), &from_client);
        closes(cf_record(&from_client, 0), REQ_CF_049, 1011, "Frame decode failed");
    }
}

/* ---- requests ---- */

static verdict send_message(span message)
{
    cf_effects_clear(&from_client);
    cf_seal_message(&client.noise, &client_world, message, &from_client);
    return deliver_to_server();
}

static verdict send_request(const cf_request *r)
{
    static uint8_t room[CF_MESSAGE_MAX];
    writer w = WRITER(room);
    layout_write(&cf_request_layout, r, &w);
    assert_true(writer_ok(&w));
    return send_message(written(&w));
}

static void request_closes(const cf_request *r, uint16_t wanted, const char *reason)
{
    open_session(&prim_openssl);
    assert_verdict(send_request(r), wanted);
    assert_int_equal(from_server.close, 1003);
    assert_string_equal(from_server.reason, reason);
    assert_int_equal(server.phase, CF_CLOSED);
}

static void the_five_malformed_shapes_close(void **state)
{
    (void)state;
    const char *both = "WebsocketRequest must have both verb and path, or neither",
               *neither = "WebsocketRequest must have verb/path or chunk";
    request_closes(&(cf_request){.verb = words("GET"), .path = words("/ping")}, REQ_CF_061, "WebsocketRequest missing required field: id");
    request_closes(&(cf_request){.id = {0}}, REQ_CF_061, "WebsocketRequest missing required field: id");
    request_closes(&(cf_request){.id = number(1), .verb = words("GET")}, REQ_CF_063, both);
    request_closes(&(cf_request){.id = number(1), .path = words("/ping")}, REQ_CF_063, both);
    request_closes(&(cf_request){.id = number(1), .path = words("/ping"), .verb = words("")}, REQ_CF_063, both);
    request_closes(&(cf_request){.id = number(1), .path = words(""), .verb = words("GET"), .chunk = {.has = true}}, REQ_CF_063, both);
    request_closes(&(cf_request){.id = number(1)}, REQ_CF_064, neither);
    request_closes(&(cf_request){.id = number(1), .path = words(""), .verb = words("")}, REQ_CF_064, neither);
    request_closes(&(cf_request){.id = number(1), .chunk = {true, {.seq = number(1u << 31)}}}, REQ_CF_065,
                   "Chunk sequence number must be non-negative");
    request_closes(&(cf_request){.id = number(1), .chunk = {true, {.seq = number(UINT32_MAX)}}}, REQ_CF_065,
                   "Chunk sequence number must be non-negative");
    open_session(&prim_openssl);
    assert_verdict(send_message(span_text("\x08\x01\x12\x09GET")), REQ_CF_060);
    assert_string_equal(from_server.reason, "Invalid protobuf message");
}

/* The request is answered with status and body under its id; the session stays open. */
static void answers(const cf_request *r, uint16_t wanted, int64_t status, const char *body)
{
    client.pending.n = 1;
    client.pending.at[0].id = (int64_t)r->id.v;
    client.pending.at[0].stream = false;
    assert_verdict(send_request(r), 0);
    assert_int_equal(from_server.refused, wanted);
    assert_int_equal(from_server.close, 0);
    assert_int_equal(from_server.event.kind, CF_NO_EVENT);
    assert_int_equal(from_server.n_records, status ? 1 : 0);
    assert_verdict(deliver_to_client(), 0);
    if (status) {
        assert_int_equal(from_client.event.status, status);
        assert_true(span_is(from_client.event.text, body));
    }
    client.pending.n = 0;
    assert_int_equal(server.phase, CF_OPEN);
}

static void routes_are_exact(void **state)
{
    (void)state;
    static const char *const unknown[][2] = {{"GET", "/"},
                                             {"get", "/ping"},
                                             {"GET", "/Ping"},
                                             {"GET", "/ping/"},
                                             {"GET", "/ping?x=1"},
                                             {"POST", "/ping"},
                                             {"GET", CHAT_PATH},
                                             {"POST", "/v1/embeddings"},
                                             {"POST", "/v1/fetch/html"},
                                             {"GET", "/v1/ping"},
                                             {"POST", "/v1/together/chat/completions"}};
    open_session(&prim_openssl);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        answers(&(cf_request){.id = number(i), .verb = words(unknown[i][0]), .path = words(unknown[i][1])}, REQ_CF_069, 404,
                "Route not found");
    answers(&(cf_request){.id = number(3), .verb = words("GET"), .path = words("/ping"), .body = words("x"), .chunk = {.has = true}}, 0,
            200, "PONG");
    answers(&(cf_request){.id = number(UINT64_MAX), .verb = words("GET"), .path = words("/ping")}, 0, 200, "PONG");
    answers(&(cf_request){.id = number(3), .verb = words("POST"), .path = words("/v1/document/extract")}, REQ_CF_071, 503,
            "Document extraction is not enabled");
    answers(&(cf_request){.id = number(3), .chunk = {true, {.seq = number(INT32_MAX)}}}, REQ_CF_072, 0, "");
    assert_true(ping_works(4));
}

static void payment_is_checked_before_the_route(void **state)
{
    (void)state;
    const cf_request ping = {.id = number(1), .verb = words("GET"), .path = words("/ping")};
    open_session(&prim_openssl);
    answers(&ping, 0, 200, "PONG");
    server_world.now = NOW + 1;
    answers(&ping, REQ_CF_067, 402, "Payment required");
    answers(&(cf_request){.id = number(1), .verb = words("GET"), .path = words("/none")}, REQ_CF_067, 402, "Payment required");
    answers(&(cf_request){.id = number(3), .chunk = {true, {.seq = number(1)}}}, REQ_CF_072, 0, "");
    server_world.now = NOW;
    answers(&ping, 0, 200, "PONG");
    server.subscribed = true;
    server_world.now = NOW + 1000000;
    answers(&ping, 0, 200, "PONG");
}

static cf_request chat(uint64_t id, const char *body)
{
    return (cf_request){.id = number(id), .verb = words("POST"), .path = words(CHAT_PATH), .body = words(body)};
}

#define MESSAGES "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"
#define CHAT     "{" MESSAGES ",\"model\":\"m\",\"stream\":true}"

static void requests_in_flight_are_bounded_and_told_apart(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    for (uint64_t id = 0; id < CF_REQUESTS_MAX; id++) {
        const cf_request r = chat(id, CHAT);
        assert_verdict(send_request(&r), 0);
        assert_int_equal(from_server.event.kind, CF_CALL);
    }
    const cf_request beyond = chat(99, CHAT);
    answers(&beyond, REQ_CF_068, 503, "Too many requests");
    cf_server_says(&server, &server_world, 3, 200, span_text("x"), true, &from_server);
    assert_false(cf_server_owes(&server, 3));
    assert_verdict(send_request(&beyond), 0);
    assert_int_equal(from_server.event.kind, CF_CALL);
    const cf_request again = chat(4, CHAT);
    assert_verdict(send_request(&again), REQ_CF_066);
    assert_int_equal(from_server.close, 1003);
    assert_string_equal(from_server.reason, "Duplicate request id");
    assert_false(cf_server_owes(&server, 5));
}

static void chat_fails(const char *body, uint16_t wanted, int64_t status, const char *answer)
{
    const cf_request r = chat(8, body);
    answers(&r, wanted, status, answer);
    assert_int_equal(server.pending.n, 0);
}

static void bad_chat_bodies_have_their_answers(void **state)
{
    (void)state;
    static const char *const unbound[] = {
        "x",
        "[]",
        "null",
        CHAT "x",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"stream\":true}",
        "{" MESSAGES ",\"model\":1,\"stream\":true}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":\"true\"}",
        "{\"messages\":{},\"model\":\"m\",\"stream\":true}",
        "{\"messages\":[1],\"model\":\"m\",\"stream\":true}",
        "{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}],\"model\":\"m\",\"stream\":true}",
        "{\"messages\":[{\"role\":\"user\"}],\"model\":\"m\",\"stream\":true}",
        "{\"messages\":[{\"role\":\"user\",\"content\":1}],\"model\":\"m\",\"stream\":true}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"temperature\":\"1\"}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"maxTokens\":1.5}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"webSearch\":0}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"clientTools\":{}}",
        "{" MESSAGES ",\"model\":\"m\",\"stream\":true,\"maxTokens\":3000000000}",
        "{" MESSAGES ",\"model\":\"\\ud800\",\"stream\":true}",
    };
    open_session(&prim_openssl);
    chat_fails(NULL, REQ_CF_077, 400, "Request body is required");
    chat_fails("", REQ_CF_077, 400, "Request body is required");
    for (size_t i = 0; i < sizeof unbound / sizeof *unbound; i++)
        chat_fails(unbound[i], REQ_CF_078, 400, "Invalid ChatRequest body");
    chat_fails("{" MESSAGES ",\"model\":\"m\"}", REQ_CF_081, 500, "Internal Server Error");
    chat_fails("{" MESSAGES ",\"model\":\"m\",\"stream\":null}", REQ_CF_081, 500, "Internal Server Error");
    chat_fails("{" MESSAGES ",\"stream\":true}", REQ_CF_081, 500, "Internal Server Error");
    chat_fails("{\"model\":\"m\",\"stream\":true}", REQ_CF_082, 500, "Internal Server Error");
    chat_fails("{\"model\":\"m\",\"stream\":true,\"messages\":null}", REQ_CF_082, 500, "Internal Server Error");
    assert_true(ping_works(4));
}

static void tool_entries_hold_json_in_a_string(void **state)
{
    (void)state;
    char body[512];
    static const struct {
        const char *role, *content;
        uint16_t wanted;
    } rows[] = {
        {"tool_call", "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"{}\\\"}", 0},
        {"tool_call", "x", REQ_CF_079},
        {"tool_call", "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\"}", REQ_CF_079},
        {"tool_call", "{\\\"toolCallId\\\":1,\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"{}\\\"}", REQ_CF_079},
        {"tool_response", "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"content\\\":\\\"\\\"}", 0},
        {"tool_response", "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"\\\"}", REQ_CF_080},
        {"tool_response", "[]", REQ_CF_080},
        {"user", "x", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_session(&prim_openssl);
        snprintf(body, sizeof body, "{\"messages\":[{\"role\":\"%s\",\"content\":\"%s\"}],\"model\":\"m\",\"stream\":false}", rows[i].role,
                 rows[i].content);
        if (rows[i].wanted) {
            chat_fails(body, rows[i].wanted, 400,
                       rows[i].wanted == REQ_CF_079 ? "Invalid tool_call message content" : "Invalid tool_response message content");
            continue;
        }
        const cf_request r = chat(1, body);
        assert_verdict(send_request(&r), 0);
        assert_int_equal(from_server.event.kind, CF_CALL);
    }
}

static void chat_members_are_read(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    cf_request r = chat(1, "{" MESSAGES
                           ",\"model\":\"m\",\"stream\":false,\"temperature\":0.7,\"maxTokens\":12,\"json\":true,\"thinking\":true,"
                           "\"webSearch\":false,\"clientTools\":[],\"topP\":0.5}");
    assert_verdict(send_request(&r), 0);
    const cf_chat *c = &from_server.chat;
    assert_true(!c->stream && c->json && c->thinking && !c->web_search && c->has_temperature && c->temperature == 700 &&
                c->max_tokens == 12);
    assert_true(span_is(c->client_tools, "[]"));
    r = chat(2, CHAT);
    assert_verdict(send_request(&r), 0);
    assert_true(c->stream && !c->json && c->thinking && c->web_search && !c->has_temperature && !c->has_max_tokens &&
                c->client_tools.n == 0);
}

static void an_empty_answer_has_no_body_field(void **state)
{
    (void)state;
    open_session(&prim_openssl);
    const cf_request r = chat(1, "{" MESSAGES ",\"model\":\"m\",\"stream\":false}");
    assert_verdict(send_request(&r), 0);
    cf_server_says(&server, &server_world, 1, 200, EMPTY, true, &from_server);
    cf_frame f;
    assert_verdict(cf_open_frame(&client.noise, &client_world, cf_record(&from_server, 0), &f), 0);
    assert_hex(f.payload.v, "080110c801");
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message1_is_32_bytes_of_a_share),
        cmocka_unit_test(message3_is_64_bytes_that_open),
        cmocka_unit_test(a_second_message1_is_no_message3),
        cmocka_unit_test(without_evidence_the_handshake_fails),
        cmocka_unit_test(a_record_that_does_not_open_ends_the_session),
        cmocka_unit_test(what_comes_before_or_after_a_session_is_refused),
        cmocka_unit_test(a_text_message_changes_nothing),
        cmocka_unit_test(a_bad_frame_ends_the_session),
        cmocka_unit_test(an_empty_frame_has_no_total),
        cmocka_unit_test(a_flood_of_unfinished_messages_ends_at_the_ninth),
        cmocka_unit_test(a_message_without_end_stops_at_its_bytes),
        cmocka_unit_test(a_malformed_frame_ends_the_session),
        cmocka_unit_test(the_five_malformed_shapes_close),
        cmocka_unit_test(routes_are_exact),
        cmocka_unit_test(payment_is_checked_before_the_route),
        cmocka_unit_test(requests_in_flight_are_bounded_and_told_apart),
        cmocka_unit_test(bad_chat_bodies_have_their_answers),
        cmocka_unit_test(tool_entries_hold_json_in_a_string),
        cmocka_unit_test(chat_members_are_read),
        cmocka_unit_test(an_empty_answer_has_no_body_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
