/* Both ends in one event base: over TCP on the loopback and over a pair in memory. A row of odd frames is sent past every rule
 * and answered as RFC 6455 says. */
#include "websocket.h"
#include "prim.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

typedef struct side {
    ws *conn;
    unsigned opened, messages, closed;
    size_t bytes;
    bool binary;
    uint8_t last[256];
    ws_end end;
} side;

typedef struct stage {
    struct event_base *base;
    ws_listener *listener;
    side server, client;
    unsigned admit_status;
    char target[128];
} stage;

static void on_opened(void *ctx, ws *w)
{
    side *s = ctx;
    s->conn = w;
    s->opened++;
}

static void on_message(void *ctx, ws *w, bool binary, span m)
{
    side *s = ctx;
    (void)w;
    s->messages++;
    s->bytes = m.n;
    s->binary = binary;
    span_take(span_first(m, sizeof s->last), s->last, sizeof s->last);
}

static void on_echo(void *ctx, ws *w, bool binary, span m)
{
    on_message(ctx, w, binary, m);
    ws_send(w, binary, m);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    side *s = ctx;
    (void)w;
    s->conn = NULL;
    s->closed++;
    s->end = *end;
}

static const ws_callbacks echo = {.opened = on_opened, .message = on_echo, .closed = on_closed},
                          listen_only = {.opened = on_opened, .message = on_message, .closed = on_closed};

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    stage *st = ctx;
    span_take(span_first(target, sizeof st->target - 1), st->target, sizeof st->target);
    *on = &echo;
    *conn = &st->server;
    return st->admit_status;
}

static int setup(void **state)
{
    stage *st = calloc(1, sizeof *st);
    prim_start();
    st->base = event_base_new();
    st->admit_status = 101;
    *state = st;
    return !st->base;
}

