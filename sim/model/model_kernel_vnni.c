/* AVX-512 with VNNI: sixteen lanes for the products; the small stages are AVX2's.
 *
 * vpdpbusd multiplies unsigned bytes with signed ones and adds four products to a lane. An int16 x is 256 h + l with bytes h and l, of which h
 * has a sign; with h + 128 in its place every row comes out larger by 256 * 128 times the sum of its weights: sums start below
 * zero by that. They may wrap on the way: the end fits. */
#include "model_kernel.h"

#if defined __x86_64__
#include <immintrin.h>
#include <string.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

static inline __m512i all_of(const void *four_bytes)
{
    int32_t x;
    memcpy(&x, four_bytes, sizeof x);
    return _mm512_set1_epi32(x);
}

typedef struct halves { /* of the inputs */
    uint8_t high[MODEL_FFN_MAX], low[MODEL_FFN_MAX];
} halves;

static void split(const int16_t *x, uint32_t n, halves *h)
{
    for (uint32_t i = 0; i < n; i += 16) {
        const __m256i in = _mm256_loadu_si256((const void *)(x + i));
        _mm_storeu_si128((void *)(h->low + i), _mm256_cvtepi16_epi8(in));
        _mm_storeu_si128((void *)(h->high + i), _mm_xor_si128(_mm256_cvtepi16_epi8(_mm256_srli_epi16(in, 8)), _mm_set1_epi8((char)0x80)));
    }
}

typedef struct scaling {
    __m512i half;
    __m128i shift, shift_odd;
    bool bounded;
} scaling;

static inline scaling scaling_of(const model_matrix *m, uint32_t less)
{
    const uint32_t shift = m->shift - less;
    return (scaling){_mm512_set1_epi64((int64_t)1 << (shift - 1)), _mm_cvtsi32_si128((int)shift), _mm_cvtsi32_si128((int)shift - 32),
                     shift >= 32 && kernel_is_bounded(m, less)};
}

static inline __m512i product_even(const scaling *s, __m512i sum, __m512i multiplier)
{
    return _mm512_add_epi64(_mm512_mul_epi32(sum, multiplier), s->half);
}

static inline __m512i within(__m512i x)
{
    return _mm512_min_epi64(_mm512_max_epi64(x, _mm512_set1_epi64(-KERNEL_OUTPUT)), _mm512_set1_epi64(KERNEL_OUTPUT));
}

/* Products are 64 bits wide and come from even and odd lanes apart. Bounded, an odd one is shifted to where it belongs. */
static inline __m512i scale(const scaling *s, __m512i sum, __m512i multiplier)
{
    const __m512i even = product_even(s, sum, multiplier),
                  odd = product_even(s, _mm512_srli_epi64(sum, 32), _mm512_srli_epi64(multiplier, 32));
    if (s->bounded)
        return _mm512_mask_blend_epi32(0xaaaa, _mm512_sra_epi64(even, s->shift), _mm512_sra_epi64(odd, s->shift_odd));
    return _mm512_mask_blend_epi32(0xaaaa, within(_mm512_sra_epi64(even, s->shift)),
                                   _mm512_slli_epi64(within(_mm512_sra_epi64(odd, s->shift)), 32));
}

/* sum += unsigned bytes x times signed bytes w, four to a lane. The intrinsic is the same instruction, but gcc 12 copies its sums around. */
static inline void dot(__m512i *sum, __m512i x, __m512i w) { __asm__("vpdpbusd %2, %1, %0" : "+v"(*sum) : "v"(x), "v"(w)); }

static inline void finish(const model_matrix *m, uint32_t o, __m512i high, __m512i low, const scaling *s, int32_t *y)
{
    const __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(high, 8), low);
    _mm512_storeu_si512(y + o, scale(s, sum, _mm512_loadu_si512(m->multiplier + o)));
}

static void one_block(const model_matrix *m, uint32_t o, const halves *x, const scaling *s, int32_t *y)
{
    const int8_t *weight = m->packed + (size_t)o * m->inputs;
    __m512i high = _mm512_setzero_si512(), low = _mm512_loadu_si512(m->start + o);
    for (uint32_t i = 0; i < m->inputs; i += 4, weight += 64) {
        const __m512i w = _mm512_loadu_si512(weight);
        dot(&high, all_of(x->high + i), w);
        dot(&low, all_of(x->low + i), w);
    }
    finish(m, o, high, low, s, y);
}

