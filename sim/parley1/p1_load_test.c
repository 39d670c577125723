/* Many sessions on one host: what each idle one takes, and that no round holds more than the one before. The host is a process of its own. PARLEY1_IDLE and
 * PARLEY1_ACTIVE in the environment say how many there are. */
#include "p1_socket.h"

#include <event2/event.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { MEASURES = 0 }; /* a sanitizer keeps what was freed */
#else
enum { MEASURES = 1 };
#endif

enum { ROUNDS = 3, TURNS = 3, IDLE_MOST = 32 << 10, ACTIVE_MOST = 256 << 10, FLAT = 1 << 20, ANSWER = 4096 };

static const char the_name[] = "chat.example";

/* ---- the host ---- */

static pid_t host_pid;
static unsigned host_port;

_Noreturn static void serve(int tell)
{
    static service world;
    static int64_t now = SERVICE_NOW;
    struct event_base *base = event_base_new();
    const p1_model script = p1_script();
    service_make(&world, &prim_sodium, span_text("load"), the_name, now);
    world.model = script.digest;
    world.tokenizer = script.tokenizer;
    service_finish(&world);
    p1_host *host = p1_host_start(
        &(p1_host_setup){.base = base, .world = &world, .now = &now, .coins = coins_of_seed(EMPTY, "load"), .model = script});
    const ws_gate gate = p1_host_gate(host);
    ws_listener *l = ws_listen(base, "127.0.0.1", 0, &gate);
    const unsigned port = l ? ws_listener_port(l) : 0;
    must(write(tell, &port, sizeof port) == sizeof port);
    event_base_dispatch(base);
    _exit(0);
}

static void start_host(void)
{
    int ends[2];
    must(pipe(ends) == 0);
    host_pid = fork();
    if (host_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(ends[1]);
    }
    must(host_pid > 0 && read(ends[0], &host_port, sizeof host_port) == sizeof host_port && host_port);
    close(ends[0]);
    close(ends[1]);
}

static size_t resident(void)
{
    char path[64];
    unsigned long total = 0, pages = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)host_pid);
    FILE *f = fopen(path, "r");
    must(f && fscanf(f, "%lu %lu", &total, &pages) == 2);
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* ---- its guests: what they work in is shared, as long as they come one behind the other ---- */

typedef struct guest {
    p1_client c;
    p1_storage *storage, own;
    ws *w;
    bool ready, ended;
    unsigned turns;
    p1_reading reading;
    uint8_t request[256], *answer;
    size_t n_request;
} guest;

static struct event_base *base;
static service world;
static p1_memory memory;
static p1_storage shared;
static p1_effects out;
static coins draws;

static void make_storage(p1_storage *st)
{
    uint8_t *room = calloc(1, P1_CLIENT_CONTROL + P1_MESSAGE_MAX + P1_RECORD_MAX);
    must(room);
    *st = (p1_storage){.control = {.p = room, .cap = P1_CLIENT_CONTROL},
                       .talk = {.p = room + P1_CLIENT_CONTROL, .cap = P1_MESSAGE_MAX},
                       .plain = room + P1_CLIENT_CONTROL + P1_MESSAGE_MAX};
}

static p1_client_world world_of(guest *g)
{
    static uint8_t room[TL_ROOM], drawn[P1_COINS];
    coins_draw(&draws, drawn, sizeof drawn);
    return (p1_client_world){.prim = &prim_sodium,
                             .now = SERVICE_NOW,
                             .coins = SPAN(drawn),
                             .policy = &world.policy,
                             .memory = &memory,
                             .room = WRITER(room),
                             .storage = g->storage};
}

static void send_out(guest *g)
{
    for (size_t i = 0; i < out.n_sends; i++)
        ws_send(g->w, true, p1_sends(&out, i));
}

static void says(guest *g, span message)
{
    const p1_client_world w = world_of(g);
    must(accepted(p1_client_sends(&g->c, &w, message, &out)));
    send_out(g);
}

static void ask(guest *g)
{
    static const uint8_t zeros[IN_PARAMETERS_HEAD], seed[IN_DIGEST];
    uint8_t row[128];
    writer messages = WRITER(row), w = WRITER(g->request);
    in_message m;
    in_write_text(IN_USER, span_text("what is a lake, and how many words does it take to say so?"), &messages);
    in_write_request(
        &(in_request){.id = g->turns + 1, .seed = SPAN(seed), .parameters = SPAN(zeros), .n_messages = 1, .messages = written(&messages)},
        &w);
    must(writer_ok(&w) && accepted(in_read_message(written(&w), &m)));
    says(g, written(&w));
    p1_client_asks(&g->reading, IN_LEVEL_NONE, out.turn, &m.as.request, SPAN(g->c.appraisal.model), writer_of(g->answer, ANSWER));
}

