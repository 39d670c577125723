/* A receipt of this engine: what changes one thing fails by that thing's own sentence, and who seals the change anew fails by the next one. */
#include "model_receipt.h"

#include "model_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static uint8_t *file;
static size_t file_n;
static model *trained;

static int train(void **state)
{
    const char *why;
    (void)state;
    file = fixture_file(&file_n);
    trained = file ? model_load(span_of(file, file_n), &why) : NULL;
    return trained ? 0 : 1;
}

static int forget(void **state)
{
    (void)state;
    model_free(trained);
    free(file);
    return 0;
}

typedef struct case_of {
    uint8_t receipt[IN_RECEIPT], room[IN_OPENING_MAX];
    writer opening;
    uint16_t token[256];
    sample_params params;
    model_said said;
} case_of;

static const uint8_t salt[IN_DIGEST] = "a salt for tests, and for them.", session_of[IN_DIGEST];

static bool listen(void *with, span piece)
{
    size_t *most = with;
    (void)piece;
    return --*most > 0;
}

static void seal(case_of *c)
{
    c->opening = WRITER(c->room);
    model_open(trained, &c->said, salt, &c->opening);
    assert_true(writer_ok(&c->opening));
    assert_true(accepted(model_receipt(session_of, written(&c->opening), c->receipt)));
}

/* One answer, with a receipt. */
static case_of *answer(sample_params params, size_t most)
{
    static case_of c;
    static const model_message ask = {MODEL_USER, {(const uint8_t *)"hello there", 11}};
    void *memory;
    model_usage usage;
    model_session *s = fixture_session(trained, NULL, &memory);
    c = (case_of){.params = params};
    c.said.params = &c.params;
    assert_int_equal(model_generate(s, &ask, 1, &params, listen, &most, &usage), MODEL_OK);
    const uint16_t *token = model_session_tokens(s, &c.said.n_prompt, &c.said.n_reply);
    memcpy(c.token, token, (c.said.n_prompt + c.said.n_reply) * sizeof *token);
    c.said.token = c.token, c.said.finish = usage.finish;
    seal(&c);
    model_session_end(s);
    free(memory);
    return &c;
}

static case_of *warm_answer(void)
{
    return answer((sample_params){.temperature = 1500, .top_k = 200, .max_tokens = 20, .seed = {7}}, SIZE_MAX);
}

static verdict verify_with(const model *m, const model_kernel *k, const case_of *c, in_findings *findings)
{
    model_rerun *again = model_rerun_new(m, k);
    assert_non_null(again);
    const in_model presented = model_presented(again);
    const verdict v = in_verify(&prim_sodium, &presented, SPAN(c->receipt), written(&c->opening), findings);
    model_rerun_free(again);
    return v;
}

static void fails_by(const case_of *c, uint16_t req, size_t wrong)
{
    in_findings findings;
    assert_int_equal(verify_with(trained, NULL, c, &findings).req, req);
    assert_int_equal(findings.wrong, wrong);
}

static void an_answer_is_drawn_again_by_every_kernel(void **state)
{
    (void)state;
    in_findings findings;
    for (size_t i = 0; model_kernels[i]; i++)
        if (model_kernels[i]->usable())
            assert_true(accepted(verify_with(trained, model_kernels[i], warm_answer(), &findings)));
}

static void every_way_to_end_is_found_again(void **state)
{
    (void)state;
    in_findings findings;
    const case_of *c = answer((sample_params){.max_tokens = 5}, SIZE_MAX);
    assert_int_equal(c->said.finish, MODEL_FINISH_LENGTH);
    assert_true(accepted(verify_with(trained, NULL, c, &findings)));
    c = answer((sample_params){.temperature = 4000, .seed = {9}}, 3);
    assert_int_equal(c->said.finish, MODEL_FINISH_CANCELLED);
    assert_true(accepted(verify_with(trained, NULL, c, &findings)));
    c = answer((sample_params){.temperature = 4000, .seed = {9}, .stop = {{(const uint8_t *)"e", 1}}, .n_stops = 1}, SIZE_MAX);
    assert_int_equal(c->said.finish, MODEL_FINISH_STOP);
    assert_true(accepted(verify_with(trained, NULL, c, &findings)));
}

/* Whether the answer was over just then is for the table to say: a listener cannot know. */
static void who_leaves_with_the_last_token_has_a_good_receipt_too(void **state)
{
    (void)state;
    size_t at_once = 0;
    in_findings findings;
    for (uint32_t max_tokens = 1; max_tokens <= 6; max_tokens++)
        for (size_t most = 1; most <= 6; most++) {
            const case_of *c = answer((sample_params){.temperature = 1500, .max_tokens = max_tokens, .seed = {7}}, most);
            assert_true(accepted(verify_with(trained, NULL, c, &findings)));
            at_once += c->said.finish == MODEL_FINISH_CANCELLED && c->said.n_reply == max_tokens;
        }
    assert_true(at_once > 0);
}

static void an_answer_that_fills_the_context_is_verified_to_its_last_position(void **state)
{
    (void)state;
    in_findings findings;
    const case_of *c = NULL;
    for (uint8_t seed = 0; seed < 64 && !(c && c->said.finish == MODEL_FINISH_LENGTH); seed++)
        c = answer((sample_params){.temperature = 4000, .seed = {seed}}, SIZE_MAX);
    assert_int_equal(c->said.finish, MODEL_FINISH_LENGTH);
    assert_int_equal(c->said.n_prompt + c->said.n_reply, trained->shape.context);
    assert_true(accepted(verify_with(trained, NULL, c, &findings)));
}

