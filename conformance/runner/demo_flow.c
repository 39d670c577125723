#include "demo_flow.h"
#include "client.h"
#include "session.h"
#include "weak.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <stdlib.h>
#include <string.h>

typedef struct flow {
    const pack *pack;
    timeline *timeline;
    FILE *out;
    bool verbose; /* every sentence by its number and text */
    const char *prompt;
    unsigned received, sent, pieces; /* messages at the server */
    uint64_t seen[REQ_COUNT];        /* how often each line had been reached when the last step was told */
    bool finished;
    sim_client *client;
} flow;

/* The lines that were reached since the last step belong to this one. */
static void take_rules(flow *f, timeline_step *step)
{
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        uint64_t now = weak_reached(req);
        if (now > f->seen[req])
            timeline_rule(step, req);
        f->seen[req] = now;
    }
}

/* "CF-001 to CF-013, WI-020": the rules of a step in one line. */
static void print_ranges(const flow *f, const timeline_step *step)
{
    for (size_t i = 0, k; i < step->n_rules; i = k) {
        for (k = i + 1; k < step->n_rules && step->rules[k] == step->rules[k - 1] + 1 &&
                        requirement_rows[step->rules[k]].id[0] == requirement_rows[step->rules[i]].id[0];)
            k++;
        fprintf(f->out, "%s%s", i ? ", " : "              applied: ", requirement_rows[step->rules[i]].id);
        if (k > i + 1)
            fprintf(f->out, "%s%s", k > i + 2 ? " to " : ", ", requirement_rows[step->rules[k - 1]].id);
    }
    fputs(step->n_rules ? "\n" : "", f->out);
}

/* The appraisal is what this is about: sentence by sentence for who wants to see them. */
static void print_rules(const flow *f, const timeline_step *step)
{
    if (!f->verbose)
        fprintf(f->out, "              %zu sentences were applied and hold (--verbose lists them)\n", step->n_rules);
    for (size_t i = 0; f->verbose && i < step->n_rules; i++) {
        const requirement_row *row = &requirement_rows[step->rules[i]];
        fprintf(f->out, "              ok  %s  %.108s%s\n", row->id, row->text, strlen(row->text) > 108 ? "..." : "");
    }
}

static void print_step(const flow *f, const timeline_step *step)
{
    static const char *const places[] = {"client", "server", "c -> s", "c <- s"};
    if (!f->out)
        return;
    fprintf(f->out, "%3zu  %s   %s", f->timeline->n, places[step->place], step->title);
    if (step->n_message)
        fprintf(f->out, "  (%zu bytes)", step->n_message);
    fputs("\n", f->out);
    if (*step->text)
        fprintf(f->out, "              %s\n", step->text);
    if (step->place == TIMELINE_CLIENT && strstr(step->title, "appraises"))
        print_rules(f, step);
    else if (f->verbose)
        print_ranges(f, step);
    fflush(f->out);
}

static timeline_step *add_action(flow *f, timeline_place who, const char *title, const char *text)
{
    timeline_step *step = timeline_add(f->timeline, who, title);
    snprintf(step->text, sizeof step->text, "%s", text);
    take_rules(f, step);
    print_step(f, step);
    return step;
}

static void add_message(flow *f, timeline_place way, const char *title, span message)
{
    timeline_step *step = timeline_add(f->timeline, way, title);
    timeline_bytes(step, message);
    print_step(f, step);
}

/* ---- what the server's line shows ---- */

static void on_received(flow *f, span message)
{
    switch (f->received++) {
    case 0:
        add_action(f, TIMELINE_CLIENT, "begins the handshake", "Noise_XX_25519_AESGCM_SHA256: a fresh ephemeral share, nothing else.");
        add_message(f, TIMELINE_TO_SERVER, "message 1: e", message);
        return;
    case 1:
        add_action(f, TIMELINE_CLIENT, "appraises the enclave before it says a word",
                   "The report is signed by a chip of the pinned vendor, names the key of this handshake, and runs the expected code. The "
                   "release is "
                   "signed by whom the policy names, and its log proves that it holds it.");
        add_message(f, TIMELINE_TO_SERVER, "message 3: s, se", message);
        return;
    default: add_action(f, TIMELINE_CLIENT, "asks", f->prompt); add_message(f, TIMELINE_TO_SERVER, "a record: the sealed request", message);
    }
}

