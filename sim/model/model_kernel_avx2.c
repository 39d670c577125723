/* AVX2: eight lanes. Products of 32-bit numbers are 64 bits wide and come from even and odd lanes apart. */
#include "model_kernel.h"

#if defined __x86_64__
#include <immintrin.h>
#include <string.h>

static bool usable(void) { return __builtin_cpu_supports("avx2"); }

static inline __m256i load(const void *p) { return _mm256_loadu_si256(p); }
static inline void store(void *p, __m256i x) { _mm256_storeu_si256(p, x); }
static inline __m256i all(int32_t x) { return _mm256_set1_epi32(x); }
/* Kept in its place: gcc 12 would fetch all factors first, and then has no register left for a sum. */
static inline __m256i dot(__m256i sum, __m256i a, __m256i b)
{
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
    __asm__ volatile("" : "+x"(sum));
    return sum;
}
static inline __m256i within(__m256i x, int32_t most) { return _mm256_min_epi32(_mm256_max_epi32(x, all(-most)), all(most)); }

/* Low halves of the even lanes' results and of the odd ones', side by side again. */
static inline __m256i both(__m256i even, __m256i odd) { return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa); }
static inline __m256i odds(__m256i x) { return _mm256_srli_epi64(x, 32); }

/* Sixteen int32 that fit, as int16. */
static inline void store16(int16_t *p, __m256i low, __m256i high)
{
    store(p, _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8));
}

static inline __m256i pair(const int16_t *x)
{
    int32_t two;
    memcpy(&two, x, sizeof two);
    return all(two);
}

/* ---- matrices ---- */

typedef struct scaling {
    __m256i half, back, back_32, most;
    __m128i shift, shift_odd;
    bool bounded;
} scaling;

static inline scaling scaling_of(const model_matrix *m, uint32_t less)
{
    const uint32_t shift = m->shift - less;
    const int64_t bias =
        (int64_t)1 << 62; /* makes every sum positive: there is no arithmetic shift of 64 bits; |sum| <= 2^61 and half <= 2^61 */
    return (scaling){_mm256_set1_epi64x(((int64_t)1 << (shift - 1)) + bias),
                     _mm256_set1_epi64x(bias >> shift),
                     all((int32_t)(bias >> shift)),
                     _mm256_set1_epi64x(KERNEL_OUTPUT),
                     _mm_cvtsi32_si128((int)shift),
                     _mm_cvtsi32_si128((int)shift - 32),
                     shift >= 32 && shift <= 61 && kernel_is_bounded(m, less)};
}

static inline __m256i product_even(const scaling *s, __m256i sum, __m256i multiplier)
{
    return _mm256_add_epi64(_mm256_mul_epi32(sum, multiplier), s->half);
}

static inline __m256i scale_even(const scaling *s, __m256i sum, __m256i multiplier)
{
    __m256i x = _mm256_sub_epi64(_mm256_srl_epi64(product_even(s, sum, multiplier), s->shift), s->back);
    x = _mm256_blendv_epi8(x, s->most, _mm256_cmpgt_epi64(x, s->most));
    const __m256i least = _mm256_sub_epi64(_mm256_setzero_si256(), s->most);
    return _mm256_blendv_epi8(x, least, _mm256_cmpgt_epi64(least, x));
}

static inline __m256i scale(const scaling *s, __m256i sum, const int32_t *multiplier)
{
    const __m256i m = load(multiplier);
    if (s->bounded) {
        const __m256i even = _mm256_srl_epi64(product_even(s, sum, m), s->shift),
                      odd = _mm256_srl_epi64(product_even(s, odds(sum), odds(m)), s->shift_odd);
        return _mm256_sub_epi32(_mm256_blend_epi32(even, odd, 0xaa), s->back_32);
    }
    return both(scale_even(s, sum, m), scale_even(s, odds(sum), odds(m)));
}

/* The sum of neighbours: eight outputs from the two halves of each. */
static inline __m256i join(__m256i a, __m256i b) { return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xd8); }

static inline __m256i weights(const int8_t *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)p)); }

