#include "world.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A node that writes down what it gets, and may answer. */
typedef struct listener {
    unsigned me, got;
    bool echoes;
    int64_t wake;
    char log[8192];
    size_t log_n;
    uint8_t stream[4096];
    size_t stream_n;
} listener;

static void on_deliver(void *ctx, world *w, unsigned link, span bytes)
{
    listener *l = ctx;
    l->got++;
    if (l->log_n < sizeof l->log - 64)
        l->log_n += (size_t)snprintf(l->log + l->log_n, sizeof l->log - l->log_n, "%lld:%.*s ", (long long)world_now(w), (int)bytes.n,
                                     (const char *)bytes.p);
    if (bytes.n <= sizeof l->stream - l->stream_n) {
        memcpy(l->stream + l->stream_n, bytes.p, bytes.n);
        l->stream_n += bytes.n;
    }
    if (l->echoes)
        world_send(w, l->me, link, bytes);
}

static int64_t on_next(void *ctx) { return ((listener *)ctx)->wake; }

static void on_run(void *ctx, world *w)
{
    listener *l = ctx;
    l->log_n += (size_t)snprintf(l->log + l->log_n, sizeof l->log - l->log_n, "%lld:woke ", (long long)world_now(w));
    l->wake = WORLD_NEVER_DUE;
}

typedef struct stage {
    world *w;
    listener a, b;
    unsigned link;
} stage;

static void set(stage *s, const char *seed, const world_link *how)
{
    memset(s, 0, sizeof *s);
    s->w = world_new(&prim_openssl, span_text(seed), 1000);
    s->a.wake = s->b.wake = WORLD_NEVER_DUE;
    s->a.me = world_add(s->w, &(world_node){&s->a, on_deliver, on_next, on_run});
    s->b.me = world_add(s->w, &(world_node){&s->b, on_deliver, on_next, on_run});
    s->link = world_join(s->w, s->a.me, s->b.me, how);
}

static void send_numbers(stage *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char text[8];
        snprintf(text, sizeof text, "%u", i);
        world_send(s->w, s->a.me, s->link, span_text(text));
    }
}

static void a_plain_link_delivers_all_in_order_after_its_delay(void **state)
{
    (void)state;
    stage s;
    set(&s, "1", &(world_link){.delay = 250});
    send_numbers(&s, 3);
    assert_int_equal(s.b.got, 0);
    assert_int_equal(world_run(s.w, INT64_MAX, 100), WORLD_QUIET);
    assert_string_equal(s.b.log, "1250:0 1250:1 1250:2 ");
    world_free(s.w);
}

static void time_jumps_to_what_is_next_and_waits_for_no_one(void **state)
{
    (void)state;
    stage s;
    set(&s, "1", &(world_link){.delay = 500});
    s.b.wake = 1500;
    s.a.wake = 86400000000;
    send_numbers(&s, 1);
    assert_int_equal(world_run(s.w, 1400, 100), WORLD_UNTIL);
    assert_int_equal(world_now(s.w), 1400);
    assert_int_equal(world_run(s.w, 86400000000, 100), WORLD_QUIET);
    assert_string_equal(s.b.log, "1500:0 1500:woke "); /* what arrives is there before the node runs */
    assert_string_equal(s.a.log, "86400000000:woke ");
    world_free(s.w);
}

static void two_that_answer_each_other_for_ever_are_stopped(void **state)
{
    (void)state;
    stage s;
    set(&s, "1", &(world_link){0});
    s.a.echoes = s.b.echoes = true;
    send_numbers(&s, 1);
    assert_int_equal(world_run(s.w, INT64_MAX, 1000), WORLD_BUSY);
    assert_int_equal(s.a.got + s.b.got, 1000);
    world_free(s.w);
}

static const world_link storm = {.delay = 1000, .jitter = 300, .loss = 100000, .duplicate = 50000, .reorder = 200000, .hold = 5000};

static void one_seed_is_one_run_and_another_is_another(void **state)
{
    (void)state;
    stage s[3];
    static const char *const seeds[] = {"storm", "storm", "other"};
    for (int i = 0; i < 3; i++) {
        set(&s[i], seeds[i], &storm);
        send_numbers(&s[i], 200);
        assert_int_equal(world_run(s[i].w, INT64_MAX, 1000), WORLD_QUIET);
        world_free(s[i].w);
    }
    assert_string_equal(s[0].b.log, s[1].b.log);
    assert_string_not_equal(s[0].b.log, s[2].b.log);
}

