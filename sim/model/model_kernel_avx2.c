/* AVX2: as SSE2, eight lanes wide. */
#include "model_kernel.h"

#if defined __x86_64__
#include <immintrin.h>
#include <string.h>

static bool usable(void) { return __builtin_cpu_supports("avx2"); }

static inline __m256i pair(const int16_t *x)
{
    int32_t two;
    memcpy(&two, x, sizeof two);
    return _mm256_set1_epi32(two);
}

static inline __m256i wide(const int8_t *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)p)); }
static inline __m256i load(const int16_t *p) { return _mm256_loadu_si256((const void *)p); }
static inline void store(int32_t *p, __m256i x) { _mm256_storeu_si256((void *)p, x); }
static inline __m256i add(__m256i sum, __m256i a, __m256i b) { return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)); }

/* Thirty-two outputs in four sums; one block of sixteen stands `block` bytes behind the other. */
static void thirty_two(const int8_t *weight, size_t block, const int16_t *x, uint32_t inputs, int32_t *y)
{
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (uint32_t i = 0; i < inputs; i += 2, weight += 32) {
        const __m256i two = pair(x + i);
        a = add(a, wide(weight), two);
        b = add(b, wide(weight + 16), two);
        c = add(c, wide(weight + block), two);
        d = add(d, wide(weight + block + 16), two);
    }
    store(y, a), store(y + 8, b), store(y + 16, c), store(y + 24, d);
}

static void sixteen(const int8_t *weight, const int16_t *x, uint32_t inputs, int32_t *y)
{
    __m256i a = _mm256_setzero_si256(), b = a;
    for (uint32_t i = 0; i < inputs; i += 2, weight += 32) {
        const __m256i two = pair(x + i);
        a = add(a, wide(weight), two);
        b = add(b, wide(weight + 16), two);
    }
    store(y, a), store(y + 8, b);
}

static void matrix(const model_matrix *m, const int16_t *x, int32_t *y)
{
    const size_t block = (size_t)16 * m->inputs;
    uint32_t o = 0;
    for (; o + 32 <= m->outputs; o += 32)
        thirty_two(m->packed + (size_t)o * m->inputs, block, x, m->inputs, y + o);
    if (o < m->outputs)
        sixteen(m->packed + (size_t)o * m->inputs, x, m->inputs, y + o);
}

static void scores(const int16_t *q, const int16_t *key, size_t row, size_t n, int32_t *score)
{
    const __m256i query = load(q);
    for (size_t t = 0; t < n; t++, key += row) {
        const __m256i product = _mm256_madd_epi16(query, load(key));
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(product), _mm256_extracti128_si256(product, 1));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
        sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
        score[t] = _mm_cvtsi128_si32(sum);
    }
}

/* Two positions at a time. Unpacking works inside halves: a holds outputs 0-3 and 8-11, b holds 4-7 and 12-15. */
static void mix(const int16_t *p, const int16_t *value, size_t row, size_t n, int32_t *out)
{
    static const int16_t none[MODEL_HEAD];
    __m256i a = _mm256_setzero_si256(), b = a;
    for (size_t t = 0; t < n; t += 2) {
        const int16_t both[2] = {p[t], t + 1 < n ? p[t + 1] : 0}, *first = value + t * row;
        const __m256i two = pair(both), l = load(first), m = load(t + 1 < n ? first + row : none);
        a = add(a, _mm256_unpacklo_epi16(l, m), two);
        b = add(b, _mm256_unpackhi_epi16(l, m), two);
    }
    store(out, _mm256_permute2x128_si256(a, b, 0x20));
    store(out + 8, _mm256_permute2x128_si256(a, b, 0x31));
}

const model_kernel kernel_avx2 = {"avx2", usable, matrix, scores, mix};
#else
typedef int nothing_here;
#endif
