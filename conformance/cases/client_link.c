#include "client_link.h"
#include "child_process.h"
#include "json.h"
#include "no_memory.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ANSWER_MAX = 1 << 20, /* bytes of a line, a body, or the error output */
    GRACE_MS = 200,       /* for a process whose input was closed */
    AWAY_MOST = 2,        /* cases without a visit, after which no further one is waited for */
    GOODBYE_SECONDS = 5,
};

typedef struct driven_client {
    char *const *words;
    child_process process;
    bool runs;
    int64_t id;
    page line; /* what has come of an answer */
    struct bufferevent *in, *out, *err;
} driven_client;

typedef struct waiting_client {
    int listener;
    char next[64]; /* http://127.0.0.1:7445/next */
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    char token[33];
    page task;
    bool visited, over;
    unsigned away;
} waiting_client;

struct client_link {
    bool waits;
    driven_client driven;
    waiting_client waiting;
    client_answer answer;
};

client_answer *client_link_answer(client_link *k) { return &k->answer; }

/* ---- the answer ---- */

static void broke_off(client_link *k, const char *how)
{
    if (k->answer.come)
        return;
    k->answer.come = true;
    k->answer.exit = -1;
    snprintf(k->answer.ending, sizeof k->answer.ending, "%s", how);
}

/* Exactly one of ok, rej, uns. NULL, or what is wrong. */
static const char *read_answer(client_link *k, span object)
{
    static uint8_t room[ANSWER_MAX];
    writer text = WRITER(room);
    span ok, rej, uns, said;
    const bool finished = json_member(object, "ok", &ok), refused = json_member(object, "rej", &rej),
               can_not = json_member(object, "uns", &uns);
    if (finished + refused + can_not != 1)
        return "an answer without exactly one of ok, rej and uns";
    if (refused && !json_string(rej, &text))
        return "rej is not a string";
    if (finished && json_member(object, "text", &said) && !json_string(said, &text))
        return "text is not a string";
    k->answer.exit = finished ? 0 : refused ? 10 : 20;
    snprintf(k->answer.ending, sizeof k->answer.ending, "exit %d", k->answer.exit);
    page_put(&k->answer.text, refused ? "{\"rej\":" : "");
    page_put_n(&k->answer.text, refused ? (const char *)rej.p : (const char *)text.p, refused ? rej.n : text.n);
    page_put(&k->answer.text, refused ? "}\n" : "\n");
    k->answer.come = true;
    return NULL;
}

static void forget_answer(client_link *k)
{
    page_free(&k->answer.text);
    page_free(&k->answer.errors);
    k->answer = (client_answer){.exit = -1};
}

/* ---- driven ---- */

static void process_ended(client_link *k)
{
    char how[32], text[96];
    if (!k->driven.runs)
        return;
    snprintf(text, sizeof text, "%s in the middle of a case", child_ending(child_end(&k->driven.process, GRACE_MS), how));
    child_close(&k->driven.process);
    k->driven.runs = false;
    broke_off(k, text);
}

static const char *take_line(client_link *k, const char *line, size_t n)
{
    span object, id;
    int64_t told;
    if (!json_read(span_of(line, n), &object) || json_kind_of(object) != JSON_OBJECT)
        return "a line on its standard output that is no JSON object";
    if (!json_member(object, "id", &id) || !json_int(id, 0, INT64_MAX, &told) || told != k->driven.id)
        return "an answer to another request";
    return k->answer.come ? "two answers to one request" : read_answer(k, object);
}

