/* The relay: the same bytes come out, in other pieces; ends are passed on. */
#include "relay.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <cmocka.h>

enum { LONG = 100000 };

typedef struct scene {
    struct event_base *base;
    struct bufferevent *target, *peer;
    unsigned pieces, port;
    size_t come, seen;
    uint8_t got[LONG];
    bool target_heard_end, peer_heard_end;
} scene;

static void on_target_bytes(struct bufferevent *bev, void *ctx)
{
    scene *s = ctx;
    s->pieces++;
    s->come += bufferevent_read(bev, s->got + s->come, sizeof s->got - s->come);
}

static void on_target_end(struct bufferevent *bev, short what, void *ctx)
{
    scene *s = ctx;
    if (!(what & BEV_EVENT_EOF))
        return;
    s->target_heard_end = true;
    bufferevent_write(bev, "bye", 3);
}

static void on_target_sent(struct bufferevent *bev, void *ctx)
{
    scene *s = ctx;
    (void)bev;
    if (s->target_heard_end) {
        bufferevent_free(s->target);
        s->target = NULL;
    }
}

static void on_peer_end(struct bufferevent *bev, short what, void *ctx)
{
    scene *s = ctx;
    char bye[8] = "";
    if (!(what & BEV_EVENT_EOF))
        return;
    assert_int_equal(bufferevent_read(bev, bye, sizeof bye), 3);
    s->peer_heard_end = true;
    event_base_loopexit(s->base, NULL);
}

static void on_accepted(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int n, void *ctx)
{
    scene *s = ctx;
    (void)l, (void)from, (void)n;
    s->target = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(s->target, on_target_bytes, on_target_sent, on_target_end, s);
    bufferevent_enable(s->target, EV_READ | EV_WRITE);
}

static void on_sent(struct bufferevent *bev, void *ctx)
{
    (void)ctx;
    shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void saw(void *ctx, unsigned connection, bool to_target, span bytes)
{
    assert_int_equal(connection, 0);
    ((scene *)ctx)->seen += to_target ? bytes.n : 0;
}

static scene *play(coins *chaos)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    static uint8_t sent[LONG];
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    for (size_t i = 0; i < LONG; i++)
        sent[i] = (uint8_t)(i * 7 + i / 251);
    s->base = event_base_new();
    struct evconnlistener *l = evconnlistener_new_bind(s->base, on_accepted, s, LEV_OPT_CLOSE_ON_FREE, 4, (struct sockaddr *)&at,
                                                       sizeof at);
    assert_non_null(l);
    getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&at, &n);
    relay *r = relay_start(&(relay_plan){s->base, "127.0.0.1", ntohs(at.sin_port), chaos, saw, s}, 0);
    assert_non_null(r);
    at.sin_port = htons((uint16_t)relay_port(r));
    s->peer = bufferevent_socket_new(s->base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(s->peer, NULL, on_sent, on_peer_end, s);
    bufferevent_enable(s->peer, EV_READ | EV_WRITE);
    bufferevent_write(s->peer, sent, sizeof sent);
    assert_int_equal(bufferevent_socket_connect(s->peer, (struct sockaddr *)&at, sizeof at), 0);
    event_base_dispatch(s->base);
    assert_int_equal(s->come, LONG);
    assert_int_equal(s->seen, LONG);
    assert_memory_equal(s->got, sent, LONG);
    assert_true(s->target_heard_end && s->peer_heard_end);
    assert_int_equal(relay_open(r), 0);
    bufferevent_free(s->peer);
    relay_free(r);
    evconnlistener_free(l);
    event_base_free(s->base);
    return s;
}

static void the_same_bytes_come_out_and_ends_are_passed_on(void **state)
{
    (void)state;
    free(play(NULL));
}

static void with_chaos_they_come_in_many_pieces(void **state)
{
    (void)state;
    for (uint8_t seed = 0; seed < 4; seed++) {
        coins c = coins_of_seed(span_of(&seed, 1), "relay");
        scene *s = play(&c);
        assert_true(s->pieces > 5);
        free(s);
    }
}

static void a_target_that_is_not_of_this_machine_is_refused(void **state)
{
    struct event_base *base = event_base_new();
    (void)state;
    assert_null(relay_start(&(relay_plan){.base = base, .host = "not-an-address", .port = 1}, 0));
    event_base_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_bytes_come_out_and_ends_are_passed_on),
                                       cmocka_unit_test(with_chaos_they_come_in_many_pieces),
                                       cmocka_unit_test(a_target_that_is_not_of_this_machine_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
