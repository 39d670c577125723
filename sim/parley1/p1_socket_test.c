/* A guest and a host over real WebSockets on the loopback address. */
#include "model_fixture.h"
#include "model_receipt.h"
#include "p1_socket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

static service scripted, trained; /* what their models are */
static model *tiny;

typedef struct heard {
    struct event_base *base;
    char answers[8192];
    uint32_t epochs[8];
    size_t n_epochs, pieces, receipts, franked;
    int64_t now;
    p1_guest *guest;
    bool renews;          /* ten minutes pass at the first piece */
    uint64_t least, most; /* records of a turn that went, both ways */
    p1_answer last;       /* its spans are gone */
    p1_guest_end end;
    bool ended;
} heard;

typedef struct scene {
    service *world;
    p1_policy policy;
    const char *name, *token, *wanted_token;
    bool steps, receipts, renews;
    size_t cancel_after;
    uint32_t max_tokens;
    const char *const *questions;
} scene;

static const char *const three[] = {"what is a lake?", "and a pond?", "and a sea?", NULL};
static const char *const one[] = {"what is a lake?", NULL};

static scene scene_of(service *world, unsigned level)
{
    scene s = {.world = world, .policy = world->policy, .name = "chat.example", .questions = three};
    s.policy.level = level;
    return s;
}

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    heard *h = ctx;
    assert_true(a->account.n_checks > 40);
    h->epochs[h->n_epochs++] = epoch;
}

static void look_at_clock(int number, short what, void *ctx)
{
    heard *h = ctx;
    (void)number, (void)what;
    h->now += P1_FRESH;
    p1_guest_ticks(h->guest);
}

static void on_piece(void *ctx, span piece)
{
    const struct timeval at_once = {0};
    heard *h = ctx;
    assert_true(piece.n > 0);
    if (h->pieces++ == 0 && h->renews)
        event_base_once(h->base, -1, EV_TIMEOUT, look_at_clock, h, &at_once);
}

/* Runs the answer again, and shows it to a moderator with the question closed. */
static void use_receipt(heard *h, p1_guest *g, const p1_answer *a)
{
    static uint8_t room[1 << 17];
    writer w = WRITER(room);
    in_findings found;
    account noted;
    in_moderated told;
    uint8_t statement[32];
    model_rerun *again = model_rerun_new(tiny, NULL);
    const in_model presented = model_presented(again);
    prim_digest(&prim_sodium, PRIM_SHA256, span_of(trained.statement, trained.n_statement), statement);
    const in_signed by = {SPAN(trained.q), SPAN(statement), a->receipt.signature, a->com};
    assert_true(accepted(in_verify_signed(&prim_openssl, &presented, &by, a->receipt.receipt, a->receipt.opening, &found)));
    assert_int_equal(found.account.not_compared, 0);
    assert_int_equal(a->receipt_checked->not_compared, 0);
    model_rerun_free(again);
    h->receipts++;
    p1_guest_franks(g, a, (const uint32_t[]){2}, 1, &w);
    assert_true(writer_ok(&w));
    const in_moderator moderator = {SPAN(trained.q), SPAN(statement), SPAN(tiny->digest)};
    assert_true(accepted(in_moderate(&prim_openssl, &moderator, written(&w), &noted, &told)));
    assert_true(span_same(told.answer, a->text) && told.withheld);
    h->franked++;
}

static void on_answered(void *ctx, p1_guest *g, const p1_answer *a)
{
    heard *h = ctx;
    const size_t n = strlen(h->answers);
    if (a->has_receipt && a->receipt_checked->not_compared == 0)
        use_receipt(h, g, a);
    snprintf(h->answers + n, sizeof h->answers - n, a->error ? "[error %d]" : "[%.*s]", a->error ? (int)a->error : (int)a->text.n,
             (const char *)a->text.p);
    h->least = h->least && h->least < a->records ? h->least : a->records;
    h->most = h->most > a->records_sent ? h->most : a->records_sent;
    h->last = *a;
}

static void on_ended(void *ctx, const p1_guest_end *end)
{
    heard *h = ctx;
    h->end = *end;
    h->ended = true;
    event_base_loopbreak(h->base);
}

static const p1_guest_events events = {on_verified, on_piece, on_answered, on_ended};

static p1_guest_setup guest_of(const scene *s, heard *h, int64_t *now, p1_memory *memory)
{
    return (p1_guest_setup){.base = h->base,
                            .prim = &prim_openssl,
                            .policy = &s->policy,
                            .memory = memory,
                            .name = s->name,
                            .now = now,
                            .coins = coins_of_seed(span_text("guest"), "p1"),
                            .questions = s->questions,
                            .token = s->token,
                            .parameters = {.max_tokens = s->max_tokens},
                            .receipts = s->receipts,
                            .vocabulary = s->world == &trained ? tiny : NULL,
                            .cancel_after = s->cancel_after,
                            .steps = s->steps,
                            .on = &events,
                            .ctx = h};
}

