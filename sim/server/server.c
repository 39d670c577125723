#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct connection {
    sim_server *server;
    unsigned number;
    ws *line;
    cf_server peer;
    cf_effects effects;
    cf_storage *storage;
    uint8_t coins[CF_COINS];
    uint8_t *room;      /* of the effects */
    writer whole;       /* the one answer of a chat that is not streamed */
    int64_t id;         /* of the request that is being answered */
    bool stream;
} connection;

struct sim_server {
    server_setup setup;
    unsigned connections, count;
};

static void say(const connection *c, const char *line)
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
        .static_secret = SPAN(s->pack->enclave_secret),
        .evidence = evidence_of(c->server),
    };
}

static void tap(const connection *c, bool sent, span message)
{
    const server_setup *s = &c->server->setup;
    if (s->tap)
        s->tap(s->tap_ctx, c->number, sent, message);
}

static void carry_out(connection *c)
{
    for (size_t i = 0; i < c->effects.n_records; i++) {
        tap(c, true, cf_record(&c->effects, i));
        ws_send(c->line, true, cf_record(&c->effects, i));
    }
    if (c->effects.close)
        ws_close(c->line, c->effects.close, c->effects.reason);
}

/* ---- answers of the model ---- */

static void say_piece(void *to, span utf8)
{
    connection *c = to;
    if (!c->stream) {
        write_span(&c->whole, utf8);
        return;
    }
    const cf_world world = world_of(c);
    cf_server_says_token(&c->peer, &world, c->id, utf8, &c->effects);
    carry_out(c);
}

static void answer_chat(connection *c)
{
    const server_model *model = &c->server->setup.model;
    const cf_chat chat = c->effects.chat;
    uint8_t room[16384];
    c->id = c->effects.event.id;
    c->stream = chat.stream;
    c->whole = WRITER(room);
    int64_t tokens = model->answer(model->ctx, &chat, say_piece, c);
    const cf_world world = world_of(c);
    if (c->stream)
        cf_server_says_completion(&c->peer, &world, c->id, tokens, &c->effects);
    else
        cf_server_says(&c->peer, &world, c->id, 200, written(&c->whole), true, &c->effects);
    carry_out(c);
}

/* ---- the line's callbacks ---- */

static void on_opened(void *ctx, ws *line)
{
    connection *c = ctx;
    c->line = line;
    say(c, "upgraded");
}

static void say_verdict(const connection *c, verdict v)
{
    char line[160];
    snprintf(line, sizeof line, "closed by %s: %u %s", requirement_rows[v.req].id, c->effects.close, c->effects.reason ? c->effects.reason : "");
    say(c, line);
}

static void on_message(void *ctx, ws *line, bool binary, span message)
{
    connection *c = ctx;
    (void)line;
    const cf_phase before = c->peer.phase;
    tap(c, false, message);
    const cf_world world = world_of(c);
    verdict v = binary ? cf_server_takes_message(&c->peer, &world, message, &c->effects) : cf_server_takes_text(&c->peer, &world, message, &c->effects);
    carry_out(c);
    if (!accepted(v))
        say_verdict(c, v);
    if (before != CF_OPEN && c->peer.phase == CF_OPEN)
        say(c, "session open");
    if (accepted(v) && c->effects.event.kind == CF_CALL)
        answer_chat(c);
}

static void on_closed(void *ctx, ws *line, const ws_end *end)
{
    connection *c = ctx;
    (void)line, (void)end;
    say(c, "gone");
    cf_server_end(&c->peer, c->storage);
    c->server->connections--;
    wipe(c->coins, sizeof c->coins);
    free(c->storage);
    free(c->room);
    free(c);
}

static const ws_callbacks callbacks = {on_opened, on_message, on_closed};

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
    *c = (connection){.server = s, .number = ++s->count, .storage = storage, .room = room};
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
    s->connections++;
    if (!accepted(v)) {
        say_verdict(c, v);
        on_closed(c, NULL, NULL);
        return cf_refusal_status();
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

ws_gate server_gate(sim_server *s) { return (ws_gate){admit, answer_plainly, s}; }

sim_server *server_start(const server_setup *setup)
{
    sim_server *s = calloc(1, sizeof *s);
    must(s);
    s->setup = *setup;
    return s;
}

void server_set_time(sim_server *s, int64_t now) { s->setup.now = now; }

void server_stop(sim_server *s)
{
    must(s->connections == 0);
    wipe(&s->setup.coins, sizeof s->setup.coins);
    free(s);
}
