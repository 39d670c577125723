/* The adapter from chat requests to the tiny model, without a connection in between: what a request means, and which session gets which answer. */
#include "model_fixture.h"
#include "tiny.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static model *trained;
static tiny *the_tiny;

typedef struct answer {
    char text[8192];
    size_t n, pieces;
    int64_t id, tokens;
    unsigned done;
} answer;

static void on_piece(void *to, int64_t id, span utf8)
{
    answer *h = to;
    assert_true(utf8.n > 0 && h->n + utf8.n < sizeof h->text);
    span_take(utf8, h->text + h->n, utf8.n);
    h->n += utf8.n;
    h->text[h->n] = 0;
    h->pieces++;
    h->id = id;
}

static void on_done(void *to, int64_t id, int64_t tokens)
{
    answer *h = to;
    h->id = id;
    h->tokens = tokens;
    h->done++;
}

static const char *take(void *session, int64_t id, const char *messages, const char *more, uint8_t seed)
{
    static uint8_t room[1 << 17];
    static char body[1 << 17];
    const server_model m = tiny_model(the_tiny);
    writer w = WRITER(room);
    cf_chat chat;
    coins c = coins_of_seed(span_of(&seed, 1), "test");
    assert_true((size_t)snprintf(body, sizeof body, "{\"messages\":[%s],\"model\":\"any\",\"stream\":true%s}", messages, more) <
                sizeof body);
    assert_true(accepted(cf_read_chat(CF_0_1_14, span_text(body), &w, &chat)));
    return m.accept(session, id, &chat, &c);
}

static answer generate(void *session, uint32_t slice)
{
    answer h = {0};
    const server_output output = {.to = &h, .piece = on_piece, .done = on_done};
    while (tiny_model(the_tiny).generate(session, slice, &output))
        ;
    return h;
}

static void *session(void) { return tiny_model(the_tiny).open(the_tiny); }
static void leave(void *s) { tiny_model(the_tiny).close(s); }

/* ---- what a request means ---- */

static bool hear(void *with, span piece)
{
    on_piece(with, 0, piece);
    return true;
}

/* The same from the model itself. */
static answer straight(const model_message *m, size_t n, uint16_t temperature, uint32_t max_tokens, uint8_t seed)
{
    answer h = {0};
    void *memory;
    model_usage u;
    coins c = coins_of_seed(span_of(&seed, 1), "test");
    sample_params p = {.temperature = temperature, .max_tokens = max_tokens};
    coins_draw(&c, p.seed, sizeof p.seed);
    model_session *s = fixture_session(trained, NULL, &memory);
    assert_int_equal(model_generate(s, m, n, &p, hear, &h, &u), MODEL_OK);
    h.tokens = u.prompt + u.completion;
    free(memory);
    return h;
}

#define ENTRY(role, text) "{\"role\":\"" role "\",\"content\":\"" text "\"}"
#define TOOL_CALL \
    "{\"role\":\"tool_call\",\"content\":\"{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"f\\\",\\\"toolArguments\\\":\\\"{}\\\"}\"}"
#define TOOL_RESPONSE \
    "{\"role\":\"tool_response\",\"content\":\"{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"f\\\",\\\"content\\\":\\\"x\\\"}\"}"
#define SAID(who, what)                                    \
    {                                                      \
        who, { (const uint8_t *)(what), sizeof(what) - 1 } \
    }

static void roles_become_the_turns_that_the_model_was_taught(void **state)
{
    static const struct {
        const char *messages;
        size_t n;
        model_message want[5];
    } row[] = {
        {ENTRY("user", "hello"), 1, {SAID(MODEL_USER, "hello")}},
        {ENTRY("user", "say \\\"a\\\" \\u00e9"), 1, {SAID(MODEL_USER, "say \"a\" \xc3\xa9")}},
        {ENTRY("user", "one") "," ENTRY("user", "two"), 1, {SAID(MODEL_USER, "one\ntwo")}},
        {ENTRY("system", "Be brief.") "," ENTRY("user", "hello"), 2, {SAID(MODEL_SYSTEM, "Be brief."), SAID(MODEL_USER, "hello")}},
        {ENTRY("user", "hello") "," ENTRY("developer", "Be brief.") "," ENTRY("system", "Be kind."),
         2,
         {SAID(MODEL_SYSTEM, "Be brief.\nBe kind."), SAID(MODEL_USER, "hello")}},
        {ENTRY("assistant", "Welcome!") "," ENTRY("user", "hello"), 1, {SAID(MODEL_USER, "hello")}},
        {ENTRY("user", "a") "," ENTRY("assistant", "b") "," ENTRY("assistant", "c") "," ENTRY("user", "d"),
         3,
         {SAID(MODEL_USER, "a"), SAID(MODEL_ASSISTANT, "b\nc"), SAID(MODEL_USER, "d")}},
        {ENTRY("user", "a") "," TOOL_CALL "," TOOL_RESPONSE, 1, {SAID(MODEL_USER, "a")}},
        {ENTRY("user", "a") "," TOOL_CALL "," TOOL_RESPONSE "," ENTRY("user", "b"), 1, {SAID(MODEL_USER, "a\nb")}},
        {ENTRY("user", ""), 1, {SAID(MODEL_USER, "")}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        void *s = session();
        assert_null(take(s, 7, row[i].messages, ",\"temperature\":3.5,\"maxTokens\":20", (uint8_t)i));
        answer got = generate(s, 3), want = straight(row[i].want, row[i].n, 3500, 20, (uint8_t)i);
        assert_string_equal(got.text, want.text);
        assert_int_equal(got.tokens, want.tokens);
        assert_int_equal(got.done, 1);
        assert_int_equal(got.id, 7);
        leave(s);
    }
}

static void what_is_not_said_has_a_default(void **state)
{
    static const model_message hello = SAID(MODEL_USER, "hello");
    static const char *const more[] = {"", ",\"temperature\":0", ",\"temperature\":0.0,\"json\":true,\"thinking\":true,\"webSearch\":false",
                                       ",\"temperature\":null"};
    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        void *s = session();
        assert_null(take(s, 1, ENTRY("user", "hello"), more[i], 1));
        answer got = generate(s, 100), want = straight(&hello, 1, 0, 0, 2);
        assert_string_equal(got.text, want.text);
        leave(s);
    }
}

