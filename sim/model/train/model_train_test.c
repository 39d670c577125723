#include "model_loops.h"
#include "model_math.h"
#include "model_chance.h"
#include "model_train.h"
#include "prim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void digest_is(const trainer *t, const char *want)
{
    uint8_t digest[TRAIN_DIGEST], hex[65] = {0};
    writer w = writer_of(hex, 64);
    train_digest(t, digest);
    write_hex(&w, SPAN(digest));
    assert_string_equal((char *)hex, want);
}

/* Cut in the middle and gone on from the saved state; one digest for every compiler and level. */
static void forty_steps_give_one_digest_wherever_they_are_cut(void **state)
{
    (void)state;
    trainer *a = train_new(&train_trial), *b = train_new(&train_trial);
    FILE *f = tmpfile();
    double first = 0, last = 0;
    assert_true(a && b && f);
    while (train_at(a) < 15)
        first += train_step(a) / 15;
    assert_true(train_save(a, f));
    rewind(f);
    assert_true(train_load(b, f));
    fclose(f);
    while (!train_done(b))
        last = train_step(b);
    assert_true(last < first);
    digest_is(b, "8fefdb62eee8e3afd16ec1dbfa6ce8da6540d2056895a020c76e2c5417e814a3");
    train_free(a), train_free(b);
}

static void a_checkpoint_of_another_plan_is_refused(void **state)
{
    (void)state;
    train_plan other = train_trial;
    other.seed++;
    trainer *a = train_new(&train_trial), *b = train_new(&other);
    FILE *f = tmpfile();
    assert_true(a && b && f && train_save(a, f));
    rewind(f);
    assert_false(train_load(b, f));
    fclose(f);
    train_free(a), train_free(b);
}

/* The slope of the loss by two forward passes, against the backward pass, at some weights of every kind. */
static void the_way_back_is_the_derivative(void **state)
{
    (void)state;
    trainer *t = train_new(&train_trial);
    assert_non_null(t);
    const net_plan *p = train_net(t);
    float *w = malloc(p->total * sizeof *w), *g = calloc(p->total, sizeof *g);
    net_work *work = net_work_new(p, 128, 128);
    train_batch b;
    assert_true(w && g && work && train_batch_new(&b, 128, 128));
    memcpy(w, train_weights(t), p->total * sizeof *w);
    train_batch_fill(&b, train_bpe(t), 11, 0, 0);
    net_batch v = train_batch_view(&b);
    net_learn(p, w, &v, work, 1.0f, g);
    const net_layer *l = &p->layer[1];
    const size_t at[] = {p->embed + b.token[1] * p->shape.dim + 3,
                         l->norm1 + 2,
                         l->qkv + 5,
                         l->qkv + 40,
                         l->qkv + 60,
                         l->out + 7,
                         l->norm2 + 1,
                         l->up + 9,
                         l->up + 70,
                         l->down + 11,
                         p->norm + 4};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const float keep = w[at[i]], step = 1e-2f;
        w[at[i]] = keep + step;
        double above = net_score(p, w, &v, work, NULL);
        w[at[i]] = keep - step;
        double slope = (above - net_score(p, w, &v, work, NULL)) / (2.0 * (double)step);
        w[at[i]] = keep;
        assert_true(fabs(slope - (double)g[at[i]]) < 0.02 + 0.03 * fabs(slope));
    }
    train_batch_free(&b), net_work_free(work), free(w), free(g), train_free(t);
}

/* Products of awkward sizes, plain, added to and transposed; rows of every length for what is not a product. */
static void every_width_of_the_loops_gives_the_same_bits(void **state)
{
    (void)state;
    static float a[37 * 300], b[300 * 48], c[37 * 48], d[37 * 48], panel[LOOPS_DEPTH * GEMM_COLUMNS] __attribute__((aligned(64)));
    model_chance x = {5};
    for (size_t i = 0; i < sizeof a / sizeof *a; i++)
        a[i] = (float)(int32_t)model_chance_next(&x) * 0x1p-31f;
    for (size_t i = 0; i < sizeof b / sizeof *b; i++)
        b[i] = (float)(int32_t)model_chance_next(&x) * 0x1p-29f;
    for (size_t i = 1; net_loops_all[i]; i++) {
        const net_loops *l = net_loops_all[i];
        if (!l->usable()) {
            print_message("SKIPPED loops %s: not on this CPU\n", l->name);
            continue;
        }
        for (int how = 0; how < 4; how++) {
            const bool add = how & 1;
            const size_t row = how & 2 ? 1 : 300, col = how & 2 ? 37 : 1, b_row = how & 2 ? 1 : 48, b_col = how & 2 ? 300 : 1;
            loops_base.multiply(&(gemm){c, 48, a, row, col, b, b_row, b_col, 37, 48, 300, add}, panel);
            l->multiply(&(gemm){d, 48, a, row, col, b, b_row, b_col, 37, 48, 300, add}, panel);
            assert_memory_equal(c, d, sizeof c);
        }
        for (size_t n = 1; n <= 96; n++) {
            memcpy(c, b, 96 * sizeof *c), memcpy(d, b, 96 * sizeof *d);
            float sum = loops_base.softmax(c, n, (n + 15) / 16 * 16, 0.25f), other = l->softmax(d, n, (n + 15) / 16 * 16, 0.25f);
            assert_memory_equal(&sum, &other, sizeof sum);
            assert_memory_equal(c, d, 96 * sizeof *c);
        }
        loops_base.gate(c, b, 96), l->gate(d, b, 96);
        loops_base.gate_back(c + 100, a, b, 96), l->gate_back(d + 100, a, b, 96);
        assert_memory_equal(c, d, 400 * sizeof *c);
    }
}

static void our_exp_and_log_are_near_the_library_s(void **state)
{
    (void)state;
    for (float x = 0; x > -40; x -= 0.37f) {
        assert_true(fabs((double)math_exp(x) / exp((double)x) - 1) < 0x1p-18);
        assert_true(fabs((double)math_sigmoid(x) * (1 + exp(-(double)x)) - 1) < 0x1p-17);
        assert_true(fabs(math_log(2.0 - (double)x) - log(2.0 - (double)x)) < 1e-12);
    }
    for (int i = 0; i < 8; i++)
        assert_true(fabs(math_turn_of(i).cos - cos(pow(10, -i / 2.0))) < 1e-15 &&
                    fabs(math_turn_of(i).sin - sin(pow(10, -i / 2.0))) < 1e-15);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forty_steps_give_one_digest_wherever_they_are_cut),
        cmocka_unit_test(a_checkpoint_of_another_plan_is_refused),
        cmocka_unit_test(the_way_back_is_the_derivative),
        cmocka_unit_test(every_width_of_the_loops_gives_the_same_bits),
        cmocka_unit_test(our_exp_and_log_are_near_the_library_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
