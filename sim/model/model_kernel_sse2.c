/* SSE2, which every x86-64 has: pairs of int16 multiplied and added to int32 (pmaddwd). The rest is the scalar kernel's. */
#include "model_kernel.h"

#if defined __x86_64__
#include <emmintrin.h>
#include <string.h>

static bool always(void) { return true; }

static inline __m128i load(const void *p) { return _mm_loadu_si128(p); }
static inline void store(void *p, __m128i x) { _mm_storeu_si128(p, x); }
static inline __m128i add(__m128i sum, __m128i a, __m128i b) { return _mm_add_epi32(sum, _mm_madd_epi16(a, b)); }

static inline __m128i pair(const int16_t *x)
{
    int32_t two;
    memcpy(&two, x, sizeof two);
    return _mm_set1_epi32(two);
}

static inline __m128i four(const int16_t *x) { return _mm_shuffle_epi32(_mm_loadl_epi64((const void *)x), 0x44); }

/* The sum of neighbours: four outputs from the two halves of each. */
static inline __m128i join(__m128i a, __m128i b)
{
    const __m128 x = _mm_castsi128_ps(a), y = _mm_castsi128_ps(b);
    return _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(x, y, 0x88)), _mm_castps_si128(_mm_shuffle_ps(x, y, 0xdd)));
}

/* Sixteen outputs: each step takes four inputs of all of them, 64 weights. */
static void sixteen(const int8_t *weight, const int16_t *x, uint32_t inputs, int32_t *y)
{
    __m128i sum[8];
    for (int k = 0; k < 8; k++)
        sum[k] = _mm_setzero_si128();
    for (uint32_t i = 0; i < inputs; i += 4, weight += 64) {
        const __m128i in = four(x + i);
        for (int k = 0; k < 4; k++) {
            const __m128i w = load(weight + 16 * k);
            sum[2 * k] = add(sum[2 * k], _mm_srai_epi16(_mm_unpacklo_epi8(w, w), 8), in);
            sum[2 * k + 1] = add(sum[2 * k + 1], _mm_srai_epi16(_mm_unpackhi_epi8(w, w), 8), in);
        }
    }
    for (int k = 0; k < 4; k++)
        store(y + 4 * k, join(sum[2 * k], sum[2 * k + 1]));
}

static void project(const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    const uint32_t shift = m->shift - less;
    const int64_t half = (int64_t)1 << (shift - 1);
    for (uint32_t o = 0; o < m->outputs; o += 16) {
        sixteen(m->packed + (size_t)o * m->inputs, x, m->inputs, y + o);
        for (uint32_t i = o; i < o + 16; i++) {
            const int64_t scaled = ((int64_t)y[i] * m->multiplier[i] + half) >> shift;
            y[i] = (int32_t)(scaled < -KERNEL_OUTPUT ? -KERNEL_OUTPUT : scaled > KERNEL_OUTPUT ? KERNEL_OUTPUT : scaled);
        }
    }
}

static void scores(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score)
{
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK, score += KERNEL_BLOCK) {
        __m128i sum[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
        for (int i = 0; i < MODEL_HEAD; i += 2, keys += 2 * KERNEL_BLOCK)
            for (int k = 0; k < 4; k++)
                sum[k] = add(sum[k], load(keys + 8 * k), pair(q + i));
        for (int k = 0; k < 4; k++)
            store(score + 4 * k, sum[k]);
    }
}

static void mix(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out)
{
    __m128i sum[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
    for (uint32_t t = 0; t < n; t += 2, values += 2 * MODEL_HEAD)
        for (int k = 0; k < 4; k++)
            sum[k] = add(sum[k], load(values + 8 * k), pair(p + t));
    for (int k = 0; k < 4; k++)
        store(out + 4 * k, sum[k]);
}

const model_kernel kernel_sse2 = {"sse2", always,         project, scalar_norm,      scalar_rotate,
                                  scores, scalar_softmax, mix,     scalar_mantissas, scalar_swiglu};
#else
typedef int nothing_here;
#endif