static verdict converse(heard *h, const scene *s)
{
    p1_memory memory = {0};
    *h = (heard){.now = SERVICE_NOW, .renews = s->renews};
    h->base = event_base_new();
    p1_host *host = p1_host_start(&(p1_host_setup){.base = h->base,
                                                   .world = s->world,
                                                   .now = &h->now,
                                                   .coins = coins_of_seed(span_text("host"), "p1"),
                                                   .model = s->world == &trained ? p1_tiny(tiny) : p1_script(),
                                                   .token = s->wanted_token});
    const ws_gate gate = p1_host_gate(host);
    ws_listener *listener = ws_listen(h->base, "127.0.0.1", 0, &gate);
    assert_non_null(listener);
    ws_url url = {.host = "127.0.0.1", .target = P1_TARGET, .port = ws_listener_port(listener)};
    const p1_guest_setup setup = guest_of(s, h, &h->now, &memory);
    h->guest = p1_guest_start(&setup, &url);
    assert_non_null(h->guest);
    event_base_dispatch(h->base);
    ws_listener_free(listener);
    while (event_base_loop(h->base, EVLOOP_NONBLOCK) == 0 && event_base_get_num_events(h->base, EVENT_BASE_COUNT_ADDED) > 0)
        ;
    const verdict refused = p1_host_refused(host);
    p1_host_stop(host);
    event_base_free(h->base);
    return refused;
}

#define ECHO "I am a script and repeat what I am told: "

static void three_questions_in_three_epochs(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 0);
    (void)state;
    s.steps = true;
    assert_true(accepted(converse(&h, &s)));
    assert_true(h.ended && h.end.finished);
    assert_int_equal(h.n_epochs, 3);
    assert_int_equal(h.end.epoch, 2);
    assert_string_equal(h.answers, "[" ECHO "what is a lake?][" ECHO "and a pond?][" ECHO "and a sea?]");
    assert_true(h.pieces > 20);
}

/* Buckets of 64 records both ways, however short the question and the answer; another epoch in between. */
static void sizes_are_hidden_at_levels_2_and_3(void **state)
{
    (void)state;
    for (unsigned level = 2; level <= 3; level++) {
        heard h;
        scene s = scene_of(&scripted, level);
        s.steps = s.receipts = true;
        assert_true(accepted(converse(&h, &s)));
        assert_true(h.end.finished);
        assert_int_equal(h.n_epochs, 3);
        assert_int_equal(h.least, 64);
        assert_int_equal(h.most, 64);
        assert_string_equal(h.answers, "[" ECHO "what is a lake?][" ECHO "and a pond?][" ECHO "and a sea?]");
    }
}

static void the_tiny_model_answers_with_receipts_and_one_is_franked(void **state)
{
    heard h;
    scene s = scene_of(&trained, 2);
    (void)state;
    s.receipts = true;
    s.max_tokens = 24;
    s.questions = one;
    assert_true(accepted(converse(&h, &s)));
    assert_true(h.end.finished);
    assert_int_equal(h.receipts, 1);
    assert_int_equal(h.franked, 1);
    assert_true(h.last.output >= 1 && h.last.output <= 24);
}

static void a_cancelled_answer_ends_and_the_next_one_is_whole(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 0);
    (void)state;
    s.cancel_after = 2;
    s.questions = one;
    assert_true(accepted(converse(&h, &s)));
    assert_true(h.end.finished);
    assert_true(h.last.finish == IN_CANCELLED || h.last.finish == IN_END);
}

static void a_token_that_is_not_admitted_gets_error_1(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 2);
    (void)state;
    s.questions = one;
    s.wanted_token = "let me in";
    s.token = "please";
    assert_true(accepted(converse(&h, &s)));
    assert_string_equal(h.answers, "[error 1]");
    assert_int_equal(h.least, 64);
    s.token = "let me in";
    assert_true(accepted(converse(&h, &s)));
    assert_string_equal(h.answers, "[" ECHO "what is a lake?]");
}

static void another_name_is_not_served(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 0);
    (void)state;
    s.name = "model.example";
    assert_int_equal(converse(&h, &s).req, REQ_P1_017);
    assert_false(h.end.finished);
    assert_int_equal(h.end.connection.code, 1002);
    assert_string_equal(h.answers, "");
}

static void nothing_is_asked_of_an_old_release(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 0);
    (void)state;
    s.policy.least_release = 8;
    converse(&h, &s);
    assert_int_equal(h.end.refused.req, REQ_P1_091);
    assert_int_equal(h.n_epochs, 0);
    assert_string_equal(h.answers, "");
}

/* In the middle of an answer its evidence becomes ten minutes old: a step renews it, and the answer goes on. */
static void an_answer_outlives_its_evidence(void **state)
{
    heard h;
    scene s = scene_of(&scripted, 3);
    (void)state;
    s.questions = one;
    s.renews = true;
    assert_true(accepted(converse(&h, &s)));
    assert_true(h.end.finished);
    assert_int_equal(h.n_epochs, 2);
    assert_int_equal(h.end.epoch, 1);
    assert_string_equal(h.answers, "[" ECHO "what is a lake?]");
}

