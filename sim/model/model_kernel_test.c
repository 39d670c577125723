/* Every stage of every kernel against the scalar one, on inputs that reach the edges: largest weights, equal scores, one huge number among small ones. */
#include "model_chance.h"
#include "model_kernel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TRIALS = 400, INPUTS = 256, OUTPUTS = 80, POSITIONS = 100 };

static model_chance chance = {7};

static uint32_t below(uint32_t n) { return model_chance_below(&chance, n); }

/* Mostly small, sometimes at the limits, sometimes all alike. */
static int32_t number(int32_t most, uint32_t kind)
{
    const uint32_t size = kind % 4 == 0 ? (uint32_t)most : kind % 4 == 1 ? 1 : 1 + (uint32_t)most / 1000, one = below(50);
    if (kind % 8 == 7)
        return most;
    if (one < 2)
        return one ? most : -most;
    return (int32_t)below(2 * size + 1) - (int32_t)size;
}

static void numbers32(int32_t *x, uint32_t n, int32_t most, uint32_t kind)
{
    for (uint32_t i = 0; i < n; i++)
        x[i] = number(most, kind);
}

static void numbers16(int16_t *x, uint32_t n, int32_t most, uint32_t kind)
{
    for (uint32_t i = 0; i < n; i++)
        x[i] = (int16_t)number(most, kind);
}

typedef void check(const model_kernel *, uint32_t kind);

static void all_kernels(check *one)
{
    for (size_t i = 1; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable()) {
            print_message("SKIPPED kernel %s: not on this CPU\n", model_kernels[i]->name);
            continue;
        }
        for (uint32_t kind = 0; kind < TRIALS; kind++)
            one(model_kernels[i], kind);
    }
}

static void a_matrix(const model_kernel *k, uint32_t kind)
{
    static int8_t weight[OUTPUTS * INPUTS];
    static struct {
        _Alignas(64) int8_t packed[OUTPUTS * INPUTS];
    } room;
    static int32_t multiplier[OUTPUTS], start[OUTPUTS], want[OUTPUTS], got[OUTPUTS];
    static int16_t x[INPUTS];
    const uint32_t outputs = 16 + below(OUTPUTS / 16) * 16, inputs = 16 + below(INPUTS / 16) * 16, less = below(17);
    for (uint32_t o = 0; o < outputs; o++) {
        multiplier[o] = kind % 3 == 0 ? (1 << 30) - 1
                                      : (int32_t)below(kind % 3 == 1 ? 1 << 30 : 1000) + 1; /* the small ones need no clamp */
        int32_t sum = 0;
        for (uint32_t i = 0; i < inputs; i++) {
            weight[o * inputs + i] = (int8_t)number(127, kind / 3);
            sum += weight[o * inputs + i];
            room.packed[(o / 16 * (inputs / 4) + i / 4) * 64 + o % 16 * 4 + i % 4] = weight[o * inputs + i];
        }
        start[o] = (int32_t)(0u - (uint32_t)sum * 32768u);
    }
    numbers16(x, inputs, 32767, kind / 5);
    if (kind % 5 == 0)
        x[below(inputs)] = -32768;
    uint64_t most = 0;
    const uint32_t shift = 20 + below(43);
    for (uint32_t o = 0; o < outputs; o++) {
        uint64_t size = 0;
        for (uint32_t i = 0; i < inputs; i++)
            size += (uint64_t)abs(weight[o * inputs + i]);
        const uint64_t row = (size * 32768 * (uint32_t)multiplier[o] >> shift) + 1;
        most = row > most ? row : most;
    }
    const model_matrix m = {outputs, inputs, shift, multiplier, weight, room.packed, start, most};
    kernel_scalar.project(&m, x, less, want);
    k->project(&m, x, less, got);
    assert_memory_equal(got, want, outputs * sizeof *want);
}

static void a_norm(const model_kernel *k, uint32_t kind)
{
    int32_t x[INPUTS];
    int16_t want[INPUTS], got[INPUTS];
    const uint32_t dim = kind % 16 == 15 ? INPUTS : 16 + below(INPUTS / 16) * 16;
    numbers32(x, dim, kind % 5 == 0 ? 3 : kind % 5 == 1 ? KERNEL_RESIDUAL : 1 << 20, kind);
    if (kind % 16 == 15) { /* one entry is all there is: at 256 it reaches the clamp */
        memset(x, 0, sizeof x);
        x[below(dim)] = kind % 32 == 15 ? KERNEL_RESIDUAL : -KERNEL_RESIDUAL;
    }
    kernel_scalar.norm(x, want, dim);
    k->norm(x, got, dim);
    assert_memory_equal(got, want, dim * sizeof *want);
}

static void a_turned_head(const model_kernel *k, uint32_t kind)
{
    int32_t from[MODEL_HEAD];
    int16_t turn[MODEL_HEAD], want[MODEL_HEAD], got[MODEL_HEAD];
    numbers32(from, MODEL_HEAD, kind % 3 ? 8000 : KERNEL_OUTPUT, kind);
    numbers16(turn, MODEL_HEAD, 16384, kind / 7);
    kernel_scalar.rotate(from, turn, want);
    k->rotate(from, turn, got);
    assert_memory_equal(got, want, sizeof want);
}

