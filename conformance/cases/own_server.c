#include "own_server.h"

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

bool own_server_start_hooked(own_server *s, const pack *p, cf_revision revision, int weak, own_server_hook *hook)
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
#endif
        (void)weak;
        close(ends[0]);
        serve(p, revision, hook, ends[1]);
    }
    close(ends[1]);
    bool told = s->pid > 0 && read(ends[0], &from, sizeof from) == sizeof from && from.server != 0 && (!hook || from.hook != 0);
    close(ends[0]);
    s->port = from.server, s->hook = from.hook;
    if (s->pid > 0 && !told)
        own_server_stop(s);
    return told;
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
