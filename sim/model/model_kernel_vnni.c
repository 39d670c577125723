/* AVX-512 with VNNI: sixteen lanes, and multiplying, adding the pair and adding to the sum are one instruction (vpdpwssd). */
#include "model_kernel.h"

#if defined __x86_64__
#include <immintrin.h>
#include <string.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vnni");
}

static inline __m512i pair(const int16_t *x)
{
    int32_t two;
    memcpy(&two, x, sizeof two);
    return _mm512_set1_epi32(two);
}

static inline __m512i wide(const int8_t *p) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)p)); }

/* `blocks` times sixteen outputs at once, each with a sum of its own. */
static inline __attribute__((always_inline)) void blocks_of(const int8_t *weight, const int16_t *x, uint32_t inputs, int32_t *y, const size_t blocks)
{
    const size_t block = (size_t)16 * inputs;
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (uint32_t i = 0; i < inputs; i += 2, weight += 32) {
        const __m512i two = pair(x + i);
        for (size_t k = 0; k < blocks; k++)
            sum[k] = _mm512_dpwssd_epi32(sum[k], wide(weight + k * block), two);
    }
    for (size_t k = 0; k < blocks; k++)
        _mm512_storeu_si512(y + 16 * k, sum[k]);
}

static void matrix(const model_matrix *m, const int16_t *x, int32_t *y)
{
    uint32_t o = 0;
    for (; o + 64 <= m->outputs; o += 64)
        blocks_of(m->packed + (size_t)o * m->inputs, x, m->inputs, y + o, 4);
    for (; o < m->outputs; o += 16)
        blocks_of(m->packed + (size_t)o * m->inputs, x, m->inputs, y + o, 1);
}

static void scores(const int16_t *q, const int16_t *key, size_t row, size_t n, int32_t *score)
{
    const __m256i query = _mm256_loadu_si256((const void *)q);
    for (size_t t = 0; t < n; t++, key += row) {
        const __m256i product = _mm256_madd_epi16(query, _mm256_loadu_si256((const void *)key));
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(product), _mm256_extracti128_si256(product, 1));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
        score[t] = _mm_cvtsi128_si32(sum);
    }
}

/* One position at a time, its weight beside a zero: the low half of each lane holds the value. */
static void mix(const int16_t *p, const int16_t *value, size_t row, size_t n, int32_t *out)
{
    __m512i sum = _mm512_setzero_si512();
    for (size_t t = 0; t < n; t++, value += row) {
        const __m512i wide_value = _mm512_cvtepi16_epi32(_mm256_loadu_si256((const void *)value));
        sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(wide_value, _mm512_set1_epi32(p[t])));
    }
    _mm512_storeu_si512(out, sum);
}

const model_kernel kernel_vnni = {"avx512vnni", usable, matrix, scores, mix};
#else
typedef int nothing_here;
#endif
