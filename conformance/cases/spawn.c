#include "spawn.h"
#include "child_process.h"
#include "client_link.h"
#include "json.h"
#include "no_memory.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REAP_MS = 2, URL_ROOM = 1600 };

typedef struct output {
    struct spawned *child;
    struct bufferevent *bev;
    page text;
    bool closed;
} output;

struct spawned {
    trial *t;
    client_link *link; /* one client for all cases, instead of what follows */
    child_process process;
    output out, err;
    struct event *reap;
    page words[CHILD_WORDS]; /* owned */
    char ending[32];
};

/* ---- the words ---- */

static void write_url(trial *t, char url[URL_ROOM])
{
    const span token = t->pack->file[PACK_TOKEN];
    const unsigned port = trial_relayed(t, "127.0.0.1", t->port);
    if (t->run->path)
        snprintf(url, URL_ROOM, "ws://127.0.0.1:%u%s", port, t->run->path);
    else
        snprintf(url, URL_ROOM, "ws://127.0.0.1:%u/websocket?token=%.*s", port, (int)token.n, (const char *)token.p);
}

static const char receipt_slot[] = "{receipt}";

bool is_receipt_word(const char *word) { return strstr(word, receipt_slot) != NULL; }

static void fill(const trial *t, const char *word, const char *url, const char *prompt, page *to)
{
    const struct {
        const char *name, *value;
    } slots[] = {{"{url}", url}, {"{pack}", t->pack_folder}, {"{prompt}", prompt}, {"{ctl}", t->ctl}, {receipt_slot, "receipt"}};
    page_put(to, "");
    while (*word) {
        bool slot = false;
        for (size_t i = 0; i < sizeof slots / sizeof *slots && !slot; i++)
            if (strncmp(word, slots[i].name, strlen(slots[i].name)) == 0) {
                page_put(to, slots[i].value);
                word += strlen(slots[i].name);
                slot = true;
            }
        if (!slot)
            page_put_n(to, word++, 1);
    }
}

/* ---- its outputs and its end ---- */

static void on_bytes(struct bufferevent *bev, void *ctx)
{
    output *o = ctx;
    char piece[4096];
    for (size_t n; (n = bufferevent_read(bev, piece, sizeof piece)) > 0;)
        if (o->text.n < SPAWN_OUTPUT_MAX)
            page_put_n(&o->text, piece, n);
}

static void on_end(struct bufferevent *bev, short what, void *ctx)
{
    output *o = ctx;
    (void)bev, (void)what;
    o->closed = true;
}

static void try_to_reap(evutil_socket_t fd, short what, void *ctx)
{
    struct spawned *s = ctx;
    static const struct timeval soon = {0, REAP_MS * 1000};
    (void)fd, (void)what;
    if (!child_has_ended(&s->process))
        evtimer_add(s->reap, &soon);
}

static void watch_output(trial *t, output *o, int fd)
{
    o->child = t->child;
    o->bev = bufferevent_socket_new(t->base, fd, BEV_OPT_CLOSE_ON_FREE);
    must(o->bev);
    bufferevent_setcb(o->bev, on_bytes, NULL, on_end, o);
    bufferevent_enable(o->bev, EV_READ);
}

/* A port that is free now: the client listens there. */
static void choose_hook(trial *t)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    close(fd);
    snprintf(t->ctl, sizeof t->ctl, "127.0.0.1:%u", ntohs(at.sin_port));
}

static void start_process(struct spawned *s, const char *url, const char *prompt)
{
    char *argv[CHILD_WORDS + 1] = {0};
    trial *t = s->t;
    choose_hook(t);
    size_t n = 0;
    for (char *const *word = t->run->command; *word; word++) {
        if (is_receipt_word(*word) && !t->row->asks_receipt)
            continue;
        must(n < CHILD_WORDS);
        fill(t, *word, url, prompt, &s->words[n]);
        argv[n] = s->words[n].p;
        n++;
    }
    must(child_start(&s->process, argv, false));
    watch_output(t, &s->out, s->process.from);
    watch_output(t, &s->err, s->process.err);
    s->reap = evtimer_new(t->base, try_to_reap, s);
    must(s->reap);
}

void spawn_start(trial *t, const char *prompt)
{
    char url[URL_ROOM];
    if (t->over)
        return;
    t->child = calloc(1, sizeof *t->child);
    needs_memory(t->child);
    t->child->t = t;
    t->child->link = t->run->link;
    write_url(t, url);
    if (t->child->link)
        client_link_starts(t->child->link, t, url, prompt);
    else
        start_process(t->child, url, prompt);
}

/* The timer runs only once both outputs are closed: its ticks must not look like progress while a client hangs. */
bool spawn_has_ended(const trial *t)
{
    struct spawned *s = t->child;
    if (!s)
        return true;
    if (s->link)
        return client_link_answer(s->link)->come;
    if (s->out.closed && s->err.closed && !s->process.ended && !evtimer_pending(s->reap, NULL))
        try_to_reap(-1, 0, s);
    return s->process.ended;
}

const char *spawn_ending(const trial *t)
{
    struct spawned *s = t->child;
    if (!s)
        return "not started";
    if (!spawn_has_ended(t))
        return "still running";
    if (s->link)
        return client_link_answer(s->link)->ending;
    return child_ending(s->process.status, s->ending);
}

int spawn_exit(const trial *t)
{
    const struct spawned *s = t->child;
    if (s && s->link)
        return client_link_answer(s->link)->exit;
    return s && s->process.ended && WIFEXITED(s->process.status) ? WEXITSTATUS(s->process.status) : -1;
}

static const page *text_of(const trial *t, bool errors)
{
    static const page none;
    const struct spawned *s = t->child;
    const page *text = !s         ? &none
                       : !s->link ? &(errors ? &s->err : &s->out)->text
                       : errors   ? &client_link_answer(s->link)->errors
                                  : &client_link_answer(s->link)->text;
    return text->p ? text : &none;
}

const char *spawn_output(const trial *t) { return text_of(t, false)->p ? text_of(t, false)->p : ""; }
span spawn_errors(const trial *t)
{
    const page *text = text_of(t, true);
    return span_of(text->p, text->n);
}
bool spawn_shows_sanitizer(const trial *t) { return text_of(t, true)->p && shows_sanitizer_report(text_of(t, true)->p); }

bool spawn_reason(const trial *t, char word[32])
{
    const char *text = spawn_output(t);
    size_t n = strlen(text);
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    size_t from = n;
    while (from && text[from - 1] != '\n')
        from--;
    span value, rej;
    writer w = writer_of(word, 31);
    memset(word, 0, 32);
    return json_read(span_of(text + from, n - from), &value) && json_member(value, "rej", &rej) && json_string(rej, &w) && w.n > 0;
}

void spawn_kill(trial *t)
{
    if (t->child && t->child->link)
        client_link_kill(t->child->link);
    else if (t->child && !t->child->process.ended)
        kill(t->child->process.pid, SIGKILL);
}

static void end_process(struct spawned *s)
{
    child_end(&s->process, 0);
    bufferevent_free(s->out.bev);
    bufferevent_free(s->err.bev);
    event_free(s->reap);
    page_free(&s->out.text);
    page_free(&s->err.text);
    for (size_t i = 0; i < CHILD_WORDS; i++)
        page_free(&s->words[i]);
}

void spawn_end(trial *t)
{
    struct spawned *s = t->child;
    if (!s)
        return;
    if (s->link)
        client_link_ends(s->link, t);
    else
        end_process(s);
    free(s);
    t->child = NULL;
}
