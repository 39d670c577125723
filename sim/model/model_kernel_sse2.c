/* SSE2, which every x86-64 has: pairs of int16 multiplied and added to int32 (pmaddwd), lanes are outputs. */
#include "model_kernel.h"

#if defined __x86_64__
#include <emmintrin.h>
#include <string.h>

static bool always(void) { return true; }

static inline __m128i pair(const int16_t *x)
{
    int32_t two;
    memcpy(&two, x, sizeof two);
    return _mm_set1_epi32(two);
}

static inline __m128i load(const void *p) { return _mm_loadu_si128(p); }
static inline void store(void *p, __m128i x) { _mm_storeu_si128(p, x); }

/* Sixteen outputs: each step takes two inputs of all of them, 32 weights. */
static void sixteen(const int8_t *weight, const int16_t *x, uint32_t inputs, int32_t *y)
{
    __m128i a = _mm_setzero_si128(), b = a, c = a, d = a;
    for (uint32_t i = 0; i < inputs; i += 2, weight += 32) {
        const __m128i two = pair(x + i), low = load(weight), high = load(weight + 16);
        a = _mm_add_epi32(a, _mm_madd_epi16(_mm_srai_epi16(_mm_unpacklo_epi8(low, low), 8), two));
        b = _mm_add_epi32(b, _mm_madd_epi16(_mm_srai_epi16(_mm_unpackhi_epi8(low, low), 8), two));
        c = _mm_add_epi32(c, _mm_madd_epi16(_mm_srai_epi16(_mm_unpacklo_epi8(high, high), 8), two));
        d = _mm_add_epi32(d, _mm_madd_epi16(_mm_srai_epi16(_mm_unpackhi_epi8(high, high), 8), two));
    }
    store(y, a), store(y + 4, b), store(y + 8, c), store(y + 12, d);
}

static void matrix(const model_matrix *m, const int16_t *x, int32_t *y)
{
    for (uint32_t o = 0; o < m->outputs; o += 16)
        sixteen(m->packed + (size_t)o * m->inputs, x, m->inputs, y + o);
}

static void scores(const int16_t *q, const int16_t *key, size_t row, size_t n, int32_t *score)
{
    const __m128i low = load(q), high = load(q + 8);
    for (size_t t = 0; t < n; t++, key += row) {
        __m128i sum = _mm_add_epi32(_mm_madd_epi16(low, load(key)), _mm_madd_epi16(high, load(key + 8)));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
        score[t] = _mm_cvtsi128_si32(sum);
    }
}

/* Two positions at a time: their values side by side, their weights as one pair. */
static void mix(const int16_t *p, const int16_t *value, size_t row, size_t n, int32_t *out)
{
    static const int16_t none[MODEL_HEAD];
    __m128i a = _mm_setzero_si128(), b = a, c = a, d = a;
    for (size_t t = 0; t < n; t += 2) {
        const int16_t both[2] = {p[t], t + 1 < n ? p[t + 1] : 0}, *first = value + t * row, *second = t + 1 < n ? first + row : none;
        const __m128i two = pair(both), l = load(first), h = load(first + 8), m = load(second), k = load(second + 8);
        a = _mm_add_epi32(a, _mm_madd_epi16(_mm_unpacklo_epi16(l, m), two));
        b = _mm_add_epi32(b, _mm_madd_epi16(_mm_unpackhi_epi16(l, m), two));
        c = _mm_add_epi32(c, _mm_madd_epi16(_mm_unpacklo_epi16(h, k), two));
        d = _mm_add_epi32(d, _mm_madd_epi16(_mm_unpackhi_epi16(h, k), two));
    }
    store(out, a), store(out + 4, b), store(out + 8, c), store(out + 12, d);
}

const model_kernel kernel_sse2 = {"sse2", always, matrix, scores, mix};
#else
typedef int nothing_here;
#endif
