/* Connections: events of libevent turned into calls that wait. */
#include "peer_connection.h"
#include "big_room.h"
#include "no_memory.h"
#include "relay.h"
#include "rfc3339.h"
#include "spawn.h"
#include "ws_frames.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- callbacks of the WebSocket ---- */

/* What a WebSocket message should be by its place in the session: three of the handshake, then records. */
static void log_message(peer_connection *peer, bool to_server, span m)
{
    char fields[128];
    const unsigned place = to_server ? peer->n_up++ : peer->n_down++;
    if (peer->t->run->protocol)
        *fields = 0;
    else if (to_server && place == 0)
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
    trial_log(peer->t, to_server, "frame", m, fields);
}

static void keep_message(peer_connection *peer, bool binary, span message)
{
    if (peer->n_in == peer->cap) {
        peer->cap = peer->cap ? 2 * peer->cap : 16;
        peer->in = realloc(peer->in, peer->cap * sizeof *peer->in);
        needs_memory(peer->in);
    }
    uint8_t *copy = malloc(message.n + 1);
    needs_memory(copy);
    span_take(message, copy, message.n);
    peer->in[peer->n_in++] = (received_message){binary, span_of(copy, message.n)};
}

/* Behind the answer to the upgrade, before that is sent. */
static void on_opened(void *ctx, ws *w)
{
    peer_connection *peer = ctx;
    peer->ws = w;
    peer->up = true;
    if (peer->is_server && peer->t->greets)
        peer_pings(peer, span_text("greeting"));
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    peer_connection *peer = ctx;
    (void)w;
    log_message(peer, peer->is_server, message);
    keep_message(peer, binary, message);
}

/* The case is about it, among others: the target masks, or does not, against RFC 6455. */
static void judge_masks(peer_connection *peer)
{
    const char *numbers = peer->t->row->req[VERDICT];
    if (peer->end.how != WS_BROKEN || !numbers)
        return;
    if (peer->end.refused.req == REQ_WI_042 && strstr(numbers, "WI-040"))
        judge(peer->t, VERDICT, false, "frames that are masked", "a frame without a mask");
    if (peer->end.refused.req == REQ_WI_043 && strstr(numbers, "WI-041"))
        judge(peer->t, VERDICT, false, "frames that are not masked", "a masked frame");
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    peer_connection *peer = ctx;
    (void)w;
    peer->ws = NULL;
    peer->ended = true;
    peer->end = *end;
    judge_masks(peer);
    trial_note(peer->t, peer_ending(peer));
}

static void on_pong(void *ctx, ws *w, span data)
{
    peer_connection *peer = ctx;
    (void)w;
    peer->n_pongs++;
    peer->pong_n = data.n;
    span_take(data, peer->pong, sizeof peer->pong);
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed, .pong = on_pong};

/* Of the one run that a process has. */
static const ws_callbacks *callbacks_for(const suite_run *run)
{
    static ws_callbacks named;
    named = callbacks;
    named.protocol = run->protocol;
    return &named;
}

static peer_connection *peer_new(trial *t, bool is_server)
{
    peer_connection *peer = calloc(1, sizeof *peer);
    must(peer && t->n_connections < sizeof t->connections / sizeof *t->connections);
    peer->t = t;
    peer->is_server = is_server;
    peer->memory = big_room(NULL,
                            sizeof *peer->memory); /* most of it is never touched: calloc clears all when it takes memory that was used */
    peer->out.bytes = writer_of(malloc(CF_EFFECTS_ROOM), CF_EFFECTS_ROOM);
    must(peer->out.bytes.p);
    peer->world = (cf_world){.prim = t->run->prim, .now = t->run->now, .storage = cf_own(peer->memory)};
    t->connections[t->n_connections++] = peer;
    return peer;
}

static void peer_free(peer_connection *peer)
{
    for (size_t i = 0; i < peer->n_in; i++)
        free((void *)peer->in[i].message.p);
    free(peer->in);
    big_room_free(peer->memory, sizeof *peer->memory);
    page_free(&peer->held);
    free(peer->out.bytes.p);
    free(peer);
}