static inline __m256i four(const int16_t *x)
{
    int64_t all_four;
    memcpy(&all_four, x, sizeof all_four);
    return _mm256_set1_epi64x(all_four);
}

static void one_block(const model_matrix *m, const scaling *s, uint32_t o, const int16_t *x, int32_t *y)
{
    const int8_t *w = m->packed + (size_t)o * m->inputs;
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (uint32_t i = 0; i < m->inputs; i += 4, w += 64) {
        const __m256i in = four(x + i);
        a = dot(a, weights(w), in), b = dot(b, weights(w + 16), in), c = dot(c, weights(w + 32), in), d = dot(d, weights(w + 48), in);
    }
    store(y + o, scale(s, join(a, b), m->multiplier + o)), store(y + o + 8, scale(s, join(c, d), m->multiplier + o + 8));
}

/* Thirty-two outputs. */
static void two_blocks(const model_matrix *m, const scaling *s, uint32_t o, const int16_t *x, int32_t *y)
{
    const int8_t *w = m->packed + (size_t)o * m->inputs, *v = w + (size_t)16 * m->inputs;
    const __m256i zero = _mm256_setzero_si256();
    __m256i a = zero, b = zero, c = zero, d = zero, e = zero, f = zero, g = zero, h = zero;
    for (uint32_t i = 0; i < m->inputs; i += 4, w += 64, v += 64) {
        const __m256i in = four(x + i);
        a = dot(a, weights(w), in), b = dot(b, weights(w + 16), in), c = dot(c, weights(w + 32), in), d = dot(d, weights(w + 48), in);
        e = dot(e, weights(v), in), f = dot(f, weights(v + 16), in), g = dot(g, weights(v + 32), in), h = dot(h, weights(v + 48), in);
    }
    store(y + o, scale(s, join(a, b), m->multiplier + o)), store(y + o + 8, scale(s, join(c, d), m->multiplier + o + 8));
    store(y + o + 16, scale(s, join(e, f), m->multiplier + o + 16)), store(y + o + 24, scale(s, join(g, h), m->multiplier + o + 24));
}

void avx2_project(const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    const scaling s = scaling_of(m, less);
    uint32_t o = 0;
    for (; o + 32 <= m->outputs; o += 32)
        two_blocks(m, &s, o, x, y);
    if (o < m->outputs)
        one_block(m, &s, o, x, y);
}

/* ---- attention ---- */

void avx2_rotate(const int32_t *from, const int16_t *turn, int16_t *to)
{
    const __m256i low = _mm256_and_si256(within(load(from), 32767), all(0xffff)), high = within(load(from + 8), 32767), angle = load(turn);
    const __m256i other = _mm256_sub_epi32(_mm256_setzero_si256(), high);
    const __m256i swapped = _mm256_or_si256(_mm256_slli_epi32(angle, 16), _mm256_srli_epi32(angle, 16));
    __m256i first = _mm256_madd_epi16(_mm256_or_si256(low, _mm256_slli_epi32(other, 16)), angle);   /* low c - high s */
    __m256i second = _mm256_madd_epi16(_mm256_or_si256(low, _mm256_slli_epi32(high, 16)), swapped); /* low s + high c */
    first = within(_mm256_srai_epi32(_mm256_add_epi32(first, all(1 << 13)), 14), KERNEL_KEY);
    second = within(_mm256_srai_epi32(_mm256_add_epi32(second, all(1 << 13)), 14), KERNEL_KEY);
    store16(to, first, second);
}

void avx2_scores(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score)
{
    __m256i query[8];
    for (int i = 0; i < 8; i++)
        query[i] = pair(q + 2 * i);
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK, score += KERNEL_BLOCK) {
        __m256i a = _mm256_setzero_si256(), b = a;
        for (int i = 0; i < 8; i++, keys += 2 * KERNEL_BLOCK)
            a = dot(a, load(keys), query[i]), b = dot(b, load(keys + 16), query[i]);
        store(score, a), store(score + 8, b);
    }
}

/* Lanes that stand before the end: n is how many are left. */
static inline __m256i before(int32_t n) { return _mm256_cmpgt_epi32(all(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)); }