static void an_attending_head(const model_kernel *k, uint32_t kind)
{
    static _Alignas(64) int16_t keys[(POSITIONS + KERNEL_BLOCK) * MODEL_HEAD], values[(POSITIONS + KERNEL_BLOCK) * MODEL_HEAD];
    static int32_t score[2][POSITIONS + KERNEL_BLOCK], want[MODEL_HEAD], got[MODEL_HEAD];
    static int16_t p[2][POSITIONS + KERNEL_BLOCK];
    int16_t q[MODEL_HEAD];
    const uint32_t n = 1 + below(POSITIONS), whole = (uint32_t)kernel_round(n);
    numbers16(q, MODEL_HEAD, KERNEL_KEY, kind), numbers16(values, sizeof values / sizeof *values, 32767, kind / 3);
    numbers16(keys, sizeof keys / sizeof *keys, KERNEL_KEY, kind / 5);
    if (n % 2)
        for (uint32_t i = 0; i < MODEL_HEAD; i++)
            values[kernel_value_at(n, i)] = 0;
    kernel_scalar.scores(q, keys, n, score[0]), k->scores(q, keys, n, score[1]);
    assert_memory_equal(score[1], score[0], n * sizeof *score[0]);
    kernel_scalar.softmax(score[0], p[0], n), k->softmax(score[1], p[1], n);
    assert_memory_equal(p[1], p[0], whole * sizeof *p[0]);
    kernel_scalar.mix(p[0], values, n, want), k->mix(p[1], values, n, got);
    assert_memory_equal(got, want, sizeof want);
}

static void a_feed_forward(const model_kernel *k, uint32_t kind)
{
    static uint16_t sigmoid[MODEL_SIGMOID];
    int32_t u[2 * INPUTS], want[INPUTS], got[INPUTS];
    int16_t m[2][INPUTS];
    const uint32_t n = 16 + below(INPUTS / 16) * 16;
    sigmoid[0] = (uint16_t)below(32768);
    for (uint32_t i = 1; i < MODEL_SIGMOID; i++)
        sigmoid[i] = (uint16_t)(sigmoid[i - 1] + below(1 + (32768u - sigmoid[i - 1]) / (kind % 2 ? 1 : 64)));
    numbers32(u, 2 * n, kind % 3 ? 1 << 19 : KERNEL_OUTPUT, kind);
    kernel_scalar.swiglu(sigmoid, u, want, n), k->swiglu(sigmoid, u, got, n);
    assert_memory_equal(got, want, n * sizeof *want);
    assert_int_equal(kernel_scalar.mantissas(want, m[0], n), k->mantissas(got, m[1], n));
    assert_memory_equal(m[1], m[0], n * sizeof *m[0]);
}

static void one_huge_entry(const model_kernel *k, uint32_t kind)
{
    int32_t x[INPUTS];
    int16_t m[2][INPUTS];
    numbers32(x, INPUTS, 90, kind);
    x[below(INPUTS)] = (1 << (kind % 30)) - (int32_t)(kind % 2);
    assert_int_equal(kernel_scalar.mantissas(x, m[0], INPUTS), k->mantissas(x, m[1], INPUTS));
    assert_memory_equal(m[1], m[0], sizeof m[0]);
}

static void matrices_agree(void **state) { (void)state, all_kernels(a_matrix); }
static void norms_agree(void **state) { (void)state, all_kernels(a_norm); }
static void turned_heads_agree(void **state) { (void)state, all_kernels(a_turned_head); }
static void attention_agrees(void **state) { (void)state, all_kernels(an_attending_head); }
static void feed_forwards_agree(void **state) { (void)state, all_kernels(a_feed_forward); }
static void mantissas_agree_beside_one_huge_entry(void **state) { (void)state, all_kernels(one_huge_entry); }

/* With 2^30 in place of 32767 * 2^15 it would be 32768, and wrap. */
static void a_weight_of_one_does_not_wrap(void **state)
{
    (void)state;
    const int32_t score[KERNEL_BLOCK] = {0, -(1 << 24)};
    for (size_t i = 0; model_kernels[i]; i++) {
        int16_t p[KERNEL_BLOCK];
        if (!model_kernels[i]->usable())
            continue;
        model_kernels[i]->softmax(score, p, 2);
        assert_int_equal(p[0], 32767);
        assert_int_equal(p[1], 0);
    }
}

/* Small numbers keep what a shared shift leaves them: half is added before the shift. */
static void a_huge_entry_sets_the_shift_and_no_more(void **state)
{
    (void)state;
    int32_t x[16] = {900 << 12, 70, -70, 63};
    int16_t m[16];
    for (size_t i = 0; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable())
            continue;
        assert_int_equal(model_kernels[i]->mantissas(x, m, 16), 7);
        assert_int_equal(m[0], 28800);
        assert_int_equal(m[1], 1), assert_int_equal(m[2], -1), assert_int_equal(m[3], 0);
    }
}

static void roots_are_exact(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        const uint64_t x = model_chance_next(&chance) >> (i % 64), r = kernel_root(x);
        assert_true(r * r <= x && (r == UINT32_MAX || (r + 1) * (r + 1) > x));
        assert_int_equal(kernel_root(r * r), r);
        if (r)
            assert_int_equal(kernel_root(r * r - 1), r - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_agree),
        cmocka_unit_test(norms_agree),
        cmocka_unit_test(turned_heads_agree),
        cmocka_unit_test(attention_agrees),
        cmocka_unit_test(feed_forwards_agree),
        cmocka_unit_test(mantissas_agree_beside_one_huge_entry),
        cmocka_unit_test(a_weight_of_one_does_not_wrap),
        cmocka_unit_test(a_huge_entry_sets_the_shift_and_no_more),
        cmocka_unit_test(roots_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