static void on_line_bytes(struct bufferevent *bev, void *ctx)
{
    client_link *k = ctx;
    page *line = &k->driven.line;
    char piece[4096];
    for (size_t n; (n = bufferevent_read(bev, piece, sizeof piece)) > 0 && line->n < ANSWER_MAX;)
        page_put_n(line, piece, n);
    char *end = line->n ? memchr(line->p, '\n', line->n) : NULL;
    const char *wrong = end ? take_line(k, line->p, (size_t)(end - line->p)) : line->n >= ANSWER_MAX ? "a line over 1 MiB" : NULL;
    if (!wrong && end && (size_t)(end + 1 - line->p) < line->n)
        wrong = "more than one line for one request";
    if (end || wrong)
        page_free(line);
    if (wrong) {
        k->answer.come = false;
        broke_off(k, wrong);
        client_link_kill(k);
    }
}

static void on_line_end(struct bufferevent *bev, short what, void *ctx)
{
    (void)bev, (void)what;
    process_ended(ctx);
}

static void on_errors(struct bufferevent *bev, void *ctx)
{
    page *errors = &((client_link *)ctx)->answer.errors;
    char piece[4096];
    for (size_t n; (n = bufferevent_read(bev, piece, sizeof piece)) > 0;)
        if (errors->n < ANSWER_MAX)
            page_put_n(errors, piece, n);
}

static struct bufferevent *watch(client_link *k, struct event_base *base, int fd, bufferevent_data_cb on_bytes, bufferevent_event_cb on_end)
{
    struct bufferevent *bev = bufferevent_socket_new(base, fd, 0);
    must(bev);
    bufferevent_setcb(bev, on_bytes, NULL, on_end, k);
    bufferevent_enable(bev, on_bytes ? EV_READ : EV_WRITE);
    return bev;
}

/* What the case asks for beyond url, pack and prompt. */
static void put_wishes(const trial *t, page *task) { page_put(task, t->row->asks_receipt ? ",\"receipt\":1" : ""); }

static void drive(client_link *k, trial *t, const char *url, const char *pack, const char *prompt)
{
    driven_client *d = &k->driven;
    page task = {0};
    if (!d->runs)
        must(d->runs = child_start(&d->process, d->words, true));
    page_free(&d->line);
    d->in = watch(k, t->base, d->process.to, NULL, NULL);
    d->out = watch(k, t->base, d->process.from, on_line_bytes, on_line_end);
    d->err = watch(k, t->base, d->process.err, on_errors, NULL);
    page_printf(&task, "{\"id\":%lld,\"op\":\"cl.chat\",\"url\":", (long long)++d->id);
    page_put_json(&task, url);
    page_put(&task, ",\"pack\":");
    page_put_json(&task, pack);
    page_put(&task, ",\"prompt\":");
    page_put_json(&task, prompt);
    put_wishes(t, &task);
    page_put(&task, "}\n");
    bufferevent_write(d->in, task.p, task.n);
    page_free(&task);
}

static void stop_watching(driven_client *d)
{
    struct bufferevent **const all[] = {&d->in, &d->out, &d->err};
    for (size_t i = 0; i < 3; i++) {
        if (*all[i])
            bufferevent_free(*all[i]);
        *all[i] = NULL;
    }
}

static void undrive(client_link *k)
{
    driven_client *d = &k->driven;
    stop_watching(d);
    if (!d->runs || k->answer.come)
        return;
    client_link_kill(k); /* it still owes an answer, which must not be taken for one to the next question */
    child_end(&d->process, 0);
    child_close(&d->process);
    d->runs = false;
}

void client_link_kill(client_link *k)
{
    if (k->driven.runs && !k->driven.process.ended)
        kill(k->driven.process.pid, SIGKILL);
}

client_link *client_link_drives(char *const *words)
{
    client_link *k = calloc(1, sizeof *k);
    needs_memory(k);
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is seen by its output's end */
    k->driven.words = words;
    return k;
}

/* ---- waiting ---- */

