#include "websocket.h"
#include "prim.h"
#include "wire.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <wslay/wslay.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum phase { PHASE_UPGRADE, PHASE_OPEN, PHASE_CLOSING, PHASE_ENDED } phase;

struct ws {
    struct bufferevent *bev;
    struct event *farewell; /* runs `closed` and frees, outside every library's callback */
    wslay_event_context_ptr frames;
    phase phase;
    bool server, at_end;     /* at_end: the peer sends no more */
    uint8_t nonce[WI_NONCE]; /* behind the client's Sec-WebSocket-Key */
    ws_gate gate;
    const ws_callbacks *on;
    void *ctx;
    ws_end end;
    uint8_t head[14]; /* of the frame that is arriving */
    size_t n_head;
    uint64_t payload;        /* bytes of it that are still to come */
    bool too_big, half_code; /* half_code: a close frame with one byte, which wslay takes for an empty one */
};

/* ---- the end of a connection ---- */

static void say_farewell(evutil_socket_t fd, short what, void *arg)
{
    ws *w = arg;
    (void)fd, (void)what;
    if (w->on)
        w->on->closed(w->ctx, w, &w->end);
    if (w->frames)
        wslay_event_context_free(w->frames);
    bufferevent_flush(w->bev, EV_WRITE, BEV_FINISHED); /* the other end of a pair in memory sees no other sign */
    bufferevent_free(w->bev);
    event_free(w->farewell);
    free(w);
}

static void finish(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->phase = PHASE_ENDED;
    bufferevent_disable(w->bev, EV_READ | EV_WRITE);
    event_active(w->farewell, 0, 0);
}

/* What is still to be sent goes out first; the write callback ends the connection. */
static void finish_when_sent(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->phase = PHASE_CLOSING;
    if (evbuffer_get_length(bufferevent_get_output(w->bev)) == 0)
        finish(w);
}

/* ---- frames ---- */

/* wslay waits for the payload of a frame however long its header says it is, so the header is read here first. */
static void watch_head(ws *w, uint8_t byte)
{
    w->head[w->n_head++] = byte;
    unsigned len = w->n_head > 1 ? w->head[1] & 127 : 0;
    size_t sized = len == 126 ? 2 : len == 127 ? 8 : 0;
    if (w->n_head < 2 || w->n_head < 2 + sized + (w->head[1] & 128 ? 4 : 0))
        return;
    reader r = reader_of(span_of(w->head + 2, sized));
    w->payload = sized ? read_be(&r, sized) : len;
    w->too_big = w->payload > WS_MESSAGE_MAX;
    w->half_code |= (w->head[0] & 15) == WSLAY_CONNECTION_CLOSE && w->payload == 1;
    w->n_head = 0;
}

static void watch(ws *w, span in)
{
    while (in.n && !w->too_big) {
        size_t n = w->payload < in.n ? (size_t)w->payload : in.n;
        w->payload -= n;
        in = span_from(in, n);
        if (in.n) {
            watch_head(w, in.p[0]);
            in = span_from(in, 1);
        }
    }
}