/* A connection's last callback comes from the loop, so the loop runs until all have had theirs. */
static bool all_ended(const trial *t)
{
    for (size_t i = 0; i < t->n_connections; i++)
        if (t->connections[i]->ws)
            return false;
    return true;
}

void trial_drop_connections(trial *t)
{
    if (t->listener)
        ws_listener_free(t->listener);
    t->listener = NULL;
    spawn_end(t);
    for (size_t i = 0; i < t->n_connections; i++)
        if (t->connections[i]->ws)
            ws_cut(t->connections[i]->ws);
    while (!all_ended(t))
        event_base_loop(t->base, EVLOOP_ONCE);
    for (size_t i = 0; i < t->n_connections; i++)
        peer_free(t->connections[i]);
    t->n_connections = 0;
    if (t->relay)
        relay_free(t->relay);
    t->relay = NULL;
}

/* ---- chaos ---- */

unsigned trial_relayed(trial *t, const char *host, unsigned port)
{
    if (!t->run->chaos.n)
        return port;
    if (t->relay && t->relayed != port) {
        relay_free(t->relay);
        t->relay = NULL;
    }
    if (!t->relay)
        t->relay = relay_start(&(relay_plan){.base = t->base, .host = host, .port = port, .chaos = &t->chaos}, 0);
    if (!t->relay) {
        trial_stop(t, VERDICT, OUTCOME_HARNESS, "a relay to the target", "none: --chaos needs a port of the loopback");
        return port;
    }
    t->relayed = port;
    return relay_port(t->relay);
}

static uint8_t draw_byte(trial *t)
{
    uint8_t drawn;
    coins_draw(&t->chaos, &drawn, 1);
    return drawn;
}

static void send_fragment(peer_connection *peer, unsigned first_byte, span part)
{
    uint8_t head[16];
    writer out = WRITER(head);
    ws_frame_head(&out, first_byte, !peer->is_server, part.n);
    ws_send_raw(peer->ws, written(&out));
    ws_send_raw(peer->ws, part);
}

/* One that is too long whatever it holds goes in one piece: by which limit it is refused may depend on how much of it was seen. */
static bool may_be_cut(span message) { return message.n <= CF_RECORD_MAX; }

/* The same message in one to four fragments, with pongs that nobody asked for before them (RFC 6455 5.4 and 5.5.3). */
static void send_in_fragments(peer_connection *peer, span message)
{
    static const uint8_t noise[8] = "anything";
    for (unsigned left = draw_byte(peer->t) % 4, first = WI_FRAME_BINARY;; left--, first = 0) {
        const uint8_t grease = draw_byte(peer->t);
        const size_t n = left ? message.n * draw_byte(peer->t) / 256 : message.n;
        if (grease & 1)
            send_fragment(peer, 0x80 | WI_FRAME_PONG, span_of(noise, grease % sizeof noise));
        send_fragment(peer, (left ? 0 : 0x80) | first, span_first(message, n));
        message = span_from(message, n);
        if (!left)
            return;
    }
}

/* ---- connections ---- */

static bool is_up_or_ended(const void *ctx) { return ((const peer_connection *)ctx)->up || ((const peer_connection *)ctx)->ended; }
static bool has_ended(const void *ctx) { return ((const peer_connection *)ctx)->ended; }
static bool has_message(const void *ctx)
{
    const peer_connection *peer = ctx;
    return peer->taken < peer->n_in || peer->ended;
}

peer_connection *peer_connects(trial *t, const char *target)
{
    ws_url url = t->run->url;
    peer_connection *peer = peer_new(t, false);
    snprintf(url.target, sizeof url.target, "%s", target);
    trial_log(t, true, "tcp", span_text(target), NULL);
    peer->ended = t->over;
    url.port = trial_relayed(t, url.host, url.port);
    if (!t->over)
        peer->ws = ws_connect(t->base, &url, callbacks_for(t->run), peer);
    trial_until(t, is_up_or_ended, peer, VERDICT, "an answer to the upgrade");
    return peer;
}

