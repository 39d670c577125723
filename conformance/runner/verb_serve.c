#include "model_choice.h"
#include "no_memory.h"
#include "parley1_verbs.h"
#include "clock_hook.h"
#include "key_log.h"
#include "page.h"
#include "server.h"
#include "session.h"
#include "suite.h"
#include "verbs.h"

#include <event2/event.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void print_line(void *ctx, unsigned connection, const char *line)
{
    (void)ctx;
    printf("connection %u: %s\n", connection, shown_text(line));
    fflush(stdout);
}

typedef struct service {
    sim_server *server;
    ws_listener *listener;
    struct event *on_int, *on_term;
    clock_hook *hook;
} service;

/* Streams end with 1001 and no new connection is taken; then nothing is left that keeps the loop running. */
static void stop(evutil_socket_t number, short what, void *ctx)
{
    service *s = ctx;
    (void)number, (void)what;
    event_del(s->on_int);
    event_del(s->on_term);
    ws_listener_free(s->listener);
    clock_hook_stop(s->hook);
    server_leave(s->server);
}

/* As many open files as this process may have: the server's sessions follow from it. */
static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static bool read_limits(const cli_call *call, server_limits *out)
{
    uint64_t mib = SERVER_MEMORY >> 20, sessions = 0;
    if (!cli_number(call, "memory", SERVER_MEMORY_LEAST >> 20, 1 << 20, &mib) || !cli_number(call, "sessions", 1, 1 << 20, &sessions))
        return false;
    *out = (server_limits){.memory = (size_t)mib << 20, .connections = (size_t)sessions};
    return true;
}

static void set_server_time(void *server, int64_t now) { server_set_time(server, now); }

static void put_secrets(void *ctx, const nz_peer *noise)
{
    const char *path = cli_value(ctx, "keylog");
    if (!key_log_put(path, noise))
        cli_fail(ctx, EXIT_HARNESS, "--keylog: %s can't be written", path);
}

/* Listens until it is told to stop (SIGINT, SIGTERM). The first line on the standard output is the address, for whoever waits for it. */
static int serve(const cli_call *call, struct event_base *base, const ws_url *url, const pack *p, server_model model, cf_platform platform,
                 const server_limits *limits)
{
    const server_setup setup = {
        .base = base,
        .prim = session_prim(call),
        .pack = p,
        .now = session_time(call, p),
        .coins = session_coins(call, "serve"),
        .revision = session_suite(call)->revision,
        .model = model,
        .limits = *limits,
        .evidence = pack_evidence(p, platform),
        .log = call->quiet ? NULL : print_line,
        .secrets = cli_given(call, "keylog") ? put_secrets : NULL,
        .secrets_ctx = (void *)call,
    };
    sim_server *server = server_start(&setup);
    needs_memory(server);
    const ws_gate gate = server_gate(server);
    ws_listener *listener = ws_listen(base, url->host, url->port, &gate);
    if (!listener) {
        server_stop(server);
        return cli_fail(call, EXIT_UNREACHABLE, "--listen: %s:%u is taken, or not an address of the loopback", url->host, url->port);
    }
    const char *ctl = cli_value(call, "ctl");
    clock_hook *hook = ctl ? clock_hook_start(base, ctl, set_server_time, server) : NULL;
    if (ctl && !hook) {
        ws_listener_free(listener);
        server_stop(server);
        return cli_fail(call, EXIT_UNREACHABLE, "--ctl: %s is taken, or not HOST:PORT on the loopback", ctl);
    }
    const size_t most = server_limits_of(server).connections;
    ws_listener_limit(listener, most + most / 8 + 1); /* beyond the limit some are told 503; more than that wait */
    printf("listening on ws://%s:%u/websocket\n", url->host, ws_listener_port(listener));
    fflush(stdout);
    service s = {.server = server, .listener = listener, .hook = hook};
    s.on_int = evsignal_new(base, SIGINT, stop, &s);
    s.on_term = evsignal_new(base, SIGTERM, stop, &s);
    needs_memory(s.on_int && s.on_term && evsignal_add(s.on_int, NULL) == 0 && evsignal_add(s.on_term, NULL) == 0);
    event_base_dispatch(base);
    event_free(s.on_int);
    event_free(s.on_term);
    server_stop(server);
    return EXIT_LEVEL;
}

/* ws://HOST:PORT, where port 0 takes a free one. */
static bool read_listen(const char *text, ws_url *url)
{
    static const char any[] = ":0/";
    char copy[512];
    const char *zero = text ? strstr(text, any) : NULL;
    if (!zero)
        return text && ws_url_read(text, url);
    snprintf(copy, sizeof copy, "%.*s/%s", (int)(zero - text), text, zero + strlen(any));
    bool good = ws_url_read(copy, url);
    url->port = 0;
    return good;
}

/* The profiles do not share all options. */
static int refuse_foreign(const cli_call *call)
{
    if (is_parley1(call) && cli_given(call, "platform"))
        return cli_usage(call, "--platform: the enclave of parley1 runs on snp");
    if (is_parley1(call) && cli_given(call, "memory"))
        return cli_usage(call, "--memory: profile confer alone has a budget; of parley1 each session has its own bounds");
    if (!is_parley1(call) && (cli_given(call, "page") || cli_given(call, "vendors")))
        return cli_usage(call, "--page and --vendors: profile parley1 alone has them");
    return EXIT_LEVEL;
}

int verb_serve(const cli_call *call)
{
    const char *listen = cli_value(call, "listen"), *profile = is_parley1(call) ? "parley1" : session_profile(call);
    ws_url url;
    server_limits limits;
    cf_platform platform;
    int code = EXIT_LEVEL;
    if (!profile || !read_limits(call, &limits) || !session_platform(call, &platform))
        return EXIT_USAGE;
    if (!read_listen(listen ? listen : "ws://127.0.0.1:7443/websocket", &url))
        return cli_usage(call, "--listen: '%s' is not ws://ADDR:PORT/PATH", listen);
    if (refuse_foreign(call))
        return EXIT_USAGE;
    raise_file_limit();
    if (is_parley1(call))
        return parley1_serve(call, url.host, url.port);
    pack *p = session_pack(call, profile, &code);
    if (!p)
        return code;
    struct event_base *base = event_base_new();
    model_choice choice;
    needs_memory(base);
    if (model_choice_open(&choice, call, p, &code)) {
        code = serve(call, base, &url, p, choice.server, platform, &limits);
        model_choice_close(&choice);
    }
    event_base_free(base);
    free(p);
    return code;
}