static int32_t largest(__m256i x)
{
    int32_t lane[8], most;
    store(lane, x);
    most = lane[0];
    for (int i = 1; i < 8; i++)
        most = lane[i] > most ? lane[i] : most;
    return most;
}

/* Of sixteen, in 16 bits: a product with twice the fraction leaves in its upper half what one with the fraction leaves above bit 15. Packing works
 * inside halves, so the order is put right at the end. */
static inline __m256i exp2_of(__m256i low, __m256i high)
{
    const __m256i even = all(0xfffe), f = _mm256_packus_epi32(_mm256_and_si256(low, even), _mm256_and_si256(high, even));
    const __m256i whole = _mm256_packus_epi32(_mm256_srli_epi32(low, 16), _mm256_srli_epi32(high, 16)), zero = _mm256_setzero_si256();
    __m256i y = _mm256_sub_epi16(_mm256_set1_epi16(7802), _mm256_mulhi_epu16(_mm256_set1_epi16(1483), f));
    y = _mm256_sub_epi16(_mm256_set1_epi16(22705), _mm256_mulhi_epu16(y, f));
    y = _mm256_sub_epi16(_mm256_set1_epi16(32767), _mm256_mulhi_epu16(y, f));
    const __m256i first = _mm256_srlv_epi32(_mm256_unpacklo_epi16(y, zero), _mm256_unpacklo_epi16(whole, zero));
    const __m256i second = _mm256_srlv_epi32(_mm256_unpackhi_epi16(y, zero), _mm256_unpackhi_epi16(whole, zero));
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xd8);
}

/* p (n, in whole blocks) times inverse, shifted right by 15: from the upper and the lower half of 16-bit products. inverse <= 32768. */
void avx2_rescale(int16_t *p, uint32_t n, uint32_t inverse)
{
    const __m256i r = _mm256_set1_epi16((short)inverse);
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK) {
        const __m256i e = load(p + t), high = _mm256_slli_epi16(_mm256_mulhi_epu16(e, r), 1);
        store(p + t, _mm256_or_si256(high, _mm256_srli_epi16(_mm256_mullo_epi16(e, r), 15)));
    }
}

void avx2_softmax(const int32_t *score, int16_t *p, uint32_t n)
{
    const __m256i first = all(score[0]);
    __m256i top = first, sum = _mm256_setzero_si256();
    for (uint32_t t = 0; t < n; t += 8)
        top = _mm256_max_epi32(top, _mm256_blendv_epi8(first, load(score + t), before((int32_t)(n - t))));
    const __m256i most = all(largest(top));
    for (uint32_t t = 0; t < n; t += KERNEL_BLOCK) {
        __m256i e = exp2_of(_mm256_sub_epi32(most, load(score + t)), _mm256_sub_epi32(most, load(score + t + 8)));
        if (n - t < KERNEL_BLOCK)
            e = _mm256_and_si256(
                e, _mm256_permute4x64_epi64(_mm256_packs_epi32(before((int32_t)(n - t)), before((int32_t)(n - t) - 8)), 0xd8));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(e, _mm256_set1_epi16(1)));
        store(p + t, e);
    }
    uint32_t lane[8], total = 0;
    store(lane, sum);
    for (int i = 0; i < 8; i++)
        total += lane[i];
    avx2_rescale(p, n, (32767u << 15) / total);
}

void avx2_mix(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out)
{
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    uint32_t t = 0;
    for (; t + 2 < n; t += 4, values += 4 * MODEL_HEAD) {
        const __m256i two = pair(p + t), more = pair(p + t + 2);
        a = dot(a, load(values), two), b = dot(b, load(values + 16), two);
        c = dot(c, load(values + 32), more), d = dot(d, load(values + 48), more);
    }
    if (t < n)
        a = dot(a, load(values), pair(p + t)), b = dot(b, load(values + 16), pair(p + t));
    store(out, _mm256_add_epi32(a, c)), store(out + 8, _mm256_add_epi32(b, d));
}

/* ---- the rest ---- */

