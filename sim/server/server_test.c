/* The server under pressure, in one process and over pairs in memory: what it holds, whom it drops, and that the others are answered. */
#include "server.h"
#include "confer_client.h"
#include "confer_on_trust.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { GUESTS = 64, TURNS = 200 };

/* A client whose every step is ours. */
typedef struct guest {
    ws *conn;
    struct bufferevent *bev;
    cf_client peer;
    cf_world world;
    cf_own_storage *memory;
    cf_effects effects;
    uint8_t coins[CF_COINS];
    bool open, upgraded, silent; /* silent: it sends no message 1 */
    unsigned answers, tokens, completions;
    int64_t status;
    unsigned closed;
    ws_end end;
} guest;

static pack the_pack;
static struct event_base *base;
static sim_server *server;
static guest guests[GUESTS];
static uint8_t room[CF_EFFECTS_ROOM];
static char script[1 << 18], last_log[256];
static span script_span, shown_evidence;

static void send_records(guest *g)
{
    for (size_t i = 0; i < g->effects.n_records; i++)
        ws_send(g->conn, true, cf_record(&g->effects, i));
}

static void on_opened(void *ctx, ws *w)
{
    guest *g = ctx;
    g->conn = w;
    g->upgraded = true;
    if (g->silent)
        return;
    cf_client_starts(&g->peer, &g->world, &g->effects);
    send_records(g);
}

static void on_message(void *ctx, ws *w, bool binary, span m)
{
    guest *g = ctx;
    (void)w, (void)binary;
    assert_true(accepted(cf_client_takes_message(&g->peer, &g->world, m, &g->effects)));
    g->open |= g->peer.phase == CF_OPEN;
    g->tokens += g->effects.event.kind == CF_TOKEN;
    g->completions += g->effects.event.kind == CF_COMPLETION;
    g->answers += g->effects.event.kind == CF_ANSWERED;
    if (g->effects.event.kind == CF_ANSWERED || g->effects.event.kind == CF_FAILED)
        g->status = g->effects.event.status;
    send_records(g);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    guest *g = ctx;
    (void)w;
    g->conn = NULL;
    g->closed++;
    g->end = *end;
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed};

