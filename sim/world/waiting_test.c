/* Every wait has an end, whatever trickles: the connections of this test live in virtual time (chapter wire, section Waiting). */
#include "websocket.h"
#include "prim.h"
#include "virtual_clock.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TURNS = 50 }; /* of the event loop, after which whatever is due has happened */

typedef struct side {
    ws *conn;
    unsigned messages, closed;
    ws_end end;
} side;

static struct event_base *base;
static struct bufferevent *raw; /* a peer that follows no rule */
static side served, client;

static void on_opened(void *ctx, ws *w) { ((side *)ctx)->conn = w; }

static void on_message(void *ctx, ws *w, bool binary, span m)
{
    (void)w, (void)binary, (void)m;
    ((side *)ctx)->messages++;
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    side *s = ctx;
    (void)w;
    s->conn = NULL;
    s->closed++;
    s->end = *end;
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed};

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    (void)ctx, (void)target;
    *on = &callbacks;
    *conn = &served;
    return 101;
}

static void turn(void)
{
    for (int i = 0; i < TURNS; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
}

static void pass_ms(int64_t ms)
{
    virtual_ms += ms;
    turn();
}

static bool raw_ended;

static void on_raw_event(struct bufferevent *bev, short what, void *ctx)
{
    (void)bev, (void)ctx;
    raw_ended |= (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) != 0;
}

static void send_raw(const char *bytes, size_t n)
{
    bufferevent_write(raw, bytes, n);
    turn();
}

static int setup(void **state)
{
    struct bufferevent *pair[2];
    (void)state;
    prim_start();
    served = client = (side){0};
    raw_ended = false;
    base = event_base_new();
    if (bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair) != 0)
        return 1;
    ws_serve(base, pair[0], &(ws_gate){.admit = admit});
    raw = pair[1];
    bufferevent_setcb(raw, NULL, NULL, on_raw_event, NULL);
    bufferevent_enable(raw, EV_READ | EV_WRITE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (served.conn)
        ws_cut(served.conn);
    if (client.conn)
        ws_cut(client.conn);
    pass_ms(400000);
    if (raw)
        bufferevent_free(raw);
    turn();
    event_base_free(base);
    return 0;
}

#define UPGRADE                                                                                   \
    "GET /websocket?token=x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

static void upgrade(void)
{
    send_raw(UPGRADE, sizeof UPGRADE - 1);
    assert_non_null(served.conn);
}

/* The server's side goes within `ms` and not before, while the peer sends one more byte each half second. */
static void ends_after(int64_t ms, const char *trickle)
{
    for (int64_t at = 500; at < ms; at += 500) {
        pass_ms(500);
        if (trickle && *trickle)
            send_raw(trickle++, 1);
        if (raw_ended)
            fail_msg("ended after %ld ms, not %ld", (long)at, (long)ms);
    }
    pass_ms(ms % 500 ? ms % 500 : 500);
    turn();
    assert_true(raw_ended);
}

static void an_upgrade_has_ten_seconds_even_when_it_trickles(void **state)
{
    (void)state;
    ends_after(10000, "GET /websocket?token=x HTTP/1.1\r\n");
    assert_int_equal(served.closed, 0); /* it was never admitted */
}

static void a_session_that_does_not_open_has_ten_seconds(void **state)
{
    (void)state;
    upgrade();
    ws_waits_for(served.conn, WI_WAIT_SESSION);
    ends_after(10000, "\x82\xfe\x01\x00zzzzaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(served.end.how, WS_CUT);
}

static void an_open_session_has_five_minutes_for_each_message(void **state)
{
    (void)state;
    upgrade();
    pass_ms(299000);
    send_raw("\x82\x81\0\0\0\0a", 7);
    assert_int_equal(served.messages, 1);
    pass_ms(299000);
    assert_false(raw_ended);
    send_raw("\x02\x81\0\0\0\0a", 7); /* the beginning of a message is none */
    send_raw("\x89\x80\0\0\0\0", 6);  /* nor is a ping */
    pass_ms(1000);
    assert_true(raw_ended);
}

static void a_close_frame_is_answered_within_five_seconds_or_never(void **state)
{
    (void)state;
    upgrade();
    ws_close(served.conn, 1000, "");
    ends_after(5000, "\x82\x81\0\0\0\0a\x82\x81\0");
}

static void a_peer_that_takes_nothing_has_thirty_seconds(void **state)
{
    static uint8_t much[40000];
    (void)state;
    upgrade();
    bufferevent_disable(raw, EV_READ);
    ws_send(served.conn, true, SPAN(much));
    for (int i = 0; i < 29; i++) {
        send_raw("\x82\x81\0\0\0\0a", 7); /* that it talks does not help */
        pass_ms(1000);
    }
    assert_int_equal(served.messages, 29);
    assert_int_equal(served.closed, 0);
    pass_ms(1000);
    assert_int_equal(served.closed, 1);
    assert_int_equal(served.end.how, WS_CUT);
}

static void a_peer_that_takes_a_little_at_a_time_has_thirty_seconds_too(void **state)
{
    static uint8_t much[40000];
    char taken[100];
    (void)state;
    upgrade();
    bufferevent_setwatermark(raw, EV_READ, 0, 1000);
    ws_send(served.conn, true, SPAN(much));
    for (int i = 0; i < 29; i++) {
        pass_ms(1000);
        bufferevent_read(raw, taken, sizeof taken);
    }
    assert_int_equal(served.closed, 0);
    pass_ms(1000);
    assert_int_equal(served.closed, 1);
}

static void a_peer_that_takes_all_in_time_stays(void **state)
{
    static uint8_t much[40000];
    (void)state;
    upgrade();
    bufferevent_disable(raw, EV_READ);
    for (int i = 0; i < 5; i++) {
        ws_send(served.conn, true, SPAN(much));
        pass_ms(29000);
        bufferevent_enable(raw, EV_READ);
        turn();
        bufferevent_disable(raw, EV_READ);
        send_raw("\x82\x81\0\0\0\0a", 7);
    }
    assert_int_equal(served.closed, 0);
}

static void a_client_waits_ten_seconds_for_the_answer_to_its_upgrade(void **state)
{
    struct bufferevent *pair[2];
    ws_url url;
    (void)state;
    assert_int_equal(bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    assert_true(ws_url_read("ws://a/websocket", &url));
    ws_connect_on(base, pair[0], &url, &callbacks, &client);
    bufferevent_enable(pair[1], EV_READ | EV_WRITE);
    for (int i = 0; i < 19; i++) {
        pass_ms(500);
        bufferevent_write(pair[1], "H", 1);
    }
    assert_int_equal(client.closed, 0);
    pass_ms(500);
    assert_int_equal(client.closed, 1);
    assert_int_equal(client.end.how, WS_REFUSED);
    bufferevent_free(pair[1]);
}

#define IN_TIME(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TIME(an_upgrade_has_ten_seconds_even_when_it_trickles),
        IN_TIME(a_session_that_does_not_open_has_ten_seconds),
        IN_TIME(an_open_session_has_five_minutes_for_each_message),
        IN_TIME(a_close_frame_is_answered_within_five_seconds_or_never),
        IN_TIME(a_peer_that_takes_nothing_has_thirty_seconds),
        IN_TIME(a_peer_that_takes_a_little_at_a_time_has_thirty_seconds_too),
        IN_TIME(a_peer_that_takes_all_in_time_stays),
        IN_TIME(a_client_waits_ten_seconds_for_the_answer_to_its_upgrade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