peer_connection *peer_opens(trial *t)
{
    char room[8192];
    peer_connection *peer = peer_connects(t, trial_target(t, NULL, room, sizeof room));
    if (!peer->up)
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an open connection", "%s", peer_ending(peer));
    return peer;
}

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    trial *t = ctx;
    if (t->n_connections == sizeof t->connections / sizeof *t->connections)
        return 503;
    peer_connection *peer = peer_new(t, true);
    trial_log(t, true, "tcp", target, NULL);
    span_take(span_first(target, sizeof peer->target - 1), peer->target, sizeof peer->target);
    *on = &callbacks;
    *conn = peer;
    return 101;
}

bool trial_listens(trial *t)
{
    const ws_gate gate = {.admit = admit, .protocol = t->run->protocol, .ctx = t};
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
    return (t->n_connections > t->n_accepted && t->connections[t->n_accepted]->up) || spawn_has_ended(t);
}

/* Each of its stated ends is told apart from a crash; without a connection none of them is what was asked for. */
static void stop_unconnected(trial *t)
{
    const int code = spawn_exit(t);
    const bool stated = (code == 0 || code == 10) && !spawn_shows_sanitizer(t);
    if (code == 20 && !spawn_shows_sanitizer(t))
        trial_unsupported(t, "a connection");
    else
        trial_stop(t, VERDICT, stated ? OUTCOME_FAIL : OUTCOME_CRASH, "a connection", "%s before it connected", spawn_ending(t));
}

peer_connection *peer_accepts(trial *t)
{
    if (trial_until(t, has_connected, t, VERDICT, "a connection") && t->n_connections == t->n_accepted)
        stop_unconnected(t);
    return t->n_connections > t->n_accepted ? t->connections[t->n_accepted++] : peer_new(t, true);
}

void peer_sends(peer_connection *peer, span message)
{
    if (!peer->ws || !peer->up || peer->t->over)
        return;
    trial_step(peer->t);
    log_message(peer, !peer->is_server, message);
    if (peer->t->cuts || peer->holds)
        peer_sends_by_hand(peer, message);
    else if (peer->t->run->chaos.n && !peer->closing && may_be_cut(message))
        send_in_fragments(peer, message);
    else
        ws_send(peer->ws, true, message);
}

void peer_sends_text(peer_connection *peer, const char *text)
{
    if (!peer->ws || !peer->up || peer->t->over)
        return;
    trial_log(peer->t, !peer->is_server, "app", span_text(text), NULL);
    ws_send(peer->ws, false, span_text(text));
}

void peer_sends_raw(peer_connection *peer, span frames)
{
    if (!peer->ws || peer->t->over)
        return;
    trial_log(peer->t, !peer->is_server, "tcp", frames, NULL);
    ws_send_raw(peer->ws, frames);
}

void peer_pings(peer_connection *peer, span data)
{
    uint8_t room[160];
    writer frame = WRITER(room);
    ws_frame_head(&frame, 0x80 | WI_FRAME_PING, !peer->is_server, data.n);
    write_span(&frame, data);
    peer_sends_raw(peer, written(&frame));
}

void peer_closes(peer_connection *peer, unsigned code, const char *reason)
{
    peer->closing = true;
    if (peer->ws && peer->up && !peer->t->over)
        ws_close(peer->ws, code, reason);
}

void peer_cuts(peer_connection *peer)
{
    if (peer->ws && !peer->t->over)
        ws_cut(peer->ws);
}

bool peer_receives(peer_connection *peer, span *message)
{
    *message = EMPTY;
    while (trial_until(peer->t, has_message, peer, VERDICT, "a message or the end")) {
        if (peer->taken == peer->n_in)
            return false;
        const received_message *h = &peer->in[peer->taken++];
        *message = h->message;
        if (h->binary)
            return true;
    }
    return false;
}

bool peer_waits_for_end(peer_connection *peer) { return trial_until(peer->t, has_ended, peer, VERDICT, "the end of the connection"); }

