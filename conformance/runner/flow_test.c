/* The whole flow between our client and our server, in one event base over a pair in memory: token, upgrade, handshake, evidence,
 * prompt, streamed answer. Then lies, each of which the client refuses before it has said anything. */
#include "client.h"
#include "server.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct run {
    struct event_base *base;
    const prim *client_prim, *server_prim;
    const char *target, *prompt;
    bool stream, ping;
    span evidence; /* what the server shows instead of the pack's */
    char answer[1024];
    unsigned opened, pieces, completions, ended;
    int64_t status;
    client_end end;
} run;

static pack *honest;

static void on_opened(void *ctx, sim_client *c)
{
    run *r = ctx;
    const cf_ask ask = {.prompt = span_text(r->prompt), .model = "default", .stream = r->stream};
    r->opened++;
    if (r->ping)
        client_pings(c, 7);
    else
        client_chats(c, 1, &ask);
}

static void on_event(void *ctx, sim_client *c, const cf_event *e)
{
    run *r = ctx;
    size_t n = strlen(r->answer);
    if (e->kind == CF_TOKEN || e->kind == CF_ANSWERED)
        snprintf(r->answer + n, sizeof r->answer - n, "%.*s", (int)e->text.n, (const char *)e->text.p);
    r->pieces += e->kind == CF_TOKEN;
    r->completions += e->kind == CF_COMPLETION;
    if (e->kind != CF_TOKEN) {
        r->status = e->status;
        client_closes(c);
    }
}

static void on_ended(void *ctx, const client_end *end)
{
    run *r = ctx;
    r->ended++;
    r->end = *end;
}

static const client_events events = {on_opened, on_event, on_ended, NULL};

static void play(run *r)
{
    struct bufferevent *pair[2];
    ws_url url;
    r->base = event_base_new();
    const server_setup served = {.base = r->base,
                                 .prim = r->server_prim,
                                 .pack = honest,
                                 .now = honest->time,
                                 .coins = coins_of_seed(EMPTY, "server"),
                                 .model = script_model(&honest->file[PACK_SCRIPT]),
                                 .evidence = r->evidence};
    const client_setup asked = {r->base, r->client_prim, honest, honest->time, coins_of_seed(EMPTY, "client"), &events, r};
    sim_server *server = server_start(&served);
    const ws_gate gate = server_gate(server);
    assert_true(ws_url_read(r->target, &url));
    assert_int_equal(bufferevent_pair_new(r->base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    ws_serve(r->base, pair[0], &gate);
    client_start_on(&asked, pair[1], &url);
    event_base_dispatch(r->base);
    assert_int_equal(r->ended, 1);
    server_stop(server);
    event_base_free(r->base);
}

static run honest_run(void)
{
    return (run){
        .client_prim = &prim_sodium, .server_prim = &prim_sodium, .target = "ws://memory/websocket", .prompt = "hello", .stream = true};
}

static void a_prompt_is_answered_piece_by_piece(void **state)
{
    (void)state;
    run r = honest_run();
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_FINISHED);
    assert_string_equal(r.answer, "Hello! Only you and the enclave can read this.");
    assert_true(r.pieces > 3);
    assert_int_equal(r.completions, 1);
}

static void client_and_server_on_different_providers_agree(void **state)
{
    (void)state;
    run r = honest_run();
    r.server_prim = &prim_openssl;
    r.prompt = "tell me about attestation";
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_FINISHED);
    assert_non_null(strstr(r.answer, "signed statement"));
}

static void an_answer_can_come_in_one_piece(void **state)
{
    (void)state;
    run r = honest_run();
    r.stream = false;
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_FINISHED);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.answer, "Hello! Only you and the enclave can read this.");
}

static void an_enclave_can_be_a_trust_domain(void **state)
{
    (void)state;
    run r = honest_run();
    r.evidence = pack_evidence(honest, CF_TDX);
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_FINISHED);
    assert_string_equal(r.answer, "Hello! Only you and the enclave can read this.");
}

static void a_ping_is_answered(void **state)
{
    (void)state;
    run r = honest_run();
    r.ping = true;
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_FINISHED);
    assert_string_equal(r.answer, "PONG");
}