static void turn(void)
{
    for (int i = 0; i < TURNS; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
}

#define UNTIL(what) \
    while (!(what)) \
    assert_true(event_base_loop(base, EVLOOP_ONCE) == 0)

static unsigned pauses_logged;

static void note(void *ctx, unsigned connection, const char *line)
{
    (void)ctx, (void)connection;
    pauses_logged += strstr(line, "no connection is accepted") != NULL;
    snprintf(last_log, sizeof last_log, "%s", line);
}

static void start_server(server_limits limits)
{
    const server_setup setup = {.base = base,
                                .prim = &prim_sodium,
                                .pack = &the_pack,
                                .now = the_pack.time,
                                .coins = coins_of_seed(EMPTY, "server"),
                                .model = script_model(&script_span),
                                .limits = limits,
                                .evidence = shown_evidence,
                                .log = note};
    server = server_start(&setup);
    assert_non_null(server);
}

static void come(guest *g)
{
    struct bufferevent *pair[2];
    char text[4096];
    ws_url url;
    const ws_gate gate = server_gate(server);
    memset(g->coins, (int)(g - guests) + 1, sizeof g->coins);
    g->memory = calloc(1, sizeof *g->memory);
    g->effects.bytes = WRITER(room);
    g->world = (cf_world){
        .prim = &prim_sodium, .now = the_pack.time, .coins = SPAN(g->coins), .storage = cf_own(g->memory), .policy = &on_trust};
    snprintf(text, sizeof text, "ws://memory/websocket?token=%.*s", (int)the_pack.file[PACK_TOKEN].n,
             (const char *)the_pack.file[PACK_TOKEN].p);
    assert_true(ws_url_read(text, &url));
    assert_int_equal(bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    g->bev = pair[1];
    ws_serve(base, pair[0], &gate);
    g->conn = ws_connect_on(base, pair[1], &url, &callbacks, g);
}

static void open_session(guest *g)
{
    come(g);
    UNTIL(g->open || g->closed);
    assert_true(g->open);
    turn();
}

static void ping(guest *g, int64_t id)
{
    cf_client_pings(&g->peer, &g->world, id, &g->effects);
    send_records(g);
}

static bool ping_works(guest *g, int64_t id)
{
    const unsigned before = g->answers;
    ping(g, id);
    UNTIL(g->answers > before || g->closed);
    return g->answers > before && g->status == 200;
}

static void chat(guest *g, int64_t id, const char *prompt)
{
    const cf_ask ask = {.prompt = span_text(prompt), .model = "m", .stream = true};
    cf_client_chats(&g->peer, &g->world, id, &ask, &g->effects);
    send_records(g);
}

/* A frame of an unfinished message. */
static void send_piece(guest *g, uint64_t id, uint64_t index, uint64_t total, size_t n)
{
    static uint8_t much[CF_PAYLOAD_MAX];
    const cf_frame f = {{true, id}, {true, index}, {true, total}, {true, span_of(much, n)}};
    cf_effects_clear(&g->effects);
    cf_seal_frame(&g->peer.noise, &g->world, &f, &g->effects);
    send_records(g);
    turn();
}

/* The bytes as fragments of one byte each, the last of them left out. */
static void send_fragments(guest *g, size_t n)
{
    uint8_t frame[7] = {0x02, 0x81};
    for (size_t i = 0; i < n && g->conn && !g->closed; i++) {
        ws_send_raw(g->conn, SPAN(frame));
        frame[0] = 0;
        if (i % 512 == 0)
            event_base_loop(base, EVLOOP_NONBLOCK);
    }
    turn();
}

static int setup(void **state)
{
    (void)state;
    prim_start();
    if (!the_pack.file[PACK_TOKEN].n)
        pack_make(&the_pack, "confer", EMPTY, INT64_C(1767225600));
    memset(guests, 0, sizeof guests);
    script_span = span_text("hello\tHello there.\n");
    shown_evidence = span_text(EVIDENCE_ON_TRUST);
    base = event_base_new();
    return !base;
}

static int teardown(void **state)
{
    (void)state;
    for (guest *g = guests; g < guests + GUESTS; g++)
        if (g->conn)
            ws_cut(g->conn);
    server_cut(server);
    UNTIL(server_connections(server) == 0);
    turn();
    server_stop(server);
    event_base_free(base);
    for (guest *g = guests; g < guests + GUESTS; g++)
        free(g->memory);
    return 0;
}

/* ---- memory is what the header says ---- */

static void a_handshake_message_in_fragments_ends_at_4096_bytes(void **state)
{
    guest *g = &guests[0];
    (void)state;
    start_server((server_limits){0});
    g->silent = true;
    come(g);
    UNTIL(g->upgraded);
    send_fragments(g, 4096);
    assert_int_equal(g->closed, 0);
    ws_send_raw(g->conn, span_of("\0\x81\0\0\0\0", 7));
    UNTIL(g->closed);
    assert_int_equal(g->end.code, CF_CANNOT_ACCEPT);
    assert_string_equal(g->end.reason, "Handshake message too large");
}

static void a_record_in_fragments_ends_at_65535_bytes(void **state)
{
    guest *g = &guests[0];
    (void)state;
    start_server((server_limits){0});
    open_session(g);
    send_fragments(g, 65535);
    assert_int_equal(g->closed, 0);
    ws_send_raw(g->conn, span_of("\0\x81\0\0\0\0", 7));
    UNTIL(g->closed);
    assert_int_equal(g->end.code, CF_CANNOT_ACCEPT);
    assert_string_equal(g->end.reason, "Message too large");
}

static void a_record_announced_too_long_is_refused_at_once(void **state)
{
    guest *g = &guests[0];
    uint8_t head[16];
    writer w = WRITER(head);
    (void)state;
    start_server((server_limits){0});
    open_session(g);
    ws_frame_head(&w, 0x82, true, 65536);
    ws_send_raw(g->conn, written(&w));
    UNTIL(g->closed);
    assert_int_equal(g->end.code, CF_CANNOT_ACCEPT);
    assert_string_equal(g->end.reason, "Message too large");
}

static void the_longest_evidence_fits(void **state)
{
    static uint8_t longest[CF_EVIDENCE_MAX + 1];
    (void)state;
    memset(longest, ' ', sizeof longest); /* white space after the object */
    span_take(shown_evidence, longest, shown_evidence.n);
    shown_evidence = span_of(longest, CF_EVIDENCE_MAX);
    start_server((server_limits){0});
    open_session(&guests[0]);
    assert_true(ping_works(&guests[0], 1));
}

/* ---- storage is lent when it is needed ---- */

static void whoever_holds_most_makes_room_for_the_others(void **state)
{
    (void)state;
    start_server((server_limits){.memory = SERVER_MEMORY_LEAST}); /* 2 MiB of blocks */
    open_session(&guests[0]);
    open_session(&guests[1]);
    for (uint64_t i = 0; i < 31; i++) /* 252 of 256 blocks: alone it may */
        send_piece(&guests[0], i / 10, i % 10, 11, CF_PAYLOAD_MAX);
    assert_int_equal(guests[0].closed, 0);
    send_piece(&guests[1], 1, 0, 2, 60000);
    UNTIL(guests[0].closed);
    assert_int_equal(guests[0].end.code, WI_CLOSE_TRY_AGAIN_LATER);
    assert_true(ping_works(&guests[1], 1));
    assert_non_null(strstr(last_log, "gone"));
}

/* ---- nobody waits for another ---- */

static void fill_script(size_t n)
{
    memset(script, 0, sizeof script);
    strcpy(script, "long\t");
    for (size_t i = 0; i < n; i++)
        strcat(script + 5 + 4 * i, "word");
    for (size_t i = 0; i < n; i++)
        script[5 + 4 * i] = ' ';
    strcat(script + 5 + 4 * (n - 1), "\nhello\tHello there.\n");
    script_span = span_text(script);
}

static void a_long_answer_comes_in_turns_with_the_others(void **state)
{
    (void)state;
    fill_script(4000);
    start_server((server_limits){0});
    open_session(&guests[0]);
    open_session(&guests[1]);
    chat(&guests[0], 1, "long");
    UNTIL(guests[0].tokens > 0);
    assert_true(guests[0].tokens <= 4 * SERVER_SLICE);
    chat(&guests[1], 1, "hello");
    UNTIL(guests[1].completions == 1);
    assert_true(guests[0].completions == 0 && guests[0].tokens < 1000);
    UNTIL(guests[0].completions == 1);
    assert_int_equal(guests[0].tokens, 4000);
}

static void nothing_is_generated_for_a_peer_that_takes_nothing(void **state)
{
    (void)state;
    fill_script(20000);
    start_server((server_limits){0});
    open_session(&guests[0]);
    open_session(&guests[1]);
    chat(&guests[0], 1, "long");
    UNTIL(guests[0].tokens > 0);
    bufferevent_disable(guests[0].bev, EV_READ);
    const size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 10; i++)
        turn();
    assert_true(mallinfo2().uordblks < before + 8 * SERVER_AHEAD); /* the whole answer takes 2 MB */
    assert_int_equal(guests[0].completions, 0);
    assert_true(ping_works(&guests[1], 1));
    bufferevent_enable(guests[0].bev, EV_READ);
    UNTIL(guests[0].completions == 1);
    assert_int_equal(guests[0].tokens, 20000);
}

static void several_requests_are_answered_one_after_the_other(void **state)
{
    (void)state;
    fill_script(100);
    start_server((server_limits){0});
    open_session(&guests[0]);
    chat(&guests[0], 1, "long");
    chat(&guests[0], 2, "hello");
    chat(&guests[0], 3, "long");
    UNTIL(guests[0].completions == 3);
    assert_int_equal(guests[0].tokens, 202);
}

/* ---- as many as there may be ---- */

static void one_more_than_there_may_be_is_answered_503(void **state)
{
    (void)state;
    start_server((server_limits){.connections = 3});
    for (int i = 0; i < 3; i++)
        open_session(&guests[i]);
    come(&guests[3]);
    UNTIL(guests[3].closed);
    assert_int_equal(guests[3].end.status, 503);
    ws_cut(guests[0].conn);
    guests[0].conn = NULL;
    UNTIL(server_connections(server) == 2);
    open_session(&guests[4]);
    assert_true(ping_works(&guests[4], 1));
}

static void the_limits_follow_from_memory_and_files(void **state)
{
    (void)state;
    start_server((server_limits){.memory = 64 << 20, .connections = 1000000});
    const server_limits l = server_limits_of(server);
    assert_int_equal(l.memory, 64 << 20);
    assert_true(l.connections > 100 && l.connections <= (32 << 20) / SERVER_SESSION);
}

static void the_model_has_a_session_for_each_that_asks_within_its_memory(void **state)
{
    (void)state;
    start_server((server_limits){.memory = SERVER_MEMORY_LEAST}); /* 4 MiB for sessions of the model: 15 of the script's */
    for (int i = 0; i < 15; i++) {
        open_session(&guests[i]);
        chat(&guests[i], 1, "hello");
    }
    for (int i = 0; i < 15; i++)
        UNTIL(guests[i].completions == 1);
    for (int i = 0; i < 15; i++)
        chat(&guests[i], 2, "hello");
    for (int i = 0; i < 15; i++)
        UNTIL(guests[i].completions == 2);
}

/* ---- at the limit of open files ---- */

enum { CROWD = 1025, FILES = 1024 };

/* A process that opens connections and says nothing, until it is ended. */
static pid_t crowd_comes(unsigned port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int ready[2];
    char all = 0;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < CROWD; i++)
            if (connect(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&at, sizeof at) != 0)
                _exit(1);
        if (write(ready[1], "!", 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &all, 1), 1); /* the kernel has them all, accepted or not */
    close(ready[0]);
    return child;
}