static void on_opened(void *ctx, ws *w)
{
    guest *g = ctx;
    g->w = w;
    const p1_client_world lent = world_of(g);
    p1_client_start(&g->c, &lent, span_text(the_name), &out);
    send_out(g);
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    static const uint8_t token[] = {P1_TOKEN, 0, 0, 0};
    guest *g = ctx;
    in_message m;
    (void)w;
    const p1_client_world lent = world_of(g);
    const verdict v = p1_client_takes(&g->c, &lent, message, &out);
    if (!accepted(v))
        fail_msg("the guest refuses by %s", requirement_rows[v.req].id);
    assert_true(binary);
    const p1_effects came = out;
    send_out(g);
    if (came.event == P1_VERIFIED)
        says(g, SPAN(token));
    g->ready |= came.event == P1_WENT_READY;
    if (came.event != P1_TALK_CAME && came.event != P1_TALK_PART)
        return;
    must(accepted(p1_client_hears(&g->reading, &prim_sodium, &came, &m)));
    if (p1_client_is_done(&g->reading) && ++g->turns < TURNS)
        ask(g);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    guest *g = ctx;
    (void)w, (void)end;
    g->ended = true;
    g->w = NULL;
}

static const ws_callbacks callbacks = {
    .opened = on_opened, .message = on_message, .closed = on_closed, .judges_idle = true, .protocol = P1_PROTOCOL};

static void comes(guest *g)
{
    const ws_url url = {.host = "127.0.0.1", .target = P1_TARGET, .port = host_port};
    g->w = ws_connect(base, &url, &callbacks, g);
    must(g->w);
    while (!g->ready && !g->ended)
        event_base_loop(base, EVLOOP_ONCE);
    assert_true(g->ready);
}

static void leave(guest *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ws_close(all[i].w, 1000, "");
    for (size_t i = 0; i < n; i++)
        while (!all[i].ended)
            event_base_loop(base, EVLOOP_ONCE);
}

/* ---- rounds ---- */

static size_t number(const char *name, size_t otherwise)
{
    const char *given = getenv(name);
    return given ? strtoul(given, NULL, 10) : otherwise;
}

static void idle_round(guest *idle, size_t n)
{
    memset(idle, 0, n * sizeof *idle);
    for (size_t i = 0; i < n; i++) {
        shared.control.n = shared.talk.n = 0;
        shared.control.whole = shared.talk.whole = false;
        idle[i].storage = &shared;
        comes(&idle[i]);
    }
}

static void active_round(guest *active, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        guest *g = &active[i];
        *g = (guest){.own = g->own, .answer = g->answer};
        g->own.control.n = g->own.talk.n = 0;
        g->own.control.whole = g->own.talk.whole = false;
        g->storage = &g->own;
        comes(g);
    }
    for (size_t i = 0; i < n; i++)
        ask(&active[i]);
    for (size_t i = 0; i < n; i++)
        while (active[i].turns < TURNS) {
            assert_false(active[i].ended);
            event_base_loop(base, EVLOOP_ONCE);
        }
}

/* What the host holds when all are there. What it holds when they have gone is printed only: the allocator gives some of it back, now and then. */
static size_t play_round(int round, guest *idle, size_t n_idle, guest *active, size_t n_active)
{
    const size_t before = resident();
    idle_round(idle, n_idle);
    const size_t with_idle = resident();
    active_round(active, n_active);
    const size_t loaded = resident();
    leave(idle, n_idle);
    leave(active, n_active);
    printf("round %d: %zu idle sessions take %zu bytes each, %zu active ones %zu more; %zu KiB in all, %zu when they have gone\n", round,
           n_idle, (with_idle - before) / n_idle, n_active, (loaded - with_idle) / n_active, loaded >> 10, resident() >> 10);
    if (MEASURES) {
        assert_true((with_idle - before) / n_idle <= IDLE_MOST);
        assert_true(loaded - before <= n_idle * IDLE_MOST + n_active * ACTIVE_MOST);
    }
    return loaded;
}

static void a_host_holds_many_sessions(void **state)
{
    const size_t n_idle = number("PARLEY1_IDLE", 100), n_active = number("PARLEY1_ACTIVE", 10);
    guest *idle = calloc(n_idle, sizeof *idle), *active = calloc(n_active, sizeof *active);
    size_t held[ROUNDS];
    (void)state;
    must(idle && active);
    for (size_t i = 0; i < n_active; i++) {
        make_storage(&active[i].own);
        active[i].answer = malloc(ANSWER);
    }
    for (int round = 0; round < ROUNDS; round++)
        held[round] = play_round(round, idle, n_idle, active, n_active);
    assert_true(!MEASURES || held[ROUNDS - 1] <= held[ROUNDS - 2] + FLAT);
    for (size_t i = 0; i < n_active; i++) {
        free(active[i].own.control.p);
        free(active[i].answer);
    }
    free(idle);
    free(active);
}

static int start(void **state)
{
    struct rlimit files;
    (void)state;
    prim_start();
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    start_host();
    base = event_base_new();
    service_start(&world, &prim_sodium, span_text("load"), the_name, SERVICE_NOW);
    draws = coins_of_seed(EMPTY, "guests");
    make_storage(&shared);
    out.bytes = writer_of(malloc(P1_ATTEST_MAX), P1_ATTEST_MAX);
    must(base && out.bytes.p);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kill(host_pid, SIGKILL);
    waitpid(host_pid, NULL, 0);
    event_base_free(base);
    free(shared.control.p);
    free(out.bytes.p);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_host_holds_many_sessions)};
    return cmocka_run_group_tests(tests, start, stop);
}