const char *peer_ending(peer_connection *peer)
{
    char *out = peer->ending;
    const size_t n = sizeof peer->ending;
    if (!peer->ended)
        snprintf(out, n, "open");
    else if (peer->end.how == WS_CLOSED)
        snprintf(out, n, "close %u%s%s", peer->end.code, *peer->end.reason ? " " : "", peer->end.reason);
    else if (peer->end.how == WS_REFUSED)
        snprintf(out, n, peer->end.status ? "HTTP %u" : "no answer", peer->end.status);
    else
        snprintf(out, n, peer->end.how == WS_BROKEN ? "broken WebSocket frames" : "cut without a close frame");
    return out;
}

const char *trial_target(const trial *t, const char *token, char *room, size_t n)
{
    const char *path = t->run->url.target;
    const size_t bare = strcspn(path, "?");
    const span own = t->pack->file[PACK_TOKEN];
    if (token)
        snprintf(room, n, "%.*s?token=%s", (int)bare, path, token);
    else
        snprintf(room, n, "%.*s?token=%.*s", (int)bare, path, (int)own.n, (const char *)own.p);
    return room;
}

/* ---- one HTTP request ---- */

typedef struct http_exchange {
    struct bufferevent *bev;
    http_answer *answer;
    bool done;
} http_exchange;

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
    http_exchange *k = ctx;
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
        ((http_exchange *)ctx)->done = true;
}

static bool exchange_done(const void *ctx) { return ((const http_exchange *)ctx)->done; }

static void send_request(trial *t, http_exchange *k, span request)
{
    const int *cuts = t->cuts, yes = 1;
    setsockopt(bufferevent_getfd(k->bev), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (size_t from = 0; from < request.n && !k->done;) {
        const size_t to = piece_end(&cuts, from, request.n);
        bufferevent_write(k->bev, request.p + from, to - from);
        from = to;
        if (from < request.n)
            trial_pause(t);
    }
}

void trial_http(trial *t, const char *host, unsigned port, span request, http_answer *out)
{
    struct sockaddr_storage at = {0};
    char address[300];
    int n = sizeof at;
    *out = (http_answer){0};
    if (port == t->run->url.port && strcmp(host, t->run->url.host) == 0)
        port = trial_relayed(t, host, port);
    http_exchange k = {bufferevent_socket_new(t->base, -1, BEV_OPT_CLOSE_ON_FREE), out, t->over};
    snprintf(address, sizeof address, strchr(host, ':') ? "[%s]:%u" : "%s:%u", strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port);
    must(k.bev);
    bufferevent_setcb(k.bev, on_bytes, NULL, on_end, &k);
    bufferevent_enable(k.bev, EV_READ | EV_WRITE);
    trial_log(t, true, "tcp", request, NULL);
    if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&at, &n) != 0 ||
        bufferevent_socket_connect(k.bev, (struct sockaddr *)&at, n) != 0)
        k.done = true;
    send_request(t, &k, request);
    trial_until(t, exchange_done, &k, VERDICT, "an HTTP answer");
    trial_log(t, false, "tcp", span_of(out->text.p, out->text.n), NULL);
    bufferevent_free(k.bev);
}

void http_answer_free(http_answer *a) { page_free(&a->text); }

void trial_sets_clock(trial *t, int64_t shift)
{
    const char *hook = *t->ctl ? t->ctl : t->run->ctl;
    char body[RFC3339_ROOM], request[512], host[256];
    unsigned port = 0;
    http_answer a;
    must(hook);
    sscanf(hook, "%255[^:]:%u", host, &port);
    rfc3339_write((instant){t->run->now + shift, 0}, body, sizeof body);
    snprintf(request, sizeof request, "POST /clock HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", hook,
             strlen(body), body);
    trial_http(t, host, port, span_text(request), &a);
    if (a.status < 200 || a.status > 299)
        trial_stop(t, VERDICT, OUTCOME_HARNESS, "the hook sets the clock", "HTTP %u", a.status);
    http_answer_free(&a);
}
