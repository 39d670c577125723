/* The tiny model over the whole protocol, our clients and our server in one event base over pairs in memory. The model is the trial one of the
 * tests: it babbles, but every answer has to be the one that the model gives by itself, whoever else is being answered. */
#include "client.h"
#include "json.h"
#include "model_fixture.h"
#include "tiny.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { ASKS = 4, GUESTS = 6, TEXT = 8192 };

typedef struct answer {
    uint8_t room[TEXT];
    writer text;
    unsigned pieces, ends;
    int64_t status, context, max_context;
    unsigned place; /* among the answers of its client: 1 ended first */
    unsigned first; /* pieces that the first client had when this ended */
} answer;

typedef struct guest {
    cf_ask ask[ASKS];
    size_t n_asks;
    bool at_once;    /* all requests together, else one after the other */
    unsigned leaves; /* in the middle, after so many pieces; 0: stays to the end */
    answer answer[ASKS];
    unsigned pieces, ends, gone;
} guest;

static pack *honest;
static model *trained;
static guest guests[GUESTS];

/* ---- the clients ---- */

static void on_opened(void *ctx, sim_client *c)
{
    guest *g = ctx;
    for (size_t i = 0; i < g->n_asks && (i == 0 || g->at_once); i++)
        client_chats(c, (int64_t)i, &g->ask[i]);
}

static void end_answer(guest *g, sim_client *c, answer *a, const cf_event *e)
{
    a->ends++;
    a->place = ++g->ends;
    a->first = guests[0].pieces;
    a->status = e->status;
    a->context = e->context_tokens;
    a->max_context = e->max_context_tokens;
    if (g->ends == g->n_asks)
        client_closes(c);
    else if (!g->at_once)
        client_chats(c, g->ends, &g->ask[g->ends]);
}

static void on_event(void *ctx, sim_client *c, const cf_event *e)
{
    guest *g = ctx;
    assert_in_range(e->id, 0, ASKS - 1);
    answer *a = &g->answer[e->id];
    assert_int_equal(a->ends, 0);
    if (e->kind != CF_COMPLETION)
        write_span(&a->text, e->text);
    assert_true(writer_ok(&a->text));
    if (e->kind != CF_TOKEN) {
        end_answer(g, c, a, e);
        return;
    }
    a->pieces++;
    if (++g->pieces == g->leaves)
        client_closes(c);
}

static void on_ended(void *ctx, const client_end *end)
{
    guest *g = ctx;
    (void)end;
    g->gone++;
}

static const client_events events = {on_opened, on_event, on_ended, NULL};

/* ---- the server: the draw of each request depends on its maxTokens alone, so that each can be asked again by itself ---- */

static coins coins_for(int64_t max_tokens) { return coins_of_seed(SPAN(&max_tokens), "request"); }

static server_model seeded;

static const char *take_seeded(void *session, int64_t id, const cf_chat *chat, coins *unused)
{
    coins own = coins_for(chat->max_tokens);
    (void)unused;
    return seeded.accept(session, id, chat, &own);
}

static void play(size_t n_guests)
{
    struct event_base *base = event_base_new();
    tiny *t = tiny_new(trained, NULL);
    ws_url url;
    assert_true(base && ws_url_read("ws://memory/websocket", &url));
    seeded = tiny_model(t);
    server_model model = seeded;
    model.accept = take_seeded;
    const server_setup served = {
        .base = base, .prim = &prim_sodium, .pack = honest, .now = honest->time, .coins = coins_of_seed(EMPTY, "server"), .model = model};
    sim_server *server = server_start(&served);
    const ws_gate gate = server_gate(server);
    for (size_t i = 0; i < n_guests; i++) {
        struct bufferevent *pair[2];
        const client_setup asked = {base, &prim_sodium, honest, honest->time, coins_of_seed(SPAN(&i), "client"), &events, &guests[i]};
        for (size_t k = 0; k < ASKS; k++)
            guests[i].answer[k].text = WRITER(guests[i].answer[k].room);
        assert_int_equal(bufferevent_pair_new(base, BEV_OPT_DEFER_CALLBACKS, pair), 0);
        ws_serve(base, pair[0], &gate);
        client_start_on(&asked, pair[1], &url);
    }
    event_base_dispatch(base);
    for (size_t i = 0; i < n_guests; i++)
        assert_int_equal(guests[i].gone, 1);
    server_stop(server); /* it must have no connection left */
    tiny_free(t);        /* and the model no session */
    event_base_free(base);
}