static void what_can_not_be_answered_is_told_and_the_session_goes_on(void **state)
{
    static char long_text[40000];
    static const struct {
        const char *messages, *more, *why;
    } row[] = {
        {ENTRY("user", "a"), ",\"temperature\":-0.001", "temperature"},
        {ENTRY("user", "a"), ",\"temperature\":4.001", "temperature"},
        {ENTRY("user", "a"), ",\"maxTokens\":0", "maxTokens"},
        {ENTRY("user", "a"), ",\"maxTokens\":-5", "maxTokens"},
        {"", "", "user's message"},
        {ENTRY("system", "a"), "", "user's message"},
        {ENTRY("assistant", "a"), "", "user's message"},
        {TOOL_CALL, "", "user's message"},
        {ENTRY("user", "a") "," ENTRY("assistant", "b"), "", "user's message"},
        {long_text, "", "no room"},
    };
    (void)state;
    snprintf(long_text, sizeof long_text, "{\"role\":\"user\",\"content\":\"%030000d\"}", 0);
    void *s = session();
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const char *why = take(s, 1, row[i].messages, row[i].more, 1);
        assert_non_null(why);
        assert_non_null(strstr(why, row[i].why));
        assert_int_equal(generate(s, 10).done, 0);
    }
    assert_null(take(s, 1, ENTRY("user", "a"), ",\"maxTokens\":3", 1));
    assert_int_equal(generate(s, 10).done, 1);
    leave(s);
}

/* Thousands of small messages, and one whose text is just what the context can hold as bytes. */
static void no_number_of_messages_is_too_many_to_refuse(void **state)
{
    static char many[1 << 16];
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 700; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "%s" ENTRY("%s", "x"), i ? "," : "", i % 2 ? "assistant" : "user");
    n += (size_t)snprintf(many + n, sizeof many - n, "," ENTRY("user", "x"));
    assert_true(n < sizeof many);
    void *s = session();
    assert_non_null(strstr(take(s, 1, many, "", 1), "no room"));
    leave(s);
}

/* ---- who hears what ---- */

static void waiting_requests_are_answered_in_their_order(void **state)
{
    (void)state;
    void *s = session(), *alone = session();
    char text[64];
    for (int i = 0; i < CF_REQUESTS_MAX; i++) {
        snprintf(text, sizeof text, ENTRY("user", "question %d"), i);
        assert_null(take(s, 100 + i, text, ",\"temperature\":4,\"maxTokens\":9", (uint8_t)i));
    }
    for (int i = 0; i < CF_REQUESTS_MAX; i++) {
        answer one = {0}, two;
        const server_output output = {.to = &one, .piece = on_piece, .done = on_done};
        while (one.done == 0)
            assert_true(tiny_model(the_tiny).generate(s, 1, &output) || i == CF_REQUESTS_MAX - 1);
        snprintf(text, sizeof text, ENTRY("user", "question %d"), i);
        assert_null(take(alone, 1, text, ",\"temperature\":4,\"maxTokens\":9", (uint8_t)i));
        two = generate(alone, 1000);
        assert_int_equal(one.id, 100 + i);
        assert_string_equal(one.text, two.text);
        assert_int_equal(one.tokens, two.tokens);
    }
    leave(s), leave(alone);
}

static void a_session_closed_in_the_middle_leaves_nothing_behind(void **state)
{
    (void)state;
    for (uint32_t cut = 1; cut < 30; cut += 4) {
        answer h = {0};
        const server_output output = {.to = &h, .piece = on_piece, .done = on_done};
        void *s = session();
        assert_null(take(s, 1, ENTRY("user", "a long story"), ",\"temperature\":4,\"maxTokens\":200", 3));
        assert_null(take(s, 2, ENTRY("user", "another"), "", 3));
        assert_true(tiny_model(the_tiny).generate(s, cut, &output));
        leave(s);
    }
}

static int make(void **state)
{
    (void)state;
    trained = fixture_model();
    the_tiny = trained ? tiny_new(trained, NULL) : NULL;
    return the_tiny ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    tiny_free(the_tiny);
    model_free(trained);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_become_the_turns_that_the_model_was_taught),
        cmocka_unit_test(what_is_not_said_has_a_default),
        cmocka_unit_test(what_can_not_be_answered_is_told_and_the_session_goes_on),
        cmocka_unit_test(no_number_of_messages_is_too_many_to_refuse),
        cmocka_unit_test(waiting_requests_are_answered_in_their_order),
        cmocka_unit_test(a_session_closed_in_the_middle_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
