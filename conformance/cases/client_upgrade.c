/* Client: the answer to its upgrade (chapter wire). Here the runner speaks HTTP by hand. */
#include "cases.h"
#include "base64.h"
#include "spawn.h"
#include "client_run.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* NULL: as it should be; "": left out. */
typedef struct answer {
    const char *start, *upgrade, *connection, *accept, *more;
    bool other_case, cut; /* the accept value that fits, its letters in the other case, or without its end */
    const char *before;   /* interim answers */
    size_t pad;           /* that many bytes more in the status line */
    size_t fill;          /* a field with that many bytes more */
    size_t fields;        /* that many field lines more */
    const int *cuts;      /* it comes in these pieces */
} answer;

typedef struct door {
    trial *t;
    struct bufferevent *bev;
    page request;
    bool answered;
    page answer; /* what of it is still to be sent, from `sent` on */
    size_t sent;
    const int *cuts;
    struct event *later;
    size_t after; /* bytes that came after the answer */
} door;

/* The value of Sec-WebSocket-Accept for the request's key; empty without a key. */
static void accept_of(const char *request, char out[64])
{
    char key[64] = "", text[128];
    uint8_t digest[20];
    const char *at = strcasestr(request, "\r\nsec-websocket-key:");
    writer w = writer_of(out, 63);
    memset(out, 0, 64);
    if (!at || sscanf(at + strlen("\r\nsec-websocket-key:"), " %63[^ \r\n]", key) != 1)
        return;
    snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    prim_sha1(span_text(text), digest);
    base64_write(&w, SPAN(digest));
}

static void put_field(page *out, const char *name, const char *given, const char *proper)
{
    if (!given || *given)
        page_printf(out, "%s: %s\r\n", name, given ? given : proper);
}

static void put_run(page *out, size_t n, const char *before, const char *after)
{
    for (size_t i = 0; i < n; i++)
        page_put(out, i ? "a" : before);
    page_put(out, after);
}

static void change_accept(const answer *a, char *accept)
{
    for (char *at = accept; a->other_case && *at; at++)
        *at ^= (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z' ? 0x20 : 0;
    if (a->cut && *accept)
        accept[20] = 0;
}

static void send_piece(evutil_socket_t fd, short what, void *ctx)
{
    static const struct timeval pause = {0, 5000};
    door *d = ctx;
    const size_t to = piece_end(&d->cuts, d->sent, d->answer.n);
    (void)fd, (void)what;
    bufferevent_write(d->bev, d->answer.p + d->sent, to - d->sent);
    d->sent = to;
    if (to < d->answer.n)
        evtimer_add(d->later, &pause);
}

static void say_answer(door *d)
{
    const answer *a = d->t->row->with;
    char accept[64];
    page out = {0};
    accept_of(d->request.p, accept);
    change_accept(a, accept);
    page_printf(&out, "%s%s", a->before ? a->before : "", a->start ? a->start : "HTTP/1.1 101 Switching Protocols");
    put_run(&out, a->pad, " ", "\r\n");
    put_field(&out, "Upgrade", a->upgrade, "websocket");
    put_field(&out, "Connection", a->connection, "Upgrade");
    put_field(&out, "Sec-WebSocket-Accept", a->accept, accept);
    for (size_t i = 0; i < a->fields; i++)
        page_printf(&out, "X-%zu: 1\r\n", i);
    put_run(&out, a->fill, "X-Long: ", a->fill ? "\r\n" : "");
    page_printf(&out, "%s\r\n", a->more ? a->more : "");
    trial_log(d->t, true, "tcp", span_of(d->request.p, d->request.n), NULL);
    trial_log(d->t, false, "tcp", span_of(out.p, out.n), NULL);
    d->answered = true;
    d->answer = out;
    d->cuts = a->cuts;
    send_piece(-1, 0, d);
}

static void on_bytes(struct bufferevent *bev, void *ctx)
{
    door *d = ctx;
    uint8_t piece[4096];
    for (size_t n; (n = bufferevent_read(bev, piece, sizeof piece)) > 0;) {
        if (d->answered && d->after == 0)
            shutdown(bufferevent_getfd(bev), SHUT_RDWR); /* it went on: seen, and enough */
        if (d->answered)
            d->after += n;
        else
            page_put_n(&d->request, piece, n);
    }
    if (!d->answered && d->request.p && strstr(d->request.p, "\r\n\r\n"))
        say_answer(d);
}

static void on_end(struct bufferevent *bev, short what, void *ctx)
{
    (void)what, (void)ctx;
    bufferevent_disable(bev, EV_READ | EV_WRITE);
}

static void on_accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int n, void *ctx)
{
    door *d = ctx;
    (void)from, (void)n;
    if (d->bev) { /* one connection is all there is */
        evutil_closesocket(fd);
        return;
    }
    d->bev = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    must(d->bev);
    bufferevent_setcb(d->bev, on_bytes, NULL, on_end, d);
    bufferevent_enable(d->bev, EV_READ | EV_WRITE);
}

