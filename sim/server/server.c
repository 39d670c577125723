#include "server.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct connection {
    sim_server *server;
    unsigned number, slot;
    ws *line;
    cf_server peer;
    cf_effects effects;
    cf_storage *storage;
    uint8_t coins[CF_COINS];
    uint8_t *room; /* of the effects */
    void *session; /* the model's session, from the first chat request on */
    bool busy;     /* answers are pending in the model */
    writer whole;  /* the one answer of a chat that is not streamed */
    uint8_t whole_room[SERVER_WHOLE_MAX];
} connection;

struct sim_server {
    server_setup setup;
    prim_pair enclave;                      /* the static pair of every session */
    connection *at[SERVER_CONNECTIONS_MAX]; /* NULL: free */
    unsigned connections, count, last_turn; /* last_turn: the slot served last */
    struct event *turn;
};

static void log_line(const connection *c, const char *line)
{
    const server_setup *s = &c->server->setup;
    if (s->log)
        s->log(s->log_ctx, c->number, line);
}

static span evidence_of(const sim_server *s) { return s->setup.evidence.n ? s->setup.evidence : s->setup.pack->file[PACK_EVIDENCE]; }

/* What this connection's next step is lent: fresh coins each time. */
static cf_world world_of(connection *c)
{
    server_setup *s = &c->server->setup;
    coins_draw(&s->coins, c->coins, sizeof c->coins);
    return (cf_world){
        .prim = s->prim,
        .now = s->now,
        .coins = SPAN(c->coins),
        .storage = c->storage,
        .token_key = SPAN(s->pack->token_key),
        .static_pair = &c->server->enclave,
        .evidence = evidence_of(c->server),
        .context_max = s->model.context_max,
    };
}

static void tap_message(const connection *c, bool sent, span message)
{
    const server_setup *s = &c->server->setup;
    if (s->tap)
        s->tap(s->tap_ctx, c->number, sent, message);
}

static void carry_out(connection *c)
{
    for (size_t i = 0; i < c->effects.n_records; i++) {
        tap_message(c, true, cf_record(&c->effects, i));
        ws_send(c->line, true, cf_record(&c->effects, i));
    }
    if (c->effects.close)
        ws_close(c->line, c->effects.close, c->effects.reason);
}

/* ---- answers of the model ---- */

static bool streams(const connection *c, int64_t id)
{
    const cf_pending *p = &c->peer.pending;
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == id)
            return p->at[i].stream;
    return false;
}

static void send_piece(void *to, int64_t id, span utf8)
{
    connection *c = to;
    if (!streams(c, id)) {
        write_span(&c->whole, utf8);
        return;
    }
    const cf_world world = world_of(c);
    cf_server_says_token(&c->peer, &world, id, utf8, &c->effects);
    carry_out(c);
}

static void send_whole(connection *c, int64_t id, unsigned status, span text)
{
    const cf_world world = world_of(c);
    cf_server_says(&c->peer, &world, id, status, text, true, &c->effects);
    carry_out(c);
}

static void send_done(void *to, int64_t id, int64_t context_tokens)
{
    connection *c = to;
    if (streams(c, id)) {
        const cf_world world = world_of(c);
        cf_server_says_completion(&c->peer, &world, id, context_tokens, &c->effects);
        carry_out(c);
        return;
    }
    const bool fits = writer_ok(&c->whole);
    send_whole(c, id, fits ? 200 : 500, fits ? written(&c->whole) : span_text("Internal Server Error"));
    c->whole = WRITER(c->whole_room);
}

