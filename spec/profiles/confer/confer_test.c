/* The known answers, and whole runs of a client and a server. */
#include "confer_fixture.h"
#include "confer_parts.h"

#define M1 "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20"
#define M2                                                                                             \
    "ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6bf4ec399486d193185c05ec21fc2537a1" \
    "9368ee7006880f506b2d8e77572eeeb146f3e556b8dbe32785eb085bbcd03443b065b75a2968c805f8d32d8f2815cfd3" \
    "7e2f9c3d620dedf08eadd7a1ea92dfda7adee89d46c3"
#define M3                                                                                             \
    "b619d80cb0582b095ff541a2fc71deb1049d14a03e02325090f32ee6cc86770a4097ecd6a45599cd493adb28ea05f783" \
    "0cc739f94f270a2aecfeb4322630238c"
#define HASH  "0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d"
#define UP0   "7de2865f849e23e8f8c8f981895d408d970f42be9f8875d8b2482213dc7172569a06b9187475"
#define UP1   "b9cafb363d7e1f987129b701fb4800946b9e5fdd2504a8b3e9f3a84c9ff81cc24e56975ebac7"
#define DOWN0 "5c2b8ddc99e2cb711a0469c803e0abb31a06aa80cf291dff433742af6a13f7e5e7f23d"

static const prim *provider(void **state)
{
    const prim *p = *state;
    if (!p->has_cipher(PRIM_AESGCM))
        skip();
    return p;
}

/* The published answers are for this payload, which no appraisal accepts: the client's handshake goes on without one. */
#define PUBLISHED_EVIDENCE "{\"platform\":\"SEV-SNP\"}"

static span client_answers_unappraised(span message2)
{
    static uint8_t message3[CF_MESSAGE3];
    const nz_world lent = cf_noise_world(&client_world, EMPTY);
    nz_effects takes = {.payload = WRITER(client_storage.scratch.plain)}, sends = {.message = WRITER(message3)};
    assert_true(accepted(nz_step(&client.noise, &lent, message2, &takes)));
    assert_true(span_is(written(&takes.payload), PUBLISHED_EVIDENCE));
    assert_true(accepted(nz_step(&client.noise, &lent, EMPTY, &sends)));
    client.phase = CF_OPEN;
    return written(&sends.message);
}

static void the_known_answers_come_out(void **state)
{
    start_both(provider(state));
    server_world.evidence = span_text(PUBLISHED_EVIDENCE);
    cf_client_starts(&client, &client_world, &from_client);
    assert_hex(cf_record(&from_client, 0), M1);
    assert_true(accepted(deliver_to_server()));
    assert_hex(cf_record(&from_server, 0), M2);
    const span message3 = client_answers_unappraised(cf_record(&from_server, 0));
    assert_hex(message3, M3);
    assert_true(accepted(cf_server_takes_message(&server, &server_world, message3, &from_server)));
    assert_int_equal(from_server.n_records, 0);
    assert_hex(nz_handshake_hash(&client.noise), HASH);
    assert_hex(nz_handshake_hash(&server.noise), HASH);
    client_world.coins = server_world.coins = SPAN(chunk_coins);
    cf_client_pings(&client, &client_world, 7, &from_client);
    assert_hex(cf_record(&from_client, 0), UP0);
    assert_true(accepted(deliver_to_server()));
    assert_hex(cf_record(&from_server, 0), DOWN0);
    assert_true(accepted(deliver_to_client()));
    assert_int_equal(from_client.event.kind, CF_ANSWERED);
    assert_int_equal(from_client.event.status, 200);
    assert_true(span_is(from_client.event.text, "PONG"));
    cf_client_pings(&client, &client_world, 7, &from_client);
    assert_hex(cf_record(&from_client, 0), UP1);
}

static void a_streamed_chat_ends_with_its_completion(void **state)
{
    open_session(provider(state));
    const cf_ask ask = {.prompt = span_text("Say \"hi\"\n"),
                        .model = "script",
                        .stream = true,
                        .max_tokens = 9,
                        .has_temperature = true,
                        .temperature = 1050};
    cf_client_chats(&client, &client_world, -5, &ask, &from_client);
    assert_true(accepted(deliver_to_server()));
    assert_int_equal(from_server.event.kind, CF_CALL);
    assert_int_equal(from_server.event.id, -5);
    assert_true(from_server.chat.stream && from_server.chat.web_search && from_server.chat.max_tokens == 9);
    assert_true(from_server.chat.has_temperature && from_server.chat.temperature == 1050);
    assert_true(json_string_is(from_server.chat.model, "script"));
    cf_chat_message m;
    json_cursor c = json_enter(from_server.chat.messages);
    assert_true(cf_next_message(&c, &m) && m.role == CF_USER && json_string_is(m.content, "Say \"hi\"\n"));
    assert_false(cf_next_message(&c, &m));

    cf_server_says_token(&server, &server_world, -5, span_text("h\xc3\xa9\n"), &from_server);
    assert_true(accepted(deliver_to_client()));
    assert_int_equal(from_client.event.kind, CF_TOKEN);
    assert_int_equal(from_client.event.id, -5);
    assert_true(span_is(from_client.event.text, "h\xc3\xa9\n"));
    assert_true(ping_works(1));
    assert_true(cf_server_owes(&server, -5));
    cf_server_says_completion(&server, &server_world, -5, 12, &from_server);
    assert_false(cf_server_owes(&server, -5));
    assert_true(accepted(deliver_to_client()));
    assert_int_equal(from_client.event.kind, CF_COMPLETION);
    assert_false(from_client.event.pending_tool_calls);
    assert_int_equal(from_client.event.context_tokens, 12);
    assert_int_equal(from_client.event.max_context_tokens, 262144);
    assert_true(accepted(cf_client_end(&client, cf_own(&client_storage))));
}