static struct evconnlistener *listens(door *d)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    struct evconnlistener *listener = evconnlistener_new_bind(d->t->base, on_accepted, d, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
                                                              (struct sockaddr *)&at, sizeof at);
    must(listener && getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&at, &n) == 0);
    d->t->port = ntohs(at.sin_port);
    return listener;
}

static bool client_ended(const void *ctx) { return spawn_has_ended(ctx); }

/* A client that gives up refused what came, 10, or never reached a server that it can talk to, 69. */
static void judge_gives_up(const door *d)
{
    trial *t = d->t;
    const int code = spawn_exit(t);
    if (spawn_shows_sanitizer(t) || (code < 0 && !t->over))
        trial_stop(t, VERDICT, OUTCOME_CRASH, "the client gives up", "%s", spawn_ending(t));
    judge(t, VERDICT, d->answered && d->after == 0 && (code == 10 || code == 69), "the client gives up: exit 10 or 69", "%s",
          d->after      ? "it goes on"
          : d->answered ? spawn_ending(t)
                        : "it asked for no upgrade");
    judge(t, RELEASED, d->answered && d->after == 0, "nothing is sent after the upgrade", d->after ? "message 1" : "no upgrade");
}

static void judge_goes_on(const door *d)
{
    judge(d->t, VERDICT, d->after > 0, "the client goes on with message 1", "%s", spawn_ending(d->t));
}

static void answer_upgrade(trial *t, void (*judges)(const door *))
{
    door d = {.t = t};
    d.later = evtimer_new(t->base, send_piece, &d);
    must(d.later);
    struct evconnlistener *listener = listens(&d);
    spawn_start(t, client_run_text(t, CLIENT_RUN_PROMPT));
    trial_until(t, client_ended, t, VERDICT, "the client's end");
    judges(&d);
    if (d.bev)
        bufferevent_free(d.bev);
    evconnlistener_free(listener);
    event_free(d.later);
    page_free(&d.request);
    page_free(&d.answer);
}

static void wrong_answer(trial *t) { answer_upgrade(t, judge_gives_up); }
static void good_answer(trial *t) { answer_upgrade(t, judge_goes_on); }

#define ANSWER(slug, text, number, ...)                                                                                                    \
    CASE(.id = "wi.client.upgrade." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .base = "cf.client.sanity.chat", \
         .run = wrong_answer, .with = GIVEN(answer, __VA_ARGS__))

#define GOES_ON(slug, text, number, ...)                                                                                                  \
    CASE(.id = "wi.client.upgrade." slug, .says = text, .req = {[VERDICT] = number}, .base = "cf.client.sanity.chat", .run = good_answer, \
         .with = GIVEN(answer, __VA_ARGS__))