/* ---- peers that say nothing ---- */

typedef struct silent {
    struct event_base *base;
    int64_t now;
    ws_end end;
    bool over;
} silent;

/* What would have to wait for long passes in no time; that it has passed is seen by the clock alone. */
static void silent_opened(void *ctx, ws *w)
{
    silent *s = ctx;
    (void)w;
    s->now += 11;
}

static void silent_message(void *ctx, ws *w, bool binary, span message)
{
    silent *s = ctx;
    (void)w, (void)binary, (void)message;
    s->now += 11;
}

static void silent_closed(void *ctx, ws *w, const ws_end *end)
{
    silent *s = ctx;
    (void)w;
    s->end = *end;
    s->over = true;
}

static const ws_callbacks silent_peer = {
    .opened = silent_opened, .message = silent_message, .closed = silent_closed, .protocol = P1_PROTOCOL};

static void a_guest_that_says_nothing_is_left(void **state)
{
    silent s = {.base = event_base_new(), .now = SERVICE_NOW};
    (void)state;
    p1_host *host = p1_host_start(&(p1_host_setup){
        .base = s.base, .world = &scripted, .now = &s.now, .coins = coins_of_seed(span_text("host"), "p1"), .model = p1_script()});
    const ws_gate gate = p1_host_gate(host);
    ws_listener *listener = ws_listen(s.base, "127.0.0.1", 0, &gate);
    const ws_url url = {.host = "127.0.0.1", .target = P1_TARGET, .port = ws_listener_port(listener)};
    assert_non_null(ws_connect(s.base, &url, &silent_peer, &s));
    while (!s.over)
        event_base_loop(s.base, EVLOOP_ONCE);
    assert_int_equal(s.end.code, 1002);
    assert_string_equal(s.end.reason, "");
    ws_listener_free(listener);
    event_base_dispatch(s.base); /* no timer runs for nobody */
    assert_int_equal(p1_host_refused(host).req, REQ_P1_169);
    p1_host_stop(host);
    event_base_free(s.base);
}

static unsigned admit_and_be_silent(void *ctx, span target, const ws_callbacks **callbacks, void **conn)
{
    (void)target;
    *callbacks = &silent_peer;
    *conn = ctx;
    return 101;
}

static void a_host_that_says_nothing_is_left(void **state)
{
    heard h = {.base = event_base_new()};
    silent s = {.base = h.base, .now = SERVICE_NOW};
    p1_memory memory = {0};
    const scene asked = scene_of(&scripted, 0);
    (void)state;
    const ws_gate gate = {.admit = admit_and_be_silent, .protocol = P1_PROTOCOL, .ctx = &s};
    ws_listener *listener = ws_listen(s.base, "127.0.0.1", 0, &gate);
    const ws_url url = {.host = "127.0.0.1", .target = P1_TARGET, .port = ws_listener_port(listener)};
    const p1_guest_setup setup = guest_of(&asked, &h, &s.now, &memory);
    assert_non_null(p1_guest_start(&setup, &url));
    event_base_dispatch(s.base);
    assert_true(h.ended && !h.end.finished);
    assert_int_equal(h.end.refused.req, REQ_P1_166);
    ws_listener_free(listener);
    event_base_dispatch(s.base);
    event_base_free(s.base);
}

static int start(void **state)
{
    (void)state;
    tiny = fixture_model();
    assert_non_null(tiny);
    const p1_model script = p1_script();
    service *const worlds[] = {&scripted, &trained};
    for (size_t i = 0; i < 2; i++) {
        service_make(worlds[i], &prim_sodium, span_text("socket"), "chat.example", SERVICE_NOW);
        worlds[i]->tick = 5;
        worlds[i]->model = i ? tiny->digest : script.digest;
        worlds[i]->tokenizer = i ? tiny->tokenizer : script.tokenizer;
        service_finish(worlds[i]);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    model_free(tiny);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_questions_in_three_epochs),
        cmocka_unit_test(sizes_are_hidden_at_levels_2_and_3),
        cmocka_unit_test(the_tiny_model_answers_with_receipts_and_one_is_franked),
        cmocka_unit_test(a_cancelled_answer_ends_and_the_next_one_is_whole),
        cmocka_unit_test(a_token_that_is_not_admitted_gets_error_1),
        cmocka_unit_test(another_name_is_not_served),
        cmocka_unit_test(nothing_is_asked_of_an_old_release),
        cmocka_unit_test(an_answer_outlives_its_evidence),
        cmocka_unit_test(a_guest_that_says_nothing_is_left),
        cmocka_unit_test(a_host_that_says_nothing_is_left),
    };
    prim_start();
    return cmocka_run_group_tests(tests, start, stop);
}
