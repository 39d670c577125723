/* Answers of an engine that counts upwards, and what becomes of them when somebody changes something. */
#include "inference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { ENGINE = 7, VOCABULARY = 300, CONTEXT = 16, END = 299 };

static const uint8_t salt[32] = {1}, model_digest[32] = {2}, tokenizer_digest[32] = {3}, seed[32] = {4}, session[32] = {5};

typedef struct scene {
    in_parameters parameter;
    uint8_t parameters[IN_PARAMETERS_MAX], prompt[64], output[64], opening[IN_OPENING_MAX], receipt[IN_RECEIPT];
    span opened;
    in_model model;
    in_findings found;
    size_t drawn;
} scene;

/* The token before, plus one: a prompt that ends with 64 is answered 'A', 'B', 'C' ... */
static uint32_t count_up(void *ctx, const in_opening *o, size_t i)
{
    scene *s = ctx;
    assert_int_equal(i, ++s->drawn);
    const uint16_t before = i == 1 ? in_token(o->prompt, o->n_prompt - 1) : in_token(o->output, i - 2);
    return before + 1u;
}

static span one_letter(void *ctx, uint16_t token)
{
    static uint8_t letter;
    (void)ctx;
    letter = (uint8_t)token;
    return span_of(&letter, 1);
}

/* The answer of n tokens to a prompt of three, the last of them `before`. */
static in_opening answered(scene *s, uint16_t before, size_t n, in_finish finish)
{
    writer prompt = WRITER(s->prompt), output = WRITER(s->output), parameters = WRITER(s->parameters);
    write_be(&prompt, 10, 2);
    write_be(&prompt, 20, 2);
    write_be(&prompt, before, 2);
    for (size_t i = 1; i <= n; i++)
        write_be(&output, before + i, 2);
    in_write_parameters(&s->parameter, &parameters);
    assert_true(writer_ok(&prompt) && writer_ok(&output) && writer_ok(&parameters));
    s->model = (in_model){.engine = ENGINE,
                          .digest = SPAN(model_digest),
                          .tokenizer = SPAN(tokenizer_digest),
                          .vocabulary = VOCABULARY,
                          .context = CONTEXT,
                          .end = END,
                          .ctx = s,
                          .draw = count_up,
                          .text = one_letter};
    return (in_opening){.salt = SPAN(salt),
                        .model = SPAN(model_digest),
                        .tokenizer = SPAN(tokenizer_digest),
                        .seed = SPAN(seed),
                        .finish = finish,
                        .parameters = written(&parameters),
                        .prompt = written(&prompt),
                        .output = written(&output)};
}

static verdict sealed(scene *s, const in_opening *o)
{
    writer w = WRITER(s->opening);
    in_write_opening(o, &w);
    assert_true(writer_ok(&w));
    s->opened = written(&w);
    return in_make_receipt(&prim_openssl, ENGINE, session, s->opened, s->receipt);
}

static verdict verified(scene *s)
{
    s->drawn = 0;
    return in_verify(&prim_sodium, &s->model, SPAN(s->receipt), s->opened, &s->found);
}

static uint16_t verdict_on(scene *s, const in_opening *o)
{
    assert_true(accepted(sealed(s, o)));
    return verified(s).req;
}

