#include "own_server.h"
#include "p1_peer.h"
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
    span world_seed; /* not empty: profile parley1 */
    int64_t now;
} served;

_Noreturn static void serve_parley1(const served *what, int tell)
{
    static service world;
    const p1_model script = p1_script();
    struct event_base *base = event_base_new();
    service_make(&world, &prim_sodium, what->world_seed, P1_PEER_NAME, what->now);
    world.model = script.digest;
    world.tokenizer = script.tokenizer;
    world.tick = 5;
    service_finish(&world);
    p1_host *host = p1_host_start(
        &(p1_host_setup){.base = base, .world = &world, .now = &what->now, .coins = coins_of_seed(EMPTY, "server"), .model = script});
    const ws_gate gate = p1_host_gate(host);
    ws_listener *l = ws_listen(base, "127.0.0.1", 0, &gate);
    const ports told = {l ? ws_listener_port(l) : 0, 0};
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
        if (what->world_seed.n)
            serve_parley1(what, ends[1]);
        serve(what->pack, what->revision, what->hook, ends[1]);
    }
    close(ends[1]);
    bool told = s->pid > 0 && read(ends[0], &from, sizeof from) == sizeof from && from.server != 0 && (!what->hook || from.hook != 0);
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

bool own_parley1_start(own_server *s, span world_seed, int64_t now, int weak, int weak_too)
{
    return start(s, &(served){.world_seed = world_seed, .now = now}, weak, weak_too);
}

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

suite_run own_parley1_run(const own_server *s, const pack *p, span world_seed, int64_t now, const char *replay)
{
    return (suite_run){.prim = &prim_sodium,
                       .pack = p,
                       .now = now,
                       .door = "url",
                       .role = "server",
                       .replay = replay,
                       .protocol = P1_PEER_PROTOCOL,
                       .path = P1_PEER_TARGET,
                       .world_seed = world_seed,
                       .url = {.host = "127.0.0.1", .target = P1_PEER_TARGET, .port = s->port}};
}