static void a_single_answer_is_the_text_itself(void **state)
{
    open_session(provider(state));
    const cf_ask ask = {.messages = span_text("[{\"role\":\"system\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"y\"}]"),
                        .model = "script"};
    cf_client_chats(&client, &client_world, 3, &ask, &from_client);
    assert_true(accepted(deliver_to_server()));
    assert_int_equal(from_server.event.kind, CF_CALL);
    assert_false(from_server.chat.stream);
    cf_server_says(&server, &server_world, 3, 200, span_text("{not json"), true, &from_server);
    assert_true(accepted(deliver_to_client()));
    assert_int_equal(from_client.event.kind, CF_ANSWERED);
    assert_true(span_is(from_client.event.text, "{not json"));
    assert_int_equal(client.pending.n, 0);
}

static void a_long_message_goes_in_full_frames_and_a_rest(void **state)
{
    static uint8_t much[200000];
    static const size_t lengths[] = {0, 1, CF_PAYLOAD_MAX - 16, 65600, sizeof much};
    open_session(provider(state));
    memset(much, 'a', sizeof much);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const cf_ask ask = {.prompt = span_of(much, lengths[i]), .model = "m", .stream = false};
        cf_client_chats(&client, &client_world, 3, &ask, &from_client);
        for (size_t k = 0; k < from_client.n_records; k++)
            assert_true(cf_record(&from_client, k).n <= 65524 && (k + 1 == from_client.n_records || cf_record(&from_client, k).n > 65500));
        assert_true(accepted(deliver_to_server()));
        assert_int_equal(from_server.event.kind, CF_CALL);
        assert_true(from_server.chat.messages.n > lengths[i]);
        cf_server_says(&server, &server_world, 3, 200, span_of(much, lengths[i]), true, &from_server);
        assert_true(accepted(deliver_to_client()));
        assert_int_equal(from_client.event.kind, CF_ANSWERED);
        assert_true(span_same(from_client.event.text, span_of(much, lengths[i])));
    }
}

static void the_longest_single_frame_carries_65489_bytes(void **state)
{
    static uint8_t much[CF_PAYLOAD_MAX + 1];
    open_session(provider(state));
    for (size_t extra = 0; extra < 2; extra++) {
        cf_effects_clear(&from_client);
        cf_seal_message(&client.noise, &client_world, span_of(much, CF_PAYLOAD_MAX + extra), &from_client);
        assert_int_equal(from_client.n_records, 1 + extra);
    }
}

static void nothing_secret_is_left_after_the_end(void **state)
{
    open_session(provider(state));
    assert_true(ping_works(1));
    cf_server_end(&server, cf_own(&server_storage));
    assert_true(accepted(cf_client_end(&client, cf_own(&client_storage))));
    assert_true(all_zero(span_of(&server.noise.secret, sizeof server.noise.secret)));
    assert_true(all_zero(span_of(&client.noise.secret, sizeof client.noise.secret)));
    assert_true(is_wiped(&server_storage));
    assert_true(is_wiped(&client_storage));
}

static int each_run(const prim *p)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_known_answers_come_out, (void *)(uintptr_t)p),
        cmocka_unit_test_prestate(a_streamed_chat_ends_with_its_completion, (void *)(uintptr_t)p),
        cmocka_unit_test_prestate(a_single_answer_is_the_text_itself, (void *)(uintptr_t)p),
        cmocka_unit_test_prestate(a_long_message_goes_in_full_frames_and_a_rest, (void *)(uintptr_t)p),
        cmocka_unit_test_prestate(the_longest_single_frame_carries_65489_bytes, (void *)(uintptr_t)p),
        cmocka_unit_test_prestate(nothing_secret_is_left_after_the_end, (void *)(uintptr_t)p),
    };
    return cmocka_run_group_tests_name(p->name, tests, NULL, NULL);
}

int main(void)
{
    prim_start();
    return each_run(&prim_openssl) + each_run(&prim_sodium);
}
