/* The engine, its file and its sessions, on the very small model that forty steps of training give: fluent it is not, exact it is. */
#include "model.h"
#include "model_exam.h"
#include "model_export.h"
#include "model_train.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint8_t file_room[1 << 20];
static span file;
static model *trained;

static int train(void **state)
{
    (void)state;
    prim_start();
    trainer *t = train_new(&train_trial);
    writer out = WRITER(file_room);
    if (!t)
        return 1;
    while (!train_done(t))
        train_step(t);
    bool made = model_export_trained(t, &out);
    train_free(t);
    file = written(&out);
    const char *why = "";
    trained = made ? model_load(file, &why) : NULL;
    return trained ? 0 : 1;
}

static int forget(void **state)
{
    (void)state;
    model_free(trained);
    return 0;
}

static model_session *session_with(const model_kernel *kernel, void **memory)
{
    size_t n = (model_session_size(trained) + 63) / 64 * 64;
    *memory = aligned_alloc(64, n);
    assert_non_null(*memory);
    return model_session_start(trained, kernel, *memory);
}

/* ---- kernels ---- */

typedef struct hashing {
    uint8_t h[32];
} hashing;

static void take_logits(void *with, size_t at, const int32_t *logits)
{
    hashing *x = with;
    uint8_t room[4 * SAMPLE_VOCAB];
    writer w = WRITER(room);
    (void)at;
    for (int i = 0; i < SAMPLE_VOCAB; i++)
        write_le(&w, (uint32_t)logits[i], 4);
    const span parts[] = {SPAN(x->h), written(&w)};
    prim_openssl.hash(PRIM_SHA256, parts, 2, x->h);
}

static hashing logits_of(const model_kernel *kernel)
{
    static const model_message ask[] = {{MODEL_USER, {(const uint8_t *)"Tell me a story about a fox called Zorblat.", 43}}};
    uint16_t token[256];
    size_t n;
    void *memory;
    hashing x = {{0}};
    model_session *s = session_with(kernel, &memory);
    assert_int_equal(model_tokens(trained, ask, 1, token, 256, &n), MODEL_OK);
    for (uint16_t more = 0; n < 200; more++)
        token[n++] = (uint16_t)(300 + more * 3 % 700);
    assert_true(model_replay(s, token, n, take_logits, &x));
    model_session_end(s);
    free(memory);
    return x;
}

static void every_kernel_of_this_machine_gives_the_same_bits(void **state)
{
    (void)state;
    const hashing want = logits_of(&kernel_scalar);
    for (size_t i = 0; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable()) {
            print_message("SKIPPED kernel %s: not on this CPU\n", model_kernels[i]->name);
            continue;
        }
        const hashing got = logits_of(model_kernels[i]);
        assert_memory_equal(got.h, want.h, 32);
    }
}

/* Measured on the trial model as it is: what quantising costs does not depend on how well a model speaks. */
static void the_integers_lose_nothing_against_the_floats(void **state)
{
    (void)state;
    void *memory;
    model_session *s = session_with(NULL, &memory);
    const double loss = exam_loss(s, trained), floats = trained->from.loss / 1e6;
    print_message("%.6f nats a token in integers, %.6f in floats\n", loss, floats);
    assert_true(loss < floats + 0.001 && loss > floats - 0.001);
    free(memory);
}

/* ---- sessions ---- */

typedef struct reply {
    char text[4096];
    size_t n, pieces, stop_after;
} reply;

static bool take_piece(void *with, span piece)
{
    reply *r = with;
    assert_true(piece.n > 0 && r->n + piece.n < sizeof r->text);
    span_take(piece, r->text + r->n, piece.n);
    r->n += piece.n;
    r->pieces++;
    return !r->stop_after || r->pieces < r->stop_after;
}

static model_status ask(model_session *s, const char *first, const char *answer, const char *second, const sample_params *p, reply *r,
                        model_usage *u)
{
    const model_message m[] = {{MODEL_USER, span_text(first)}, {MODEL_ASSISTANT, span_text(answer)}, {MODEL_USER, span_text(second)}};
    *r = (reply){.stop_after = r->stop_after};
    return model_generate(s, m, second ? 3 : 1, p, take_piece, r, u);
}

static void what_was_read_already_gives_the_same_answer_as_reading_anew(void **state)
{
    (void)state;
    void *memory[2];
    reply a = {0}, b = {0}, c = {0};
    model_usage u, fresh;
    const sample_params p = {.temperature = 800, .max_tokens = 24};
    model_session *warm = session_with(NULL, &memory[0]), *cold = session_with(NULL, &memory[1]);
    assert_int_equal(ask(warm, "hello", NULL, NULL, &p, &a, &u), MODEL_OK);
    assert_int_equal(ask(warm, "hello", "Hi.", "who are you", &p, &b, &u), MODEL_OK);
    assert_int_equal(ask(cold, "hello", "Hi.", "who are you", &p, &c, &fresh), MODEL_OK);
    assert_string_equal(b.text, c.text);
    assert_true(u.cached > 0 && fresh.cached == 0);
    assert_int_equal(u.prompt, fresh.prompt);
    assert_true(u.completion <= 24);
    free(memory[0]), free(memory[1]);
}

static void a_seed_decides_a_limit_ends_and_a_listener_cancels(void **state)
{
    (void)state;
    void *memory;
    reply a = {0}, b = {0};
    model_usage u;
    sample_params p = {.temperature = 2000, .max_tokens = 12, .seed = {1}};
    model_session *s = session_with(NULL, &memory);
    assert_int_equal(ask(s, "story", NULL, NULL, &p, &a, &u), MODEL_OK);
    assert_int_equal(ask(s, "story", NULL, NULL, &p, &b, &u), MODEL_OK);
    assert_string_equal(a.text, b.text);
    p.seed[0] = 2;
    assert_int_equal(ask(s, "story", NULL, NULL, &p, &b, &u), MODEL_OK);
    assert_string_not_equal(a.text, b.text);
    b.stop_after = 1;
    assert_int_equal(ask(s, "story", NULL, NULL, &p, &b, &u), MODEL_OK);
    assert_int_equal(u.finish, MODEL_FINISH_CANCELLED);
    free(memory);
}

static void bad_requests_are_told_and_change_nothing(void **state)
{
    (void)state;
    void *memory;
    reply r = {0};
    model_usage u;
    static char long_text[8192];
    const sample_params good = {.max_tokens = 4}, bad = {.temperature = 5000};
    model_session *s = session_with(NULL, &memory);
    memset(long_text, 'x', sizeof long_text - 1);
    assert_int_equal(ask(s, "a", NULL, NULL, &bad, &r, &u), MODEL_BAD_PARAMS);
    assert_int_equal(model_generate(s, NULL, 0, &good, take_piece, &r, &u), MODEL_BAD_MESSAGES);
    assert_int_equal(ask(s, long_text, NULL, NULL, &good, &r, &u), MODEL_TOO_LONG);
    assert_int_equal(r.pieces, 0);
    assert_int_equal(ask(s, "a", NULL, NULL, &good, &r, &u), MODEL_OK);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_of_this_machine_gives_the_same_bits),
        cmocka_unit_test(the_integers_lose_nothing_against_the_floats),
        cmocka_unit_test(what_was_read_already_gives_the_same_answer_as_reading_anew),
        cmocka_unit_test(a_seed_decides_a_limit_ends_and_a_listener_cancels),
        cmocka_unit_test(bad_requests_are_told_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, train, forget);
}
