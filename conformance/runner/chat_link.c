#include "chat_link.h"
#include "client.h"
#include "no_memory.h"
#include "page.h"
#include "session.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <stdlib.h>
#include <string.h>

enum {
    TASK_MAX = 1 << 20,   /* bytes of a line or of what /next answers, as long as a line of an adapter may be */
    ANSWER_MAX = 1 << 18, /* bytes of a model's answer that are kept */
    HTTP_SECONDS = 600,   /* for the next task: another case may run until then */
};

typedef struct linked_chat {
    const cli_call *call;
    const prim *prim;
    char url[2048], pack[4096], prompt[TASK_MAX], done[256];
    page text, answer; /* the model's words; what is said to the suite, without the braces */
} linked_chat;

/* ---- one conversation ---- */

static void put_member(page *out, const char *name, const char *text)
{
    page_printf(out, "\"%s\":", name);
    page_put_json(out, text ? text : "");
}

static void on_opened(void *ctx, sim_client *client)
{
    linked_chat *c = ctx;
    page messages = {0};
    page_put(&messages, "[{\"role\":\"user\",");
    put_member(&messages, "content", c->prompt);
    page_put(&messages, "}]");
    client_chats(client, 1, &(cf_ask){.model = "default", .stream = true, .messages = span_of(messages.p, messages.n)});
    page_free(&messages);
}

static void on_event(void *ctx, sim_client *client, const cf_event *e)
{
    linked_chat *c = ctx;
    if (e->kind == CF_TOKEN && c->text.n + e->text.n <= ANSWER_MAX)
        page_put_n(&c->text, (const char *)e->text.p, e->text.n);
    if (e->kind == CF_FAILED || e->kind == CF_COMPLETION || e->kind == CF_ANSWERED)
        client_closes(client);
}

static void on_ended(void *ctx, const client_end *end)
{
    linked_chat *c = ctx;
    page_free(&c->answer);
    if (end->outcome == CLIENT_FINISHED) {
        page_put(&c->answer, "\"ok\":1,");
        put_member(&c->answer, "text", c->text.p);
    } else {
        put_member(&c->answer, "rej",
                   end->outcome == CLIENT_REFUSED ? requirement_rows[end->refused.req].reason
                   : end->outcome == CLIENT_CUT   ? "truncated"
                                                  : "");
    }
}

static bool take_text(span object, const char *name, char *to, size_t n)
{
    span value;
    writer w = writer_of(to, n - 1);
    const bool taken = json_member(object, name, &value) && json_string(value, &w);
    to[taken ? w.n : 0] = 0;
    return taken;
}

static void converse(linked_chat *c, const pack *p)
{
    static const client_events events = {on_opened, on_event, on_ended, NULL};
    struct event_base *base = event_base_new();
    char why[512];
    needs_memory(base);
    const client_setup setup = {base, c->prim, p, session_time(c->call, p), session_coins(c->call, c->url), &events, c};
    if (client_start(&setup, c->url, why, sizeof why))
        event_base_dispatch(base);
    else
        put_member(&c->answer, "uns", why);
    event_base_free(base);
}

/* Fills c->answer for one task. */
static void do_task(linked_chat *c, span object)
{
    char why[512];
    page_free(&c->text);
    page_free(&c->answer);
    pack *p = calloc(1, sizeof *p);
    needs_memory(p);
    if (!take_text(object, "url", c->url, sizeof c->url) || !take_text(object, "pack", c->pack, sizeof c->pack) ||
        !take_text(object, "prompt", c->prompt, sizeof c->prompt))
        put_member(&c->answer, "uns", "url, pack and prompt are needed");
    else if (!pack_load(p, c->pack, why, sizeof why))
        put_member(&c->answer, "uns", why);
    else
        converse(c, p);
    free(p);
}

static void forget(linked_chat *c)
{
    page_free(&c->text);
    page_free(&c->answer);
}

/* ---- over lines ---- */

static void answer_line(linked_chat *c, const char *line, size_t n)
{
    span object, id, op;
    int64_t number = 0;
    if (!json_read(span_of(line, n), &object) || !json_member(object, "id", &id) || !json_int(id, 0, INT64_MAX, &number)) {
        puts("{\"id\":0,\"uns\":\"a line that is no request\"}");
        return;
    }
    if (json_member(object, "op", &op) && json_string_is(op, "cl.chat"))
        do_task(c, object);
    else {
        page_free(&c->answer);
        put_member(&c->answer, "uns", "there is cl.chat");
    }
    printf("{\"id\":%lld,%s}\n", (long long)number, c->answer.p);
}