static ssize_t take_bytes(wslay_event_context_ptr frames, uint8_t *to, size_t n, int flags, void *arg)
{
    ws *w = arg;
    size_t got = bufferevent_read(w->bev, to, n);
    (void)flags;
    watch(w, span_of(to, got));
    bool refused = w->too_big || w->half_code;
    if (got == 0 || refused)
        wslay_event_set_error(frames, w->half_code ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return got && !refused ? (ssize_t)got : -1;
}

static ssize_t give_bytes(wslay_event_context_ptr frames, const uint8_t *from, size_t n, int flags, void *arg)
{
    ws *w = arg;
    (void)frames, (void)flags;
    bufferevent_write(w->bev, from, n);
    return (ssize_t)n;
}

static int fill_mask(wslay_event_context_ptr frames, uint8_t *to, size_t n, void *arg)
{
    (void)frames, (void)arg;
    evutil_secure_rng_get_bytes(to, n);
    return 0;
}

static void note_close(ws *w, const uint8_t *body, size_t n)
{
    size_t reason = n > 2 ? n - 2 : 0;
    if (reason > WS_REASON_MAX)
        reason = WS_REASON_MAX;
    w->end.how = WS_CLOSED;
    w->end.code = n >= 2 ? (unsigned)(body[0] << 8 | body[1]) : 1005;
    if (reason)
        memcpy(w->end.reason, body + 2, reason);
    w->end.reason[reason] = 0;
}

static void take_message(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *m, void *arg)
{
    ws *w = arg;
    (void)frames;
    if (m->opcode == WSLAY_CONNECTION_CLOSE)
        note_close(w, m->msg, m->msg_length);
    else if ((m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME) && w->phase == PHASE_OPEN)
        w->on->message(w->ctx, w, m->opcode == WSLAY_BINARY_FRAME, span_of(m->msg, m->msg_length));
}

static const struct wslay_event_callbacks frame_callbacks = {
    .recv_callback = take_bytes, .send_callback = give_bytes, .genmask_callback = fill_mask, .on_msg_recv_callback = take_message};

/* wslay leaves it to us to tell a peer that its frames are broken. */
static void refuse_frames(ws *w)
{
    static const uint8_t to_client[] = {0x88, 0x02, 0x03, 0xea}, to_server[] = {0x88, 0x82, 0, 0, 0, 0, 0x03, 0xea}; /* close 1002 */
    if (!wslay_event_get_close_sent(w->frames))
        ws_send_raw(w, w->server ? SPAN(to_client) : SPAN(to_server));
    w->end.how = WS_BROKEN;
    w->end.code = 1002;
    finish_when_sent(w);
}

static void pump(ws *w)
{
    if (wslay_event_want_read(w->frames) && wslay_event_recv(w->frames) != 0) {
        refuse_frames(w);
        return;
    }
    if (w->too_big && !wslay_event_get_close_sent(w->frames)) {
        wslay_event_queue_close(w->frames, WSLAY_CODE_MESSAGE_TOO_BIG, NULL, 0);
        wslay_event_shutdown_read(w->frames);
    }
    if (wslay_event_want_write(w->frames))
        wslay_event_send(w->frames);
    bool closed = wslay_event_get_close_received(w->frames), told = wslay_event_get_close_sent(w->frames);
    if (told && !closed && !wslay_event_get_read_enabled(w->frames)) {
        w->end = (ws_end){.how = WS_BROKEN, .code = wslay_event_get_status_code_sent(w->frames)};
        finish_when_sent(w);
    } else if (told && closed && (w->server || w->at_end)) {
        finish_when_sent(w); /* the client lets the server drop the line first (RFC 6455 section 7.1.1) */
    }
    if (evbuffer_get_length(bufferevent_get_output(w->bev)) > WS_BACKLOG_MAX)
        bufferevent_disable(w->bev, EV_READ);
}

static void open_frames(ws *w)
{
    int failed = w->server ? wslay_event_context_server_init(&w->frames, &frame_callbacks, w)
                           : wslay_event_context_client_init(&w->frames, &frame_callbacks, w);
    must(failed == 0);
    wslay_event_config_set_max_recv_msg_length(w->frames, WS_MESSAGE_MAX);
    w->phase = PHASE_OPEN;
    w->end.how = WS_CUT; /* from here on; it is no refusal any more */
    w->on->opened(w->ctx, w);
}

/* ---- the upgrade ---- */

static void answer_plainly(ws *w, unsigned status, const char *body)
{
    uint8_t room[512];
    writer out = WRITER(room);
    wi_write_answer(status, body, &out);
    ws_send_raw(w, written(&out));
    w->on = NULL;
    finish_when_sent(w);
}

static bool names_an_upgrade(const wi_head *request)
{
    span value;
    return wi_find(request, "Upgrade", &value) > 0;
}

static void answer_request(ws *w, span head)
{
    span key;
    wi_head request;
    const char *body = "";
    uint8_t room[512];
    writer out = WRITER(room);
    unsigned status;
    verdict v = wi_read_request(head, &request);
    if (accepted(v) && w->gate.plain && !names_an_upgrade(&request)) {
        status = w->gate.plain(w->gate.ctx, request.method, request.target, &body);
        answer_plainly(w, status, body);
        return;
    }
    if (accepted(v))
        v = wi_judge_upgrade(&request, &key);
    status = accepted(v) ? w->gate.admit(w->gate.ctx, request.target, &w->on, &w->ctx) : wi_refusal_status(v);
    if (status != 101) {
        answer_plainly(w, status, body);
        return;
    }
    wi_write_upgrade_answer(key, &out);
    ws_send_raw(w, written(&out));
    open_frames(w);
}

/* The status of an answer, for the message that says why there is no connection; 0 when it is not one. */
static unsigned status_of(span head)
{
    unsigned status = 0;
    char line[32];
    span_take(span_first(head, sizeof line - 1), line, sizeof line);
    return sscanf(line, "HTTP/1.%*1u %3u", &status) == 1 ? status : 0;
}

static void take_answer(ws *w, span head)
{
    if (accepted(wi_judge_upgrade_answer(head, w->nonce))) {
        open_frames(w);
        return;
    }
    w->end = (ws_end){.how = WS_REFUSED, .status = status_of(head)};
    finish(w);
}

static void read_head(ws *w)
{
    struct evbuffer *in = bufferevent_get_input(w->bev);
    uint8_t head[WI_HEAD_MAX + 1];
    ssize_t has = evbuffer_copyout(in, head, sizeof head);
    size_t n = has > 0 ? wi_head_length(span_of(head, (size_t)has)) : 0;
    if (n == 0)
        return;
    evbuffer_drain(in, n);
    if (w->server)
        answer_request(w, span_of(head, n));
    else
        take_answer(w, span_of(head, n));
}

/* ---- libevent's callbacks ---- */

static void on_readable(struct bufferevent *bev, void *arg)
{
    ws *w = arg;
    if (w->phase == PHASE_UPGRADE)
        read_head(w);
    if (w->phase == PHASE_OPEN)
        pump(w);
    if (w->phase >= PHASE_CLOSING)
        evbuffer_drain(bufferevent_get_input(bev), evbuffer_get_length(bufferevent_get_input(bev)));
}

static void on_writable(struct bufferevent *bev, void *arg)
{
    ws *w = arg;
    if (w->phase == PHASE_CLOSING)
        finish(w);
    else if (w->phase == PHASE_OPEN)
        bufferevent_enable(bev, EV_READ);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    ws *w = arg;
    if (what & BEV_EVENT_CONNECTED)
        return;
    w->at_end = true;
    if (w->phase == PHASE_OPEN)
        pump(w); /* what came before the end */
    (void)bev;
    finish(w);
}

static ws *make(struct event_base *base, struct bufferevent *bev, bool server)
{
    static const struct timeval idle = {WS_IDLE, 0};
    ws *w = calloc(1, sizeof *w);
    must(w && bev);
    signal(SIGPIPE, SIG_IGN);
    *w = (ws){.bev = bev, .server = server, .end = {.how = server ? WS_CUT : WS_REFUSED}};
    w->farewell = event_new(base, -1, 0, say_farewell, w);
    must(w->farewell);
    bufferevent_setcb(bev, on_readable, on_writable, on_event, w);
    bufferevent_set_timeouts(bev, &idle, NULL);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    return w;
}

/* ---- the server's side ---- */

struct ws_listener {
    struct event_base *base;
    struct evconnlistener *socket;
    ws_gate gate;
};

void ws_serve(struct event_base *base, struct bufferevent *bev, const ws_gate *gate) { make(base, bev, true)->gate = *gate; }

static void on_accepted(struct evconnlistener *socket, evutil_socket_t fd, struct sockaddr *from, int from_n, void *arg)
{
    ws_listener *l = arg;
    (void)socket, (void)from, (void)from_n;
    struct bufferevent *bev = bufferevent_socket_new(l->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (bev)
        ws_serve(l->base, bev, &l->gate);
    else
        evutil_closesocket(fd);
}

static bool numeric_address(const char *host, unsigned port, struct sockaddr_storage *out, int *n)
{
    char text[300];
    struct sockaddr_in *v4 = (void *)out;
    struct sockaddr_in6 *v6 = (void *)out;
    *n = sizeof *out;
    snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:1" : "%s:1", strcmp(host, "localhost") == 0 ? "127.0.0.1" : host);
    if (evutil_parse_sockaddr_port(text, (struct sockaddr *)out, n) != 0)
        return false;
    *(out->ss_family == AF_INET ? &v4->sin_port : &v6->sin6_port) = htons((uint16_t)port); /* 0 too, which the parser refuses */
    return true;
}

static bool is_loopback(const struct sockaddr_storage *a)
{
    const struct sockaddr_in *v4 = (const void *)a;
    const struct sockaddr_in6 *v6 = (const void *)a;
    return a->ss_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

ws_listener *ws_listen(struct event_base *base, const char *address, unsigned port, const ws_gate *gate)
{
    struct sockaddr_storage at = {0};
    int n;
    ws_listener *l = calloc(1, sizeof *l);
    must(l);
    *l = (ws_listener){base, NULL, *gate};
    if (numeric_address(address, port, &at, &n) && is_loopback(&at))
        l->socket = evconnlistener_new_bind(base, on_accepted, l, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1, (struct sockaddr *)&at, n);
    if (l->socket)
        return l;
    free(l);
    return NULL;
}

unsigned ws_listener_port(const ws_listener *l)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    must(getsockname(evconnlistener_get_fd(l->socket), (struct sockaddr *)&at, &n) == 0);
    return ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port : ((struct sockaddr_in6 *)&at)->sin6_port);
}

void ws_listener_free(ws_listener *l)
{
    evconnlistener_free(l->socket);
    free(l);
}

/* ---- the client's side ---- */

bool ws_url_read(const char *text, ws_url *out)
{
    *out = (ws_url){.port = 80};
    if (strncmp(text, "ws://", 5) != 0)
        return false;
    text += 5;
    size_t authority = strcspn(text, "/?#"), host = authority;
    const char *colon = memrchr(text, ':', authority);
    if (colon && !memchr(colon, ']', (size_t)(text + authority - colon))) {
        char *end;
        unsigned long port = strtoul(colon + 1, &end, 10);
        if (end != text + authority || end == colon + 1 || port == 0 || port > 65535)
            return false;
        out->port = (unsigned)port;
        host = (size_t)(colon - text);
    }
    bool bracketed = host > 1 && text[0] == '[' && text[host - 1] == ']';
    snprintf(out->host, sizeof out->host, "%.*s", (int)(bracketed ? host - 2 : host), text + bracketed);
    text += authority;
    if (strchr(text, '#') || strlen(text) + 2 > sizeof out->target)
        return false;
    snprintf(out->target, sizeof out->target, "%s%s", *text == '/' ? "" : "/", text);
    return *out->host != 0;
}

ws *ws_connect_on(struct event_base *base, struct bufferevent *bev, const ws_url *url, const ws_callbacks *on, void *ctx)
{
    uint8_t room[WI_HEAD_MAX];
    char host[300];
    writer head = WRITER(room);
    ws *w = make(base, bev, false);
    w->on = on;
    w->ctx = ctx;
    evutil_secure_rng_get_bytes(w->nonce, sizeof w->nonce);
    snprintf(host, sizeof host, "%s:%u", url->host, url->port);
    wi_write_upgrade(span_text(host), span_text(url->target), w->nonce, &head);
    ws_send_raw(w, written(&head));
    return w;
}

ws *ws_connect(struct event_base *base, const ws_url *url, const ws_callbacks *on, void *ctx)
{
    struct sockaddr_storage at = {0};
    int n;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    ws *w = ws_connect_on(base, bev, url, on, ctx);
    if (!numeric_address(url->host, url->port, &at, &n) || bufferevent_socket_connect(bev, (struct sockaddr *)&at, n) != 0)
        finish(w);
    return w;
}

/* ---- both ---- */

static void queue(ws *w, uint8_t opcode, span message)
{
    const struct wslay_event_msg m = {opcode, message.p, message.n};
    if (wslay_event_queue_msg(w->frames, &m) == 0)
        wslay_event_send(w->frames);
}

void ws_send(ws *w, bool binary, span message)
{
    if (w->phase == PHASE_OPEN)
        queue(w, binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME, message);
}

void ws_close(ws *w, unsigned code, const char *reason)
{
    if (w->phase != PHASE_OPEN)
        return;
    wslay_event_queue_close(w->frames, (uint16_t)code, (const uint8_t *)reason, strlen(reason));
    wslay_event_send(w->frames);
}

void ws_cut(ws *w) { finish(w); }

void ws_send_raw(ws *w, span bytes)
{
    if (w->phase < PHASE_CLOSING && bytes.n)
        bufferevent_write(w->bev, bytes.p, bytes.n);
}

void ws_frame_head(writer *out, unsigned first_byte, bool masked, uint64_t n)
{
    unsigned mask = masked ? 0x80 : 0;
    write_be(out, first_byte, 1);
    if (n < 126) {
        write_be(out, mask | n, 1);
    } else {
        write_be(out, mask | (n < 65536 ? 126 : 127), 1);
        write_be(out, n, n < 65536 ? 2 : 8);
    }
    if (masked)
        write_zeros(out, 4); /* the mask that changes nothing */
}