/* ---- what the model says by itself ---- */

static bool hear(void *with, span piece)
{
    write_span(with, piece);
    return true;
}

/* `said` holds the answers to all but the last of these questions. */
static model_usage expect(answer *out, const char *const *question, const answer *said, size_t n, int64_t max_tokens)
{
    void *memory;
    model_usage u;
    model_message m[2 * ASKS];
    coins c = coins_for(max_tokens);
    sample_params p = {.temperature = 4000, .max_tokens = (uint32_t)max_tokens};
    coins_draw(&c, p.seed, sizeof p.seed);
    out->text = WRITER(out->room);
    for (size_t i = 0; i < n; i++) {
        m[2 * i] = (model_message){MODEL_USER, span_text(question[i])};
        m[2 * i + 1] = (model_message){MODEL_ASSISTANT, i + 1 < n ? written(&said[i].text) : EMPTY};
    }
    model_session *s = fixture_session(trained, &kernel_scalar, &memory);
    assert_int_equal(model_generate(s, m, 2 * n - 1, &p, hear, &out->text, &u), MODEL_OK);
    model_session_end(s);
    free(memory);
    return u;
}

static void is_as_expected(const answer *a, const char *const *question, const answer *said, size_t n, int64_t max_tokens, bool streamed)
{
    static answer want;
    model_usage u = expect(&want, question, said, n, max_tokens);
    assert_int_equal(a->ends, 1);
    assert_int_equal(a->status, 200);
    assert_int_equal(a->text.n, want.text.n);
    assert_memory_equal(a->text.p, want.text.p, want.text.n);
    assert_true(u.completion <= (uint32_t)max_tokens);
    if (streamed) {
        assert_int_equal(a->context, u.prompt + u.completion);
        assert_int_equal(a->max_context, trained->shape.context);
    }
}

static cf_ask one(const char *prompt, int64_t max_tokens)
{
    return (cf_ask){.prompt = span_text(prompt),
                    .model = "tiny",
                    .stream = true,
                    .max_tokens = max_tokens,
                    .has_temperature = true,
                    .temperature = 4000};
}

/* ---- tests ---- */

static void an_answer_is_the_models_own_with_its_counts_and_its_limit(void **state)
{
    static const char *const question[] = {"hello"};
    (void)state;
    memset(guests, 0, sizeof guests);
    guests[0].n_asks = 3;
    for (int i = 0; i < 3; i++)
        guests[0].ask[i] = one(question[0], 30 + i);
    guests[0].ask[1].stream = false;
    play(1);
    for (int i = 0; i < 3; i++)
        is_as_expected(&guests[0].answer[i], question, NULL, 1, 30 + i, i != 1);
    assert_true(guests[0].answer[0].pieces > 5);
    assert_int_equal(guests[0].answer[1].pieces, 0);
}

/* A conversation: what was said before comes back as history, and the answer is that of a session which never saw any of it. */
static void a_second_turn_is_answered_as_a_fresh_session_would(void **state)
{
    static const char *const question[] = {"My name is Zorblat.", "What is my name?"};
    static uint8_t room[3 * TEXT];
    (void)state;
    memset(guests, 0, sizeof guests);
    answer *first = &guests[1].answer[0];
    expect(first, question, NULL, 1, 40);
    writer w = WRITER(room);
    write_text(&w, "[{\"role\":\"user\",\"content\":\"My name is Zorblat.\"},{\"role\":\"assistant\",\"content\":");
    json_write_string(&w, written(&first->text));
    write_text(&w, "},{\"role\":\"user\",\"content\":\"What is my name?\"}]");
    assert_true(writer_ok(&w));
    guests[0].n_asks = 2;
    guests[0].ask[0] = one(question[0], 40);
    guests[0].ask[1] = one("", 41);
    guests[0].ask[1].messages = written(&w);
    play(1);
    is_as_expected(&guests[0].answer[0], question, NULL, 1, 40, true);
    is_as_expected(&guests[0].answer[1], question, guests[0].answer, 2, 41, true);
}