static void on_sent(flow *f, span message)
{
    if (f->sent++ == 0) {
        add_action(f, TIMELINE_SERVER, "answers with its evidence",
                   "The evidence travels inside message 2, sealed; the key it names is the server's Noise key.");
        add_message(f, TIMELINE_TO_CLIENT, "message 2: e, ee, s, es, evidence", message);
        return;
    }
    if (f->pieces++ == 0)
        add_action(f, TIMELINE_SERVER, "takes the request and lets the model speak",
                   "Each piece of the answer is sealed and sent as it comes.");
    if (f->pieces <= 3)
        add_message(f, TIMELINE_TO_CLIENT, "a record: a piece of the answer, sealed", message);
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
    (void)connection;
    if (strcmp(line, "upgraded") == 0)
        add_action(ctx, TIMELINE_SERVER, "admits the client", "The token in the upgrade request is the issuer's, and it has not expired.");
    else if (strcmp(line, "session open") == 0)
        add_action(ctx, TIMELINE_SERVER, "opens the session",
                   "It knows nothing of the client but the token: the client's static share is new for each connection.");
}

/* ---- what the client sees ---- */

static void on_opened(void *ctx, sim_client *c)
{
    flow *f = ctx;
    f->client = c;
    const cf_ask ask = {.prompt = span_text(f->prompt), .model = "default", .stream = true};
    client_chats(c, 1, &ask);
}

static void on_event(void *ctx, sim_client *c, const cf_event *e)
{
    flow *f = ctx;
    timeline_step *last = &f->timeline->step[f->timeline->n - 1];
    if (e->kind == CF_TOKEN) {
        if (last->place != TIMELINE_CLIENT || strcmp(last->title, "reads the answer") != 0)
            last = timeline_add(f->timeline, TIMELINE_CLIENT, "reads the answer");
        size_t n = strlen(last->text);
        snprintf(last->text + n, sizeof last->text - n, "%.*s", (int)e->text.n, (const char *)e->text.p);
        return;
    }
    if (f->pieces > 4 && f->out)
        fprintf(f->out, "     c <- s   %u records in all\n", f->pieces);
    take_rules(f, last);
    print_step(f, last);
    char text[300] = "";
    f->finished = e->kind == CF_COMPLETION;
    if (f->finished)
        snprintf(text, sizeof text, "Question and answer fill %lld of the model's %lld tokens.", (long long)e->context_tokens,
                 (long long)e->max_context_tokens);
    else
        snprintf(text, sizeof text, "Status %lld: %.*s", (long long)e->status, e->text.n < 200 ? (int)e->text.n : 200,
                 (const char *)e->text.p);
    add_action(f, TIMELINE_CLIENT, f->finished ? "knows that the answer is complete, and closes" : "was refused an answer", text);
    client_closes(c);
}

static void on_ended(void *ctx, const client_end *end)
{
    flow *f = ctx;
    if (end->outcome != CLIENT_FINISHED) {
        f->finished = false;
        add_action(f, TIMELINE_CLIENT, "ends without an answer", accepted(end->refused) ? "" : requirement_rows[end->refused.req].text);
    }
}

static const client_events events = {on_opened, on_event, on_ended};

bool demo_flow(const pack *p, span seed, const char *prompt, server_model model, timeline *s, FILE *out, bool verbose)
{
    static flow f;
    struct bufferevent *pair[2];
    ws_url url;
    struct event_base *base = event_base_new();
    must(base && ws_url_read("ws://memory/websocket", &url) && bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair) == 0);
    f = (flow){.pack = p, .timeline = s, .out = out, .verbose = verbose, .prompt = prompt};
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        f.seen[req] = weak_reached(req);
    const server_setup served = {.base = base,
                                 .prim = &prim_openssl,
                                 .pack = p,
                                 .now = p->time,
                                 .coins = coins_of_seed(seed, "server"),
                                 .model = model,
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
