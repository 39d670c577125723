/* The client before a server that follows no rule. */
#include "client.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static pack the_pack;
static struct event_base *base;
static client_end ended;
static unsigned ends;
static ws *served;
static ws_end served_end;
static bool served_gone;

static void on_ended(void *ctx, const client_end *end)
{
    (void)ctx;
    ended = *end;
    ends++;
}

static const client_events events = {.ended = on_ended};

static void on_opened(void *ctx, ws *w) { *(ws **)ctx = w; }

static void on_message(void *ctx, ws *w, bool binary, span m) { (void)ctx, (void)w, (void)binary, (void)m; }

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    (void)w;
    *(ws **)ctx = NULL;
    served_end = *end;
    served_gone = true;
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed};

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    (void)ctx, (void)target;
    *on = &callbacks;
    *conn = &served;
    return 101;
}

#define UNTIL(what) \
    while (!(what)) \
    assert_true(event_base_loop(base, EVLOOP_ONCE) == 0)

static struct bufferevent *connect_client(void)
{
    struct bufferevent *pair[2];
    ws_url url;
    const client_setup setup = {base, &prim_sodium, &the_pack, the_pack.time, coins_of_seed(EMPTY, "client"), &events, NULL};
    assert_true(ws_url_read("ws://memory/websocket", &url));
    assert_int_equal(bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
    client_start_on(&setup, pair[1], &url);
    return pair[0];
}

static int setup(void **state)
{
    (void)state;
    prim_start();
    if (!the_pack.file[PACK_TOKEN].n)
        pack_make(&the_pack, "confer", EMPTY, INT64_C(1767225600));
    base = event_base_new();
    ends = 0;
    served = NULL;
    served_gone = false;
    return !base;
}

static int teardown(void **state)
{
    (void)state;
    event_base_free(base);
    return 0;
}

static void a_message_in_fragments_ends_at_65535_bytes(void **state)
{
    uint8_t frame[3] = {0x02, 0x01};
    (void)state;
    ws_serve(base, connect_client(), &(ws_gate){.admit = admit});
    UNTIL(served);
    for (size_t i = 0; i < 66000 && !ends; i++) {
        ws_send_raw(served, SPAN(frame));
        frame[0] = 0;
        if (i % 512 == 0)
            event_base_loop(base, EVLOOP_NONBLOCK);
    }
    UNTIL(ends && served_gone);
    assert_int_equal(ended.outcome, CLIENT_REFUSED);
    assert_int_equal(ended.refused.req, REQ_NZ_036);
    assert_int_equal(served_end.code, CF_CLIENT_REFUSES);
    assert_string_equal(served_end.reason, "");
}

/* `start` and `more` are what is odd about the answer. */
static void answer_upgrade(const char *start, const char *more)
{
    struct bufferevent *bev = connect_client();
    char head[4096] = "", key[64];
    uint8_t room[512];
    writer answer = WRITER(room);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    UNTIL(evbuffer_get_length(bufferevent_get_input(bev)) > 200);
    bufferevent_read(bev, head, sizeof head - 1);
    const char *at = strstr(head, "Sec-WebSocket-Key: ");
    assert_true(at && sscanf(at + 19, "%63[^\r]", key) == 1);
    wi_write_upgrade_answer(span_text(key), EMPTY, &answer);
    const span line = span_text("HTTP/1.1 101 Switching Protocols\r\n"), fields = span_from(written(&answer), line.n);
    bufferevent_write(bev, *start ? start : (const char *)line.p, *start ? strlen(start) : line.n);
    bufferevent_write(bev, fields.p, fields.n - 2);
    bufferevent_write(bev, more, strlen(more));
    UNTIL(ends);
    bufferevent_free(bev);
}

static void an_answer_that_the_client_refuses_is_its_refusal(void **state)
{
    (void)state;
    answer_upgrade("", "Sec-WebSocket-Protocol: chat\r\n\r\n");
    assert_int_equal(ended.outcome, CLIENT_REFUSED);
    assert_int_equal(ended.refused.req, REQ_WI_027);
}

static void an_answer_that_is_no_http_is_its_refusal_too(void **state)
{
    (void)state;
    answer_upgrade("ICY 200 OK\r\n", "\r\n");
    assert_int_equal(ended.outcome, CLIENT_REFUSED);
    assert_int_equal(ended.refused.req, REQ_WI_022);
}

static void another_status_is_the_servers_refusal(void **state)
{
    (void)state;
    answer_upgrade("HTTP/1.1 503 Service Unavailable\r\n", "\r\n");
    assert_int_equal(ended.outcome, CLIENT_UNREACHABLE);
    assert_int_equal(ended.connection.status, 503);
}

#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_MEMORY(a_message_in_fragments_ends_at_65535_bytes),
        IN_MEMORY(an_answer_that_the_client_refuses_is_its_refusal),
        IN_MEMORY(an_answer_that_is_no_http_is_its_refusal_too),
        IN_MEMORY(another_status_is_the_servers_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
