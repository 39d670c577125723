/* The yardstick is the right network, at every instruction set; the streams load everything; and the flags of these files stay in them. */
#include "bench_model.h"
#include "bench_random.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TOKENS = 60 };

static void for_each_isa(void (*one)(const bench_isa *))
{
    for (size_t i = 0; bench_isas[i]; i++)
        if (bench_isas[i]->usable())
            one(bench_isas[i]), one(bench_isas_plain[i]);
        else
            print_message("SKIPPED %s: not on this CPU\n", bench_isas[i]->name);
}

static net_plan plan;
static float *weights, *wanted; /* wanted (TOKENS, vocab): what the trainer's network says */
static uint16_t token[TOKENS];

static int let_the_trainer_say(void **state)
{
    uint16_t target[TOKENS];
    const net_part part = {0, TOKENS};
    (void)state;
    prim_start();
    plan = net_plan_of(train_trial.shape);
    weights = bench_weights(&plan);
    wanted = calloc((size_t)TOKENS * plan.shape.vocab, sizeof *wanted);
    net_work *work = net_work_new(&plan, TOKENS, TOKENS);
    if (!weights || !wanted || !work)
        return 1;
    for (uint32_t i = 0; i < TOKENS; i++)
        token[i] = (uint16_t)(i * 37 % plan.shape.vocab), target[i] = 1;
    net_score(&plan, weights, &(net_batch){token, target, TOKENS, &part, 1}, work, wanted);
    net_work_free(work);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    free(weights), free(wanted);
    return 0;
}

static void says_what_the_trainer_says(const bench_isa *isa)
{
    float_net net;
    float_state s;
    assert_true(float_net_new(&net, &plan, weights) && float_state_new(&s, &plan.shape));
    for (uint32_t i = 0; i < TOKENS; i++) {
        const float *want = wanted + (size_t)i * plan.shape.vocab;
        const uint32_t best = isa->step(&net, &s, i, token[i]);
        for (uint32_t v = 0; v < plan.shape.vocab; v++) {
            assert_float_equal(s.logits[v], want[v], 1e-3f);
            assert_true(s.logits[v] <= s.logits[best]);
        }
    }
    float_state_free(&s);
    float_net_free(&net);
}

static void the_yardstick_says_what_the_trainer_says(void **state) { (void)state, for_each_isa(says_what_the_trainer_says); }

static void sees_every_byte(const bench_isa *isa)
{
    enum { N = 4096 };
    uint8_t *p = aligned_alloc(64, N);
    assert_non_null(p);
    memset(p, 0, N);
    for (size_t i = 0; i < N; i += 61) {
        p[i] = 1;
        assert_true(isa->stream(p, N) != 0);
        p[i] = 0;
        assert_true(isa->stream(p, N) == 0);
    }
    free(p);
}

static void a_stream_sees_every_byte(void **state) { (void)state, for_each_isa(sees_every_byte); }

static void takes_the_lowest_of_equals(const bench_isa *isa)
{
    int32_t logits[100] = {0};
    for (uint32_t i = 0; i < 100; i++) {
        memset(logits, 0x80, sizeof logits);
        logits[i] = logits[99] = INT32_MAX;
        assert_int_equal(isa->likeliest(logits, 100), i);
    }
}

static void the_lowest_of_equals_is_likeliest(void **state) { (void)state, for_each_isa(takes_the_lowest_of_equals); }

/* -ffast-math at the link would have set the processor to flush them. */
static void small_floats_are_not_flushed(void **state)
{
    volatile float small = 0x1p-126f;
    (void)state;
    assert_true(small * 0.25f != 0.0f);
}

static void a_median_is_in_the_middle(void **state)
{
    (void)state;
    const double odd[] = {5, 1, 3}, even[] = {4, 1, 2, 8};
    const bench_spread a = bench_spread_of(odd, 3), b = bench_spread_of(even, 4);
    assert_true(a.median == 3 && a.low == 1 && a.high == 5);
    assert_true(b.median == 3 && b.low == 1 && b.high == 8);
}

static void a_round_measures_whatever_can_run(void **state)
{
    bench b;
    (void)state;
    model *m = bench_random_model();
    assert_non_null(m);
    assert_true(bench_start(&b, m, 1) && bench_round(&b, 0));
    assert_int_equal(b.positions, BENCH_POSITIONS);
    assert_true(b.stream_n > 700 << 10 && b.stream_float_n > 4 * (size_t)(700 << 10) && b.bytes > (double)b.stream_n);
    for (size_t i = 0; i < b.n_subjects; i++)
        for (uint32_t threads = 1; threads <= b.threads; threads++)
            assert_true(!b.subject[i].run || bench_rate(&b, i, threads).low > 0);
    const bench_spread one = bench_ratio(&b, BENCH_FLOAT, BENCH_FLOAT, 1);
    assert_true(one.low == 1 && one.high == 1);
    bench_end(&b);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_yardstick_says_what_the_trainer_says),
        cmocka_unit_test(a_stream_sees_every_byte),
        cmocka_unit_test(the_lowest_of_equals_is_likeliest),
        cmocka_unit_test(small_floats_are_not_flushed),
        cmocka_unit_test(a_median_is_in_the_middle),
        cmocka_unit_test(a_round_measures_whatever_can_run),
    };
    return cmocka_run_group_tests(tests, let_the_trainer_say, forget);
}