static void crowd_leaves(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static unsigned open_files(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < FILES; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Gives what it was. */
static struct rlimit limit_files(rlim_t most)
{
    struct rlimit had, now;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    now = (struct rlimit){.rlim_cur = most < had.rlim_max ? most : had.rlim_max, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return had;
}

static bool is_answered(unsigned port)
{
    static const char request[] = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    char got[16] = "";
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s >= 0 && connect(s, (const struct sockaddr *)&at, sizeof at) == 0);
    assert_int_equal(write(s, request, sizeof request - 1), sizeof request - 1);
    ssize_t n = -1;
    while (n < 0) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        n = recv(s, got, sizeof got, MSG_DONTWAIT);
    }
    close(s);
    return n > 8 && memcmp(got, "HTTP/1.1", 8) == 0;
}

/* 1,025 connections that say nothing, where 1,024 files may be open: it says so once, serves who is there, and recovers when they have gone. */
static void a_crowd_at_the_file_limit_shuts_nobody_up(void **state)
{
    (void)state;
    start_server((server_limits){0});
    open_session(&guests[0]);
    const ws_gate gate = server_gate(server);
    ws_listener *listener = ws_listen(base, "127.0.0.1", 0, &gate);
    const struct rlimit had = limit_files(FILES + 100);
    const pid_t crowd = crowd_comes(ws_listener_port(listener));
    limit_files(FILES);
    pauses_logged = 0;
    for (int i = 0; i < 5; i++) {
        turn();
        assert_true(ping_works(&guests[0], i));
    }
    assert_int_equal(open_files(), FILES);
    assert_int_equal(pauses_logged, 1);
    limit_files(had.rlim_cur); /* room for the socket that asks */
    crowd_leaves(crowd);
    assert_true(is_answered(ws_listener_port(listener)));
    assert_true(ping_works(&guests[0], 7));
    ws_listener_free(listener);
}

/* Who has connected and asked for nothing counts like a session. */
static void half_open_connections_count(void **state)
{
    (void)state;
    start_server((server_limits){0});
    const ws_gate gate = server_gate(server);
    ws_listener *listener = ws_listen(base, "127.0.0.1", 0, &gate);
    ws_listener_limit(listener, 100);
    const struct rlimit had = limit_files(FILES + 100);
    const unsigned before = open_files();
    const pid_t crowd = crowd_comes(ws_listener_port(listener));
    turn();
    assert_int_equal(open_files(), before + 100);
    crowd_leaves(crowd);
    assert_true(is_answered(ws_listener_port(listener)));
    limit_files(had.rlim_cur);
    ws_listener_free(listener);
}

static void leaving_closes_streams_with_1001(void **state)
{
    (void)state;
    fill_script(20000);
    start_server((server_limits){0});
    open_session(&guests[0]);
    chat(&guests[0], 1, "long");
    UNTIL(guests[0].tokens > 0);
    server_leave(server);
    UNTIL(guests[0].closed && server_connections(server) == 0);
    assert_int_equal(guests[0].end.how, WS_CLOSED);
    assert_int_equal(guests[0].end.code, WI_CLOSE_GOING_AWAY);
    come(&guests[1]);
    UNTIL(guests[1].closed);
    assert_int_equal(guests[1].end.status, 503);
}

#define UNDER_PRESSURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNDER_PRESSURE(a_handshake_message_in_fragments_ends_at_4096_bytes),
        UNDER_PRESSURE(a_record_in_fragments_ends_at_65535_bytes),
        UNDER_PRESSURE(a_record_announced_too_long_is_refused_at_once),
        UNDER_PRESSURE(the_longest_evidence_fits),
        UNDER_PRESSURE(whoever_holds_most_makes_room_for_the_others),
        UNDER_PRESSURE(a_long_answer_comes_in_turns_with_the_others),
        UNDER_PRESSURE(nothing_is_generated_for_a_peer_that_takes_nothing),
        UNDER_PRESSURE(several_requests_are_answered_one_after_the_other),
        UNDER_PRESSURE(one_more_than_there_may_be_is_answered_503),
        UNDER_PRESSURE(the_limits_follow_from_memory_and_files),
        UNDER_PRESSURE(the_model_has_a_session_for_each_that_asks_within_its_memory),
        UNDER_PRESSURE(a_crowd_at_the_file_limit_shuts_nobody_up),
        UNDER_PRESSURE(half_open_connections_count),
        UNDER_PRESSURE(leaving_closes_streams_with_1001),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