/* Sixty-four outputs. */
static void four_blocks(const model_matrix *m, uint32_t o, const halves *x, const scaling *scaled, int32_t *y)
{
    const size_t block = (size_t)16 * m->inputs;
    const int8_t *first = m->packed + (size_t)o * m->inputs, *second = first + block, *third = second + block, *fourth = third + block;
    const __m512i zero = _mm512_setzero_si512();
    __m512i a = zero, b = zero, c = zero, d = zero, e = _mm512_loadu_si512(m->start + o), f = _mm512_loadu_si512(m->start + o + 16);
    __m512i g = _mm512_loadu_si512(m->start + o + 32), h = _mm512_loadu_si512(m->start + o + 48);
    for (uint32_t i = 0; i < m->inputs; i += 4) {
        const size_t at = (size_t)16 * i;
        const __m512i high = all_of(x->high + i), low = all_of(x->low + i);
        const __m512i p = _mm512_loadu_si512(first + at), q = _mm512_loadu_si512(second + at);
        const __m512i r = _mm512_loadu_si512(third + at), s = _mm512_loadu_si512(fourth + at);
        dot(&a, high, p), dot(&e, low, p);
        dot(&b, high, q), dot(&f, low, q);
        dot(&c, high, r), dot(&g, low, r);
        dot(&d, high, s), dot(&h, low, s);
    }
    finish(m, o, a, e, scaled, y), finish(m, o + 16, b, f, scaled, y), finish(m, o + 32, c, g, scaled, y),
        finish(m, o + 48, d, h, scaled, y);
}

static void project(const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    const scaling s = scaling_of(m, less);
    halves h;
    uint32_t o = 0;
    split(x, m->inputs, &h);
    for (; o + 64 <= m->outputs; o += 64)
        four_blocks(m, o, &h, &s, y);
    for (; o < m->outputs; o += 16)
        one_block(m, o, &h, &s, y);
}

/* The same of pairs of int16. */
static inline void dot_pairs(__m512i *sum, __m512i x, const int16_t *w)
{
    __asm__("vpdpwssd %2, %1, %0" : "+v"(*sum) : "v"(x), "m"(*(const __m512i_u *)w));
}

static void scores(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score)
{
    __m512i query[8];
    for (int i = 0; i < 8; i++)
        query[i] = all_of(q + 2 * i);
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK, keys += KERNEL_BLOCK * MODEL_HEAD) {
        __m512i sum = _mm512_setzero_si512(), more = sum;
        for (int i = 0; i < 4; i++) {
            dot_pairs(&sum, query[i], keys + 32 * i);
            dot_pairs(&more, query[i + 4], keys + 32 * (i + 4));
        }
        _mm512_storeu_si512(score + t, _mm512_add_epi32(sum, more));
    }
}

/* In 16 bits: a product with twice the fraction leaves in its upper half what one with the fraction leaves above bit 15. */
static inline __m256i exp2_of(__m512i x)
{
    const __m256i f = _mm256_and_si256(_mm512_cvtepi32_epi16(x), _mm256_set1_epi16((short)0xfffe)),
                  whole = _mm512_cvtepi32_epi16(_mm512_srli_epi32(x, 16));
    __m256i y = _mm256_sub_epi16(_mm256_set1_epi16(7802), _mm256_mulhi_epu16(_mm256_set1_epi16(1483), f));
    y = _mm256_sub_epi16(_mm256_set1_epi16(22705), _mm256_mulhi_epu16(y, f));
    y = _mm256_sub_epi16(_mm256_set1_epi16(32767), _mm256_mulhi_epu16(y, f));
    return _mm256_srlv_epi16(y, whole);
}

/* Which lanes of the block at t stand before the end. */
static inline __mmask16 before(uint32_t t, uint32_t n) { return (__mmask16)(n - t >= KERNEL_BLOCK ? 0xffff : (1u << (n - t)) - 1); }