int chat_driven(const cli_call *call)
{
    linked_chat *c = calloc(1, sizeof *c);
    char *line = NULL;
    size_t room = 0;
    needs_memory(c);
    c->call = call;
    c->prim = session_prim(call);
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        if (n > TASK_MAX)
            puts("{\"id\":0,\"uns\":\"a line of more than 1 MiB\"}");
        else
            answer_line(c, line, (size_t)n);
        fflush(stdout); /* whoever asks waits for this line */
    }
    free(line);
    forget(c);
    free(c);
    return EXIT_LEVEL;
}

/* ---- over HTTP ---- */

typedef struct exchange {
    struct event_base *base;
    int status; /* 0: nobody answered */
    page body;
} exchange;

static void on_answer(struct evhttp_request *request, void *ctx)
{
    exchange *e = ctx;
    if (request) {
        struct evbuffer *in = evhttp_request_get_input_buffer(request);
        const size_t n = evbuffer_get_length(in);
        e->status = evhttp_request_get_response_code(request);
        if (n && n <= TASK_MAX)
            page_put_n(&e->body, (const char *)evbuffer_pullup(in, -1), n);
    }
    event_base_loopexit(e->base, NULL);
}

/* A GET, or a POST of `body`. */
static exchange http(const char *host, unsigned port, const char *path, const page *body)
{
    exchange e = {.base = event_base_new()};
    needs_memory(e.base);
    struct evhttp_connection *at = evhttp_connection_base_new(e.base, NULL, host, (uint16_t)port);
    struct evhttp_request *request = evhttp_request_new(on_answer, &e);
    must(at && request);
    evhttp_connection_set_timeout(at, HTTP_SECONDS);
    evhttp_add_header(evhttp_request_get_output_headers(request), "Host", host);
    evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
    if (body)
        evbuffer_add(evhttp_request_get_output_buffer(request), body->p, body->n);
    if (evhttp_make_request(at, request, body ? EVHTTP_REQ_POST : EVHTTP_REQ_GET, path) == 0)
        event_base_dispatch(e.base);
    evhttp_connection_free(at);
    event_base_free(e.base);
    return e;
}

static bool report_end(const linked_chat *c, const char *host, unsigned port)
{
    page body = {0};
    const char *path = strstr(c->done, "/done/");
    page_printf(&body, "{%s}", c->answer.p);
    exchange e = http(host, port, path ? path : "/done/", &body);
    page_free(&e.body);
    page_free(&body);
    return e.status != 0;
}

/* 0: go on. */
static int next_task(linked_chat *c, const char *host, unsigned port, const char *path, bool *over)
{
    span object;
    exchange e = http(host, port, path, NULL);
    int code = EXIT_LEVEL;
    *over = e.status == HTTP_NOCONTENT;
    if (e.status == 0)
        code = cli_fail(c->call, EXIT_UNREACHABLE, "nobody answers there");
    else if (!*over && (e.status != HTTP_OK || !json_read(span_of(e.body.p, e.body.n), &object) ||
                        !take_text(object, "done", c->done, sizeof c->done)))
        code = cli_fail(c->call, EXIT_UNREACHABLE, "what answers there (status %d) is not `parley test client --wait`", e.status);
    else if (!*over) {
        do_task(c, object);
        if (!report_end(c, host, port))
            code = cli_fail(c->call, EXIT_UNREACHABLE, "the end can't be reported: nobody answers");
    }
    page_free(&e.body);
    return code;
}

int chat_waiting(const cli_call *call, const char *url)
{
    char host[64], path[200];
    unsigned port;
    if (sscanf(url, "http://%63[0-9.]:%u%199s", host, &port, path) != 3 || port == 0 || port > 65535)
        return cli_usage(call, "--wait: '%s' is not http://HOST:PORT/next, with an address of the loopback", url);
    linked_chat *c = calloc(1, sizeof *c);
    needs_memory(c);
    c->call = call;
    c->prim = session_prim(call);
    bool over = false;
    int code = EXIT_LEVEL;
    while (!over && !code)
        code = next_task(c, host, port, path, &over);
    forget(c);
    free(c);
    return code;
}
