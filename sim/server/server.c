#include "server_parts.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void log_line(const sim_server *s, unsigned connection, const char *line)
{
    if (s->setup.log)
        s->setup.log(s->setup.log_ctx, connection, line);
}

void connection_logs(const connection *c, const char *line) { log_line(c->server, c->number, line); }

static void log_verdict(const connection *c, verdict v)
{
    const cf_effects *e = &c->server->effects;
    char line[160];
    snprintf(line, sizeof line, "closed by %s: %u %s", requirement_rows[v.req].id, e->close, e->reason ? e->reason : "");
    connection_logs(c, line);
}

static span evidence_of(const sim_server *s) { return s->setup.evidence.n ? s->setup.evidence : s->setup.pack->file[PACK_EVIDENCE]; }

cf_world connection_world(connection *c)
{
    sim_server *s = c->server;
    coins_draw(&s->setup.coins, s->coins, sizeof s->coins);
    return (cf_world){
        .prim = s->setup.prim,
        .now = s->setup.now,
        .revision = s->setup.revision,
        .coins = SPAN(s->coins),
        .storage = &c->storage,
        .token_key = s->setup.pack->token_key,
        .static_pair = &s->enclave,
        .evidence = evidence_of(s),
        .context_max = s->setup.model.context_max,
    };
}

static void tap_message(const connection *c, bool sent, span message)
{
    const server_setup *s = &c->server->setup;
    if (s->tap)
        s->tap(s->tap_ctx, c->number, sent, message);
}

void connection_sends(connection *c)
{
    const cf_effects *e = &c->server->effects;
    for (size_t i = 0; i < e->n_records; i++) {
        tap_message(c, true, cf_record(e, i));
        ws_send(c->ws, true, cf_record(e, i));
    }
    if (e->close)
        ws_close(c->ws, e->close, e->reason);
    memory_after_sending(c);
}

/* ---- the connection's callbacks ---- */

static void on_opened(void *ctx, ws *w)
{
    connection *c = ctx;
    c->ws = w;
    ws_waits_for(w, WI_WAIT_SESSION);
    connection_logs(c, "upgraded");
}

static void after_verdict(connection *c, verdict v)
{
    connection_sends(c);
    if (!accepted(v))
        log_verdict(c, v);
    if (c->peer.phase == CF_CLOSED)
        answers_cancel(c);
}

static bool on_expected(void *ctx, ws *w, uint64_t n)
{
    connection *c = ctx;
    (void)w;
    const cf_world world = connection_world(c);
    const verdict v = cf_server_expects(&c->peer, &world, n, &c->server->effects);
    after_verdict(c, v);
    return accepted(v);
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    connection *c = ctx;
    cf_effects *effects = &c->server->effects;
    const cf_phase before = c->peer.phase;
    tap_message(c, false, message);
    memory_for_record(c);
    const cf_world world = connection_world(c);
    const verdict v = binary ? cf_server_takes_message(&c->peer, &world, message, effects)
                             : cf_server_takes_text(&c->peer, &world, message, effects);
    if (c->server->setup.secrets && before != CF_OPEN && nz_turn_of(&c->peer.noise) == NZ_READS)
        c->server->setup.secrets(c->server->setup.secrets_ctx, &c->peer.noise);
    after_verdict(c, v);
    if (before != CF_OPEN && c->peer.phase == CF_OPEN) {
        ws_waits_for(w, WI_WAIT_MESSAGE);
        connection_logs(c, "session open");
    }
    if (accepted(v) && effects->event.kind == CF_CALL)
        answers_begin(c);
    cf_scratch_wipe(&c->server->scratch);
}

static void on_drained(void *ctx, ws *w)
{
    connection *c = ctx;
    (void)w;
    memory_after_sending(c);
    answers_resume(c);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    connection *c = ctx;
    sim_server *s = c->server;
    (void)w, (void)end;
    connection_logs(c, "gone");
    answers_cancel(c);
    cf_server_end(&c->peer, &c->storage);
    s->backlog -= c->backlog;
    LIST_REMOVE(s->connections, c, all);
    free(c);
}

static const ws_callbacks callbacks = {
    .opened = on_opened, .message = on_message, .closed = on_closed, .expects = on_expected, .drained = on_drained};

/* ---- the server ---- */

static connection *connection_make(sim_server *s)
{
    connection *c = s->stopping || s->connections.n >= s->limits.connections ? NULL : calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->server = s;
    c->number = ++s->count;
    c->storage = (cf_storage){.scratch = &s->scratch, .pool = &s->pool};
    LIST_ADD(s->connections, c, all);
    return c;
}

static unsigned admit(void *server, span target, const ws_callbacks **on, void **conn)
{
    connection *c = connection_make(server);
    if (!c)
        return 503;
    const cf_world world = connection_world(c);
    const verdict v = cf_server_admit(&c->peer, &world, target);
    cf_effects_clear(&c->server->effects);
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

static void on_paused(void *server, const char *why)
{
    char line[160];
    snprintf(line, sizeof line, "no connection is accepted until one ends: %s", why);
    log_line(server, 0, line);
}

ws_gate server_gate(sim_server *s) { return (ws_gate){.admit = admit, .plain = answer_plainly, .ctx = s, .paused = on_paused}; }

sim_server *server_start(const server_setup *setup)
{
    sim_server *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->setup = *setup;
    prim_pair_of(setup->prim, setup->pack->enclave_secret, &s->enclave);
    if (memory_start(s))
        return s;
    server_stop(s);
    return NULL;
}

server_limits server_limits_of(const sim_server *s) { return s->limits; }
size_t server_connections(const sim_server *s) { return s->connections.n; }
void server_set_time(sim_server *s, int64_t now) { s->setup.now = now; }

void server_leave(sim_server *s)
{
    s->stopping = true;
    for (connection *c = s->connections.first; c; c = c->all.after) {
        answers_cancel(c);
        ws_close(c->ws, WI_CLOSE_GOING_AWAY, "");
    }
}

void server_cut(sim_server *s)
{
    for (connection *c = s->connections.first; c; c = c->all.after)
        ws_cut(c->ws);
}

void server_stop(sim_server *s)
{
    must(s->connections.n == 0);
    memory_stop(s);
    wipe(&s->setup.coins, sizeof s->setup.coins);
    wipe(&s->enclave, sizeof s->enclave);
    free(s);
}
