/* `parley tap URL`: passes on what a client and a server say to each other, and records each connection as a transcript. */
#include "exits.h"
#include "no_memory.h"
#include "out_file.h"
#include "relay.h"
#include "transcript.h"
#include "verbs.h"
#include "websocket.h"
#include "ws_frames.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECTIONS = 1024, HEAD_MAX = 1 << 16, MESSAGE_MAX = 4 << 20 };

typedef struct recorded {
    transcript log;
    page head[2]; /* as far as the upgrade has come; by direction, to the server first */
    bool past_head[2], ended[2], broken[2];
    ws_reader in[2];
} recorded;

typedef struct tap {
    const cli_call *call;
    struct event_base *base;
    recorded *of[CONNECTIONS];
    unsigned n, done;
    uint64_t most;
    int code;
} tap;

typedef struct way {
    recorded *r;
    bool to_server;
} way;

/* ---- lines ---- */

static void put_line(recorded *r, bool to_server, const char *layer, span bytes, const char *note)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    transcript_put(&r->log, &(transcript_line){.vt = now.tv_sec * 1000000 + now.tv_nsec / 1000,
                                               .dir = to_server ? "c>s" : "s>c",
                                               .layer = layer,
                                               .bytes = bytes,
                                               .note = note});
}

static bool expects(void *ctx, uint64_t n)
{
    (void)ctx;
    return n <= MESSAGE_MAX;
}

static bool on_message(void *ctx, bool binary, span message)
{
    const way *w = ctx;
    put_line(w->r, w->to_server, binary ? "frame" : "app", message, binary ? NULL : "a text message");
    return true;
}

static bool on_control(void *ctx, unsigned opcode, span body)
{
    const way *w = ctx;
    put_line(w->r, w->to_server, "tcp", body, opcode == WI_FRAME_CLOSE ? "close" : opcode == WI_FRAME_PING ? "ping" : "pong");
    return true;
}

/* ---- bytes ---- */

static void take_frames(recorded *r, bool to_server, span bytes)
{
    way w = {r, to_server};
    const int i = !to_server;
    const ws_taker to = {&w, expects, on_message, on_control};
    r->in[i].masked = to_server;
    const unsigned bad = !r->broken[i] && bytes.n ? ws_read(&r->in[i], bytes, &to) : 0;
    needs_memory(bad != WI_CLOSE_UNEXPECTED); /* which the reader says of itself */
    if (bad) {
        r->broken[i] = true;
        put_line(r, to_server, "note", EMPTY, "broken WebSocket frames follow");
    }
}

static void take_head(recorded *r, bool to_server, span bytes)
{
    const int i = !to_server;
    page_put_n(&r->head[i], (const char *)bytes.p, bytes.n);
    const char *end = memmem(r->head[i].p, r->head[i].n, "\r\n\r\n", 4);
    if (!end && r->head[i].n < HEAD_MAX)
        return;
    const size_t n = end ? (size_t)(end + 4 - r->head[i].p) : r->head[i].n;
    put_line(r, to_server, "tcp", span_of(r->head[i].p, n), "upgrade");
    r->past_head[i] = true;
    take_frames(r, to_server, span_of(r->head[i].p + n, r->head[i].n - n));
}

static void save(tap *t, unsigned number)
{
    char path[OUT_PATH + 32];
    recorded *r = t->of[number];
    snprintf(path, sizeof path, "%s/session-%u.jsonl", t->call->out, number);
    if (!transcript_save(&r->log, path))
        t->code = cli_fail(t->call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
    else if (!t->call->quiet)
        printf("%s\n", path);
    fflush(stdout);
    transcript_free(&r->log);
    for (int i = 0; i < 2; i++) {
        page_free(&r->head[i]);
        ws_reader_free(&r->in[i]);
    }
    free(r);
    t->of[number] = NULL;
    t->done++;
}

static void on_end(tap *t, unsigned number, bool to_server)
{
    recorded *r = t->of[number];
    if (!r->ended[!to_server])
        put_line(r, to_server, "note", EMPTY, "the end");
    r->ended[!to_server] = true;
    if (!r->ended[0] || !r->ended[1])
        return;
    save(t, number);
    if (t->most && t->done >= t->most)
        event_base_loopbreak(t->base);
}

static void saw(void *ctx, unsigned number, bool to_server, span bytes)
{
    tap *t = ctx;
    if (number >= CONNECTIONS)
        return;
    if (number >= t->n) {
        t->of[number] = calloc(1, sizeof *t->of[number]);
        needs_memory(t->of[number]);
        t->n = number + 1;
    }
    recorded *r = t->of[number];
    if (!r)
        return;
    if (!bytes.n)
        on_end(t, number, to_server);
    else if (r->past_head[!to_server])
        take_frames(r, to_server, bytes);
    else
        take_head(r, to_server, bytes);
}

static void on_signal(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    event_base_loopbreak(base);
}

static int run(tap *t, const ws_url *url, unsigned port)
{
    relay *r = relay_start(&(relay_plan){.base = t->base, .host = url->host, .port = url->port, .saw = saw, .ctx = t}, port);
    if (!r)
        return cli_fail(t->call, EXIT_UNREACHABLE, "127.0.0.1:%u can't be listened at, or '%s' is no address of the loopback", port,
                        url->host);
    struct event *stops[] = {evsignal_new(t->base, SIGINT, on_signal, t->base), evsignal_new(t->base, SIGTERM, on_signal, t->base)};
    for (int i = 0; i < 2; i++)
        needs_memory(stops[i] && evsignal_add(stops[i], NULL) == 0);
    fprintf(stderr, "listening on ws://127.0.0.1:%u%s, passing on to %s:%u\n", relay_port(r), url->target, url->host, url->port);
    event_base_dispatch(t->base);
    relay_free(r);
    for (int i = 0; i < 2; i++)
        event_free(stops[i]);
    for (unsigned i = 0; i < t->n; i++)
        if (t->of[i])
            save(t, i);
    return t->code;
}

int verb_tap(const cli_call *call)
{
    ws_url url;
    uint64_t port = 0;
    char folder[OUT_PATH];
    tap *t = calloc(1, sizeof *t);
    needs_memory(t);
    t->call = call;
    int code = EXIT_LEVEL;
    if (call->argc != 1 || !ws_url_read(cli_operand(call, 0), &url))
        code = cli_usage(call, "takes the URL of the server: ws://HOST[:PORT]/PATH");
    else if (!cli_number(call, "port", 1, 65535, &port) || !cli_number(call, "sessions", 1, CONNECTIONS, &t->most))
        code = EXIT_USAGE;
    code = code ? code : out_folder(call, NULL, folder);
    t->base = event_base_new();
    needs_memory(t->base);
    if (!code)
        code = run(t, &url, (unsigned)port);
    event_base_free(t->base);
    free(t);
    return code;
}
