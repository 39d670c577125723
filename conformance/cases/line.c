/* Connections: events of libevent turned into calls that wait. */
#include "line.h"
#include "spawn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- waiting ---- */

static void note_late(evutil_socket_t fd, short what, void *late)
{
    (void)fd, (void)what;
    *(bool *)late = true;
}

bool trial_until(trial *t, bool (*done)(const void *), const void *ctx, check c, const char *what)
{
    const struct timeval patience = {t->run->patience ? t->run->patience : TRIAL_PATIENCE, 0};
    bool late = false;
    struct event *deadline = evtimer_new(t->base, note_late, &late);
    must(deadline);
    while (!t->over && !late && !done(ctx)) {
        evtimer_add(deadline, &patience);
        event_base_loop(t->base, EVLOOP_ONCE);
    }
    event_free(deadline);
    if (late)
        trial_stop(t, c, OUTCOME_HANG, what, "nothing for %d seconds", (int)patience.tv_sec);
    return !t->over;
}

void trial_runs(trial *t)
{
    if (!t->over)
        event_base_loop(t->base, EVLOOP_NONBLOCK);
}

/* ---- a line's callbacks ---- */

/* What a WebSocket message should be by its place in the session: three of the handshake, then records. */
static void log_message(line *l, bool to_server, span m)
{
    char fields[128];
    const unsigned place = to_server ? l->n_up++ : l->n_down++;
    if (to_server && place == 0)
        snprintf(fields, sizeof fields, "e@0+32");
    else if (!to_server && place == 0 && m.n >= CF_MESSAGE2_LEAST)
        snprintf(fields, sizeof fields, "e@0+32 s@32+32 s_tag@64+16 evidence@80+%zu evidence_tag@%zu+16", m.n - CF_MESSAGE2_LEAST,
                 m.n - 16);
    else if (to_server && place == 1)
        snprintf(fields, sizeof fields, "s@0+32 s_tag@32+16 tag@48+16");
    else if (m.n >= 16)
        snprintf(fields, sizeof fields, "sealed@0+%zu tag@%zu+16", m.n - 16, m.n - 16);
    else
        *fields = 0;
    trial_log(l->t, to_server, "frame", m, fields);
}

static void keep(line *l, bool binary, span message)
{
    if (l->n_in == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 16;
        l->in = realloc(l->in, l->cap * sizeof *l->in);
        must(l->in);
    }
    uint8_t *copy = malloc(message.n + 1);
    must(copy);
    span_take(message, copy, message.n);
    l->in[l->n_in++] = (heard){binary, span_of(copy, message.n)};
}

static void on_opened(void *ctx, ws *w)
{
    line *l = ctx;
    l->ws = w;
    l->up = true;
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    line *l = ctx;
    (void)w;
    log_message(l, l->is_server, message);
    keep(l, binary, message);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    line *l = ctx;
    char room[200];
    (void)w;
    l->ws = NULL;
    l->ended = true;
    l->end = *end;
    trial_note(l->t, line_ending(l, room, sizeof room));
}

static const ws_callbacks callbacks = {on_opened, on_message, on_closed};

static line *line_make(trial *t, bool is_server)
{
    line *l = calloc(1, sizeof *l);
    must(l && t->n_lines < sizeof t->lines / sizeof *t->lines);
    l->t = t;
    l->is_server = is_server;
    l->world = (cf_world){.prim = t->run->prim, .now = t->run->now, .storage = calloc(1, sizeof *l->world.storage)};
    l->out.bytes = writer_of(malloc(CF_EFFECTS_ROOM), CF_EFFECTS_ROOM);
    must(l->world.storage && l->out.bytes.p);
    t->lines[t->n_lines++] = l;
    return l;
}

static void line_free(line *l)
{
    for (size_t i = 0; i < l->n_in; i++)
        free((void *)l->in[i].message.p);
    free(l->in);
    free(l->world.storage);
    free(l->out.bytes.p);
    free(l);
}

/* A connection's last callback comes from the loop, so the loop runs until all have had theirs. */
static bool all_ended(const trial *t)
{
    for (size_t i = 0; i < t->n_lines; i++)
        if (t->lines[i]->ws)
            return false;
    return true;
}

