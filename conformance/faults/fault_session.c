/* Our server and our client over a socket pair: a session is opened, a chat is answered as a stream, the client closes. Afterwards, with
 * nothing failing, the same server serves another client. */
#include "client.h"
#include "faults.h"
#include "server.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCRIPT "hello\tan answer of several words, each of them a piece\n"

static pack the_pack;
static const span script = {(const uint8_t *)SCRIPT, sizeof SCRIPT - 1};

typedef struct talk {
    bool opened, completed, finished;
    uint8_t room[256];
    writer text;
} talk;

static void on_opened(void *ctx, sim_client *c)
{
    static const cf_ask ask = {.prompt = {(const uint8_t *)"hello", 5}, .model = "default", .stream = true};
    ((talk *)ctx)->opened = true;
    client_chats(c, 1, &ask);
}

static void on_event(void *ctx, sim_client *c, const cf_event *e)
{
    talk *t = ctx;
    if (e->kind == CF_TOKEN)
        write_span(&t->text, e->text);
    t->completed |= e->kind == CF_COMPLETION;
    if (e->kind == CF_COMPLETION || e->kind == CF_FAILED)
        client_closes(c);
}

static void on_ended(void *ctx, const client_end *end) { ((talk *)ctx)->finished = end->outcome == CLIENT_FINISHED; }

static const client_events events = {on_opened, on_event, on_ended, NULL};

static void say_nothing(int severity, const char *what) { (void)severity, (void)what; }

static void prepare(void)
{
    event_set_log_callback(say_nothing); /* libevent reports on its own */
    pack_make(&the_pack, "confer", EMPTY, PACK_TIME);
    (void)fault_session.run(); /* what libraries allocate once */
}

bool fault_ends(struct event_base *base, struct bufferevent *end[2])
{
    int fd[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
    for (int i = 0; i < 2; i++)
        if (!(end[i] = bufferevent_socket_new(base, fd[i], BEV_OPT_CLOSE_ON_FREE)))
            close(fd[i]);
    if (end[0] && end[1])
        return true;
    for (int i = 0; i < 2; i++)
        if (end[i])
            bufferevent_free(end[i]);
    return false;
}

/* The whole answer came and nothing else did. */
static bool serves(struct event_base *base, sim_server *s)
{
    talk t = {.finished = false};
    struct bufferevent *end[2];
    ws_url url;
    const ws_gate gate = server_gate(s);
    const client_setup setup = {base, fault_prim, &the_pack, the_pack.time, coins_of_seed(EMPTY, "client"), &events, &t};
    t.text = WRITER(t.room);
    must(ws_url_read("ws://memory/websocket", &url));
    if (!fault_ends(base, end))
        return false;
    (void)ws_serve(base, end[0], &gate);
    (void)client_start_on(&setup, end[1], &url);
    event_base_dispatch(base);
    if (server_connections(s) != 0)
        fault_wrong("the server still holds a connection that has ended");
    const bool all = span_is(written(&t.text), "an answer of several words, each of them a piece");
    if (t.completed && (!all || !t.opened))
        fault_wrong("an answer was taken for whole that is not");
    return t.finished && t.completed && all;
}

static int run(void)
{
    struct event_base *base = event_base_new();
    const server_setup setup = {.base = base,
                                .prim = fault_prim,
                                .pack = &the_pack,
                                .now = the_pack.time,
                                .coins = coins_of_seed(EMPTY, "server"),
                                .model = script_model(&script),
                                .limits = {SERVER_MEMORY_LEAST, 8}};
    must(base);
    fault_begin();
    sim_server *s = server_start(&setup);
    const bool served = s && serves(base, s);
    fault_disarm();
    if (s && !serves(base, s))
        fault_wrong("the server no longer serves");
    if (s)
        server_stop(s);
    event_base_free(base);
    return served ? FAULT_HONEST : FAULT_FAILED;
}

const fault_scenario fault_session = {
    "session", prepare, run, NULL, 1u << FAULT_MEMORY | 1u << FAULT_PROVIDER | 1u << FAULT_READ | 1u << FAULT_WRITE, 0};
