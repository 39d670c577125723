#include "websocket.h"
#include "prim.h"
#include "ws_frames.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WS_READ_MAX = WS_INPUT_MAX - WI_HEAD_MAX }; /* all but an unfinished head is looked at before more is read */

typedef enum phase { PHASE_UPGRADE, PHASE_OPEN, PHASE_CLOSING, PHASE_ENDED } phase;

struct ws {
    struct bufferevent *bev;
    struct event *ending;   /* runs `closed` and frees, outside every library's callback */
    struct event *deadline; /* of what is waited for */
    struct event *reader;   /* the peer's: of what waits to be sent */
    wi_wait waits_for;
    size_t owed; /* bytes that were to be sent when that deadline was set, and have not been taken yet */
    ws_reader in;
    phase phase;
    bool server, at_end;             /* at_end: the peer sends no more */
    bool close_sent, close_received; /* frames */
    bool deaf;                       /* what the peer sends is no longer read */
    bool lingers;                    /* it ends when the peer does */
    unsigned leaves_out;             /* ws_misbehaves */
    uint8_t nonce[WI_NONCE];         /* of the client's Sec-WebSocket-Key */
    ws_gate gate;
    ws_listener *listener; /* that accepted it, or NULL */
    const ws_callbacks *on;
    void *ctx;
    ws_end end;
};

static size_t output_of(const ws *w) { return evbuffer_get_length(bufferevent_get_output(w->bev)); }

/* ---- the end of a connection ---- */

static void listener_lost_one(ws_listener *);
static void on_output_change(struct evbuffer *, const struct evbuffer_cb_info *, void *);
static void free_parts(ws *);

static void end_connection(evutil_socket_t fd, short what, void *arg)
{
    ws *w = arg;
    (void)fd, (void)what;
    if (w->on)
        w->on->closed(w->ctx, w, &w->end);
    ws_reader_free(&w->in);
    evbuffer_remove_cb(bufferevent_get_output(w->bev), on_output_change, w);
    bufferevent_flush(w->bev, EV_WRITE, BEV_FINISHED); /* the other end of a pair in memory sees no other sign */
    bufferevent_free(w->bev);
    free_parts(w);
    if (w->listener)
        listener_lost_one(w->listener);
    free(w);
}

static void finish(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->phase = PHASE_ENDED;
    bufferevent_disable(w->bev, EV_READ | EV_WRITE);
    event_del(w->deadline);
    event_del(w->reader);
    event_active(w->ending, 0, 0);
}

/* ---- waiting (chapter wire) ---- */

/* A wait that can't be set would have no end. */
static void end_in(ws *w, struct event *timer, wi_wait what)
{
    const struct timeval span_of_time = {wi_wait_seconds(what), 0};
    if (evtimer_add(timer, &span_of_time) != 0)
        finish(w);
}

static void wait_for(ws *w, wi_wait what)
{
    w->waits_for = what;
    if (what == WI_WAIT_MESSAGE && w->on->judges_idle)
        event_del(w->deadline);
    else if (w->phase != PHASE_ENDED)
        end_in(w, w->deadline, what);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    ws *w = arg;
    (void)fd, (void)what;
    if (w->leaves_out & WS_NO_TCP_END)
        return;
    if (!accepted(wi_judge_wait(w->waits_for, wi_wait_seconds(w->waits_for))))
        finish(w);
    else
        wait_for(w, w->waits_for);
}

/* What waits to be sent now has to be taken when the time is over; what is added meanwhile has its own time after that. */
static void watch_reader(ws *w)
{
    w->owed = output_of(w);
    event_del(w->reader);
    if (w->owed && w->phase != PHASE_ENDED)
        end_in(w, w->reader, WI_WAIT_READER);
}

static void on_reader_deadline(evutil_socket_t fd, short what, void *arg)
{
    ws *w = arg;
    (void)fd, (void)what;
    if (!accepted(wi_judge_wait(WI_WAIT_READER, wi_wait_seconds(WI_WAIT_READER))))
        finish(w);
    else
        watch_reader(w);
}

static void on_output_change(struct evbuffer *output, const struct evbuffer_cb_info *info, void *arg)
{
    ws *w = arg;
    (void)output;
    w->owed -= info->n_deleted < w->owed ? info->n_deleted : w->owed;
    if (w->owed == 0)
        watch_reader(w);
}

