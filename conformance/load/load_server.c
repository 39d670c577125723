#include "load_server.h"
#include "confer_on_trust.h"
#include "server.h"

#include <event2/event.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHORT_WORDS = 200, LONG_WORDS = 200000 };

typedef struct told {
    unsigned port;
    size_t budget;
} told;

static void add_line(writer *out, const char *prompt, size_t words)
{
    write_text(out, prompt);
    write_text(out, "\t");
    for (size_t i = 0; i < words; i++)
        write_text(out, " word");
    write_text(out, "\n");
}

/* "short" is asked by those who listen, "long" by those who do not. */
static span make_script(void)
{
    const size_t room = 5 * (SHORT_WORDS + LONG_WORDS) + 64;
    writer out = writer_of(malloc(room), room);
    must(out.p);
    add_line(&out, "short", SHORT_WORDS);
    add_line(&out, "long", LONG_WORDS);
    return written(&out);
}

typedef struct service {
    sim_server *server;
    ws_listener *listener;
    struct event *on_term;
} service;

static void leave(evutil_socket_t number, short what, void *ctx)
{
    service *s = ctx;
    (void)number, (void)what;
    event_del(s->on_term);
    ws_listener_free(s->listener);
    server_leave(s->server);
}

static int serve(const pack *p, size_t memory, int tell)
{
    struct event_base *base = event_base_new();
    const span script = make_script();
    const server_setup setup = {.base = base,
                                .prim = &prim_sodium,
                                .pack = p,
                                .now = p->time,
                                .coins = coins_of_seed(EMPTY, "load"),
                                .model = script_model(&script),
                                .limits = {.memory = memory},
                                .evidence = span_text(EVIDENCE_ON_TRUST)};
    service s = {.server = server_start(&setup)};
    const ws_gate gate = server_gate(s.server);
    s.listener = ws_listen(base, "127.0.0.1", 0, &gate);
    s.on_term = evsignal_new(base, SIGTERM, leave, &s);
    if (!s.listener || !s.on_term || evsignal_add(s.on_term, NULL) != 0)
        return 1;
    const server_limits limits = server_limits_of(s.server);
    const told t = {ws_listener_port(s.listener), limits.memory};
    ws_listener_limit(s.listener, limits.connections + 1);
    if (write(tell, &t, sizeof t) != sizeof t)
        return 1;
    event_base_dispatch(base);
    event_free(s.on_term);
    server_stop(s.server);
    event_base_free(base);
    free((void *)script.p);
    return 0;
}

bool load_server_start(load_server *s, const pack *p, size_t memory)
{
    int ends[2];
    told t;
    if (pipe(ends) != 0)
        return false;
    s->pid = fork();
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it never outlives us */
        close(ends[0]);
        _exit(serve(p, memory, ends[1]));
    }
    close(ends[1]);
    const bool went = s->pid > 0 && read(ends[0], &t, sizeof t) == sizeof t;
    close(ends[0]);
    if (went)
        s->port = t.port, s->budget = t.budget;
    return went;
}

size_t load_server_resident(const load_server *s)
{
    char path[64];
    unsigned long total = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)s->pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%lu %lu", &total, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

bool load_server_stop(load_server *s)
{
    int status = 1;
    if (s->pid <= 0)
        return false;
    kill(s->pid, SIGTERM);
    return waitpid(s->pid, &status, 0) == s->pid && status == 0;
}
