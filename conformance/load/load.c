#include "load.h"
#include "load_guest.h"
#include "load_server.h"

#include <event2/event.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FLAT_LEAST = 1 << 20
}; /* bytes by which a round may differ from the one before: the allocator gives and takes whole pages of that order */

enum {
    STAGE_SECONDS = 60, /* that anything may take before the run is given up */
    CONNECTING = 200,   /* sessions that are being opened at the same time */
    PINGS_AT_ONCE = 50,
    STREAMS_EACH = 3, /* of an active session, before the idle ones are asked */
    FILES_KEPT = 100,
    TRICKLE_MS = 100,
};

typedef struct run {
    load_plan plan;
    load_report *report;
    load_server server;
    guests *all;
    guest *idle, *active, *slow, *flood; /* plan.idle, plan.active, plan.slow, 1 */
    int *half_open, *trickling;          /* sockets */
    size_t trickled;                     /* bytes that each has sent */
    struct event *tick;
} run;

/* ---- waiting ---- */

static bool until(run *r, bool (*done)(const run *), const char *what)
{
    const double deadline = load_now() + STAGE_SECONDS;
    while (!done(r) && load_now() < deadline)
        event_base_loop(r->all->base, EVLOOP_ONCE);
    if (!done(r) && !r->report->failed)
        r->report->failed = what;
    return done(r);
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
    static const char head[] = "GET /websocket?token=trickling HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n";
    run *r = ctx;
    (void)fd, (void)what;
    for (uint32_t i = 0; r->trickling[0] >= 0 && i < r->plan.trickling; i++)
        if (send(r->trickling[i], head + r->trickled % (sizeof head - 1), 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            continue; /* dropped after its 10 seconds, as it should be */
    r->trickled++;
}

/* ---- connections ---- */

static int connect_socket(const run *r)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)r->server.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void connect_sockets(run *r, int *socket_of, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        socket_of[i] = connect_socket(r);
        if (i % CONNECTING == 0)
            event_base_loop(r->all->base, EVLOOP_NONBLOCK);
    }
}

static void close_sockets(int *socket_of, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (socket_of[i] >= 0)
            close(socket_of[i]);
        socket_of[i] = -1;
    }
}

/* All of them, a limited number at a time. */
static bool open_sessions(run *r, guest *g, uint32_t n, const char *what)
{
    const uint32_t before = r->all->open + r->all->ended;
    const double deadline = load_now() + STAGE_SECONDS;
    for (uint32_t begun = 0, opened = 0; opened < n && load_now() < deadline; opened = r->all->open + r->all->ended - before) {
        for (; begun < n && begun - opened < CONNECTING; begun++)
            guest_comes(r->all, &g[begun]);
        event_base_loop(r->all->base, EVLOOP_ONCE);
    }
    if (r->all->open + r->all->ended - before < n && !r->report->failed)
        r->report->failed = what;
    return !r->report->failed;
}

static uint32_t how_many_open(const guest *g, uint32_t n)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < n; i++)
        open += g[i].open;
    return open;
}

/* ---- a round ---- */

static bool flood_ended(const run *r) { return r->flood->ended; }
static bool all_pinged(const run *r) { return r->all->pongs >= how_many_open(r->idle, r->plan.idle); }

static bool all_streamed(const run *r)
{
    for (uint32_t i = 0; i < r->plan.active; i++)
        if (!r->active[i].ended && r->active[i].streams < STREAMS_EACH)
            return false;
    return true;
}

/* Some at a time: what arrives for the others meanwhile would be read, and its time taken, only after the last. */
static void ping_idle(run *r)
{
    for (uint32_t i = 0; i < r->plan.idle; i++) {
        guest_pings(&r->idle[i]);
        if (i % PINGS_AT_ONCE == 0)
            event_base_loop(r->all->base, EVLOOP_NONBLOCK);
    }
}

static uint32_t sessions_of(const run *r) { return r->plan.idle + r->plan.active + r->plan.slow + 1; }
static bool all_left(const run *r) { return r->all->ended >= sessions_of(r); }

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void note_times(const run *r, load_round *out)
{
    const guests *all = r->all;
    if (!all->n_first_token)
        return;
    qsort(all->first_token, all->n_first_token, sizeof *all->first_token, by_size);
    out->first_token[0] = all->first_token[all->n_first_token / 2];
    out->first_token[1] = all->first_token[all->n_first_token * 99 / 100];
}