static void reply(struct evhttp_request *request, int status, const char *why, const page *body)
{
    struct evkeyvalq *head = evhttp_request_get_output_headers(request);
    struct evbuffer *out = evhttp_request_get_output_buffer(request);
    evhttp_add_header(head, "Connection", "close"); /* the next case listens anew */
    evhttp_add_header(head, "Content-Type", body ? "application/json" : "text/plain");
    evhttp_add_header(head, "Access-Control-Allow-Origin", "*"); /* for clients in a browser: there are only test keys here */
    if (body)
        evbuffer_add(out, body->p, body->n);
    else if (status != HTTP_NOCONTENT)
        evbuffer_add_printf(out, "%s\n", why);
    evhttp_send_reply(request, status, status == 200 ? "OK" : "see below", NULL);
}

static void on_next(struct evhttp_request *request, client_link *k)
{
    waiting_client *w = &k->waiting;
    const bool first = !w->visited;
    w->visited = true;
    if (w->over)
        reply(request, HTTP_NOCONTENT, "", NULL);
    else if (first)
        reply(request, HTTP_OK, "", &w->task);
    else
        reply(request, 409, "the last task is not reported: POST its end to `done` first", NULL);
}

static void on_done(struct evhttp_request *request, client_link *k)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(request);
    const size_t n = evbuffer_get_length(in);
    span object;
    const char *wrong = "the body is no JSON object";
    if (json_read(span_of(evbuffer_pullup(in, -1), n), &object) && json_kind_of(object) == JSON_OBJECT)
        wrong = read_answer(k, object);
    reply(request, wrong ? 400 : HTTP_OK, wrong ? wrong : "thank you", NULL);
    if (wrong)
        broke_off(k, wrong);
    evhttp_del_accept_socket(k->waiting.http, k->waiting.bound); /* whoever asks for the next task now is heard in the next case */
}

static void on_request(struct evhttp_request *request, void *ctx)
{
    client_link *k = ctx;
    const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
    const bool get = evhttp_request_get_command(request) == EVHTTP_REQ_GET;
    const bool done = path && strncmp(path, "/done/", 6) == 0;
    if (path && strcmp(path, "/next") == 0 && get)
        on_next(request, k);
    else if (done && !get && !k->waiting.over && strcmp(path + 6, k->waiting.token) == 0 && !k->answer.come)
        on_done(request, k);
    else
        reply(request, done && !get ? 410 : 404, done ? "this task is over; GET /next" : "there are GET /next and POST /done/...", NULL);
}

