/* Sessions: cut into small steps, stopped, cancelled, cached and many at once, a reply stays the same reply. */
#include "model_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { MANY = 64 };

static model *trained;

typedef struct heard {
    char text[8192];
    size_t n, pieces, most; /* most: then it has heard enough; 0: never */
} heard;

static bool hear(void *with, span piece)
{
    heard *h = with;
    assert_true(piece.n > 0 && h->n + piece.n < sizeof h->text);
    span_take(piece, h->text + h->n, piece.n);
    h->n += piece.n;
    h->text[h->n] = 0;
    h->pieces++;
    return h->pieces != h->most;
}

/* Loud: most tokens are as likely as any, so that bytes of every kind come. */
static sample_params loud(uint8_t seed, uint32_t max_tokens)
{
    return (sample_params){.seed = {seed}, .temperature = 4000, .max_tokens = max_tokens};
}

static model_usage say(model_session *s, const char *prompt, const sample_params *p, heard *h)
{
    const model_message m = {MODEL_USER, span_text(prompt)};
    model_usage u;
    assert_int_equal(model_generate(s, &m, 1, p, hear, h, &u), MODEL_OK);
    return u;
}

/* The bytes of the last reply's tokens, before they were made whole characters. */
static size_t raw_reply(const model_session *s, uint8_t *out, size_t room, size_t *token_ends, size_t *n_tokens)
{
    uint32_t n_prompt, n_reply;
    writer w = writer_of(out, room);
    const uint16_t *token = model_session_tokens(s, &n_prompt, &n_reply);
    for (*n_tokens = 0; *n_tokens < n_reply; ++*n_tokens) {
        write_span(&w, bpe_text(&trained->tokens, token[n_prompt + *n_tokens]));
        token_ends[*n_tokens] = w.n;
    }
    assert_true(writer_ok(&w));
    return w.n;
}

static void as_characters(span raw, char *out, size_t room)
{
    utf8_stream u = {0};
    writer w = writer_of(out, room - 1);
    utf8_stream_push(&u, raw, &w);
    utf8_stream_end(&u, &w);
    assert_true(writer_ok(&w));
    out[w.n] = 0;
}

/* ---- stop sequences ---- */

static uint8_t raw[4096];
static size_t token_end[256], n_raw, n_tokens;

/* What stands at raw[at..at+n) is made the stop sequence; the reply must end before it first appears, and nothing else may change. */
static void stops_before(model_session *s, uint8_t seed, size_t at, size_t n)
{
    static heard h;
    static char want[sizeof h.text];
    sample_params p = loud(seed, 120);
    const uint8_t *first = memmem(raw, n_raw, raw + at, n);
    p.stop[p.n_stops++] = span_of("\x01never", 6);
    p.stop[p.n_stops++] = span_of(raw + at, n);
    h = (heard){0};
    model_usage u = say(s, "loud", &p, &h);
    as_characters(span_of(raw, (size_t)(first - raw)), want, sizeof want);
    assert_string_equal(h.text, want);
    assert_int_equal(u.finish, MODEL_FINISH_STOP);
    assert_true(u.completion <= n_tokens && token_end[u.completion - 1] >= (size_t)(first - raw) + n);
}

static void a_stop_sequence_ends_the_reply_wherever_its_bytes_lie(void **state)
{
    (void)state;
    void *memory;
    heard h = {0};
    const sample_params p = loud(5, 120);
    size_t over = 0;
    model_session *s = fixture_session(trained, NULL, &memory);
    say(s, "loud", &p, &h);
    n_raw = raw_reply(s, raw, sizeof raw, token_end, &n_tokens);
    for (size_t i = 1; i + 2 < n_tokens && token_end[i + 2] <= n_raw; i += 7) {
        size_t at = token_end[i - 1] - 1, n = token_end[i + 1] + 1 - at; /* from the last byte of a token over two whole ones */
        if (n <= SAMPLE_STOP_MAX && ++over)
            stops_before(s, 5, at, n);
        stops_before(s, 5, token_end[i - 1], 1);
    }
    assert_true(over > 5);
    free(memory);
}