static void open_idle(run *r, load_round *out, uint32_t round)
{
    const double begun = load_now();
    open_sessions(r, r->idle, r->plan.idle, "opening the idle sessions");
    out->opened = how_many_open(r->idle, r->plan.idle);
    out->opened_per_second = out->opened / (load_now() - begun);
    const size_t resident = load_server_resident(&r->server);
    if (round == 0 && out->opened && resident > r->report->at_start)
        r->report->idle_session = (resident - r->report->at_start) / out->opened;
}

static void press(run *r)
{
    connect_sockets(r, r->half_open, r->plan.half_open);
    connect_sockets(r, r->trickling, r->plan.trickling);
    for (uint32_t i = 0; i < r->plan.slow; i++)
        r->slow[i].deaf = true;
    open_sessions(r, r->slow, r->plan.slow, "opening the sessions that take nothing");
    open_sessions(r, r->active, r->plan.active, "opening the active sessions");
    open_sessions(r, r->flood, 1, "opening the session that floods");
    for (uint32_t i = 0; i < r->plan.slow; i++)
        guest_asks(&r->slow[i], "long");
    r->all->streaming = true;
    for (uint32_t i = 0; i < r->plan.active; i++)
        guest_asks(&r->active[i], "short");
    guest_floods(r->flood);
}

static void leave(run *r)
{
    r->all->streaming = false;
    for (uint32_t i = 0; i < r->plan.idle; i++)
        guest_leaves(&r->idle[i]);
    for (uint32_t i = 0; i < r->plan.active; i++)
        guest_leaves(&r->active[i]);
    for (uint32_t i = 0; i < r->plan.slow; i++)
        guest_leaves(&r->slow[i]);
    guest_leaves(r->flood);
    close_sockets(r->half_open, r->plan.half_open);
    close_sockets(r->trickling, r->plan.trickling);
    until(r, all_left, "closing all sessions");
}

static bool play_round(run *r, uint32_t round)
{
    load_round *out = &r->report->round[round];
    guests *all = r->all;
    all->open = all->ended = all->pongs = all->streams = all->floods_refused = 0;
    all->n_first_token = 0;
    open_idle(r, out, round);
    press(r);
    until(r, flood_ended, "refusing the flood of fragments");
    until(r, all_streamed, "answering the active sessions");
    ping_idle(r);
    until(r, all_pinged, "answering the idle sessions");
    out->loaded = load_server_resident(&r->server);
    out->pings_answered = all->pongs;
    out->streams = all->streams;
    out->floods_refused = all->floods_refused;
    out->others_closed = all->ended - r->flood->ended;
    note_times(r, out);
    leave(r);
    out->after = load_server_resident(&r->server);
    return !r->report->failed;
}

/* ---- the whole ---- */

/* Fewer idle sessions where the system allows fewer open files; both processes need as many. */
static void fit_to_files(load_plan *p)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    const size_t others = p->active + p->slow + p->half_open + p->trickling + FILES_KEPT;
    const size_t left = files.rlim_cur > others ? (size_t)files.rlim_cur - others : 0;
    p->idle = p->idle < left ? p->idle : (uint32_t)left;
}

static void *some(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    must(p);
    return p;
}

static void run_start(run *r, const pack *p)
{
    static const struct timeval each = {0, TRICKLE_MS * 1000};
    r->all = some(1, sizeof *r->all);
    struct event_base *base = event_base_new();
    must(base);
    guests_start(r->all, base, r->server.port, p->file[PACK_TOKEN]);
    r->all->cap_first_token = (size_t)r->plan.active * 1000;
    r->all->first_token = some(r->all->cap_first_token, sizeof *r->all->first_token);
    r->idle = some(r->plan.idle, sizeof *r->idle);
    r->active = some(r->plan.active, sizeof *r->active);
    r->slow = some(r->plan.slow, sizeof *r->slow);
    r->flood = some(1, sizeof *r->flood);
    r->half_open = some(r->plan.half_open, sizeof *r->half_open);
    r->trickling = some(r->plan.trickling, sizeof *r->trickling);
    memset(r->trickling, 0xff, r->plan.trickling * sizeof *r->trickling);
    r->tick = event_new(r->all->base, -1, EV_PERSIST, on_tick, r);
    must(r->tick && event_add(r->tick, &each) == 0);
}