static void a_storm_loses_doubles_and_reorders_as_often_as_it_says(void **state)
{
    (void)state;
    stage s;
    set(&s, "storm", &storm);
    for (int i = 0; i < 100; i++)
        send_numbers(&s, 100);
    world_run(s.w, INT64_MAX, 100000);
    world_count c = world_counts(s.w, s.link);
    assert_int_equal(c.sent, 10000);
    assert_int_equal(c.delivered, c.sent - c.lost + c.duplicated);
    assert_int_equal(s.b.got, c.delivered);
    assert_in_range(c.lost, 880, 1120);
    assert_in_range(c.duplicated, 380, 520);
    assert_in_range(c.reordered, 1650, 1950);
    world_free(s.w);
}

static void a_stream_is_cut_in_pieces_but_never_out_of_order(void **state)
{
    (void)state;
    stage s;
    char sent[2000];
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)('a' + i % 26);
    set(&s, "chop", &(world_link){.delay = 10, .jitter = 900, .reorder = 300000, .hold = 5000, .ordered = true, .piece = 7});
    for (size_t at = 0; at < sizeof sent; at += 100)
        world_send(s.w, s.a.me, s.link, span_of(sent + at, 100));
    assert_int_equal(world_run(s.w, INT64_MAX, 10000), WORLD_QUIET);
    assert_int_equal(s.b.stream_n, sizeof sent);
    assert_memory_equal(s.b.stream, sent, sizeof sent);
    assert_true(s.b.got > 20 * 100 / 7);
    world_free(s.w);
}

static void an_empty_message_arrives_once(void **state)
{
    (void)state;
    stage s;
    set(&s, "1", &(world_link){.ordered = true, .piece = 3});
    world_send(s.w, s.b.me, s.link, EMPTY);
    world_run(s.w, INT64_MAX, 100);
    assert_int_equal(s.a.got, 1);
    world_free(s.w);
}

static void a_cut_link_loses_what_is_under_way(void **state)
{
    (void)state;
    stage s;
    set(&s, "1", &(world_link){.delay = 10});
    send_numbers(&s, 2);
    world_cut(s.w, s.link);
    send_numbers(&s, 1);
    assert_int_equal(world_run(s.w, INT64_MAX, 100), WORLD_QUIET);
    assert_int_equal(s.b.got, 0);
    assert_int_equal(world_counts(s.w, s.link).lost, 3);
    world_free(s.w);
}

static void chance_is_pinned_and_its_streams_are_apart(void **state)
{
    (void)state;
    uint8_t x[80], y[80], z[80];
    chance a = chance_of(&prim_openssl, span_text("seed"), "one"), b = chance_of(&prim_sodium, span_text("seed"), "one"),
           c = chance_of(&prim_openssl, span_text("seed"), "two");
    chance_bytes(&a, x, sizeof x);
    for (size_t i = 0; i < sizeof y; i += 5) /* however it is drawn */
        chance_bytes(&b, y + i, 5);
    chance_bytes(&c, z, sizeof z);
    assert_memory_equal(x, y, sizeof x);
    assert_memory_not_equal(x, z, sizeof x);
    char hex[17] = {0};
    writer w = writer_of(hex, 16);
    write_hex(&w, span_of(x, 8));
    assert_string_equal(hex, "16e73fb705e40e5e"); /* `openssl dgst -sha256`, twice */
}

static void below_is_fair(void **state)
{
    (void)state;
    chance c = chance_of(&prim_openssl, span_text("dice"), "six");
    unsigned count[6] = {0};
    for (int i = 0; i < 60000; i++)
        count[chance_below(&c, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(count[i], 9600, 10400);
    assert_int_equal(chance_below(&c, 1), 0);
    for (int i = 0; i < 1000; i++)
        assert_true(chance_below(&c, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_link_delivers_all_in_order_after_its_delay),
        cmocka_unit_test(time_jumps_to_what_is_next_and_waits_for_no_one),
        cmocka_unit_test(two_that_answer_each_other_for_ever_are_stopped),
        cmocka_unit_test(one_seed_is_one_run_and_another_is_another),
        cmocka_unit_test(a_storm_loses_doubles_and_reorders_as_often_as_it_says),
        cmocka_unit_test(a_stream_is_cut_in_pieces_but_never_out_of_order),
        cmocka_unit_test(an_empty_message_arrives_once),
        cmocka_unit_test(a_cut_link_loses_what_is_under_way),
        cmocka_unit_test(chance_is_pinned_and_its_streams_are_apart),
        cmocka_unit_test(below_is_fair),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
