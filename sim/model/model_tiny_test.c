/* The committed model: its size, its bits, and what its arithmetic loses against the floats it was made from. Its exam is
 * `parley model eval --check`, a test of its own. */
#include "model.h"
#include "model_exam.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Over all logits after each token of three questions of each kind of the exam, from every kernel and every build. */
static const char all_logits[] = "39b93128819979457df41084fe16b3e784d26c1474aaff8276dd0e8743b9a9f9";

static model *tiny;
static size_t file_size;

static int load(void **state)
{
    static uint8_t room[MODEL_FILE_MAX];
    const char *why = "";
    FILE *f = fopen(PARLEY_TREE "/sim/model/tiny.model", "rb");
    (void)state;
    prim_start();
    if (!f)
        return 1;
    file_size = fread(room, 1, sizeof room, f);
    fclose(f);
    tiny = model_load(span_of(room, file_size), &why);
    if (!tiny)
        print_error("%s\n", why);
    return tiny ? 0 : 1;
}

static int forget(void **state)
{
    (void)state;
    model_free(tiny);
    return 0;
}

static model_session *session_with(const model_kernel *kernel, void **memory)
{
    *memory = aligned_alloc(64, (model_session_size(tiny) + 63) / 64 * 64);
    assert_non_null(*memory);
    return model_session_start(tiny, kernel, *memory);
}

static void weights_tokenizer_and_tables_fit_one_megabyte(void **state)
{
    (void)state;
    assert_true(file_size <= 1000000);
}

static void the_integers_lose_less_than_a_thousandth_of_a_nat(void **state)
{
    (void)state;
    void *memory;
    const double loss = exam_loss(session_with(NULL, &memory), tiny), floats = tiny->from.loss / 1e6;
    print_message("%.6f nats a token in integers, %.6f in floats\n", loss, floats);
    assert_true(loss < floats + 0.001 && loss > floats - 0.001);
    free(memory);
}

static void take_logits(void *with, size_t at, const int32_t *logits)
{
    uint8_t *h = with, room[4 * SAMPLE_VOCAB];
    writer w = WRITER(room);
    (void)at;
    for (int i = 0; i < SAMPLE_VOCAB; i++)
        write_le(&w, (uint32_t)logits[i], 4);
    const span parts[] = {span_of(h, 32), written(&w)};
    prim_openssl.hash(PRIM_SHA256, parts, 2, h);
}

static void hash_all_logits(const model_kernel *kernel, char hex[65])
{
    uint8_t h[32] = {0};
    void *memory;
    model_session *s = session_with(kernel, &memory);
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (uint32_t i = 0; i < 3; i++) {
            exam_item e;
            uint16_t token[512];
            size_t n;
            assert_true(exam_make((exam_kind)kind, i, &e));
            const model_message ask = {MODEL_USER, span_text(e.turn[0])};
            assert_int_equal(model_tokens(tiny, &ask, 1, token, 512, &n), MODEL_OK);
            assert_true(model_replay(s, token, n, take_logits, h));
        }
    free(memory);
    writer w = writer_of(hex, 64);
    write_hex(&w, SPAN(h));
    hex[64] = 0;
}

static void one_hash_of_all_logits_from_every_kernel(void **state)
{
    (void)state;
    char hex[65];
    for (size_t i = 0; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable()) {
            print_message("SKIPPED kernel %s: not on this CPU\n", model_kernels[i]->name);
            continue;
        }
        hash_all_logits(model_kernels[i], hex);
        print_message("%-12s %s\n", model_kernels[i]->name, hex);
        assert_string_equal(hex, all_logits);
    }
}

static bool collect(void *with, span piece)
{
    writer *w = with;
    write_span(w, piece);
    return writer_ok(w);
}

static void it_remembers_a_name_it_has_never_seen(void **state)
{
    (void)state;
    char text[256];
    void *memory;
    writer w = WRITER(text);
    model_usage usage;
    const sample_params params = {.temperature = 0};
    const model_message ask = {MODEL_USER, span_text("My name is Zorblat. What is my name?")};
    assert_int_equal(model_generate(session_with(NULL, &memory), &ask, 1, &params, collect, &w, &usage), MODEL_OK);
    assert_true(span_is(written(&w), "Your name is Zorblat."));
    assert_int_equal(usage.finish, MODEL_FINISH_END);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_tokenizer_and_tables_fit_one_megabyte),
        cmocka_unit_test(the_integers_lose_less_than_a_thousandth_of_a_nat),
        cmocka_unit_test(one_hash_of_all_logits_from_every_kernel),
        cmocka_unit_test(it_remembers_a_name_it_has_never_seen),
    };
    return cmocka_run_group_tests(tests, load, forget);
}