static void softmax(const int32_t *score, int16_t *p, uint32_t n)
{
    __m512i top = _mm512_set1_epi32(score[0]);
    __m256i sum = _mm256_setzero_si256();
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK)
        top = _mm512_mask_max_epi32(top, before(t, n), top, _mm512_loadu_si512(score + t));
    const __m512i most = _mm512_set1_epi32(_mm512_reduce_max_epi32(top));
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK) {
        const __m256i e = _mm256_maskz_mov_epi16(before(t, n), exp2_of(_mm512_sub_epi32(most, _mm512_loadu_si512(score + t))));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(e, _mm256_set1_epi16(1)));
        _mm256_storeu_si256((void *)(p + t), e);
    }
    avx2_rescale(p, n, (32767u << 15) / (uint32_t)_mm512_reduce_add_epi32(_mm512_zextsi256_si512(sum)));
}

/* Eight pairs of weights are loaded at once and spread from a register: values alone are as much as can be loaded in the time. */
static void mix(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out)
{
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK, values += KERNEL_BLOCK * MODEL_HEAD) {
        const __m512i pairs = _mm512_castsi256_si512(_mm256_loadu_si256((const void *)(p + t)));
        for (int k = 0; k < 8; k++)
            dot_pairs(&sum[k % 4], _mm512_permutexvar_epi32(_mm512_set1_epi32(k), pairs), values + 32 * k);
    }
    _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]), _mm512_add_epi32(sum[2], sum[3])));
}

static uint32_t mantissas(const int32_t *x, int16_t *m, uint32_t n)
{
    __m512i most = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += 16)
        most = _mm512_max_epi32(most, _mm512_abs_epi32(_mm512_loadu_si512(x + i)));
    const uint32_t shift = kernel_fitting_shift(_mm512_reduce_max_epi32(most));
    const __m512i half = _mm512_set1_epi32(shift ? 1 << (shift - 1) : 0);
    const __m128i by = _mm_cvtsi32_si128((int)shift);
    for (uint32_t i = 0; i < n; i += 16)
        _mm256_storeu_si256((void *)(m + i),
                            _mm512_cvtepi32_epi16(_mm512_sra_epi32(_mm512_add_epi32(_mm512_loadu_si512(x + i), half), by)));
    return shift;
}

static inline __m512i gate_of(__m512i x)
{
    return _mm512_min_epi32(_mm512_max_epi32(x, _mm512_set1_epi32(-KERNEL_GATE)), _mm512_set1_epi32(KERNEL_GATE));
}

/* One gather brings an entry of the table and its neighbour. */
static inline __m512i sigmoid_at(const uint16_t *table, __m512i gate)
{
    const __m512i size = _mm512_abs_epi32(gate), at = _mm512_srli_epi32(size, 5), last = _mm512_set1_epi32(MODEL_SIGMOID - 2);
    const __m512i entries = _mm512_i32gather_epi32(_mm512_min_epi32(at, last), table, 2);
    const __m512i here = _mm512_and_si512(entries, _mm512_set1_epi32(0xffff)),
                  rise = _mm512_sub_epi32(_mm512_srli_epi32(entries, 16), here);
    __m512i y = _mm512_add_epi32(here, _mm512_srli_epi32(_mm512_mullo_epi32(rise, _mm512_and_si512(size, _mm512_set1_epi32(31))), 5));
    y = _mm512_mask_mov_epi32(y, _mm512_cmpgt_epi32_mask(at, last), _mm512_set1_epi32(table[MODEL_SIGMOID - 1]));
    return _mm512_mask_sub_epi32(y, _mm512_cmplt_epi32_mask(gate, _mm512_setzero_si512()), _mm512_set1_epi32(32768), y);
}

static void swiglu(const uint16_t *sigmoid, const int32_t *u, int32_t *a, uint32_t ffn)
{
    for (uint32_t i = 0; i < ffn; i += 16) {
        const __m512i gate = gate_of(_mm512_loadu_si512(u + i)), value = gate_of(_mm512_loadu_si512(u + ffn + i));
        const __m512i silu = _mm512_srai_epi32(_mm512_mullo_epi32(_mm512_srai_epi32(gate, 2), sigmoid_at(sigmoid, gate)), 15);
        const __m512i even = _mm512_srli_epi64(_mm512_mul_epi32(silu, value), 10);
        const __m512i odd = _mm512_srli_epi64(_mm512_mul_epi32(_mm512_srli_epi64(silu, 32), _mm512_srli_epi64(value, 32)), 10);
        _mm512_storeu_si512(a + i, _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32)));
    }
}

const model_kernel kernel_vnni = {"avx512vnni", usable, project, avx2_norm, avx2_rotate, scores, softmax, mix, mantissas, swiglu};
#else
typedef int nothing_here;
#endif