static void listen_in(client_link *k, struct event_base *base)
{
    waiting_client *w = &k->waiting;
    const int fd = fcntl(w->listener, F_DUPFD_CLOEXEC, 3); /* the server of this case closes its own */
    w->http = evhttp_new(base);
    must(w->http && fd >= 0);
    evhttp_set_max_body_size(w->http, ANSWER_MAX);
    evhttp_set_max_headers_size(w->http, 8192);
    evhttp_set_allowed_methods(w->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
    evhttp_set_gencb(w->http, on_request, k);
    must((w->bound = evhttp_accept_socket_with_handle(w->http, fd)));
}

static bool somebody_waits(const waiting_client *w, int ms) { return poll(&(struct pollfd){w->listener, POLLIN, 0}, 1, ms) == 1; }

static void put_task(client_link *k, const trial *t, const char *url, const char *pack, const char *prompt)
{
    waiting_client *w = &k->waiting;
    page_free(&w->task);
    page_put(&w->task, "{\"url\":");
    page_put_json(&w->task, url);
    page_put(&w->task, ",\"pack\":");
    page_put_json(&w->task, pack);
    page_put(&w->task, ",\"prompt\":");
    page_put_json(&w->task, prompt);
    put_wishes(t, &w->task);
    page_printf(&w->task, ",\"done\":\"%.*sdone/%s\"}\n", (int)(strlen(w->next) - strlen("next")), w->next, w->token);
}

static void wait_for_visit(client_link *k, trial *t, const char *url, const char *pack, const char *prompt)
{
    waiting_client *w = &k->waiting;
    uint8_t drawn[16];
    writer token = writer_of(w->token, 32);
    trial_draw(t, drawn, sizeof drawn);
    write_hex(&token, SPAN(drawn));
    put_task(k, t, url, pack, prompt);
    w->visited = false;
    listen_in(k, t->base);
    if (w->away >= AWAY_MOST && !somebody_waits(w, 0))
        trial_stop(t, VERDICT, OUTCOME_HANG, "a visit to /next", "none in the last %u cases: not waited for again", w->away);
}

static void stop_waiting(client_link *k, trial *t)
{
    waiting_client *w = &k->waiting;
    for (int i = 0; i < 3; i++)
        event_base_loop(t->base, EVLOOP_NONBLOCK); /* what was replied goes out */
    evhttp_free(w->http);
    w->http = NULL;
    w->away = w->visited ? 0 : w->away < AWAY_MOST ? w->away + 1 : w->away;
}

static bool read_address(const char *host_port, struct sockaddr_in *at)
{
    char host[64];
    unsigned port;
    int used = 0;
    *at = (struct sockaddr_in){.sin_family = AF_INET};
    if (sscanf(host_port, "%63[0-9.]:%u%n", host, &port, &used) != 2 || host_port[used] || port > 65535)
        return false;
    at->sin_port = htons((uint16_t)port);
    return strncmp(host, "127.", 4) == 0 && inet_pton(AF_INET, host, &at->sin_addr) == 1;
}

client_link *client_link_waits(const char *host_port, char *why, size_t n)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    char host[INET_ADDRSTRLEN];
    if (!read_address(host_port, &at)) {
        snprintf(why, n, "'%s' is not HOST:PORT of the loopback, such as 127.0.0.1:7445", host_port);
        return NULL;
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    must(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 16) != 0 || getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        snprintf(why, n, "%s: another program listens there", host_port);
        close(fd);
        return NULL;
    }
    client_link *k = calloc(1, sizeof *k);
    needs_memory(k);
    k->waits = true;
    k->waiting.listener = fd;
    inet_ntop(AF_INET, &at.sin_addr, host, sizeof host);
    snprintf(k->waiting.next, sizeof k->waiting.next, "http://%s:%u/next", host, (unsigned)ntohs(at.sin_port));
    return k;
}

const char *client_link_next(const client_link *k) { return k->waiting.next; }
bool client_link_is_visited(client_link *k, unsigned seconds) { return somebody_waits(&k->waiting, (int)seconds * 1000); }

/* The next visitor hears that nothing more is to be done. */
static void say_goodbye(client_link *k)
{
    waiting_client *w = &k->waiting;
    struct event_base *base = event_base_new();
    needs_memory(base);
    w->over = true;
    w->visited = false;
    listen_in(k, base);
    for (unsigned i = 0; i < GOODBYE_SECONDS * 10 && !w->visited; i++) {
        event_base_loopexit(base, &(struct timeval){.tv_usec = 100000});
        event_base_dispatch(base);
    }
    for (int i = 0; i < 3; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
    evhttp_free(w->http);
    event_base_free(base);
    close(w->listener);
}

/* ---- both ---- */

void client_link_starts(client_link *k, trial *t, const char *url, const char *prompt)
{
    char *pack = realpath(t->pack_folder, NULL); /* its working directory is its own */
    forget_answer(k);
    must(pack);
    if (k->waits)
        wait_for_visit(k, t, url, pack, prompt);
    else
        drive(k, t, url, pack, prompt);
    free(pack);
}

void client_link_ends(client_link *k, trial *t)
{
    if (k->waits)
        stop_waiting(k, t);
    else
        undrive(k);
    forget_answer(k);
}

void client_link_free(client_link *k)
{
    if (k->waits && k->waiting.away < AWAY_MOST)
        say_goodbye(k);
    else if (k->waits)
        close(k->waiting.listener);
    else if (k->driven.runs)
        child_end(&k->driven.process, GRACE_MS), child_close(&k->driven.process);
    page_free(&k->driven.line);
    page_free(&k->waiting.task);
    forget_answer(k);
    free(k);
}