void trial_clear(trial *t)
{
    if (t->listener)
        ws_listener_free(t->listener);
    t->listener = NULL;
    spawn_end(t);
    for (size_t i = 0; i < t->n_lines; i++)
        if (t->lines[i]->ws)
            ws_cut(t->lines[i]->ws);
    while (!all_ended(t))
        event_base_loop(t->base, EVLOOP_ONCE);
    for (size_t i = 0; i < t->n_lines; i++)
        line_free(t->lines[i]);
    t->n_lines = 0;
}

/* ---- connections ---- */

static bool is_up_or_ended(const void *ctx) { return ((const line *)ctx)->up || ((const line *)ctx)->ended; }
static bool has_ended(const void *ctx) { return ((const line *)ctx)->ended; }
static bool has_heard(const void *ctx)
{
    const line *l = ctx;
    return l->taken < l->n_in || l->ended;
}

line *line_connect(trial *t, const char *target)
{
    ws_url url = t->run->url;
    line *l = line_make(t, false);
    snprintf(url.target, sizeof url.target, "%s", target);
    trial_log(t, true, "tcp", span_text(target), NULL);
    l->ended = t->over;
    if (!t->over)
        l->ws = ws_connect(t->base, &url, &callbacks, l);
    trial_until(t, is_up_or_ended, l, VERDICT, "an answer to the upgrade");
    return l;
}

line *line_open(trial *t)
{
    char room[8192], ending[200];
    line *l = line_connect(t, trial_target(t, NULL, room, sizeof room));
    if (!l->up)
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an open connection", "%s", line_ending(l, ending, sizeof ending));
    return l;
}

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    trial *t = ctx;
    if (t->n_lines == sizeof t->lines / sizeof *t->lines)
        return 503;
    line *l = line_make(t, true);
    trial_log(t, true, "tcp", target, NULL);
    span_take(span_first(target, sizeof l->target - 1), l->target, sizeof l->target);
    *on = &callbacks;
    *conn = l;
    return 101;
}

bool trial_listens(trial *t)
{
    const ws_gate gate = {admit, NULL, t};
    t->listener = ws_listen(t->base, "127.0.0.1", 0, &gate);
    if (!t->listener)
        trial_stop(t, VERDICT, OUTCOME_HARNESS, "a free port of the loopback", "none");
    else
        t->port = ws_listener_port(t->listener);
    return t->listener != NULL;
}

static bool has_connected(const void *ctx)
{
    const trial *t = ctx;
    return (t->n_lines > t->n_accepted && t->lines[t->n_accepted]->up) || spawn_has_ended(t);
}

line *line_accept(trial *t)
{
    if (trial_until(t, has_connected, t, VERDICT, "a connection") && t->n_lines == t->n_accepted)
        trial_stop(t, VERDICT, OUTCOME_CRASH, "a connection", "%s", spawn_ending(t));
    return t->n_lines > t->n_accepted ? t->lines[t->n_accepted++] : line_make(t, true);
}

void line_sends(line *l, span message)
{
    if (!l->ws || !l->up || l->t->over)
        return;
    log_message(l, !l->is_server, message);
    ws_send(l->ws, true, message);
}

void line_sends_text(line *l, const char *text)
{
    if (!l->ws || !l->up || l->t->over)
        return;
    trial_log(l->t, !l->is_server, "app", span_text(text), NULL);
    ws_send(l->ws, false, span_text(text));
}

void line_sends_raw(line *l, span frames)
{
    if (!l->ws || l->t->over)
        return;
    trial_log(l->t, !l->is_server, "tcp", frames, NULL);
    ws_send_raw(l->ws, frames);
}

void line_closes(line *l, unsigned code, const char *reason)
{
    if (l->ws && l->up && !l->t->over)
        ws_close(l->ws, code, reason);
}

void line_cuts(line *l)
{
    if (l->ws && !l->t->over)
        ws_cut(l->ws);
}