static bool anyone_busy(const sim_server *s)
{
    bool busy = false;
    for (unsigned i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        busy |= s->at[i] && s->at[i]->busy;
    return busy;
}

/* A timer that is due at once, not an active event: connections are read and written in between. */
static void keep_turning(sim_server *s)
{
    static const struct timeval at_once = {0};
    if (anyone_busy(s))
        must(evtimer_add(s->turn, &at_once) == 0);
}

static void generate_slice(connection *c)
{
    const server_output output = {c, send_piece, send_done};
    c->busy = c->server->setup.model.generate(c->session, SERVER_SLICE, &output);
}

/* Round robin: the next busy connection after the last one served. */
static void on_turn(evutil_socket_t fd, short what, void *server)
{
    sim_server *s = server;
    (void)fd, (void)what;
    for (unsigned i = 0; i < SERVER_CONNECTIONS_MAX; i++) {
        s->last_turn = (s->last_turn + 1) % SERVER_CONNECTIONS_MAX;
        connection *c = s->at[s->last_turn];
        if (c && c->busy) {
            generate_slice(c);
            break;
        }
    }
    keep_turning(s);
}

static void ask_model(connection *c)
{
    const server_model *model = &c->server->setup.model;
    const int64_t id = c->effects.event.id;
    const cf_chat chat = c->effects.chat;
    if (!c->session)
        c->session = model->open(model->ctx);
    const char *why = c->session ? model->accept(c->session, id, &chat, &c->server->setup.coins) : "Internal Server Error";
    if (why)
        send_whole(c, id, c->session ? 400 : 500, span_text(why));
    else
        generate_slice(c);
    keep_turning(c->server);
}

/* The session is over: pending answers are dropped. */
static void cancel_answers(connection *c)
{
    if (c->session)
        c->server->setup.model.close(c->session);
    c->session = NULL;
    c->busy = false;
    wipe(c->whole_room, sizeof c->whole_room);
}

/* ---- the line's callbacks ---- */

static void on_opened(void *ctx, ws *line)
{
    connection *c = ctx;
    c->line = line;
    log_line(c, "upgraded");
}

static void log_verdict(const connection *c, verdict v)
{
    char line[160];
    snprintf(line, sizeof line, "closed by %s: %u %s", requirement_rows[v.req].id, c->effects.close,
             c->effects.reason ? c->effects.reason : "");
    log_line(c, line);
}

static void on_message(void *ctx, ws *line, bool binary, span message)
{
    connection *c = ctx;
    (void)line;
    const cf_phase before = c->peer.phase;
    tap_message(c, false, message);
    const cf_world world = world_of(c);
    verdict v = binary ? cf_server_takes_message(&c->peer, &world, message, &c->effects)
                       : cf_server_takes_text(&c->peer, &world, message, &c->effects);
    carry_out(c);
    if (!accepted(v))
        log_verdict(c, v);
    if (c->peer.phase == CF_CLOSED)
        cancel_answers(c);
    if (before != CF_OPEN && c->peer.phase == CF_OPEN)
        log_line(c, "session open");
    if (accepted(v) && c->effects.event.kind == CF_CALL)
        ask_model(c);
}

static void on_closed(void *ctx, ws *line, const ws_end *end)
{
    connection *c = ctx;
    (void)line, (void)end;
    log_line(c, "gone");
    cancel_answers(c);
    cf_server_end(&c->peer, c->storage);
    c->server->at[c->slot] = NULL;
    c->server->connections--;
    wipe(c->coins, sizeof c->coins);
    free(c->storage);
    free(c->room);
    free(c);
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed};

/* ---- the server ---- */

static connection *connection_make(sim_server *s)
{
    connection *c = calloc(1, sizeof *c);
    cf_storage *storage = calloc(1, sizeof *storage);
    uint8_t *room = malloc(CF_EFFECTS_ROOM);
    if (!c || !storage || !room) {
        free(c);
        free(storage);
        free(room);
        return NULL;
    }
    c->server = s;
    c->number = ++s->count;
    c->storage = storage;
    c->room = room;
    c->whole = WRITER(c->whole_room);
    while (s->at[c->slot])
        c->slot++;
    s->at[c->slot] = c;
    s->connections++;
    c->effects.bytes = writer_of(room, CF_EFFECTS_ROOM);
    return c;
}

static unsigned admit(void *server, span target, const ws_callbacks **on, void **conn)
{
    sim_server *s = server;
    connection *c = s->connections < SERVER_CONNECTIONS_MAX ? connection_make(s) : NULL;
    if (!c)
        return 503;
    const cf_world world = world_of(c);
    verdict v = cf_server_admit(&c->peer, &world, target);
    if (!accepted(v)) {
        log_verdict(c, v);
        on_closed(c, NULL, NULL);
        return cf_refusal_status(v);
    }
    *on = &callbacks;
    *conn = c;
    return 101;
}

static unsigned answer_plainly(void *server, span method, span target, const char **body)
{
    sim_server *s = server;
    const cf_world world = {.prim = s->setup.prim, .now = s->setup.now, .evidence = evidence_of(s)};
    return cf_plain_answer(&world, method, target, body);
}

ws_gate server_gate(sim_server *s) { return (ws_gate){.admit = admit, .plain = answer_plainly, .ctx = s}; }

sim_server *server_start(const server_setup *setup)
{
    sim_server *s = calloc(1, sizeof *s);
    must(s);
    s->setup = *setup;
    prim_pair_of(setup->prim, setup->pack->enclave_secret, &s->enclave);
    s->turn = evtimer_new(setup->base, on_turn, s);
    must(s->turn);
    return s;
}

void server_set_time(sim_server *s, int64_t now) { s->setup.now = now; }

void server_cut(sim_server *s)
{
    for (unsigned i = 0; i < SERVER_CONNECTIONS_MAX; i++)
        if (s->at[i])
            ws_cut(s->at[i]->line);
}

void server_stop(sim_server *s)
{
    must(s->connections == 0);
    event_free(s->turn);
    wipe(&s->setup.coins, sizeof s->setup.coins);
    wipe(&s->enclave, sizeof s->enclave);
    free(s);
}
