/* NEON, which every aarch64 has: four lanes. The sigmoid's table is looked up entry by entry in any case, so that stage is the scalar
 * kernel's. */
#include "model_kernel.h"

#if defined __aarch64__
#include <arm_neon.h>

static bool always(void) { return true; }

static inline int32x4_t within(int32x4_t x, int32_t most) { return vminq_s32(vmaxq_s32(x, vdupq_n_s32(-most)), vdupq_n_s32(most)); }

/* Eight int32 as int16, none beyond `most`. */
static inline int16x8_t narrow(int32x4_t low, int32x4_t high, int16_t most)
{
    return vmaxq_s16(vminq_s16(vqmovn_high_s32(vqmovn_s32(low), high), vdupq_n_s16(most)), vdupq_n_s16((int16_t)-most));
}

/* ---- matrices ---- */

static inline int32x4_t sum_of(const int32x4_t sum[4]) { return vpaddq_s32(vpaddq_s32(sum[0], sum[1]), vpaddq_s32(sum[2], sum[3])); }

/* A shift to the left by a negative number is one to the right; vrshl adds half before it. What is too large for 32 bits becomes the
 * largest. */
static inline int32x4_t scale(int32x4_t sum, int32x4_t multiplier, int64x2_t shift)
{
    const int64x2_t low = vrshlq_s64(vmull_s32(vget_low_s32(sum), vget_low_s32(multiplier)), shift);
    const int64x2_t high = vrshlq_s64(vmull_high_s32(sum, multiplier), shift);
    return within(vqmovn_high_s64(vqmovn_s64(low), high), KERNEL_OUTPUT);
}

/* Sixteen outputs, four sums for each: a step takes four inputs of all of them, 64 weights. */
static void sixteen(const int8_t *weight, const int16_t *x, uint32_t inputs, int32x4_t sum[16])
{
    for (int k = 0; k < 16; k++)
        sum[k] = vdupq_n_s32(0);
    for (uint32_t i = 0; i < inputs; i += 4, weight += 64) {
        const int16x4_t four = vld1_s16(x + i);
        const int16x8_t twice = vcombine_s16(four, four);
        for (int k = 0; k < 16; k += 4) {
            const int8x16_t w = vld1q_s8(weight + 4 * k);
            const int16x8_t low = vmovl_s8(vget_low_s8(w)), high = vmovl_high_s8(w);
            sum[k] = vmlal_s16(sum[k], vget_low_s16(low), four), sum[k + 1] = vmlal_high_s16(sum[k + 1], low, twice);
            sum[k + 2] = vmlal_s16(sum[k + 2], vget_low_s16(high), four), sum[k + 3] = vmlal_high_s16(sum[k + 3], high, twice);
        }
    }
}

static void project(const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    const int64x2_t shift = vdupq_n_s64((int64_t)less - m->shift);
    int32x4_t sum[16];
    for (uint32_t o = 0; o < m->outputs; o += 16) {
        sixteen(m->packed + (size_t)o * m->inputs, x, m->inputs, sum);
        for (uint32_t k = 0; k < 16; k += 4)
            vst1q_s32(y + o + k, scale(sum_of(sum + k), vld1q_s32(m->multiplier + o + k), shift));
    }
}

/* ---- attention ---- */

static void rotate(const int32_t *from, const int16_t *turn, int16_t *to)
{
    const int16x8x2_t angle = vld2q_s16(turn); /* cosines, sines */
    const int16x8_t low = narrow(vld1q_s32(from), vld1q_s32(from + 4), 32767);
    const int16x8_t high = narrow(vld1q_s32(from + 8), vld1q_s32(from + 12), 32767);
    const int16x8_t c = angle.val[0], s = angle.val[1];
    const int16x4_t l = vget_low_s16(low), h = vget_low_s16(high), cl = vget_low_s16(c), sl = vget_low_s16(s);
    const int32x4_t a = vmlsl_s16(vmull_s16(l, cl), h, sl), b = vmlsl_high_s16(vmull_high_s16(low, c), high, s); /* low c - high s */
    const int32x4_t d = vmlal_s16(vmull_s16(l, sl), h, cl), e = vmlal_high_s16(vmull_high_s16(low, s), high, c); /* low s + high c */
    vst1q_s16(to, narrow(vrshrq_n_s32(a, 14), vrshrq_n_s32(b, 14), KERNEL_KEY));
    vst1q_s16(to + 8, narrow(vrshrq_n_s32(d, 14), vrshrq_n_s32(e, 14), KERNEL_KEY));
}

/* sum (16) += the pairs that stand at `pairs` (16, 2), times two numbers. */
static inline void add_pairs(int32x4_t sum[4], const int16_t *pairs, int16_t first, int16_t second)
{
    for (int k = 0; k < 4; k += 2, pairs += 16) {
        const int16x8x2_t p = vld2q_s16(pairs);
        sum[k] = vmlal_n_s16(vmlal_n_s16(sum[k], vget_low_s16(p.val[0]), first), vget_low_s16(p.val[1]), second);
        sum[k + 1] = vmlal_high_n_s16(vmlal_high_n_s16(sum[k + 1], p.val[0], first), p.val[1], second);
    }
}

static void scores(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score)
{
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK, score += KERNEL_BLOCK) {
        int32x4_t sum[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
        for (int i = 0; i < MODEL_HEAD; i += 2, keys += 2 * KERNEL_BLOCK)
            add_pairs(sum, keys, q[i], q[i + 1]);
        for (int k = 0; k < 4; k++)
            vst1q_s32(score + 4 * k, sum[k]);
    }
}