bool line_hears(line *l, span *message)
{
    *message = EMPTY;
    while (trial_until(l->t, has_heard, l, VERDICT, "a message or the end")) {
        if (l->taken == l->n_in)
            return false;
        const heard *h = &l->in[l->taken++];
        *message = h->message;
        if (h->binary)
            return true;
    }
    return false;
}

bool line_ends(line *l) { return trial_until(l->t, has_ended, l, VERDICT, "the end of the connection"); }

const char *line_ending(const line *l, char *room, size_t n)
{
    if (!l->ended)
        snprintf(room, n, "open");
    else if (l->end.how == WS_CLOSED)
        snprintf(room, n, "close %u%s%s", l->end.code, *l->end.reason ? " " : "", l->end.reason);
    else if (l->end.how == WS_REFUSED)
        snprintf(room, n, l->end.status ? "HTTP %u" : "no answer", l->end.status);
    else
        snprintf(room, n, l->end.how == WS_BROKEN ? "broken WebSocket frames" : "cut without a close frame");
    return room;
}

const char *trial_target(const trial *t, const char *token, char *room, size_t n)
{
    const char *path = t->run->url.target;
    const size_t bare = strcspn(path, "?");
    const span own = t->run->pack->file[PACK_TOKEN];
    if (token)
        snprintf(room, n, "%.*s?token=%s", (int)bare, path, token);
    else
        snprintf(room, n, "%.*s?token=%.*s", (int)bare, path, (int)own.n, (const char *)own.p);
    return room;
}

/* ---- one HTTP request ---- */

typedef struct talk {
    struct bufferevent *bev;
    http_answer *answer;
    bool done;
} talk;

/* The head, and as much of the body as its Content-Length says; without one, until the end. An upgrade has no body. */
static bool is_whole(const http_answer *a)
{
    if (!a->body_at || a->status == 101)
        return a->body_at != 0;
    const char *says = strcasestr(a->text.p, "\r\ncontent-length:");
    return says && says < a->text.p + a->body_at && a->text.n - a->body_at >= strtoul(says + 17, NULL, 10);
}

static void on_bytes(struct bufferevent *bev, void *ctx)
{
    talk *k = ctx;
    uint8_t piece[4096];
    for (size_t n; (n = bufferevent_read(bev, piece, sizeof piece)) > 0;)
        page_put_n(&k->answer->text, piece, n);
    const char *head = k->answer->text.p ? strstr(k->answer->text.p, "\r\n\r\n") : NULL;
    if (!head)
        return;
    k->answer->body_at = (size_t)(head + 4 - k->answer->text.p);
    sscanf(k->answer->text.p, "HTTP/1.%*1u %3u", &k->answer->status);
    k->done = is_whole(k->answer);
}

static void on_end(struct bufferevent *bev, short what, void *ctx)
{
    (void)bev;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        ((talk *)ctx)->done = true;
}

static bool talk_done(const void *ctx) { return ((const talk *)ctx)->done; }

void trial_http(trial *t, const char *host, unsigned port, span request, http_answer *out)
{
    struct sockaddr_storage at = {0};
    char address[300];
    int n = sizeof at;
    *out = (http_answer){0};
    talk k = {bufferevent_socket_new(t->base, -1, BEV_OPT_CLOSE_ON_FREE), out, t->over};
    snprintf(address, sizeof address, strchr(host, ':') ? "[%s]:%u" : "%s:%u", strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port);
    must(k.bev);
    bufferevent_setcb(k.bev, on_bytes, NULL, on_end, &k);
    bufferevent_enable(k.bev, EV_READ | EV_WRITE);
    bufferevent_write(k.bev, request.p, request.n);
    trial_log(t, true, "tcp", request, NULL);
    if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&at, &n) != 0 ||
        bufferevent_socket_connect(k.bev, (struct sockaddr *)&at, n) != 0)
        k.done = true;
    trial_until(t, talk_done, &k, VERDICT, "an HTTP answer");
    trial_log(t, false, "tcp", span_of(out->text.p, out->text.n), NULL);
    bufferevent_free(k.bev);
}

void http_answer_free(http_answer *a) { page_free(&a->text); }