static void an_opening_is_read_as_it_was_written(void **state)
{
    (void)state;
    scene s = {.parameter = {.temperature = 700,
                             .top_k = 40,
                             .top_p = 60000,
                             .min_p = 3000,
                             .penalty = 1100,
                             .max_tokens = 9,
                             .n_stops = 2,
                             .stop = {span_text("BC"), span_text("\n")}}};
    const in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    in_opening got;
    sealed(&s, &o);
    assert_true(accepted(in_read_opening(s.opened, NULL, &got)));
    assert_int_equal(s.opened.n, IN_OPENING_HEAD + IN_PARAMETERS_HEAD + 3 + 2 + 2 * (3 + 5));
    assert_true(span_same(got.salt, o.salt) && span_same(got.seed, o.seed) && span_same(got.prompt, o.prompt) &&
                span_same(got.output, o.output));
    assert_int_equal(got.n_prompt, 3);
    assert_int_equal(got.n_output, 5);
    assert_int_equal(got.finish, IN_CANCELLED);
    assert_int_equal(got.parameter.temperature, 700);
    assert_int_equal(got.parameter.top_p, 60000);
    assert_int_equal(got.parameter.penalty, 1100);
    assert_int_equal(got.parameter.max_tokens, 9);
    assert_int_equal(got.parameter.n_stops, 2);
    assert_true(span_is(got.parameter.stop[0], "BC") && span_is(got.parameter.stop[1], "\n"));
    assert_int_equal(in_token(got.output, 4), 69);
    assert_int_equal(in_token(got.output, 5), 0);
}

static void in_001_every_other_length_is_refused(void **state)
{
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED), got;
    uint8_t longer[256] = {0};
    sealed(&s, &o);
    memcpy(longer, s.opened.p, s.opened.n);
    for (size_t n = 0; n < sizeof longer; n++)
        assert_int_equal(in_read_opening(span_of(longer, n), NULL, &got).req, n == s.opened.n ? 0 : REQ_IN_001);
}

static void in_002_to_in_005_a_malformed_opening_makes_no_receipt(void **state)
{
    (void)state;
    scene s = {0};
    const uint8_t untouched[IN_RECEIPT] = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    const span prompt = o.prompt, output = o.output, parameters = o.parameters;
    o.prompt = EMPTY;
    assert_int_equal(sealed(&s, &o).req, REQ_IN_002);
    o.prompt = prompt, o.output = EMPTY;
    assert_int_equal(sealed(&s, &o).req, REQ_IN_003);
    o.output = output, o.parameters = span_first(parameters, parameters.n - 1);
    assert_int_equal(sealed(&s, &o).req, REQ_IN_004);
    s.parameter = (in_parameters){.n_stops = 1, .stop = {span_text("thirty-three bytes are one too many")}};
    o = answered(&s, 64, 5, IN_CANCELLED);
    assert_int_equal(sealed(&s, &o).req, REQ_IN_004);
    s.parameter = (in_parameters){.temperature = 4001};
    o = answered(&s, 64, 5, IN_CANCELLED);
    assert_int_equal(sealed(&s, &o).req, REQ_IN_005);
    assert_memory_equal(s.receipt, untouched, IN_RECEIPT);
}

static void an_honest_answer_verifies_and_its_account_is_whole(void **state)
{
    static const uint16_t sentences[] = {REQ_IN_001, REQ_IN_002, REQ_IN_003, REQ_IN_004, REQ_IN_005, REQ_IN_015, REQ_IN_016, REQ_IN_017,
                                         REQ_IN_018, REQ_IN_019, REQ_IN_020, REQ_IN_021, REQ_IN_022, REQ_IN_023, REQ_IN_024, REQ_IN_025,
                                         REQ_IN_026, REQ_IN_027, REQ_IN_028, REQ_IN_029, REQ_IN_031, REQ_IN_032};
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    assert_int_equal(verdict_on(&s, &o), 0);
    assert_int_equal(s.found.account.n_checks, sizeof sentences / sizeof *sentences);
    for (size_t i = 0; i < s.found.account.n_checks; i++) {
        assert_true(s.found.account.check[i].ok);
        assert_int_equal(s.found.account.check[i].req, sentences[i]);
    }
    assert_int_equal(s.found.account.not_compared, 1u << IN_SIGNATURE | 1u << IN_SESSION);
    assert_int_equal(s.found.wrong, 0);
    assert_int_equal(s.drawn, 5);
}