/* What is still to be sent goes out first; the write callback ends the connection. */
static void finish_when_sent(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->phase = PHASE_CLOSING;
    wait_for(w, WI_WAIT_CLOSE);
    if (output_of(w) == 0)
        finish(w);
}

/* To close a socket with unread input would reset it, and our close frame might be lost with it: only our side ends, then the peer's does. */
static void half_close(ws *w)
{
    const evutil_socket_t fd = bufferevent_getfd(w->bev);
    if (fd < 0 || w->at_end || shutdown(fd, SHUT_WR) != 0)
        finish(w);
}

static void half_close_when_sent(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->phase = PHASE_CLOSING;
    w->lingers = true;
    if (output_of(w) == 0)
        half_close(w);
}

/* ---- frames ---- */

/* Without memory for them, bytes in the middle would be missing: such a connection ends. */
static void put(ws *w, span bytes)
{
    if (w->phase != PHASE_ENDED && bytes.n && bufferevent_write(w->bev, bytes.p, bytes.n) != 0)
        finish(w);
}

static void put_masked(ws *w, span bytes, const uint8_t mask[4])
{
    uint8_t piece[4096]; /* a multiple of the mask */
    for (; bytes.n; bytes = span_from(bytes, sizeof piece)) {
        const span part = span_first(bytes, sizeof piece);
        span_take(part, piece, part.n);
        ws_mask(piece, part.n, mask);
        put(w, span_of(piece, part.n));
    }
}

static void send_frame(ws *w, unsigned opcode, span payload)
{
    uint8_t head[WS_HEAD_MAX], mask[4];
    const bool masks = wi_masks(w->server);
    writer out = WRITER(head);
    if (masks)
        evutil_secure_rng_get_bytes(mask, sizeof mask);
    ws_write_head(&out, 0x80 | opcode, payload.n, masks ? mask : NULL);
    put(w, span_of(head, out.n));
    if (masks)
        put_masked(w, payload, mask);
    else
        put(w, payload);
}

static void send_close(ws *w, unsigned code, span reason)
{
    uint8_t room[WS_CONTROL_MAX];
    writer body = WRITER(room);
    if (w->close_sent)
        return;
    if (code != WI_CLOSE_NONE_SENT)
        write_be(&body, code, 2);
    write_span(&body, span_first(reason, WS_REASON_MAX));
    send_frame(w, WI_FRAME_CLOSE, written(&body));
    w->close_sent = true;
    wait_for(w, WI_WAIT_CLOSE);
}

/* Both frames are the end (RFC 6455 section 7.1.4). Nobody waits for the other to end TCP: confer-proxy never does. */
static void end_when_both_closed(ws *w)
{
    if (w->close_sent && w->close_received && !(w->leaves_out & WS_NO_TCP_END))
        finish_when_sent(w);
}

static void note_close(ws *w, span body)
{
    const span reason = span_first(span_from(body, 2), WS_REASON_MAX);
    w->end.how = WS_CLOSED;
    w->end.code = body.n >= 2 ? (unsigned)(body.p[0] << 8 | body.p[1]) : WI_CLOSE_NONE_SENT;
    span_take(reason, w->end.reason, sizeof w->end.reason);
    w->close_received = true;
}

static bool reads_on(const ws *w) { return w->phase == PHASE_OPEN && !w->deaf; }

static bool on_control(void *ctx, unsigned opcode, span body)
{
    ws *w = ctx;
    const unsigned answer = wi_control_answer(opcode);
    if (answer == WI_FRAME_PONG && !w->close_sent && !(w->leaves_out & WS_NO_PONG))
        send_frame(w, WI_FRAME_PONG, body);
    if (opcode == WI_FRAME_PONG && w->on->pong)
        w->on->pong(w->ctx, w, body);
    if (opcode == WI_FRAME_CLOSE) {
        note_close(w, body);
        if (answer == WI_FRAME_CLOSE && !(w->leaves_out & WS_NO_CLOSE_ANSWER))
            send_close(w, w->end.code, EMPTY);
        w->deaf = true; /* nothing follows a close frame */
        end_when_both_closed(w);
    }
    return reads_on(w);
}

static bool on_data(void *ctx, bool binary, span message)
{
    ws *w = ctx;
    if (w->waits_for == WI_WAIT_MESSAGE)
        wait_for(w, WI_WAIT_MESSAGE);
    w->on->message(w->ctx, w, binary, message);
    return reads_on(w);
}

