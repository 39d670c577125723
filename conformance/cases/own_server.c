#include "own_server.h"
#include "clock_hook.h"
#include "p1_peer.h"
#include "p1_pack.h"
#include "p1_socket.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the new process tells its parent. */
typedef struct ports {
    unsigned server, hook;
} ports;

_Noreturn static void serve(const pack *p, cf_revision revision, own_server_hook *hook, int tell)
{
    struct event_base *base = event_base_new();
    const server_setup setup = {.base = base,
                                .prim = &prim_sodium,
                                .pack = p,
                                .now = p->time,
                                .coins = coins_of_seed(EMPTY, "server"),
                                .revision = revision,
                                .model = script_model(&p->file[PACK_SCRIPT])};
    sim_server *server = server_start(&setup);
    const ws_gate gate = server_gate(server);
    ws_listener *l = ws_listen(base, "127.0.0.1", 0, &gate);
    const ports told = {l ? ws_listener_port(l) : 0, hook ? hook(base, server) : 0};
    must(write(tell, &told, sizeof told) == sizeof told);
    event_base_dispatch(base);
    _exit(0);
}

bool own_server_start(own_server *s, const pack *p, cf_revision revision, int weak)
{
    return own_server_start_hooked(s, p, revision, weak, NULL);
}

/* What is served in the new process. */
typedef struct served {
    const pack *pack;
    cf_revision revision;
    own_server_hook *hook;
    const own_parley1 *parley1; /* instead of all that */
} served;

/* The clock of a host, by its hook: seen at once, or only when the next message comes. */
typedef struct hooked_clock {
    int64_t now, told;
    bool only_at_messages;
    p1_host *host;
} hooked_clock;

static void set_clock(void *ctx, int64_t seconds)
{
    hooked_clock *c = ctx;
    c->told = seconds;
    if (c->only_at_messages)
        return;
    c->now = seconds;
    p1_host_ticks(c->host);
}

static void on_message(void *ctx, bool sent, span message)
{
    hooked_clock *c = ctx;
    (void)message;
    if (!sent)
        c->now = c->told;
}

_Noreturn static void serve_parley1(const own_parley1 *what, int tell)
{
    static service world;
    hooked_clock clock = {.now = what->pack->time, .told = what->pack->time, .only_at_messages = what->only_at_messages};
    const p1_model script = p1_script();
    struct event_base *base = event_base_new();
    must(p1_pack_make_service(what->pack, &prim_sodium, &world));
    world.model = script.digest;
    world.tokenizer = script.tokenizer;
    world.tick = 5;
    service_finish(&world);
    clock.host = p1_host_start(&(p1_host_setup){.base = base,
                                                .world = &world,
                                                .now = &clock.now,
                                                .coins = coins_of_seed(EMPTY, "server"),
                                                .model = script,
                                                .tap = on_message,
                                                .ctx = &clock});
    const ws_gate gate = p1_host_gate(clock.host);
    ws_listener *l = ws_listen(base, "127.0.0.1", 0, &gate);
    const clock_hook *hook = clock_hook_start(base, "127.0.0.1:0", set_clock, &clock);
    const ports told = {l ? ws_listener_port(l) : 0, hook ? clock_hook_port(hook) : 0};
    must(write(tell, &told, sizeof told) == sizeof told);
    event_base_dispatch(base);
    _exit(0);
}

static bool start(own_server *s, const served *what, int weak, int weak_too)
{
    int ends[2];
    ports from = {0};
    if (pipe(ends) != 0)
        return false;
    s->pid = fork();
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(0);
#ifdef PARLEY_MUTANTS
        site_weak[weak] = weak != 0;
        site_weak[weak_too] = weak_too != 0;
#endif
        (void)weak, (void)weak_too;
        close(ends[0]);
        if (what->parley1)
            serve_parley1(what->parley1, ends[1]);
        serve(what->pack, what->revision, what->hook, ends[1]);
    }
    close(ends[1]);
    bool told = s->pid > 0 && read(ends[0], &from, sizeof from) == sizeof from && from.server != 0 &&
                ((!what->hook && !what->parley1) || from.hook != 0);
    close(ends[0]);
    s->port = from.server, s->hook = from.hook;
    if (s->pid > 0 && !told)
        own_server_stop(s);
    return told;
}

bool own_server_start_hooked(own_server *s, const pack *p, cf_revision revision, int weak, own_server_hook *hook)
{
    return start(s, &(served){.pack = p, .revision = revision, .hook = hook}, weak, 0);
}

bool own_parley1_start(own_server *s, const own_parley1 *what) { return start(s, &(served){.parley1 = what}, what->weak, what->weak_too); }

void own_server_stop(own_server *s)
{
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

suite_run own_server_run(const own_server *s, const pack *p, const char *replay)
{
    return (suite_run){.prim = &prim_sodium,
                       .pack = p,
                       .now = p->time,
                       .door = "url",
                       .role = "server",
                       .replay = replay,
                       .pid = SANITIZED ? 0 : s->pid, /* a sanitizer keeps what was freed */
                       .url = {.host = "127.0.0.1", .target = "/websocket", .port = s->port}};
}

suite_run own_client_run(char *const *command, const pack *p, const char *pack_folder, const char *replay)
{
    return (suite_run){.prim = &prim_sodium,
                       .pack = p,
                       .pack_folder = pack_folder,
                       .now = p->time,
                       .door = "exec",
                       .role = "client",
                       .replay = replay,
                       .command = command};
}

suite_run own_parley1_run(const own_server *s, const pack *p, const p1_pack *p1, const char *replay)
{
    return (suite_run){.prim = &prim_sodium,
                       .pack = p,
                       .now = p1->time,
                       .door = "url",
                       .role = "server",
                       .replay = replay,
                       .protocol = P1_PEER_PROTOCOL,
                       .path = P1_PEER_TARGET,
                       .p1 = p1,
                       .url = {.host = "127.0.0.1", .target = P1_PEER_TARGET, .port = s->port}};
}