static const case_row rows[] = {
    GOES_ON("in-pieces", "the answer comes in six pieces", "WI-044", .cuts = (const int[]){1, 12, -3, -2, -1, 0}),
    GOES_ON("interim-100", "100 Continue comes before the answer", "WI-033", .before = "HTTP/1.1 100 Continue\r\n\r\n"),
    GOES_ON("interim-two", "two interim answers come before the answer", "WI-033",
            .before = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"),
    ANSWER("status-200", "the answer's status is 200", "WI-022", .start = "HTTP/1.1 200 OK"),
    ANSWER("status-500", "the upgrade is refused with 500", "WI-022", .start = "HTTP/1.1 500 Internal Server Error",
           .more = "Content-Length: 0\r\nConnection: close\r\n"),
    ANSWER("http-1-0", "the answer's version is HTTP/1.0", "WI-022", .start = "HTTP/1.0 101 Switching Protocols"),
    ANSWER("status-1010", "the answer's status is 1010", "WI-022", .start = "HTTP/1.1 1010 Switching Protocols"),
    ANSWER("status-101-joined", "the status 101 and its phrase without a space between", "WI-022",
           .start = "HTTP/1.1 101Switching Protocols"),
    ANSWER("no-upgrade", "no Upgrade field", "WI-023", .upgrade = ""),
    ANSWER("other-upgrade", "the Upgrade field names h2c", "WI-023", .upgrade = "h2c"),
    ANSWER("connection", "the Connection field says keep-alive", "WI-024", .connection = "keep-alive"),
    ANSWER("no-accept", "no Sec-WebSocket-Accept", "WI-025", .accept = ""),
    ANSWER("other-accept", "a Sec-WebSocket-Accept for another key", "WI-025", .accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ANSWER("accept-case", "the Sec-WebSocket-Accept that fits, its letters in the other case", "WI-025", .other_case = true),
    ANSWER("accept-cut", "the first 20 characters of the Sec-WebSocket-Accept that fits", "WI-025", .cut = true),
    ANSWER("accept-twice", "the Sec-WebSocket-Accept that fits, and another one", "WI-025",
           .more = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
    ANSWER("upgrade-longer", "the Upgrade field names websocket2", "WI-023", .upgrade = "websocket2"),
    ANSWER("connection-longer", "the Connection field names no-upgrade", "WI-024", .connection = "no-upgrade"),
    ANSWER("extension", "the answer chooses an extension", "WI-026", .more = "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    GOES_ON("fields-64", "an answer of 64 field lines", "WI-008", .fields = 61),
    ANSWER("long-head", "an answer whose head is longer than 16384 bytes", "WI-001", .fill = 17000),
    ANSWER("long-line", "a status line of more than 4096 bytes", "WI-002", .pad = 4100),
    ANSWER("bare-lf", "a field line that ends with LF alone", "WI-003", .more = "X-One: 1\nX-Two: 2\r\n"),
    ANSWER("bare-cr", "a CR inside a field value", "WI-003", .more = "X-One: nu\rll\r\n"),
    ANSWER("blank-line", "a blank line before the status line", "WI-004", .before = "\r\n"),
    ANSWER("folded", "a field line that begins with a space", "WI-005", .more = " folded: value\r\n"),
    ANSWER("blank-in-name", "a blank between a field's name and its colon", "WI-006", .more = "X-One : 1\r\n"),
    ANSWER("no-colon", "a field line without a colon", "WI-006", .more = "X-One\r\n"),
    ANSWER("control", "a control character in a field value", "WI-007", .more = "X-One: nu\x01ll\r\n"),
    ANSWER("many-fields", "more than 64 field lines", "WI-008", .fields = 67),
    ANSWER("subprotocol", "the answer chooses a subprotocol", "WI-027", .more = "Sec-WebSocket-Protocol: chat\r\n")};

const case_table client_upgrade_cases = {rows, sizeof rows / sizeof *rows};