static void many_at_once_are_answered_as_each_alone(void **state)
{
    static const char *const question[GUESTS][ASKS] = {
        {"one", "two", "three", "four"}, {"a", "b", "c", "d"}, {"red", "green", "blue", "grey"},
        {"fox", "owl", "bee", "cat"},    {"w", "x", "y", "z"}, {"My name is Zorblat.", "hello", "bye", "again"}};
    (void)state;
    memset(guests, 0, sizeof guests);
    for (int i = 0; i < GUESTS; i++) {
        guests[i].n_asks = ASKS;
        guests[i].at_once = i % 2 == 0;
        for (int k = 0; k < ASKS; k++)
            guests[i].ask[k] = one(question[i][k], 20 + 7 * i + k);
    }
    play(GUESTS);
    for (int i = 0; i < GUESTS; i++)
        for (int k = 0; k < ASKS; k++) {
            is_as_expected(&guests[i].answer[k], &question[i][k], NULL, 1, 20 + 7 * i + k, true);
            assert_int_equal(guests[i].answer[k].place, k + 1); /* in the order of the requests */
        }
}

/* No turn of the loop belongs to one: a short answer does not wait for a long one that came before it. */
static void a_long_answer_holds_nobody_up(void **state)
{
    (void)state;
    memset(guests, 0, sizeof guests);
    guests[0].n_asks = ASKS;
    guests[0].at_once = true;
    guests[1].n_asks = 1;
    for (int k = 0; k < ASKS; k++)
        guests[0].ask[k] = one("long", 200 + k);
    guests[1].ask[0] = one("short", 3);
    play(2);
    assert_int_equal(guests[0].ends, ASKS);
    assert_int_equal(guests[1].ends, 1);
    assert_true(4 * guests[1].answer[0].first < guests[0].pieces);
}

static void one_who_leaves_in_the_middle_is_forgotten_and_harms_nobody(void **state)
{
    static const char *const question[] = {"the one who stays"};
    (void)state;
    for (unsigned leaves = 1; leaves < 40; leaves += 9) {
        memset(guests, 0, sizeof guests);
        for (int i = 0; i < 3; i++) {
            guests[i].n_asks = 2;
            guests[i].at_once = true;
            guests[i].leaves = i == 1 ? 0 : leaves;
            guests[i].ask[0] = one(question[0], 150 + i);
            guests[i].ask[1] = one("and one more", 160 + i);
        }
        guests[1].n_asks = 1;
        play(3);
        is_as_expected(&guests[1].answer[0], question, NULL, 1, 151, true);
        assert_int_equal(guests[0].answer[1].ends + guests[2].answer[1].ends, 0);
    }
}

static void what_can_not_be_answered_fails_alone(void **state)
{
    static const char *const question[] = {"after all that"};
    static char long_text[30000];
    (void)state;
    memset(guests, 0, sizeof guests);
    memset(long_text, 'x', sizeof long_text - 1);
    guests[0].n_asks = 4;
    guests[0].ask[0] = one(long_text, 10);
    guests[0].ask[1] = one("too warm", 10);
    guests[0].ask[1].temperature = 4001;
    guests[0].ask[2] = one("", 10);
    guests[0].ask[2].messages = span_text("[]");
    guests[0].ask[3] = one(question[0], 12);
    play(1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(guests[0].answer[i].status, 400);
    assert_true(span_is(written(&guests[0].answer[0].text), "The conversation leaves no room for an answer in the model's context"));
    assert_true(span_is(written(&guests[0].answer[1].text), "temperature is not between 0 and 4"));
    is_as_expected(&guests[0].answer[3], question, NULL, 1, 12, true);
}

static int make(void **state)
{
    (void)state;
    trained = fixture_model();
    honest = calloc(1, sizeof *honest);
    if (!trained || !honest)
        return 1;
    pack_make(honest, "confer", span_text("tiny flow"), PACK_TIME);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    model_free(trained);
    free(honest);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_the_models_own_with_its_counts_and_its_limit),
        cmocka_unit_test(a_second_turn_is_answered_as_a_fresh_session_would),
        cmocka_unit_test(many_at_once_are_answered_as_each_alone),
        cmocka_unit_test(a_long_answer_holds_nobody_up),
        cmocka_unit_test(one_who_leaves_in_the_middle_is_forgotten_and_harms_nobody),
        cmocka_unit_test(what_can_not_be_answered_fails_alone),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