/* Nothing more is read from a peer whose message is too long: it would have to be read to find the frame after it. */
static bool on_expected(void *ctx, uint64_t n)
{
    ws *w = ctx;
    if (n <= WS_MESSAGE_MAX && (!w->on->expects || w->on->expects(w->ctx, w, n)))
        return true;
    w->deaf = true;
    send_close(w, WI_CLOSE_TOO_BIG, EMPTY);
    w->end = (ws_end){.how = WS_BROKEN, .code = WI_CLOSE_TOO_BIG};
    half_close_when_sent(w);
    return false;
}

static void refuse_frames(ws *w, unsigned code)
{
    send_close(w, code, EMPTY);
    w->end = (ws_end){.how = WS_BROKEN, .code = code, .refused = w->in.refused};
    half_close_when_sent(w);
}

/* Input that is not read any more is thrown away, so that the peer's close frame or end comes through. */
static void pump(ws *w)
{
    static const size_t most = 16384;
    struct evbuffer *in = bufferevent_get_input(w->bev);
    const ws_taker to = {w, on_expected, on_data, on_control};
    size_t n;
    while (reads_on(w) && (n = evbuffer_get_contiguous_space(in)) > 0) {
        n = n < most ? n : most;
        const uint8_t *bytes = evbuffer_pullup(in, (ev_ssize_t)n);
        if (!bytes) {
            finish(w);
            return;
        }
        const unsigned bad = ws_read(&w->in, span_of(bytes, n), &to);
        evbuffer_drain(in, n);
        if (bad && w->phase == PHASE_OPEN)
            refuse_frames(w, bad);
    }
    if (w->deaf)
        evbuffer_drain(in, evbuffer_get_length(in));
    if (w->phase == PHASE_OPEN && output_of(w) > WS_BACKLOG_MAX)
        bufferevent_disable(w->bev, EV_READ);
}

static void open_frames(ws *w)
{
    if (w->phase == PHASE_ENDED)
        return;
    w->in.masked = w->server;
    w->phase = PHASE_OPEN;
    w->end.how = WS_CUT; /* from here on; it is no refusal any more */
    wait_for(w, WI_WAIT_MESSAGE);
    if (w->phase == PHASE_OPEN)
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

static span named(const char *protocol) { return protocol ? span_text(protocol) : EMPTY; }

/* Nobody else's page may hold this one in a frame, and no reader guesses another type. */
static void answer_document(ws *w, const char *type, span body)
{
    char head[512];
    const int n = snprintf(head, sizeof head,
                           "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\nX-Content-Type-Options: nosniff\r\n"
                           "X-Frame-Options: DENY\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
                           type, body.n);
    must(n > 0 && (size_t)n < sizeof head);
    ws_send_raw(w, span_of(head, (size_t)n));
    ws_send_raw(w, body);
    w->on = NULL;
    finish_when_sent(w);
}

static bool serves_document(ws *w, const wi_head *request)
{
    const char *type;
    span body;
    if (!w->gate.document || names_an_upgrade(request) || !span_is(request->method, "GET") ||
        !w->gate.document(w->gate.document_ctx, request->target, &type, &body))
        return false;
    answer_document(w, type, body);
    return true;
}

static void answer_request(ws *w, span head)
{
    const span protocol = named(w->gate.protocol);
    span key;
    wi_head request;
    const char *body = "";
    uint8_t room[512];
    writer out = WRITER(room);
    unsigned status;
    verdict v = wi_read_request(head, &request);
    if (accepted(v) && serves_document(w, &request))
        return;
    if (accepted(v) && w->gate.plain && !names_an_upgrade(&request)) {
        status = w->gate.plain(w->gate.ctx, request.method, request.target, &body);
        answer_plainly(w, status, body);
        return;
    }
    if (accepted(v))
        v = wi_judge_upgrade(&request, protocol, &key);
    status = accepted(v) ? w->gate.admit(w->gate.ctx, request.target, &w->on, &w->ctx) : wi_refusal_status(v);
    if (status != 101) {
        answer_plainly(w, status, body);
        return;
    }
    wi_write_upgrade_answer(key, protocol, &out);
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
    if (wi_is_interim(head))
        return;
    const verdict v = wi_judge_upgrade_answer(head, named(w->on->protocol), w->nonce);
    if (accepted(v)) {
        open_frames(w);
        return;
    }
    w->end = (ws_end){.how = WS_REFUSED, .status = status_of(head), .refused = v};
    finish(w);
}

static bool read_head(ws *w)
{
    struct evbuffer *in = bufferevent_get_input(w->bev);
    uint8_t head[WI_HEAD_MAX + 1];
    ssize_t has = evbuffer_copyout(in, head, sizeof head);
    size_t n = has > 0 ? wi_head_length(span_of(head, (size_t)has)) : 0;
    if (n == 0)
        return false;
    evbuffer_drain(in, n);
    if (w->server)
        answer_request(w, span_of(head, n));
    else
        take_answer(w, span_of(head, n));
    return true;
}

/* ---- libevent's callbacks ---- */

static void on_readable(struct bufferevent *bev, void *arg)
{
    ws *w = arg;
    while (w->phase == PHASE_UPGRADE && read_head(w))
        ;
    if (w->phase == PHASE_OPEN)
        pump(w);
    if (w->phase >= PHASE_CLOSING)
        evbuffer_drain(bufferevent_get_input(bev), evbuffer_get_length(bufferevent_get_input(bev)));
}

static void on_writable(struct bufferevent *bev, void *arg)
{
    ws *w = arg;
    if (w->phase == PHASE_CLOSING && output_of(w) == 0) {
        if (w->lingers)
            half_close(w);
        else
            finish(w);
    }
    if (w->phase != PHASE_OPEN)
        return;
    bufferevent_enable(bev, EV_READ);
    if (w->on->drained)
        w->on->drained(w->ctx, w);
}

/* Small messages go out as they are written: without this, one would wait for the acknowledgement of the one before it. */
static void send_at_once(evutil_socket_t fd)
{
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    ws *w = arg;
    if (what & BEV_EVENT_CONNECTED) {
        send_at_once(bufferevent_getfd(bev));
        return;
    }
    w->at_end = true;
    if (w->phase == PHASE_OPEN)
        pump(w); /* what came before the end */
    (void)bev;
    finish(w);
}

static bool make_parts(ws *w, struct event_base *base)
{
    w->ending = event_new(base, -1, 0, end_connection, w);
    w->deadline = evtimer_new(base, on_deadline, w);
    w->reader = evtimer_new(base, on_reader_deadline, w);
    return w->ending && w->deadline && w->reader && evbuffer_add_cb(bufferevent_get_output(w->bev), on_output_change, w);
}

static void free_parts(ws *w)
{
    struct event *const parts[] = {w->ending, w->deadline, w->reader};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i])
            event_free(parts[i]);
}

