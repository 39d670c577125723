/* The model's answers: a session of the model for each connection that asks, and turns of a slice each. */
#include "server_parts.h"

#include <event2/event.h>

#include <stdlib.h>

static bool streams(const connection *c, int64_t id)
{
    const cf_pending *p = &c->peer.pending;
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].id == id)
            return p->at[i].stream;
    return false;
}

/* ---- from the model to the peer ---- */

static void add_to_whole(connection *c, span utf8)
{
    if (!c->whole.p)
        c->whole = writer_of(malloc(SERVER_WHOLE_MAX), SERVER_WHOLE_MAX);
    if (c->whole.p)
        write_span(&c->whole, utf8);
}

static void free_whole(connection *c)
{
    if (c->whole.p)
        wipe(c->whole.p, c->whole.n);
    free(c->whole.p);
    c->whole = (writer){0};
}

static void send_piece(void *to, int64_t id, span utf8)
{
    connection *c = to;
    if (!cf_server_owes(&c->peer, id))
        return; /* the connection was closed in the middle of this slice */
    if (!streams(c, id)) {
        add_to_whole(c, utf8);
        return;
    }
    const cf_world world = connection_world(c);
    cf_server_says_token(&c->peer, &world, id, utf8, &c->server->effects);
    connection_sends(c);
}

static void send_thought(void *to, int64_t id, span utf8)
{
    connection *c = to;
    if (!cf_server_owes(&c->peer, id) || !streams(c, id))
        return;
    const cf_world world = connection_world(c);
    cf_server_says_thinking(&c->peer, &world, id, utf8, &c->server->effects);
    connection_sends(c);
}

static void send_whole(connection *c, int64_t id, unsigned status, span text)
{
    const cf_world world = connection_world(c);
    cf_server_says(&c->peer, &world, id, status, text, true, &c->server->effects);
    connection_sends(c);
}

static void send_done(void *to, int64_t id, int64_t context_tokens)
{
    connection *c = to;
    if (!cf_server_owes(&c->peer, id))
        return;
    if (streams(c, id)) {
        const cf_world world = connection_world(c);
        cf_server_says_completion(&c->peer, &world, id, context_tokens, &c->server->effects);
        connection_sends(c);
        return;
    }
    const bool fits = c->whole.p ? writer_ok(&c->whole) : true;
    send_whole(c, id, fits ? 200 : 500, fits ? written(&c->whole) : span_text("Internal Server Error"));
    free_whole(c);
}

/* ---- turns ---- */

static void leave_queue(connection *c)
{
    if (c->queued)
        LIST_REMOVE(c->server->busy, c, turn);
    c->queued = false;
}

/* A timer that is due at once, not an active event: connections are read and written in between. */
static void keep_turning(sim_server *s)
{
    static const struct timeval at_once = {0};
    if (s->busy.n)
        must(evtimer_add(s->turn, &at_once) == 0);
}

/* Nothing is generated for a peer that does not take what it was sent: it goes on when `drained` says so. */
void answers_resume(connection *c)
{
    if (!c->generating || c->queued || ws_backlog(c->ws) > SERVER_AHEAD)
        return;
    LIST_ADD(c->server->busy, c, turn);
    c->queued = true;
    keep_turning(c->server);
}

static void generate_slice(connection *c)
{
    const server_output output = {c, send_piece, send_thought, send_done};
    c->generating = c->server->setup.model.generate(c->session, SERVER_SLICE, &output);
    answers_resume(c);
}

/* The first of the queue, which goes to its end when there is more. */
static void on_turn(evutil_socket_t fd, short what, void *server)
{
    sim_server *s = server;
    connection *c = s->busy.first;
    (void)fd, (void)what;
    if (c) {
        leave_queue(c);
        generate_slice(c);
        cf_scratch_wipe(&s->scratch);
    }
    keep_turning(s);
}

struct event *answers_turn_new(sim_server *s) { return evtimer_new(s->setup.base, on_turn, s); }

/* ---- requests ---- */

static bool open_session(connection *c)
{
    const server_model *model = &c->server->setup.model;
    if (!c->session && memory_make_room_for_session(c->server)) {
        c->session = model->open(model->ctx);
        c->server->n_sessions += c->session != NULL;
    }
    c->last_used = ++c->server->uses;
    return c->session != NULL;
}

void answers_begin(connection *c)
{
    const server_model *model = &c->server->setup.model;
    const int64_t id = c->server->effects.event.id;
    const cf_chat chat = c->server->effects.chat;
    if (!open_session(c)) {
        send_whole(c, id, 500, span_text("Internal Server Error"));
        return;
    }
    const char *why = model->accept(c->session, id, &chat, &c->server->setup.coins);
    if (why) {
        send_whole(c, id, 400, span_text(why));
        return;
    }
    c->generating = true;
    answers_resume(c);
}

void answers_cancel(connection *c)
{
    leave_queue(c);
    if (c->session) {
        c->server->setup.model.close(c->session);
        c->server->n_sessions--;
    }
    c->session = NULL;
    c->generating = false;
    free_whole(c);
}