static inline int32x4_t exp2_of(uint32x4_t x)
{
    const int32x4_t f = vreinterpretq_s32_u32(vshrq_n_u32(vandq_u32(x, vdupq_n_u32(0xffff)), 1));
    const int32x4_t whole = vreinterpretq_s32_u32(vminq_u32(vshrq_n_u32(x, 16), vdupq_n_u32(31))); /* of a shift only eight bits count */
    int32x4_t y = vsubq_s32(vdupq_n_s32(7802), vshrq_n_s32(vmulq_n_s32(f, 1483), 15));
    y = vsubq_s32(vdupq_n_s32(22705), vshrq_n_s32(vmulq_s32(y, f), 15));
    y = vsubq_s32(vdupq_n_s32(32767), vshrq_n_s32(vmulq_s32(y, f), 15));
    return vshlq_s32(y, vnegq_s32(whole));
}

/* Lanes that stand before the end: n is how many are left. */
static inline uint32x4_t before(int32_t n)
{
    static const int32_t lanes[4] = {0, 1, 2, 3};
    return vcltq_s32(vld1q_s32(lanes), vdupq_n_s32(n));
}

static void softmax(const int32_t *score, int16_t *p, uint32_t n)
{
    int32x4_t top = vdupq_n_s32(score[0]), e[4];
    uint32x4_t sum = vdupq_n_u32(0);
    for (uint32_t t = 0; t < n; t += 4)
        top = vmaxq_s32(top, vbslq_s32(before((int32_t)(n - t)), vld1q_s32(score + t), top));
    const int32x4_t most = vdupq_n_s32(vmaxvq_s32(top));
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK) {
        for (uint32_t k = 0; k < 4; k++) {
            const uint32x4_t x = vreinterpretq_u32_s32(vsubq_s32(most, vld1q_s32(score + t + 4 * k)));
            e[k] = vandq_s32(exp2_of(x), vreinterpretq_s32_u32(before((int32_t)(n - t) - 4 * (int32_t)k)));
            sum = vaddq_u32(sum, vreinterpretq_u32_s32(e[k]));
        }
        vst1q_s16(p + t, vmovn_high_s32(vmovn_s32(e[0]), e[1])), vst1q_s16(p + t + 8, vmovn_high_s32(vmovn_s32(e[2]), e[3]));
    }
    const int32_t inverse = (int32_t)((32767u << 15) / vaddvq_u32(sum));
    for (uint32_t t = 0; t < n; t += 8) {
        const int16x8_t x = vld1q_s16(p + t);
        const int32x4_t low = vmulq_n_s32(vmovl_s16(vget_low_s16(x)), inverse), high = vmulq_n_s32(vmovl_high_s16(x), inverse);
        vst1q_s16(p + t, vshrn_high_n_s32(vshrn_n_s32(low, 15), high, 15));
    }
}

static void mix(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out)
{
    int32x4_t sum[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    for (uint32_t t = 0; t < n; t += 2, values += 2 * MODEL_HEAD)
        add_pairs(sum, values, p[t], p[t + 1]);
    for (int k = 0; k < 4; k++)
        vst1q_s32(out + 4 * k, sum[k]);
}

/* ---- the rest ---- */

static inline int32x4_t times_inverse(int32x4_t x, int32x4_t inverse)
{
    return vrshrn_high_n_s64(vrshrn_n_s64(vmull_s32(vget_low_s32(x), vget_low_s32(inverse)), 31), vmull_high_s32(x, inverse), 31);
}

static void norm(const int32_t *x, int16_t *n, uint32_t dim)
{
    int64x2_t squares = vdupq_n_s64(0);
    for (uint32_t i = 0; i < dim; i += 4) {
        const int32x4_t four = vld1q_s32(x + i);
        squares = vmlal_high_s32(vmlal_s32(squares, vget_low_s32(four), vget_low_s32(four)), four, four);
    }
    const int64_t inverse = kernel_inverse((uint64_t)vaddvq_s64(squares), dim);
    if (inverse > INT32_MAX) { /* x is all but zero */
        scalar_norm(x, n, dim);
        return;
    }
    const int32x4_t r = vdupq_n_s32((int32_t)inverse);
    for (uint32_t i = 0; i < dim; i += 8)
        vst1q_s16(n + i, narrow(times_inverse(vld1q_s32(x + i), r), times_inverse(vld1q_s32(x + i + 4), r), 32767));
}

static uint32_t mantissas(const int32_t *x, int16_t *m, uint32_t n)
{
    int32x4_t most = vdupq_n_s32(0);
    for (uint32_t i = 0; i < n; i += 4)
        most = vmaxq_s32(most, vabsq_s32(vld1q_s32(x + i)));
    const uint32_t shift = kernel_fitting_shift(vmaxvq_s32(most));
    const int32x4_t by = vdupq_n_s32(-(int32_t)shift);
    for (uint32_t i = 0; i < n; i += 8)
        vst1q_s16(m + i, vmovn_high_s32(vmovn_s32(vrshlq_s32(vld1q_s32(x + i), by)), vrshlq_s32(vld1q_s32(x + i + 4), by)));
    return shift;
}

const model_kernel kernel_neon = {"neon", always, project, norm, rotate, scores, softmax, mix, mantissas, scalar_swiglu};
#else
typedef int nothing_here;
#endif