/* NULL, and the bufferevent is freed, when there is no memory. */
static ws *make(struct event_base *base, struct bufferevent *bev, bool server)
{
    ws *w = bev ? calloc(1, sizeof *w) : NULL;
    if (!w) {
        if (bev)
            bufferevent_free(bev);
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN);
    *w = (ws){.bev = bev, .server = server, .end = {.how = server ? WS_CUT : WS_REFUSED}};
    if (!make_parts(w, base)) {
        bufferevent_free(bev);
        free_parts(w);
        free(w);
        return NULL;
    }
    bufferevent_setcb(bev, on_readable, on_writable, on_event, w);
    bufferevent_set_max_single_read(bev, WS_READ_MAX);
    bufferevent_setwatermark(bev, EV_WRITE, WS_BACKLOG_LOW, 0);
    if (bufferevent_enable(bev, EV_READ | EV_WRITE) != 0)
        finish(w);
    wait_for(w, WI_WAIT_UPGRADE);
    return w;
}

/* ---- the server's side ---- */

struct ws_listener {
    struct event_base *base;
    struct evconnlistener *socket; /* NULL: freed by its owner, with connections still there */
    struct event *retry;
    ws_gate gate;
    size_t connections, most; /* most: 0 for as many as there can be */
    bool paused;
};

ws *ws_serve(struct event_base *base, struct bufferevent *bev, const ws_gate *gate)
{
    ws *w = make(base, bev, true);
    if (w)
        w->gate = *gate;
    return w;
}

static bool is_full(const ws_listener *l) { return l->most && l->connections >= l->most; }

/* Paused, the kernel queues who comes; a connection that ends makes room, and so may another user of descriptors, hence the timer. */
static void pause_accepting(ws_listener *l, const char *why)
{
    static const struct timeval second = {1, 0};
    if (l->paused)
        return;
    l->paused = true;
    evconnlistener_disable(l->socket);
    if (l->gate.paused)
        l->gate.paused(l->gate.ctx, why);
    evtimer_add(l->retry, &second);
}