/* The second byte of a character as the stop sequence: the half that was said comes out replaced, never as a broken byte. */
static void a_stop_sequence_inside_a_character_leaves_no_broken_byte(void **state)
{
    (void)state;
    void *memory;
    size_t found = 0;
    model_session *s = fixture_session(trained, NULL, &memory);
    for (uint8_t seed = 1; seed < 60 && found < 3; seed++) {
        heard h = {0};
        const sample_params p = loud(seed, 120);
        say(s, "loud", &p, &h);
        n_raw = raw_reply(s, raw, sizeof raw, token_end, &n_tokens);
        for (size_t i = 0; i + 1 < n_raw && found < 3; i++)
            if (raw[i] >= 0xc2 && raw[i] < 0xe0 && (raw[i + 1] & 0xc0) == 0x80 && ++found)
                stops_before(s, seed, i + 1, 1);
    }
    assert_true(found > 0);
    free(memory);
}

static void the_stop_sequence_that_is_complete_first_wins(void **state)
{
    (void)state;
    void *memory;
    heard full = {0}, h = {0};
    sample_params p = loud(5, 120);
    model_session *s = fixture_session(trained, NULL, &memory);
    say(s, "loud", &p, &full);
    n_raw = raw_reply(s, raw, sizeof raw, token_end, &n_tokens);
    size_t at = 0;
    while (raw[at] >= 0x80 || raw[at + 1] >= 0x80 || raw[at + 2] >= 0x80 || memchr(raw, raw[at + 1], at + 1))
        at++;
    uint8_t longer[] = {raw[at], raw[at + 1], raw[at + 2], (uint8_t)(raw[at + 3] ^ 1)}; /* begins earlier and never completes */
    p.stop[0] = SPAN(longer);
    p.stop[1] = span_of(raw + at + 1, 1);
    p.n_stops = 2;
    assert_int_equal(say(s, "loud", &p, &h).finish, MODEL_FINISH_STOP);
    static char want[8192];
    as_characters(span_of(raw, at + 1), want, sizeof want);
    assert_string_equal(h.text, want);
    free(memory);
}

/* ---- cancelling ---- */

static void a_reply_cancelled_at_any_piece_is_the_beginning_of_the_whole(void **state)
{
    (void)state;
    void *memory;
    heard full = {0};
    const sample_params p = loud(9, 40);
    model_session *s = fixture_session(trained, NULL, &memory);
    model_usage whole = say(s, "cancel", &p, &full);
    assert_true(full.pieces > 5);
    for (size_t k = 1; k < full.pieces; k++) {
        heard h = {.most = k};
        model_usage u = say(s, "cancel", &p, &h);
        assert_int_equal(u.finish, MODEL_FINISH_CANCELLED);
        assert_int_equal(h.pieces, k);
        assert_memory_equal(h.text, full.text, h.n);
        assert_true(u.completion < whole.completion + (k + 1 == full.pieces));
    }
    free(memory);
}

/* ---- one step at a time ---- */

typedef struct guest {
    void *memory;
    model_session *session;
    heard heard;
} guest;

static size_t prompt_of(unsigned i, uint16_t token[256])
{
    char text[64];
    size_t n = 0;
    snprintf(text, sizeof text, "My name is Guest%u. Tell me a story.", i);
    const model_message m = {MODEL_USER, span_text(text)};
    assert_int_equal(model_tokens(trained, &m, 1, token, 256, &n), MODEL_OK);
    return n;
}

static void begin(guest *g, unsigned i)
{
    uint16_t token[256];
    const sample_params p = loud((uint8_t)i, 10 + i % 30);
    size_t n = prompt_of(i, token);
    g->heard = (heard){0};
    assert_int_equal(model_begin(g->session, token, n, &p), MODEL_OK);
}

static void many_sessions_in_turns_say_what_each_says_alone(void **state)
{
    (void)state;
    static guest many[MANY];
    heard alone;
    void *memory;
    for (unsigned i = 0; i < MANY; i++) {
        many[i].session = fixture_session(trained, NULL, &many[i].memory);
        begin(&many[i], i);
    }
    for (unsigned going = MANY, turn = 0; going > 0; turn++)
        for (unsigned i = going = 0; i < MANY; i++)
            going += model_continue(many[i].session, 1 + (i + turn) % 3, hear, &many[i].heard);
    for (unsigned i = 0; i < MANY; i++) {
        uint16_t token[256];
        size_t n = prompt_of(i, token);
        const sample_params p = loud((uint8_t)i, 10 + i % 30);
        model_session *s = fixture_session(trained, &kernel_scalar, &memory);
        alone = (heard){0};
        assert_int_equal(model_begin(s, token, n, &p), MODEL_OK);
        while (model_continue(s, UINT32_MAX, hear, &alone))
            ;
        assert_string_equal(alone.text, many[i].heard.text);
        assert_memory_equal(model_last_usage(s), model_last_usage(many[i].session), sizeof(model_usage));
        model_session_end(many[i].session);
        free(memory), free(many[i].memory);
    }
}