static void a_bad_token_gets_no_upgrade(void **state)
{
    (void)state;
    run r = honest_run();
    r.target = "ws://memory/websocket?token=a.b.c";
    play(&r);
    assert_int_equal(r.end.outcome, CLIENT_UNREACHABLE);
    assert_int_equal(r.end.connection.status, 500);
    assert_int_equal(r.opened, 0);
}

/* Evidence that is genuine, signed by the pack's own chip, and says one wrong thing. */
static span evidence_with(void (*change)(at_snp_report *), uint8_t *room, size_t n)
{
    uint8_t data[AT_REPORT_DATA] = {0}, report[AT_REPORT];
    writer out = writer_of(room, n);
    const tee_chip chip = pack_chip(honest);
    const tee_launch launch = pack_launch(honest);
    prim_sodium.x25519_public(honest->enclave_secret, data);
    at_snp_report fields = tee_report_fields(&chip, &launch, data);
    change(&fields);
    tee_seal_report(&chip, &fields, report);
    pack_write_evidence(honest, SPAN(report), &out);
    assert_true(writer_ok(&out));
    return written(&out);
}

static void other_key(at_snp_report *f)
{
    static const uint8_t data[AT_REPORT_DATA] = {9};
    f->report_data = SPAN(data);
}

static void other_measurement(at_snp_report *f)
{
    static const uint8_t measurement[AT_MEASUREMENT] = {1};
    f->measurement = SPAN(measurement);
}

static void debug(at_snp_report *f) { f->policy |= AT_POLICY_DEBUG; }

static void evidence_that_lies_is_refused_before_a_word_is_said(void **state)
{
    static const struct {
        void (*change)(at_snp_report *);
        const char *reason;
    } row[] = {{other_key, "binding"}, {other_measurement, "measurement"}, {debug, "policy"}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        static uint8_t room[8192];
        run r = honest_run();
        r.evidence = evidence_with(row[i].change, room, sizeof room);
        play(&r);
        assert_int_equal(r.end.outcome, CLIENT_REFUSED);
        assert_string_equal(requirement_rows[r.end.refused.req].reason, row[i].reason);
        assert_int_equal(r.opened, 0);
    }
}

static void a_pack_comes_back_from_its_folder_as_it_was(void **state)
{
    char folder[] = "/tmp/pack-XXXXXX", why[256], command[64];
    (void)state;
    pack *back = calloc(1, sizeof *back);
    assert_non_null(mkdtemp(folder));
    assert_true(pack_save(honest, folder, why, sizeof why));
    assert_true(pack_load(back, folder, why, sizeof why));
    for (int i = 0; i < PACK_FILES; i++)
        assert_true(span_same(back->file[i], honest->file[i]));
    assert_memory_equal(back->enclave_secret, honest->enclave_secret, 32);
    snprintf(command, sizeof command, "echo >>%s/policy.json", folder);
    assert_int_equal(system(command), 0);
    assert_false(pack_load(back, folder, why, sizeof why));
    assert_non_null(strstr(why, "policy.json: differs from its digest"));
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(back);
}

static int make_pack(void **state)
{
    (void)state;
    prim_start();
    honest = calloc(1, sizeof *honest);
    pack_make(honest, "confer", span_text("flow"), PACK_TIME);
    return 0;
}

static int drop_pack(void **state)
{
    (void)state;
    free(honest);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_is_answered_piece_by_piece),
        cmocka_unit_test(client_and_server_on_different_providers_agree),
        cmocka_unit_test(an_answer_can_come_in_one_piece),
        cmocka_unit_test(an_enclave_can_be_a_trust_domain),
        cmocka_unit_test(a_ping_is_answered),
        cmocka_unit_test(a_bad_token_gets_no_upgrade),
        cmocka_unit_test(evidence_that_lies_is_refused_before_a_word_is_said),
        cmocka_unit_test(a_pack_comes_back_from_its_folder_as_it_was),
    };
    return cmocka_run_group_tests(tests, make_pack, drop_pack);
}