static void resume_accepting(ws_listener *l)
{
    if (!l->paused || is_full(l) || !l->socket)
        return;
    l->paused = false;
    evconnlistener_enable(l->socket);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
    ws_listener *l = arg;
    (void)fd, (void)what;
    resume_accepting(l);
}

static void free_unused(ws_listener *l)
{
    if (!l->socket && l->connections == 0)
        free(l);
}

static void listener_lost_one(ws_listener *l)
{
    l->connections--;
    resume_accepting(l);
    free_unused(l);
}

static void on_accepted(struct evconnlistener *socket, evutil_socket_t fd, struct sockaddr *from, int from_n, void *arg)
{
    ws_listener *l = arg;
    (void)socket, (void)from, (void)from_n;
    struct bufferevent *bev = bufferevent_socket_new(l->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!bev) {
        evutil_closesocket(fd);
        return;
    }
    send_at_once(fd);
    ws *w = ws_serve(l->base, bev, &l->gate);
    if (!w)
        return;
    w->listener = l;
    l->connections++;
    if (is_full(l))
        pause_accepting(l, "as many connections as there may be");
}

static void on_accept_failed(struct evconnlistener *socket, void *arg)
{
    (void)socket;
    pause_accepting(arg, strerror(errno));
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
    if (!l)
        return NULL;
    *l = (ws_listener){.base = base, .gate = *gate, .retry = evtimer_new(base, on_retry, l)};
    if (l->retry && numeric_address(address, port, &at, &n) && is_loopback(&at))
        l->socket = evconnlistener_new_bind(base, on_accepted, l, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, WS_ACCEPT_QUEUE,
                                            (struct sockaddr *)&at, n);
    if (!l->socket) {
        if (l->retry)
            event_free(l->retry);
        free(l);
        return NULL;
    }
    evconnlistener_set_error_cb(l->socket, on_accept_failed);
    return l;
}

unsigned ws_listener_port(const ws_listener *l)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    must(getsockname(evconnlistener_get_fd(l->socket), (struct sockaddr *)&at, &n) == 0);
    return ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port : ((struct sockaddr_in6 *)&at)->sin6_port);
}

void ws_listener_limit(ws_listener *l, size_t connections) { l->most = connections; }

void ws_listener_free(ws_listener *l)
{
    evconnlistener_free(l->socket);
    event_free(l->retry);
    l->socket = NULL;
    free_unused(l);
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
    if (!w)
        return NULL;
    w->on = on;
    w->ctx = ctx;
    evutil_secure_rng_get_bytes(w->nonce, sizeof w->nonce);
    snprintf(host, sizeof host, "%s:%u", url->host, url->port);
    wi_write_upgrade(span_text(host), span_text(url->target), named(on->protocol), w->nonce, &head);
    ws_send_raw(w, written(&head));
    return w;
}

ws *ws_connect(struct event_base *base, const ws_url *url, const ws_callbacks *on, void *ctx)
{
    struct sockaddr_storage at = {0};
    int n;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    ws *w = ws_connect_on(base, bev, url, on, ctx);
    if (!w)
        return NULL;
    if (!numeric_address(url->host, url->port, &at, &n) || bufferevent_socket_connect(bev, (struct sockaddr *)&at, n) != 0)
        finish(w);
    return w;
}

/* ---- both ---- */

void ws_send(ws *w, bool binary, span message)
{
    if (w->phase == PHASE_OPEN && !w->close_sent)
        send_frame(w, binary ? WI_FRAME_BINARY : WI_FRAME_TEXT, message);
}

size_t ws_backlog(const ws *w) { return w->phase == PHASE_ENDED ? 0 : output_of(w); }

void ws_waits_for(ws *w, wi_wait what)
{
    if (w->phase == PHASE_OPEN && !w->close_sent)
        wait_for(w, what);
}

void ws_close(ws *w, unsigned code, const char *reason)
{
    if (w->phase == PHASE_OPEN)
        send_close(w, code, span_text(reason));
}

void ws_cut(ws *w) { finish(w); }

void ws_misbehaves(ws *w, unsigned what) { w->leaves_out = what; }

void ws_send_raw(ws *w, span bytes)
{
    if (w->phase < PHASE_CLOSING)
        put(w, bytes);
}

void ws_frame_head(writer *out, unsigned first_byte, bool masked, uint64_t n)
{
    static const uint8_t unchanging[4] = {0};
    ws_write_head(out, first_byte, n, masked ? unchanging : NULL);
}