static void in_030_the_first_wrong_token_is_told_whoever_seals_it(void **state)
{
    (void)state;
    for (size_t at = 1; at <= 5; at++) {
        scene s = {0};
        in_opening o = answered(&s, 64, 5, IN_CANCELLED);
        s.output[2 * at - 1] ^= 1;
        assert_int_equal(verdict_on(&s, &o), REQ_IN_029);
        assert_int_equal(s.found.wrong, at);
        assert_int_equal(s.drawn, at);
        assert_int_equal(s.found.account.check[s.found.account.n_checks - 1].req, REQ_IN_029);
        assert_false(s.found.account.check[s.found.account.n_checks - 1].ok);
    }
}

static void in_017_a_receipt_that_was_altered_is_refused_before_its_parts(void **state)
{
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    sealed(&s, &o);
    for (size_t at = 0; at < IN_RECEIPT; at++) {
        s.receipt[at] ^= 1;
        assert_int_equal(verified(&s).req, at < 4 ? REQ_IN_016 : REQ_IN_017);
        s.receipt[at] ^= 1;
    }
    assert_int_equal(in_verify(&prim_openssl, &s.model, span_first(SPAN(s.receipt), 263), s.opened, &s.found).req, REQ_IN_015);
}

/* Which part holds a byte of the opening. */
static uint16_t sentence_of(size_t at, size_t n_parameters, size_t n_prompt)
{
    const size_t rows = IN_OPENING_HEAD;
    if (at < 64)
        return REQ_IN_018; /* the salt, too */
    if (at < 96)
        return REQ_IN_019;
    if (at < 128)
        return REQ_IN_022;
    if (at < rows)
        return at == 128 ? REQ_IN_023 : REQ_IN_001;
    if (at < rows + n_parameters)
        return REQ_IN_021;
    return at < rows + n_parameters + n_prompt ? REQ_IN_020 : REQ_IN_023;
}

static void in_018_to_in_023_each_part_is_bound(void **state)
{
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    sealed(&s, &o);
    for (size_t at = 0; at < s.opened.n; at++) {
        if (at == 153)
            continue; /* n_stops: another form */
        s.opening[at] ^= 1;
        const uint16_t got = verified(&s).req, want = sentence_of(at, o.parameters.n, o.prompt.n);
        /* top_p and min_p may leave their range instead */
        if (got != want && !(want == REQ_IN_021 && got == REQ_IN_005))
            fail_msg("byte %zu: %s", at, requirement_rows[got].id);
        s.opening[at] ^= 1;
    }
}

static void one_part_is_shown_by_its_key_and_by_no_other(void **state)
{
    static const uint16_t sentences[IN_PARTS] = {REQ_IN_018, REQ_IN_019, REQ_IN_020, REQ_IN_021, REQ_IN_022, REQ_IN_023};
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    uint8_t key[IN_DIGEST];
    sealed(&s, &o);
    o.n_prompt = 3, o.n_output = 5;
    for (in_part part = IN_MODEL; part < IN_PARTS; part++)
        for (in_part other = IN_MODEL; other < IN_PARTS; other++) {
            in_opening shown = o;
            shown.salt = EMPTY;
            in_part_key(&prim_sodium, o.salt, other, key);
            assert_int_equal(in_check_part(&prim_sodium, SPAN(s.receipt), part, key, &shown).req, part == other ? 0 : sentences[part]);
        }
    in_opening shorter = o;
    shorter.output = span_first(o.output, 8);
    shorter.n_output = 4;
    in_part_key(&prim_sodium, o.salt, IN_OUTPUT, key);
    assert_int_equal(in_check_part(&prim_sodium, SPAN(s.receipt), IN_OUTPUT, key, &shorter).req, REQ_IN_023);
    s.receipt[0] ^= 1;
    assert_int_equal(in_check_part(&prim_sodium, SPAN(s.receipt), IN_OUTPUT, key, &o).req, REQ_IN_016);
}