static inline __m256i square(__m256i x) { return _mm256_add_epi64(_mm256_mul_epi32(x, x), _mm256_mul_epi32(odds(x), odds(x))); }

static inline __m256i times_inverse(__m256i x, __m256i inverse) /* even lanes; what is left of 64 bits fits 32 */
{
    return _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, inverse), _mm256_set1_epi64x(1 << 30)), 31);
}

void avx2_norm(const int32_t *x, int16_t *n, uint32_t dim)
{
    uint64_t lane[4];
    __m256i squares = _mm256_setzero_si256();
    for (uint32_t i = 0; i < dim; i += 8)
        squares = _mm256_add_epi64(squares, square(load(x + i)));
    store(lane, squares);
    const int64_t inverse = kernel_inverse(lane[0] + lane[1] + lane[2] + lane[3], dim);
    if (inverse > INT32_MAX) { /* x is all but zero */
        scalar_norm(x, n, dim);
        return;
    }
    const __m256i r = all((int32_t)inverse);
    for (uint32_t i = 0; i < dim; i += 16) {
        const __m256i low = load(x + i), high = load(x + i + 8);
        store16(n + i, within(both(times_inverse(low, r), times_inverse(odds(low), r)), 32767),
                within(both(times_inverse(high, r), times_inverse(odds(high), r)), 32767));
    }
}

uint32_t avx2_mantissas(const int32_t *x, int16_t *m, uint32_t n)
{
    __m256i most = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += 8)
        most = _mm256_max_epi32(most, _mm256_abs_epi32(load(x + i)));
    const uint32_t shift = kernel_fitting_shift(largest(most));
    const __m256i half = all(shift ? 1 << (shift - 1) : 0);
    const __m128i by = _mm_cvtsi32_si128((int)shift);
    for (uint32_t i = 0; i < n; i += 16)
        store16(m + i, _mm256_sra_epi32(_mm256_add_epi32(load(x + i), half), by),
                _mm256_sra_epi32(_mm256_add_epi32(load(x + i + 8), half), by));
    return shift;
}

/* One gather brings an entry of the table and its neighbour. */
static inline __m256i sigmoid_at(const uint16_t *table, __m256i gate)
{
    const __m256i size = _mm256_abs_epi32(gate), at = _mm256_srli_epi32(size, 5), last = all(MODEL_SIGMOID - 2);
    const __m256i entries = _mm256_i32gather_epi32((const int *)(const void *)table, _mm256_min_epi32(at, last), 2);
    const __m256i here = _mm256_and_si256(entries, all(0xffff)), rise = _mm256_sub_epi32(_mm256_srli_epi32(entries, 16), here);
    __m256i y = _mm256_add_epi32(here, _mm256_srli_epi32(_mm256_mullo_epi32(rise, _mm256_and_si256(size, all(31))), 5));
    y = _mm256_blendv_epi8(y, all(table[MODEL_SIGMOID - 1]), _mm256_cmpgt_epi32(at, last));
    return _mm256_blendv_epi8(y, _mm256_sub_epi32(all(32768), y), _mm256_srai_epi32(gate, 31));
}

void avx2_swiglu(const uint16_t *sigmoid, const int32_t *u, int32_t *a, uint32_t ffn)
{
    for (uint32_t i = 0; i < ffn; i += 8) {
        const __m256i gate = within(load(u + i), KERNEL_GATE), value = within(load(u + ffn + i), KERNEL_GATE);
        const __m256i silu = _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_srai_epi32(gate, 2), sigmoid_at(sigmoid, gate)), 15);
        store(a + i,
              both(_mm256_srli_epi64(_mm256_mul_epi32(silu, value), 10), _mm256_srli_epi64(_mm256_mul_epi32(odds(silu), odds(value)), 10)));
    }
}

const model_kernel kernel_avx2 = {"avx2",      usable,       avx2_project, avx2_norm,      avx2_rotate,
                                  avx2_scores, avx2_softmax, avx2_mix,     avx2_mantissas, avx2_swiglu};
#else
typedef int nothing_here;
#endif
