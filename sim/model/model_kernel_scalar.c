/* The reference: reads like the maths. */
#include "model_kernel.h"

#include <math.h>

enum { ROOT_MIN = 207, LESS_MAX = 15 };

/* Why nothing here overflows, whatever file the loader took. What meets a weight, a value or a share is an int16, and never -32768. */
_Static_assert((-1 >> 1) == -1, "shifts keep the sign");
_Static_assert(MODEL_ROW_SUM * 32768ull <= 2147483648ull - 32768, "a row of weights times int16 stays inside int32");
_Static_assert(MODEL_ROW_SUM * 32768ull * ((1ull << 30) - 1) + (1ull << (MODEL_SHIFT_MAX - 1)) < 1ull << 63,
               "it times a multiplier, and a half");
_Static_assert(127 * ((1ull << 30) - 1) + (1ull << (MODEL_SHIFT_MAX - 1)) < 1ull << 63,
               "an embedding's weight times a multiplier, and a half");
_Static_assert((uint64_t)KERNEL_RESIDUAL *KERNEL_RESIDUAL <= UINT64_MAX / MODEL_DIM_MAX, "the squares of a saturated residual stream");
_Static_assert(ROOT_MIN *ROOT_MIN <= 42950 && 42950 < (ROOT_MIN + 1) * (ROOT_MIN + 1), "the least root of a mean square");
_Static_assert(KERNEL_RESIDUAL *((1ull << 42) / ROOT_MIN) + (1ull << 30) < 1ull << 63,
               "the largest entry times the largest inverse, and a half");
_Static_assert(MODEL_HEAD *(1ll * KERNEL_KEY * KERNEL_KEY) < 1 << 30, "a score stays inside int32, and so does a difference of two");
_Static_assert(MODEL_CONTEXT_MAX * 32768ull < 1ull << 31, "the sum of a softmax stays inside uint32");
_Static_assert(32767ull * 32768 < 1ull << 32, "a share: the sum is 32767 at least, so its inverse is 2^15 at most");
_Static_assert(32767ll * 32767 < 1ll << 31, "attention's output: the shares, none negative, sum to 32767 at most");
_Static_assert(((KERNEL_GATE >> 2) + 1) * 32768ll <= 1ll << 31, "the lowest gate, which rounds away from zero, times one is INT32_MIN");
_Static_assert((((KERNEL_GATE >> 2) + 1ll) * KERNEL_GATE >> 10) + 1 < 32767ll * 32767, "SwiGLU's output is no larger than attention's");
_Static_assert((32767ll * 32767 + (1 << (LESS_MAX - 1))) >> LESS_MAX <= 32767, "shifted by LESS_MAX either fits int16");
_Static_assert((int)MODEL_SHIFT_MIN > (int)LESS_MAX, "so a matrix always has some shift left");
_Static_assert(3 * MODEL_HEADS_MAX * MODEL_HEAD <= 2 * MODEL_FFN_MAX && MODEL_DIM_MAX <= 2 * MODEL_FFN_MAX,
               "each matrix finds room for its outputs");
_Static_assert(MODEL_HEADS_MAX *MODEL_HEAD <= MODEL_FFN_MAX, "the mantissas of every head find room");
_Static_assert(2ll * 32767 * 16384 + (1 << 13) < 1ll << 31, "a turned pair stays inside int32");

static bool always(void) { return true; }
static int64_t clamp(int64_t x, int64_t most) { return x < -most ? -most : x > most ? most : x; }
static int64_t round_shift(int64_t x, uint32_t n) { return n ? (x + ((int64_t)1 << (n - 1))) >> n : x; }

void scalar_project(const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    for (uint32_t o = 0; o < m->outputs; o++) {
        const int8_t *weight = m->weight + (size_t)o * m->inputs;
        int32_t sum = 0;
        for (uint32_t i = 0; i < m->inputs; i++)
            sum += weight[i] * x[i];
        y[o] = (int32_t)clamp(round_shift((int64_t)sum * m->multiplier[o], m->shift - less), KERNEL_OUTPUT);
    }
}

uint32_t kernel_root(uint64_t x)
{
    uint64_t r = (uint64_t)sqrt((double)x); /* off by one at most: x was rounded */
    r = r > UINT32_MAX ? UINT32_MAX : r;
    while (r * r > x)
        r--;
    while (r < UINT32_MAX && (r + 1) * (r + 1) <= x)
        r++;
    return (uint32_t)r;
}

int64_t kernel_inverse(uint64_t squares, uint32_t dim)
{
    return (int64_t)(((uint64_t)1 << 42) / kernel_root(squares / dim + 42950)); /* 10^-5 in Q32 */
}