/* The session holds text back while a stop sequence may be beginning; the verifier only looks at what is there. Both have to see the same end. */
static void a_stop_behind_the_beginning_of_a_longer_one_ends_both_alike(void **state)
{
    (void)state;
    in_findings findings;
    uint8_t said[1024];
    size_t n = 0;
    const case_of *c = warm_answer();
    for (uint32_t i = 0; i < c->said.n_reply; i++) {
        const span text = bpe_text(&trained->tokens, c->token[c->said.n_prompt + i]);
        span_take(text, said + n, text.n);
        n += text.n;
    }
    assert_true(n > 8);
    for (size_t at = 0; at + 8 < n; at++) {
        uint8_t longer[8];
        sample_params p = c->params;
        memcpy(longer, said + at, sizeof longer);
        longer[7] ^= 0x55;
        p.stop[0] = SPAN(longer), p.stop[1] = span_of(said + at + 1, 2), p.n_stops = 2;
        const case_of *cut = answer(p, SIZE_MAX);
        assert_int_equal(cut->said.finish, MODEL_FINISH_STOP);
        assert_true(accepted(verify_with(trained, NULL, cut, &findings)));
    }
}

/* What stands in the opening, changed beside the receipt as it was. */
static void each_changed_part_has_its_own_sentence(void **state)
{
    (void)state;
    static const uint16_t reqs[] = {REQ_IN_018, REQ_IN_019, REQ_IN_022};
    for (size_t i = 0; i < 3; i++) { /* model, tokenizer, seed stand behind the salt */
        case_of *c = warm_answer();
        c->room[IN_DIGEST * (i + 1) + 5] ^= 1;
        fails_by(c, reqs[i], 0);
    }
    case_of *c = warm_answer();
    c->room[IN_OPENING_HEAD + 1] ^= 1; /* temperature */
    fails_by(c, REQ_IN_021, 0);
    c = warm_answer();
    c->room[IN_OPENING_HEAD + IN_PARAMETERS_HEAD + 5] ^= 1; /* the prompt's third token */
    fails_by(c, REQ_IN_020, 0);
    c = warm_answer();
    c->room[c->opening.n - 1] ^= 1; /* the output's last token */
    fails_by(c, REQ_IN_023, 0);
}

/* Whoever made the answer can seal anything: then the model is run again. */
static void a_change_that_is_sealed_anew_is_found_by_running_again(void **state)
{
    (void)state;
    case_of *c = warm_answer();
    c->token[c->said.n_prompt + 4] ^= 1;
    seal(c), fails_by(c, REQ_IN_029, 5);
    c = warm_answer();
    c->params.seed[0] ^= 1;
    seal(c);
    in_findings findings;
    assert_int_equal(verify_with(trained, NULL, c, &findings).req, REQ_IN_029);
    assert_true(findings.wrong > 0);
    c = warm_answer();
    c->params.temperature = 0;
    seal(c);
    assert_int_equal(verify_with(trained, NULL, c, &findings).req, REQ_IN_029);
    c = warm_answer();
    c->token[3] ^= 1; /* of the prompt */
    seal(c);
    assert_int_equal(verify_with(trained, NULL, c, &findings).req, REQ_IN_029);
    c = warm_answer();
    c->said.finish = c->said.finish == MODEL_FINISH_STOP ? MODEL_FINISH_LENGTH : MODEL_FINISH_STOP;
    seal(c), fails_by(c, REQ_IN_032, 0);
}

static void a_parameter_out_of_the_engine_s_range_draws_nothing(void **state)
{
    (void)state;
    case_of *c = warm_answer();
    c->params.top_k = SAMPLE_VOCAB + 1;
    seal(c), fails_by(c, REQ_IN_029, 1);
}

/* The same receipt before a model of one changed weight, and of one changed merge. */
static void one_weight_byte_is_another_model(void **state)
{
    (void)state;
    const char *why;
    in_findings findings;
    const case_of *c = warm_answer();
    uint8_t *copy = malloc(file_n);
    assert_non_null(copy);
    span_take(span_of(file, file_n), copy, file_n);
    copy[file_n - 100] ^= 1;
    model *other = model_load(span_of(copy, file_n), &why);
    assert_non_null(other);
    assert_int_equal(verify_with(other, NULL, c, &findings).req, REQ_IN_025);
    memcpy(other->digest, trained->digest, sizeof other->digest);
    other->tokenizer[0] ^= 1;
    assert_int_equal(verify_with(other, NULL, c, &findings).req, REQ_IN_026);
    model_free(other);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_drawn_again_by_every_kernel),
        cmocka_unit_test(every_way_to_end_is_found_again),
        cmocka_unit_test(who_leaves_with_the_last_token_has_a_good_receipt_too),
        cmocka_unit_test(an_answer_that_fills_the_context_is_verified_to_its_last_position),
        cmocka_unit_test(a_stop_behind_the_beginning_of_a_longer_one_ends_both_alike),
        cmocka_unit_test(each_changed_part_has_its_own_sentence),
        cmocka_unit_test(a_change_that_is_sealed_anew_is_found_by_running_again),
        cmocka_unit_test(a_parameter_out_of_the_engine_s_range_draws_nothing),
        cmocka_unit_test(one_weight_byte_is_another_model),
    };
    return cmocka_run_group_tests(tests, train, forget);
}