static void a_new_prompt_takes_the_place_of_a_reply_under_way(void **state)
{
    (void)state;
    guest a = {0}, b = {0};
    a.session = fixture_session(trained, NULL, &a.memory);
    b.session = fixture_session(trained, NULL, &b.memory);
    for (uint32_t cut = 1; cut < 36; cut += 5) {
        begin(&a, 29);
        assert_true(model_continue(a.session, cut, hear, &a.heard));
        assert_int_equal(model_last_usage(a.session)->finish, MODEL_FINISH_CANCELLED);
        begin(&a, 3), begin(&b, 3);
        while (model_continue(a.session, 5, hear, &a.heard))
            ;
        while (model_continue(b.session, UINT32_MAX, hear, &b.heard))
            ;
        assert_string_equal(a.heard.text, b.heard.text);
    }
    assert_false(model_continue(a.session, 5, hear, &a.heard)); /* nothing is under way */
    free(a.memory), free(b.memory);
}

static void what_is_no_prompt_is_told(void **state)
{
    (void)state;
    void *memory;
    static uint16_t token[600];
    const sample_params p = {.max_tokens = 1}, bad = {.top_p = SAMPLE_ONE + 1};
    model_session *s = fixture_session(trained, NULL, &memory);
    assert_int_equal(model_begin(s, token, 0, &p), MODEL_BAD_MESSAGES);
    assert_int_equal(model_begin(s, token, trained->shape.context, &p), MODEL_TOO_LONG);
    assert_int_equal(model_begin(s, token, 1, &bad), MODEL_BAD_PARAMS);
    token[2] = BPE_VOCAB;
    assert_int_equal(model_begin(s, token, 3, &p), MODEL_BAD_MESSAGES);
    assert_false(model_continue(s, 1, hear, NULL));
    free(memory);
}

/* ---- the context ---- */

static void the_context_ends_a_reply_that_nothing_else_ends(void **state)
{
    (void)state;
    void *memory;
    heard h = {0};
    const sample_params p = loud(3, 0);
    model_session *s = fixture_session(trained, NULL, &memory);
    uint16_t token[256];
    size_t n = prompt_of(0, token);
    for (uint16_t i = 0; n < trained->shape.context - 1u; i++)
        token[n++] = (uint16_t)(BPE_BYTES + i);
    assert_int_equal(model_begin(s, token, n, &p), MODEL_OK);
    while (model_continue(s, UINT32_MAX, hear, &h))
        ;
    assert_int_equal(model_last_usage(s)->finish, MODEL_FINISH_LENGTH);
    assert_int_equal(model_last_usage(s)->completion, 1);
    assert_int_equal(model_last_usage(s)->prompt + model_last_usage(s)->completion, trained->shape.context);
    free(memory);
}

static int make(void **state)
{
    (void)state;
    trained = fixture_model();
    return trained ? 0 : 1;
}

static int drop(void **state)
{
    (void)state;
    model_free(trained);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_sequence_ends_the_reply_wherever_its_bytes_lie),
        cmocka_unit_test(a_stop_sequence_inside_a_character_leaves_no_broken_byte),
        cmocka_unit_test(the_stop_sequence_that_is_complete_first_wins),
        cmocka_unit_test(a_reply_cancelled_at_any_piece_is_the_beginning_of_the_whole),
        cmocka_unit_test(many_sessions_in_turns_say_what_each_says_alone),
        cmocka_unit_test(a_new_prompt_takes_the_place_of_a_reply_under_way),
        cmocka_unit_test(what_is_no_prompt_is_told),
        cmocka_unit_test(the_context_ends_a_reply_that_nothing_else_ends),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