static void in_024_to_in_028_another_model_is_not_the_one(void **state)
{
    (void)state;
    scene s = {0};
    in_opening o = answered(&s, 64, 5, IN_CANCELLED);
    const in_model honest = s.model;
    assert_int_equal(verdict_on(&s, &o), 0);
    s.model.engine++;
    assert_int_equal(verified(&s).req, REQ_IN_024);
    s.model = honest, s.model.digest = SPAN(tokenizer_digest);
    assert_int_equal(verified(&s).req, REQ_IN_025);
    s.model = honest, s.model.tokenizer = SPAN(model_digest);
    assert_int_equal(verified(&s).req, REQ_IN_026);
    s.model = honest, s.model.vocabulary = 64;
    assert_int_equal(verified(&s).req, REQ_IN_027);
    s.model = honest, s.model.context = 7;
    assert_int_equal(verified(&s).req, REQ_IN_028);
    s.model = (in_model){0};
    assert_int_equal(verified(&s).req, REQ_IN_024);
}

typedef struct way {
    uint16_t before;
    size_t n;
    in_finish finish;
    uint64_t max_tokens;
    const char *stop;
    uint16_t req;
} way;

static void in_031_in_032_an_output_ends_where_the_table_says(void **state)
{
    (void)state;
    static const way ways[] = {
        {295, 4, IN_END, 0, NULL, 0},
        {295, 4, IN_CANCELLED, 0, NULL, REQ_IN_032},
        {295, 4, IN_END, 4, NULL, 0}, /* the first that applies */
        {295, 4, IN_LENGTH, 4, NULL, REQ_IN_032},
        {295, 5, IN_CANCELLED, 0, NULL, REQ_IN_031},
        {295, 3, IN_END, 0, NULL, REQ_IN_032},
        {64, 3, IN_STOP, 0, "BC", 0},
        {64, 3, IN_STOP, 3, "BC", 0},
        {64, 3, IN_STOP, 0, "C", 0},
        {64, 4, IN_CANCELLED, 0, "BC", REQ_IN_031},
        {64, 3, IN_STOP, 0, "BD", REQ_IN_032},
        {64, 2, IN_STOP, 0, "@AB", REQ_IN_032}, /* the prompt's text does not count */
        {64, 3, IN_LENGTH, 3, NULL, 0},
        {64, 3, IN_CANCELLED, 3, NULL, REQ_IN_032},
        {64, 3, IN_LENGTH, 4, NULL, REQ_IN_032},
        {64, 4, IN_CANCELLED, 3, NULL, REQ_IN_031},
        {64, CONTEXT - 3, IN_LENGTH, 0, NULL, 0},
        {64, CONTEXT - 3, IN_CANCELLED, 0, NULL, REQ_IN_032},
        {64, CONTEXT - 2, IN_LENGTH, 0, NULL, REQ_IN_028},
        {64, 3, IN_CANCELLED, 0, NULL, 0},
        {64, 3, IN_FINISHES, 0, NULL, REQ_IN_032},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const way *w = &ways[i];
        scene s = {.parameter = {.max_tokens = w->max_tokens, .n_stops = w->stop != NULL, .stop = {span_text(w->stop)}}};
        in_opening o = answered(&s, w->before, w->n, w->finish);
        const uint16_t got = verdict_on(&s, &o);
        if (got != w->req)
            fail_msg("way %zu: %s", i, requirement_rows[got].id);
    }
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opening_is_read_as_it_was_written),
        cmocka_unit_test(in_001_every_other_length_is_refused),
        cmocka_unit_test(in_002_to_in_005_a_malformed_opening_makes_no_receipt),
        cmocka_unit_test(an_honest_answer_verifies_and_its_account_is_whole),
        cmocka_unit_test(in_030_the_first_wrong_token_is_told_whoever_seals_it),
        cmocka_unit_test(in_017_a_receipt_that_was_altered_is_refused_before_its_parts),
        cmocka_unit_test(in_018_to_in_023_each_part_is_bound),
        cmocka_unit_test(one_part_is_shown_by_its_key_and_by_no_other),
        cmocka_unit_test(in_024_to_in_028_another_model_is_not_the_one),
        cmocka_unit_test(in_031_in_032_an_output_ends_where_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
