#include "demo_flow.h"
#include "client.h"
#include "demo_story.h"
#include "session.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <stdlib.h>
#include <string.h>

typedef struct flow {
    const pack *pack;
    story story;
    demo_of how;
    unsigned received, sent, pieces; /* messages at the server */
    bool finished;
} flow;

/* ---- what the server's line shows ---- */

#define RELEASED "The release is signed by whom the policy names, and its log proves that it holds it."

static const char *const appraised[] = {
    [CF_SEV_SNP] =
        "The report is signed by a chip of the pinned vendor, names the key of this handshake, and runs the expected code. " RELEASED,
    [CF_TDX] = "The token is signed by the pinned service; it names the key of this handshake, and a trust domain whose firmware is the "
               "policy's and whose registers are the release's. " RELEASED};

static void on_received(flow *f, span message)
{
    switch (f->received++) {
    case 0:
        story_action(&f->story, TIMELINE_CLIENT, "begins the handshake",
                     "Noise_XX_25519_AESGCM_SHA256: a fresh ephemeral share, nothing else.");
        story_message(&f->story, TIMELINE_TO_SERVER, "message 1: e", message);
        return;
    case 1:
        story_appraisal(&f->story, "appraises the enclave before it says a word", appraised[f->how.platform]);
        story_message(&f->story, TIMELINE_TO_SERVER, "message 3: s, se", message);
        return;
    default:
        story_action(&f->story, TIMELINE_CLIENT, "asks", f->how.prompt);
        story_message(&f->story, TIMELINE_TO_SERVER, "a record: the sealed request", message);
    }
}

static void on_sent(flow *f, span message)
{
    if (f->sent++ == 0) {
        story_action(&f->story, TIMELINE_SERVER, "answers with its evidence",
                     "The evidence travels inside message 2, sealed; the key it names is the server's Noise key.");
        story_message(&f->story, TIMELINE_TO_CLIENT, "message 2: e, ee, s, es, evidence", message);
        return;
    }
    if (f->pieces++ == 0)
        story_action(&f->story, TIMELINE_SERVER, "takes the request and lets the model speak",
                     "Each piece of the answer is sealed and sent as it comes.");
    if (f->pieces <= 3)
        story_message(&f->story, TIMELINE_TO_CLIENT, "a record: a piece of the answer, sealed", message);
}

static void on_tap(void *ctx, unsigned connection, bool sent, span message)
{
    (void)connection;
    if (sent)
        on_sent(ctx, message);
    else
        on_received(ctx, message);
}

static void on_log(void *ctx, unsigned connection, const char *line)
{
    flow *f = ctx;
    (void)connection;
    if (strcmp(line, "upgraded") == 0)
        story_action(&f->story, TIMELINE_SERVER, "admits the client",
                     "The token in the upgrade request is the issuer's, and it has not expired.");
    else if (strcmp(line, "session open") == 0)
        story_action(&f->story, TIMELINE_SERVER, "opens the session",
                     "It knows nothing of the client but the token: the client's static share is new for each connection.");
}

/* ---- what the client sees ---- */

static void on_opened(void *ctx, sim_client *c)
{
    flow *f = ctx;
    const cf_ask ask = {.prompt = span_text(f->how.prompt), .model = "default", .stream = true};
    client_chats(c, 1, &ask);
}

static void on_event(void *ctx, sim_client *c, const cf_event *e)
{
    flow *f = ctx;
    timeline_step *last = &f->story.timeline->step[f->story.timeline->n - 1];
    if (e->kind == CF_TOKEN) {
        if (last->place != TIMELINE_CLIENT || strcmp(last->title, "reads the answer") != 0)
            last = timeline_add(f->story.timeline, TIMELINE_CLIENT, "reads the answer");
        size_t n = strlen(last->text);
        snprintf(last->text + n, sizeof last->text - n, "%.*s", (int)e->text.n, (const char *)e->text.p);
        return;
    }
    if (f->pieces > 4 && f->story.out)
        fprintf(f->story.out, "     c <- s   %u records in all\n", f->pieces);
    story_tell(&f->story, last);
    char text[300] = "";
    f->finished = e->kind == CF_COMPLETION;
    if (f->finished)
        snprintf(text, sizeof text, "Question and answer fill %lld of the model's %lld tokens.", (long long)e->context_tokens,
                 (long long)e->max_context_tokens);
    else
        snprintf(text, sizeof text, "Status %lld: %.*s", (long long)e->status, e->text.n < 200 ? (int)e->text.n : 200,
                 (const char *)e->text.p);
    story_action(&f->story, TIMELINE_CLIENT, f->finished ? "knows that the answer is complete, and closes" : "was refused an answer", text);
    client_closes(c);
}

static void on_ended(void *ctx, const client_end *end)
{
    flow *f = ctx;
    if (end->outcome != CLIENT_FINISHED) {
        f->finished = false;
        story_action(&f->story, TIMELINE_CLIENT, "ends without an answer",
                     accepted(end->refused) ? "" : requirement_rows[end->refused.req].text);
    }
}

static const client_events events = {on_opened, on_event, on_ended, NULL};

bool demo_flow(const pack *p, const demo_of *how, server_model model, timeline *s, FILE *out)
{
    const span seed = span_of(p->seed, p->n_seed);
    static flow f;
    struct bufferevent *pair[2];
    ws_url url;
    struct event_base *base = event_base_new();
    must(base && ws_url_read("ws://memory/websocket", &url) && bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair) == 0);
    f = (flow){.pack = p, .how = *how};
    story_start(&f.story, s, out, how->verbose);
    const server_setup served = {.base = base,
                                 .prim = &prim_openssl,
                                 .pack = p,
                                 .now = p->time,
                                 .coins = coins_of_seed(seed, "server"),
                                 .model = model,
                                 .evidence = pack_evidence(p, how->platform),
                                 .log = on_log,
                                 .log_ctx = &f,
                                 .tap = on_tap,
                                 .tap_ctx = &f};
    const client_setup asked = {base, &prim_sodium, p, p->time, coins_of_seed(seed, "client"), &events, &f};
    sim_server *server = server_start(&served);
    const ws_gate gate = server_gate(server);
    ws_serve(base, pair[0], &gate);
    client_start_on(&asked, pair[1], &url);
    event_base_dispatch(base);
    server_stop(server);
    event_base_free(base);
    return f.finished;
}