void scalar_norm(const int32_t *x, int16_t *n, uint32_t dim)
{
    uint64_t squares = 0;
    for (uint32_t i = 0; i < dim; i++)
        squares += (uint64_t)((int64_t)x[i] * x[i]);
    const int64_t inverse = kernel_inverse(squares, dim);
    for (uint32_t i = 0; i < dim; i++)
        n[i] = (int16_t)clamp(round_shift(x[i] * inverse, 31), 32767);
}

void scalar_rotate(const int32_t *from, const int16_t *turn, int16_t *to)
{
    for (int i = 0; i < MODEL_HEAD / 2; i++) {
        int64_t low = clamp(from[i], 32767), high = clamp(from[i + 8], 32767), c = turn[2 * i], s = turn[2 * i + 1];
        to[i] = (int16_t)clamp(round_shift(low * c - high * s, 14), KERNEL_KEY);
        to[i + 8] = (int16_t)clamp(round_shift(low * s + high * c, 14), KERNEL_KEY);
    }
}

void scalar_scores(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score)
{
    for (uint32_t t = 0; t < n; t++) {
        int32_t sum = 0;
        for (uint32_t i = 0; i < MODEL_HEAD; i++)
            sum += q[i] * keys[kernel_key_at(t, i)];
        score[t] = sum;
    }
}

int16_t kernel_exp2(uint32_t x)
{
    uint32_t whole = x >> 16;
    int32_t f = (int32_t)(x & 0xffff) >> 1;
    int32_t y = 7802 - (1483 * f >> 15);
    y = 22705 - (y * f >> 15);
    y = 32767 - (y * f >> 15);
    return (int16_t)(whole > 15 ? 0 : y >> whole);
}

void scalar_softmax(const int32_t *score, int16_t *p, uint32_t n)
{
    int32_t most = score[0];
    uint32_t sum = 0;
    for (uint32_t t = 1; t < n; t++)
        most = score[t] > most ? score[t] : most;
    for (uint32_t t = 0; t < n; t++) {
        p[t] = kernel_exp2((uint32_t)most - (uint32_t)score[t]);
        sum += (uint32_t)p[t];
    }
    uint32_t inverse = (32767u << 15) / sum; /* with 2^30 a weight of one would be 32768 and wrap */
    for (uint32_t t = 0; t < n; t++)
        p[t] = (int16_t)((uint32_t)p[t] * inverse >> 15);
    for (uint32_t t = n; t < kernel_round(n); t++)
        p[t] = 0;
}

void scalar_mix(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out)
{
    for (uint32_t i = 0; i < MODEL_HEAD; i++) {
        out[i] = 0;
        for (uint32_t t = 0; t < n; t++)
            out[i] += p[t] * values[kernel_value_at(t, i)];
    }
}

uint32_t kernel_fitting_shift(int32_t most)
{
    const uint32_t shift = most > 32767 ? 17 - (uint32_t)__builtin_clz((uint32_t)most) : 0;
    return round_shift(most, shift) > 32767 ? shift + 1 : shift;
}

uint32_t scalar_mantissas(const int32_t *x, int16_t *m, uint32_t n)
{
    int32_t most = 0;
    for (uint32_t i = 0; i < n; i++) {
        int32_t size = x[i] < 0 ? -x[i] : x[i];
        most = size > most ? size : most;
    }
    const uint32_t shift = kernel_fitting_shift(most);
    for (uint32_t i = 0; i < n; i++)
        m[i] = (int16_t)round_shift(x[i], shift);
    return shift;
}

/* The logistic function at gate Q12: Q15, between 0 and 32768, by a straight line between entries of the table. */
static int32_t sigmoid_at(const uint16_t *table, int32_t gate)
{
    int32_t size = gate < 0 ? -gate : gate, at = size >> 5, part = size & 31;
    int32_t y = at >= MODEL_SIGMOID - 1 ? table[MODEL_SIGMOID - 1] : table[at] + ((table[at + 1] - table[at]) * part >> 5);
    return gate < 0 ? 32768 - y : y;
}

void scalar_swiglu(const uint16_t *sigmoid, const int32_t *u, int32_t *a, uint32_t ffn)
{
    for (uint32_t i = 0; i < ffn; i++) {
        int32_t gate = (int32_t)clamp(u[i], KERNEL_GATE), value = (int32_t)clamp(u[ffn + i], KERNEL_GATE);
        int32_t silu = ((gate >> 2) * sigmoid_at(sigmoid, gate)) >> 15; /* Q10 */
        a[i] = (int32_t)(((int64_t)silu * value) >> 10);
    }
}

const model_kernel kernel_scalar = {"scalar",      always,         scalar_project, scalar_norm,      scalar_rotate,
                                    scalar_scores, scalar_softmax, scalar_mix,     scalar_mantissas, scalar_swiglu};
