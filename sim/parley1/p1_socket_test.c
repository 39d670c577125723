/* A guest and a host over real WebSockets on the loopback address. */
#include "p1_socket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

static service world;

typedef struct heard {
    struct event_base *base;
    char answers[512];
    uint32_t epochs[8];
    size_t n_epochs;
    p1_guest_end end;
    bool ended;
} heard;

static void repeats(void *ctx, span question, writer *out)
{
    (void)ctx;
    write_text(out, "you asked: ");
    write_span(out, question);
}

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    heard *h = ctx;
    assert_true(a->account.n_checks > 40);
    h->epochs[h->n_epochs++] = epoch;
}

static void on_answered(void *ctx, span answer)
{
    heard *h = ctx;
    const size_t n = strlen(h->answers);
    snprintf(h->answers + n, sizeof h->answers - n, "[%.*s]", (int)answer.n, (const char *)answer.p);
}

static void on_ended(void *ctx, const p1_guest_end *end)
{
    heard *h = ctx;
    h->end = *end;
    h->ended = true;
    event_base_loopbreak(h->base);
}

static const p1_guest_events events = {on_verified, on_answered, on_ended};

static verdict converse(heard *h, const p1_policy *policy, const char *name, bool steps)
{
    static const char *const questions[] = {"what is a lake?", "and a pond?", "and a sea?", NULL};
    struct event_base *base = event_base_new();
    int64_t now = SERVICE_NOW;
    p1_memory memory = {0};
    memset(h, 0, sizeof *h);
    h->base = base;
    p1_host *host = p1_host_start(
        &(p1_host_setup){.world = &world, .now = &now, .coins = coins_of_seed(span_text("host"), "p1"), .answer = repeats});
    const ws_gate gate = p1_host_gate(host);
    ws_listener *listener = ws_listen(base, "127.0.0.1", 0, &gate);
    assert_non_null(listener);
    ws_url url = {.host = "127.0.0.1", .target = P1_TARGET, .port = ws_listener_port(listener)};
    const p1_guest_setup setup = {.base = base,
                                  .prim = &prim_openssl,
                                  .policy = policy,
                                  .memory = &memory,
                                  .name = name,
                                  .now = &now,
                                  .coins = coins_of_seed(span_text("guest"), "p1"),
                                  .questions = questions,
                                  .steps = steps,
                                  .on = &events,
                                  .ctx = h};
    assert_non_null(p1_guest_start(&setup, &url));
    event_base_dispatch(base);
    ws_listener_free(listener);
    while (event_base_loop(base, EVLOOP_NONBLOCK) == 0 && event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) > 0)
        ;
    const verdict refused = p1_host_refused(host);
    p1_host_stop(host);
    event_base_free(base);
    return refused;
}

static void three_questions_in_three_epochs(void **state)
{
    heard h;
    (void)state;
    assert_true(accepted(converse(&h, &world.policy, "chat.example", true)));
    assert_true(h.ended && h.end.finished);
    assert_int_equal(h.n_epochs, 3);
    assert_int_equal(h.end.epoch, 2);
    assert_string_equal(h.answers, "[you asked: what is a lake?][you asked: and a pond?][you asked: and a sea?]");
}

static void three_questions_in_one_epoch(void **state)
{
    heard h;
    (void)state;
    assert_true(accepted(converse(&h, &world.policy, "chat.example", false)));
    assert_true(h.end.finished);
    assert_int_equal(h.n_epochs, 1);
}

static void another_name_is_not_served(void **state)
{
    heard h;
    (void)state;
    assert_int_equal(converse(&h, &world.policy, "model.example", false).req, REQ_P1_017);
    assert_false(h.end.finished);
    assert_int_equal(h.end.connection.code, 1002);
    assert_string_equal(h.answers, "");
}

static void nothing_is_asked_of_an_old_release(void **state)
{
    heard h;
    p1_policy strict = world.policy;
    (void)state;
    strict.least_release = 8;
    converse(&h, &strict, "chat.example", false);
    assert_int_equal(h.end.refused.req, REQ_P1_091);
    assert_int_equal(h.n_epochs, 0);
    assert_string_equal(h.answers, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_questions_in_three_epochs),
        cmocka_unit_test(three_questions_in_one_epoch),
        cmocka_unit_test(another_name_is_not_served),
        cmocka_unit_test(nothing_is_asked_of_an_old_release),
    };
    prim_start();
    service_start(&world, &prim_sodium, span_text("socket"), "chat.example", SERVICE_NOW);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