static int teardown(void **state)
{
    stage *st = *state;
    if (st->client.conn)
        ws_cut(st->client.conn);
    if (st->listener)
        ws_listener_free(st->listener);
    for (int i = 0; i < 100 && (st->client.closed == 0 || st->server.closed < st->server.opened); i++)
        event_base_loop(st->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    event_base_free(st->base);
    free(st);
    return 0;
}

/* Runs the loop until `what` is true; the test's own deadline ends a wait for ever. */
#define UNTIL(what) \
    while (!(what)) \
    assert_true(event_base_loop(st->base, EVLOOP_ONCE) == 0)

static void connect_pair(stage *st)
{
    struct bufferevent *pair[2];
    ws_url url;
    assert_true(ws_url_read("ws://pair/websocket?token=x", &url));
    assert_int_equal(bufferevent_pair_new(st->base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    ws_serve(st->base, pair[0], &(ws_gate){.admit = admit, .ctx = st});
    st->client.conn = ws_connect_on(st->base, pair[1], &url, &listen_only, &st->client);
}

static void connect_tcp_to(stage *st, ws_admit *admits)
{
    ws_url url;
    char text[64];
    st->listener = ws_listen(st->base, "127.0.0.1", 0, &(ws_gate){.admit = admits, .ctx = st});
    assert_non_null(st->listener);
    snprintf(text, sizeof text, "ws://127.0.0.1:%u/websocket", ws_listener_port(st->listener));
    assert_true(ws_url_read(text, &url));
    st->client.conn = ws_connect(st->base, &url, &listen_only, &st->client);
}

static void connect_tcp(stage *st) { connect_tcp_to(st, admit); }

static void messages_go_both_ways(stage *st)
{
    static uint8_t big[70000];
    UNTIL(st->client.opened && st->server.opened);
    ws_send(st->client.conn, true, span_text("hello"));
    UNTIL(st->client.messages == 1);
    assert_true(st->client.binary);
    assert_memory_equal(st->client.last, "hello", 5);
    memset(big, 7, sizeof big);
    ws_send(st->client.conn, false, span_text("text"));
    ws_send(st->client.conn, true, SPAN(big));
    UNTIL(st->client.messages == 3);
    assert_int_equal(st->client.bytes, sizeof big);
    ws_close(st->client.conn, 1000, "done");
    UNTIL(st->client.closed && st->server.closed);
    assert_int_equal(st->server.end.how, WS_CLOSED);
    assert_int_equal(st->server.end.code, 1000);
    assert_string_equal(st->server.end.reason, "done");
}

static void messages_go_both_ways_in_memory(void **state)
{
    stage *st = *state;
    connect_pair(st);
    messages_go_both_ways(st);
    assert_string_equal(st->target, "/websocket?token=x");
}

static void messages_go_both_ways_over_tcp(void **state)
{
    stage *st = *state;
    connect_tcp(st);
    messages_go_both_ways(st);
}

static void a_server_closes_with_code_and_reason(void **state)
{
    stage *st = *state;
    connect_tcp(st);
    UNTIL(st->client.opened && st->server.opened);
    ws_close(st->server.conn, 1011, "Decryption failed");
    UNTIL(st->client.closed && st->server.closed);
    assert_int_equal(st->client.end.how, WS_CLOSED);
    assert_int_equal(st->client.end.code, 1011);
    assert_string_equal(st->client.end.reason, "Decryption failed");
}

static void a_refused_upgrade_shows_its_status(void **state)
{
    stage *st = *state;
    st->admit_status = 500;
    connect_tcp(st);
    UNTIL(st->client.closed);
    assert_int_equal(st->client.end.how, WS_REFUSED);
    assert_int_equal(st->client.end.status, 500);
    assert_int_equal(st->server.opened, 0);
}

static void nobody_listening_is_a_refusal_without_a_status(void **state)
{
    stage *st = *state;
    ws_url url;
    connect_tcp(st);
    UNTIL(st->client.opened);
    snprintf(st->target, sizeof st->target, "ws://127.0.0.1:%u/", ws_listener_port(st->listener));
    assert_true(ws_url_read(st->target, &url));
    ws_listener_free(st->listener);
    st->listener = NULL;
    side late = {0};
    ws_connect(st->base, &url, &listen_only, &late);
    UNTIL(late.closed);
    assert_int_equal(late.end.how, WS_REFUSED);
    assert_int_equal(late.end.status, 0);
}

static void a_dropped_connection_is_told_from_a_close(void **state)
{
    stage *st = *state;
    connect_tcp(st);
    UNTIL(st->client.opened && st->server.opened);
    ws_cut(st->client.conn);
    st->client.conn = NULL;
    UNTIL(st->server.closed);
    assert_int_equal(st->server.end.how, WS_CUT);
}

static void broken_frames_are_refused_and_harmless_ones_are_not(void **state)
{
    static const struct {
        const char *digits, *why;
        unsigned code; /* that the sender is told; 0: nothing is wrong */
    } row[] = {
        {"c28000000000", "RSV1 set", 1002},
        {"a28000000000", "RSV2 set", 1002},
        {"928000000000", "RSV3 set", 1002},
        {"838000000000", "reserved opcode", 1002},
        {"8b8000000000", "reserved control opcode", 1002},
        {"8200", "a client's frame without a mask", 1002},
        {"098000000000", "a ping in fragments", 1002},
        {"89fe007e00000000", "a ping of 126 bytes", 1002},
        {"808000000000", "a continuation without a start", 1002},
        {"0180000000008280"
         "00000000",
         "a message inside a message", 1002},
        {"818100000000ff", "text that is not UTF-8", 1007},
        {"888100000000ff", "a close body of one byte", 1002},
        {"88820000000003ed", "close code 1005", 1002},
        {"88820000000003e7", "close code 999", 1002},
        {"88830000000003e8ff", "a close reason that is not UTF-8", 1007},
        {"82fe00020000000061"
         "62",
         "a length that is not minimal", 1002},
        {"82ff800000000000000000000000", "a length with the top bit set", 1002},
        {"82ff000000010000000000000000", "more than is ever taken", 1009},
        {"88820000000003f4", "close code 1012, service restart", 0},
        {"88820000000003f5", "close code 1013, try again later", 0},
        {"88820000000003f6", "close code 1014, bad gateway", 0},
        {"88820000000003f7", "close code 1015, which is never sent", 1002},
        {"898000000000"
         "828100000000"
         "61",
         "a ping, then a message", 0},
        {"028100000000"
         "62"
         "808100000000"
         "63",
         "a message in two fragments", 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        void *fresh = NULL;
        uint8_t room[64];
        writer raw = WRITER(room);
        (void)state;
        assert_int_equal(setup(&fresh), 0);
        stage *st = fresh;
        connect_pair(st);
        UNTIL(st->client.opened && st->server.opened);
        assert_true(read_hex(span_text(row[i].digits), &raw));
        ws_send_raw(st->client.conn, written(&raw));
        UNTIL(st->server.closed || st->client.messages);
        const bool refused = st->server.closed == 1 && st->server.messages == 0 && st->server.end.how == WS_BROKEN;
        if ((row[i].code != 0) != refused)
            fail_msg("%s: %s", row[i].why, row[i].code ? "was not refused" : "was refused");
        if (row[i].code)
            UNTIL(st->client.closed);
        if (row[i].code && (st->client.end.how != WS_CLOSED || st->client.end.code != row[i].code))
            fail_msg("%s: told %u, not %u", row[i].why, st->client.end.code, row[i].code);
        teardown(&fresh);
    }
}

static void a_client_refuses_broken_frames_too(void **state)
{
    static const char *const row[] = {"828000000000", "c200", "8300", "880103", "0900", "827f8000000000000000"}; /* the first is masked */
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        void *fresh = NULL;
        uint8_t room[64];
        writer raw = WRITER(room);
        (void)state;
        assert_int_equal(setup(&fresh), 0);
        stage *st = fresh;
        connect_pair(st);
        UNTIL(st->client.opened && st->server.opened);
        assert_true(read_hex(span_text(row[i]), &raw));
        ws_send_raw(st->server.conn, written(&raw));
        UNTIL(st->client.closed && st->server.closed);
        assert_int_equal(st->client.end.how, WS_BROKEN);
        assert_int_equal(st->client.messages, 0);
        assert_int_equal(st->server.end.how, WS_CLOSED);
        assert_int_equal(st->server.end.code, 1002);
        teardown(&fresh);
    }
}

/* A message in 65439 fragments of one byte, then one of more than the taker wants: neither costs more than its bytes. */
static bool wants_64k(void *ctx, ws *w, uint64_t n)
{
    (void)ctx;
    if (n > 65535)
        ws_close(w, 1003, "Message too large");
    return n <= 65535;
}

static const ws_callbacks bounded = {.opened = on_opened, .message = on_message, .closed = on_closed, .expects = wants_64k};

static unsigned admit_bounded(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    stage *st = ctx;
    (void)target;
    *on = &bounded;
    *conn = &st->server;
    return 101;
}

static void send_fragments(stage *st, size_t n)
{
    uint8_t frame[7] = {0x02, 0x81};
    for (size_t i = 0; i < n && st->client.conn; i++) {
        ws_send_raw(st->client.conn, SPAN(frame));
        frame[0] = 0x00;
        if (i % 1000 == 0)
            event_base_loop(st->base, EVLOOP_NONBLOCK);
    }
}

static size_t heap_now(void) { return mallinfo2().uordblks; }

static void fragments_cost_their_bytes_and_no_more(void **state)
{
    stage *st = *state;
    connect_tcp_to(st, admit_bounded);
    UNTIL(st->client.opened && st->server.opened);
    const size_t before = heap_now();
    send_fragments(st, 65439);
    UNTIL(ws_backlog(st->client.conn) == 0);
    for (int i = 0; i < 100; i++)
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    assert_int_equal(st->server.messages, 0);
    assert_true(heap_now() - before < 4 * 65536);
    ws_send_raw(st->client.conn, span_of("\x80\x80\0\0\0\0", 6));
    UNTIL(st->server.messages == 1);
    assert_int_equal(st->server.bytes, 65439);
}

static void too_many_fragments_are_refused_as_the_taker_says(void **state)
{
    stage *st = *state;
    connect_tcp_to(st, admit_bounded);
    UNTIL(st->client.opened && st->server.opened);
    send_fragments(st, 70000);
    UNTIL(st->client.closed && st->server.closed);
    assert_int_equal(st->client.end.how, WS_CLOSED);
    assert_int_equal(st->client.end.code, 1003);
    assert_string_equal(st->client.end.reason, "Message too large");
    assert_int_equal(st->server.messages, 0);
}

static void a_message_announced_too_long_is_refused_before_it_arrives(void **state)
{
    static const uint8_t head[] = {0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    stage *st = *state;
    connect_tcp_to(st, admit_bounded);
    UNTIL(st->client.opened && st->server.opened);
    ws_send_raw(st->client.conn, SPAN(head));
    UNTIL(st->client.closed && st->server.closed);
    assert_int_equal(st->client.end.code, 1003);
}

/* ---- nobody waits for another ---- */

/* The peer's side in a loop of its own, so that one turn of the listener's loop is seen alone. */
static ws *connect_elsewhere(const stage *st, struct event_base *elsewhere, side *peer)
{
    char text[64];
    ws_url url;
    snprintf(text, sizeof text, "ws://127.0.0.1:%u/websocket", ws_listener_port(st->listener));
    assert_true(ws_url_read(text, &url));
    ws *w = ws_connect(elsewhere, &url, &listen_only, peer);
    assert_non_null(w);
    for (int i = 0; i < 1000 && !(peer->opened && st->server.opened); i++) {
        event_base_loop(elsewhere, EVLOOP_NONBLOCK);
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    }
    assert_true(peer->opened && st->server.opened);
    return w;
}

/* Of a request of 900 kB that is all there, a turn of the loop takes WS_INPUT_MAX bytes at most: 250 messages, in 28 turns or more. */
static void a_large_request_is_taken_in_turns(void **state)
{
    static const uint8_t piece[3600];
    enum { PIECES = 250, MOST = WS_INPUT_MAX / sizeof piece + 1 };
    stage *st = *state;
    struct event_base *elsewhere = event_base_new();
    side peer = {0};
    st->listener = ws_listen(st->base, "127.0.0.1", 0, &(ws_gate){.admit = admit_bounded, .ctx = st});
    ws *w = connect_elsewhere(st, elsewhere, &peer);
    for (int i = 0; i < PIECES; i++)
        ws_send(w, true, SPAN(piece));
    for (unsigned turns = 0, before = 0; st->server.messages < PIECES; turns++) {
        event_base_loop(elsewhere, EVLOOP_NONBLOCK);
        event_base_loop(st->base, EVLOOP_ONCE | EVLOOP_NONBLOCK); /* one turn */
        assert_in_range(st->server.messages - before, 0, MOST);
        before = st->server.messages;
        assert_true(turns < 1000000);
    }
    ws_cut(w);
    for (int i = 0; i < 100 && !peer.closed; i++)
        event_base_loop(elsewhere, EVLOOP_NONBLOCK);
    event_base_free(elsewhere);
    st->client.closed = 1;
}

/* ---- the answer to an upgrade, written by hand ---- */

static void answer_by_hand(stage *st, const char *first, const char *second)
{
    struct bufferevent *pair[2];
    ws_url url;
    char key[64] = "", head[2048] = "";
    assert_true(ws_url_read("ws://pair/websocket", &url));
    assert_int_equal(bufferevent_pair_new(st->base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    st->client.conn = ws_connect_on(st->base, pair[1], &url, &listen_only, &st->client);
    bufferevent_enable(pair[0], EV_READ | EV_WRITE);
    UNTIL(evbuffer_get_length(bufferevent_get_input(pair[0])) > 100);
    bufferevent_read(pair[0], head, sizeof head - 1);
    const char *at = strstr(head, "Sec-WebSocket-Key: ");
    assert_true(at && sscanf(at + 19, "%63[^\r]", key) == 1);
    uint8_t room[512];
    writer answer = WRITER(room);
    write_text(&answer, first);
    wi_write_upgrade_answer(span_text(key), EMPTY, &answer);
    bufferevent_write(pair[0], answer.p, answer.n - 2 /* the blank line's */);
    bufferevent_write(pair[0], second, strlen(second));
    bufferevent_write(pair[0], "\r\n", 2);
    for (int i = 0; i < 50; i++)
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    bufferevent_free(pair[0]);
}

static void interim_answers_are_passed_over(void **state)
{
    stage *st = *state;
    answer_by_hand(st, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "");
    assert_int_equal(st->client.opened, 1);
}

static void an_answer_that_we_refuse_names_its_sentence(void **state)
{
    stage *st = *state;
    answer_by_hand(st, "", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    assert_int_equal(st->client.opened, 0);
    assert_int_equal(st->client.end.how, WS_REFUSED);
    assert_int_equal(st->client.end.status, 101);
    assert_int_equal(st->client.end.refused.req, REQ_WI_026);
}

/* ---- as many as there may be ---- */

static unsigned pauses;

static void note_pause(void *ctx, const char *why)
{
    (void)ctx, (void)why;
    pauses++;
}

static void a_full_listener_pauses_and_goes_on_when_one_has_ended(void **state)
{
    stage *st = *state;
    side more[4] = {{0}};
    ws_url url;
    char text[64];
    pauses = 0;
    st->listener = ws_listen(st->base, "127.0.0.1", 0, &(ws_gate){.admit = admit, .ctx = st, .paused = note_pause});
    ws_listener_limit(st->listener, 2);
    snprintf(text, sizeof text, "ws://127.0.0.1:%u/websocket", ws_listener_port(st->listener));
    assert_true(ws_url_read(text, &url));
    for (size_t i = 0; i < 4; i++)
        more[i].conn = ws_connect(st->base, &url, &listen_only, &more[i]);
    UNTIL(more[0].opened + more[1].opened + more[2].opened + more[3].opened == 2);
    for (int i = 0; i < 100; i++)
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    assert_int_equal(more[0].opened + more[1].opened + more[2].opened + more[3].opened, 2);
    assert_int_equal(pauses, 1);
    for (size_t i = 0; i < 4; i++)
        if (more[i].opened)
            ws_cut(more[i].conn);
    UNTIL(more[0].opened + more[1].opened + more[2].opened + more[3].opened == 4);
    for (size_t i = 0; i < 4; i++)
        if (!more[i].closed)
            ws_cut(more[i].conn);
    UNTIL(more[0].closed + more[1].closed + more[2].closed + more[3].closed == 4);
    st->client.closed = 1;
}

static void at_the_file_limit_accepting_pauses_once_and_goes_on(void **state)
{
    stage *st = *state;
    struct rlimit had, few;
    int spare[64];
    size_t n = 0;
    pauses = 0;
    st->listener = ws_listen(st->base, "127.0.0.1", 0, &(ws_gate){.admit = admit, .ctx = st, .paused = note_pause});
    char text[64];
    ws_url url;
    snprintf(text, sizeof text, "ws://127.0.0.1:%u/websocket", ws_listener_port(st->listener));
    assert_true(ws_url_read(text, &url));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
    st->client.conn = ws_connect(st->base, &url, &listen_only, &st->client);
    few = (struct rlimit){.rlim_cur = 64, .rlim_max = had.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (n < 64 && (spare[n] = dup(0)) >= 0)
        n++;
    for (int i = 0; i < 200; i++)
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    assert_int_equal(pauses, 1);
    assert_int_equal(st->server.opened, 0);
    while (n)
        close(spare[--n]);
    UNTIL(st->client.opened && st->server.opened); /* after a second at most */
    assert_int_equal(pauses, 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
}

/* ---- documents ---- */

static bool one_document(void *ctx, span target, const char **type, span *body)
{
    *type = "text/plain";
    *body = *(const span *)ctx;
    return span_is(target, "/");
}

static void asked_plainly(stage *st, const char *line, char *answer, size_t room)
{
    static uint8_t large[1 << 17];
    const span body = SPAN(large);
    struct bufferevent *pair[2];
    assert_int_equal(bufferevent_pair_new(st->base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    ws_serve(st->base, pair[0], &(ws_gate){.admit = admit, .ctx = st, .document = one_document, .document_ctx = (void *)&body});
    bufferevent_enable(pair[1], EV_READ | EV_WRITE);
    bufferevent_write(pair[1], line, strlen(line));
    bufferevent_write(pair[1], "Host: a\r\n\r\n", 11);
    for (int i = 0; i < 200; i++)
        event_base_loop(st->base, EVLOOP_NONBLOCK);
    const size_t n = evbuffer_get_length(bufferevent_get_input(pair[1]));
    memset(answer, 0, room);
    bufferevent_read(pair[1], answer, room - 1);
    bufferevent_free(pair[1]);
    if (strstr(answer, "200 OK"))
        assert_int_equal(n, (size_t)(strstr(answer, "\r\n\r\n") + 4 - answer) + sizeof large);
}

static void a_document_is_given_whole_and_nothing_else(void **state)
{
    stage *st = *state;
    char answer[1024];
    asked_plainly(st, "GET / HTTP/1.1\r\n", answer, sizeof answer);
    assert_non_null(strstr(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 131072\r\n"));
    static const char *const other[] = {"GET /other HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\n"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        asked_plainly(st, other[i], answer, sizeof answer);
        assert_non_null(strstr(answer, "HTTP/1.1 400"));
    }
    st->client.closed = 1; /* there was no client */
}

static void a_url_is_read_strictly(void **state)
{
    ws_url url;
    (void)state;
    assert_true(ws_url_read("ws://127.0.0.1:7443/websocket?token=a.b", &url));
    assert_string_equal(url.host, "127.0.0.1");
    assert_int_equal(url.port, 7443);
    assert_string_equal(url.target, "/websocket?token=a.b");
    assert_true(ws_url_read("ws://[::1]:80", &url));
    assert_string_equal(url.host, "::1");
    assert_string_equal(url.target, "/");
    static const char *const bad[] = {"http://a/", "ws://", "ws://a:0/", "ws://a:65536/", "ws://a:1x/", "ws://a/#b", "ws:///x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ws_url_read(bad[i], &url));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(messages_go_both_ways_in_memory),
        ON_STAGE(messages_go_both_ways_over_tcp),
        ON_STAGE(a_server_closes_with_code_and_reason),
        ON_STAGE(a_refused_upgrade_shows_its_status),
        ON_STAGE(nobody_listening_is_a_refusal_without_a_status),
        ON_STAGE(a_dropped_connection_is_told_from_a_close),
        cmocka_unit_test(broken_frames_are_refused_and_harmless_ones_are_not),
        cmocka_unit_test(a_client_refuses_broken_frames_too),
        ON_STAGE(fragments_cost_their_bytes_and_no_more),
        ON_STAGE(too_many_fragments_are_refused_as_the_taker_says),
        ON_STAGE(a_message_announced_too_long_is_refused_before_it_arrives),
        ON_STAGE(a_large_request_is_taken_in_turns),
        ON_STAGE(interim_answers_are_passed_over),
        ON_STAGE(an_answer_that_we_refuse_names_its_sentence),
        ON_STAGE(a_full_listener_pauses_and_goes_on_when_one_has_ended),
        ON_STAGE(at_the_file_limit_accepting_pauses_once_and_goes_on),
        ON_STAGE(a_document_is_given_whole_and_nothing_else),
        cmocka_unit_test(a_url_is_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