static void run_end(run *r)
{
    event_free(r->tick);
    event_base_free(r->all->base);
    free(r->all->first_token);
    free(r->all);
    free(r->idle);
    free(r->active);
    free(r->slow);
    free(r->flood);
    free(r->half_open);
    free(r->trickling);
}

bool load_run(const load_plan *plan, load_report *out)
{
    pack *p = some(1, sizeof *p);
    run r = {.plan = *plan, .report = out};
    prim_start();
    pack_make(p, "confer", EMPTY, INT64_C(1767225600));
    *out = (load_report){0};
    fit_to_files(&r.plan);
    out->plan = r.plan;
    if (!load_server_start(&r.server, p, plan->memory)) {
        out->failed = "starting the server";
        free(p);
        return false;
    }
    run_start(&r, p);
    out->budget = r.server.budget;
    out->at_start = load_server_resident(&r.server);
    for (uint32_t i = 0; i < r.plan.rounds && !out->failed; i++) {
        if (plan->progress)
            plan->progress(plan->progress_ctx, i);
        play_round(&r, i);
        out->rounds++;
    }
    if (!load_server_stop(&r.server) && !out->failed)
        out->failed = "stopping the server";
    run_end(&r);
    free(p);
    return !out->failed;
}

/* ---- judgement ---- */

static double mib(size_t n) { return (double)n / (1 << 20); }

static uint32_t least(const load_report *l, size_t offset)
{
    uint32_t n = UINT32_MAX;
    for (uint32_t i = 0; i < l->rounds; i++) {
        uint32_t one;
        memcpy(&one, (const char *)&l->round[i] + offset, sizeof one);
        n = one < n ? one : n;
    }
    return l->rounds ? n : 0;
}

static size_t most_loaded(const load_report *l)
{
    size_t most = 0;
    for (uint32_t i = 0; i < l->rounds; i++)
        most = l->round[i].loaded > most ? l->round[i].loaded : most;
    return most;
}

static uint32_t most_closed(const load_report *l)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < l->rounds; i++)
        most = l->round[i].others_closed > most ? l->round[i].others_closed : most;
    return most;
}

bool load_judgement(const load_report *l, int i, bool *holds, char *text, size_t n)
{
    const uint32_t opened = least(l, offsetof(load_round, opened)), pings = least(l, offsetof(load_round, pings_answered)),
                   streams = least(l, offsetof(load_round, streams)), floods = least(l, offsetof(load_round, floods_refused));
    const size_t after = l->rounds ? l->round[l->rounds - 1].after : 0, before = l->rounds > 1 ? l->round[l->rounds - 2].after : after;
    switch (i) {
    case 0:
        *holds = opened == l->plan.idle;
        snprintf(text, n, "%u of %u idle sessions were opened", opened, l->plan.idle);
        return true;
    case 1:
        *holds = pings == l->plan.idle;
        snprintf(text, n, "%u of %u of them were answered under load", pings, l->plan.idle);
        return true;
    case 2:
        *holds = streams >= STREAMS_EACH * l->plan.active;
        snprintf(text, n, "%u streams to %u active sessions were complete", streams, l->plan.active);
        return true;
    case 3:
        *holds = floods == 1 && most_closed(l) == 0;
        snprintf(text, n, "the flood of fragments was refused, and %u others were closed", most_closed(l));
        return true;
    case 4:
        *holds = most_loaded(l) <= l->budget;
        snprintf(text, n, "the server held %.1f MiB of its budget of %.0f", mib(most_loaded(l)), mib(l->budget));
        return true;
    case 5:
        *holds = l->idle_session <= 32 << 10;
        snprintf(text, n, "an idle session took %.1f KiB of 32", (double)l->idle_session / 1024);
        return true;
    case 6:
        *holds = after <= before + (before / 50 > FLAT_LEAST ? before / 50 : FLAT_LEAST);
        snprintf(text, n, "after the last round it held %.1f MiB, after the one before %.1f", mib(after), mib(before));
        return true;
    default: return false;
    }
}
