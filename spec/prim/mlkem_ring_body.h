/* The loops over a polynomial (FIPS 203, section 4), compiled once per instruction set by the files that include this. */
#ifndef PARLEY_MLKEM_RING_BODY_H
#define PARLEY_MLKEM_RING_BODY_H

#include "mlkem_isa.h"

#include <string.h>

#define RING_INLINE static inline __attribute__((always_inline))

/* ---- numbers modulo q ----
 * Sixteen bits everywhere, so that a compiler makes eight lanes or more of each loop. */

/* x for x < 2q. The mask is all ones when x < q. */
RING_INLINE uint16_t reduce_once(uint16_t x)
{
    const uint16_t below = (uint16_t)(x - Q);
    return (uint16_t)(below + (Q & (0u - (below >> 15))));
}

RING_INLINE uint16_t add(uint16_t a, uint16_t b) { return reduce_once((uint16_t)(a + b)); }
RING_INLINE uint16_t subtract(uint16_t a, uint16_t b) { return reduce_once((uint16_t)(a + Q - b)); }
RING_INLINE uint16_t high_half(uint16_t a, uint16_t b) { return (uint16_t)(((uint32_t)a * b) >> 16); }
RING_INLINE uint16_t low_half(uint16_t a, uint16_t b) { return (uint16_t)((uint32_t)a * b); }

/* x times a constant. quotient is constant * 2^16 / q rounded down (Shoup): the difference is below 2q for every x. */
RING_INLINE uint16_t scale(uint16_t x, uint16_t constant, uint16_t quotient)
{
    return reduce_once((uint16_t)(low_half(x, constant) - low_half(high_half(x, quotient), Q)));
}
#define SCALE(x, constant) scale(x, constant, ((uint32_t)(constant) << 16) / Q)

/* a * b / 2^16 (Montgomery). 62209 is 1/q mod 2^16, so both products have the same low half. */
RING_INLINE uint16_t montgomery(uint16_t a, uint16_t b)
{
    const uint16_t multiple = high_half(low_half(low_half(a, b), 62209), Q);
    return reduce_once((uint16_t)(high_half(a, b) + Q - multiple));
}

/* ---- 4.2.1 Compression, and Algorithms 5 and 6 ---- */

/* round(2^d / q * x) mod 2^d. The division is a multiplication by 2^36 / q rounded up, exact below 2^25 and the same time for
 * every x: a divide instruction may take longer for some. */
RING_INLINE uint16_t compress(uint16_t x, unsigned d)
{
    const uint32_t scaled = ((uint32_t)x << d) + Q / 2;
    return (uint16_t)((((uint64_t)scaled * 20642679) >> 36) & ((1u << d) - 1));
}

/* round(q / 2^d * y) */
RING_INLINE uint16_t decompress(uint16_t y, unsigned d) { return (uint16_t)(((uint32_t)y * Q + (1u << (d - 1))) >> d); }

/* Eight numbers of d bits are d bytes; `low` has the first 64 bits of them, `high` the rest. */
RING_INLINE uint64_t four(const uint16_t *c, unsigned d)
{
    return c[0] | (uint64_t)c[1] << d | (uint64_t)c[2] << 2 * d | (uint64_t)c[3] << 3 * d;
}

RING_INLINE void pack(const uint16_t c[8], unsigned d, uint8_t *out)
{
    const uint64_t first = four(c, d), second = four(c + 4, d), low = first | second << 4 * d, high = second >> (64 - 4 * d);
#pragma GCC unroll 12
    for (unsigned i = 0; i < d; i++)
        out[i] = (uint8_t)(i < 8 ? low >> 8 * i : high >> 8 * (i - 8));
}

RING_INLINE void unpack(const uint8_t *in, unsigned d, uint16_t c[8])
{
    uint64_t low = 0, high = 0;
#pragma GCC unroll 12
    for (unsigned i = 0; i < d; i++)
        i < 8 ? (low |= (uint64_t)in[i] << 8 * i) : (high |= (uint64_t)in[i] << 8 * (i - 8));
    const uint64_t second = low >> 4 * d | high << (64 - 4 * d), mask = (1u << d) - 1;
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++)
        c[i] = (uint16_t)(low >> i * d & mask), c[i + 4] = (uint16_t)(second >> i * d & mask);
}

RING_INLINE void encode_by(const poly *p, unsigned d, uint8_t *out)
{
    poly y;
    for (size_t i = 0; i < N; i++)
        y.c[i] = d == 12 ? p->c[i] : compress(p->c[i], d);
    for (size_t i = 0; i < N; i += 8, out += d)
        pack(y.c + i, d, out);
}

RING_INLINE void decode_by(const uint8_t *in, unsigned d, poly *p)
{
    for (size_t i = 0; i < N; i += 8, in += d)
        unpack(in, d, p->c + i);
    for (size_t i = 0; i < N; i++)
        p->c[i] = d == 12 ? reduce_once(p->c[i]) : decompress(p->c[i], d);
}

/* Inlined with each d that the parameter sets have, so that every shift is a constant. */
#define BY_D(run)                      \
    switch (d) {                       \
    case 1: run(1); break;             \
    case 4: run(4); break;             \
    case 5: run(5); break;             \
    case 10: run(10); break;           \
    case 11: run(11); break;           \
    case 12: run(12); break;           \
    default: must(!"a d of FIPS 203"); \
    }

static void encode(const poly *p, unsigned d, uint8_t *out)
{
#define ENCODE(bits) encode_by(p, bits, out)
    BY_D(ENCODE)
}

static void decode(const uint8_t *in, unsigned d, poly *p)
{
#define DECODE(bits) decode_by(in, bits, p)
    BY_D(DECODE)
}

/* ---- Algorithms 7 and 8, without their hashes ---- */

/* Three bytes give two candidates of 12 bits; those below q are taken in order. False when the stream was too short. A candidate
 * is written before it is judged: one in five is not below q, and a branch on that would be mispredicted as often. */
static bool take(const uint8_t *stream, size_t n, poly *p)
{
    uint16_t candidate[8], taken[N + 8];
    size_t have = 0;
    for (size_t at = 0; at < n && have < N; at += 12) {
        unpack(stream + at, 12, candidate);
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++) {
            taken[have] = candidate[i];
            have += candidate[i] < Q;
        }
    }
    if (have < N)
        return false;
    memcpy(p->c, taken, sizeof p->c);
    return true;
}

/* The number of ones in two bits less the number of ones in the next two. */
RING_INLINE uint16_t ones_less_ones(uint8_t four)
{
    const uint16_t x = (four & 1) + (four >> 1 & 1), y = (four >> 2 & 1) + (four >> 3 & 1);
    return subtract(x, y);
}

static void cbd(const uint8_t bytes[128], poly *p)
{
    for (size_t i = 0; i < N / 2; i++) {
        p->c[2 * i] = ones_less_ones(bytes[i]);
        p->c[2 * i + 1] = ones_less_ones(bytes[i] >> 4);
    }
}

/* ---- Algorithms 9 to 12: the number-theoretic transform ---- */

/* 17^BitRev7(i) mod q, FIPS 203 appendix A. */
/* clang-format off */
static const uint16_t zeta[128] = {
       1, 1729, 2580, 3289, 2642,  630, 1897,  848, 1062, 1919,  193,  797, 2786, 3260,  569, 1746,
     296, 2447, 1339, 1476, 3046,   56, 2240, 1333, 1426, 2094,  535, 2882, 2393, 2879, 1974,  821,
     289,  331, 3253, 1756, 1197, 2304, 2277, 2055,  650, 1977, 2513,  632, 2865,   33, 1320, 1915,
    2319, 1435,  807,  452, 1438, 2868, 1534, 2402, 2647, 2617, 1481,  648, 2474, 3110, 1227,  910,
      17, 2761,  583, 2649, 1637,  723, 2288, 1100, 1409, 2662, 3281,  233,  756, 2156, 3015, 3050,
    1703, 1651, 2789, 1789, 1847,  952, 1461, 2687,  939, 2308, 2437, 2388,  733, 2337,  268,  641,
    1584, 2298, 2037, 3220,  375, 2549, 2090, 1645, 1063,  319, 2773,  757, 2099,  561, 2466, 2594,
    2804, 1092,  403, 1026, 1143, 2150, 2775,  886, 1722, 1212, 1874, 1029, 2110, 2935,  885, 2154,
};
/* clang-format on */

/* One layer: blocks of two halves, z for block number i. Inlined with len known, so that short blocks too are taken by lanes. */
RING_INLINE void layer(poly *f, size_t len)
{
    for (size_t block = 0; block < N / 2 / len; block++) {
        const uint16_t z = zeta[N / 2 / len + block];
        uint16_t *low = f->c + 2 * len * block, *high = low + len;
#pragma GCC unroll 4
        for (size_t j = 0; j < len; j++) {
            const uint16_t t = SCALE(high[j], z);
            high[j] = subtract(low[j], t);
            low[j] = add(low[j], t);
        }
    }
}

RING_INLINE void layer_inverse(poly *f, size_t len)
{
    for (size_t block = 0; block < N / 2 / len; block++) {
        const uint16_t z = zeta[N / len - 1 - block];
        uint16_t *low = f->c + 2 * len * block, *high = low + len;
#pragma GCC unroll 4
        for (size_t j = 0; j < len; j++) {
            const uint16_t t = low[j];
            low[j] = add(t, high[j]);
            high[j] = SCALE(subtract(high[j], t), z);
        }
    }
}

static void transform(poly *f) { layer(f, 128), layer(f, 64), layer(f, 32), layer(f, 16), layer(f, 8), layer(f, 4), layer(f, 2); }

static void transform_back(poly *f)
{
    layer_inverse(f, 2), layer_inverse(f, 4), layer_inverse(f, 8), layer_inverse(f, 16);
    layer_inverse(f, 32), layer_inverse(f, 64), layer_inverse(f, 128);
    for (size_t j = 0; j < N; j++)
        f->c[j] = SCALE(f->c[j], 3303); /* 1/128 mod q */
}

/* The 128 polynomials of degree one: constant coefficients, and those of X. */
typedef struct halves {
    uint16_t constant[N / 2], linear[N / 2];
} halves;

RING_INLINE void take_apart(const poly *p, halves *h)
{
    for (size_t i = 0; i < N / 2; i++)
        h->constant[i] = p->c[2 * i], h->linear[i] = p->c[2 * i + 1];
}

/* gamma = 17^(2 BitRev7(i) + 1): for even i it is zeta[64 + i / 2], and for the odd i after it the same negated. */
RING_INLINE void gammas(uint16_t gamma[N / 2])
{
    for (size_t i = 0; i < N / 4; i++)
        gamma[2 * i] = zeta[64 + i], gamma[2 * i + 1] = (uint16_t)(Q - zeta[64 + i]);
}

/* The products modulo X^2 - gamma, added to sum. montgomery leaves a factor 2^-16 in each product, which 2285 = 2^16 mod q undoes. */
static void multiply_add(poly *sum, const poly *a, const poly *b)
{
    halves x, y;
    uint16_t gamma[N / 2];
    take_apart(a, &x);
    take_apart(b, &y);
    gammas(gamma);
    for (size_t i = 0; i < N / 2; i++) {
        const uint16_t square = montgomery(montgomery(x.linear[i], y.linear[i]), SCALE(gamma[i], 2285));
        const uint16_t constant = add(montgomery(x.constant[i], y.constant[i]), square);
        const uint16_t linear = add(montgomery(x.constant[i], y.linear[i]), montgomery(x.linear[i], y.constant[i]));
        sum->c[2 * i] = add(sum->c[2 * i], SCALE(constant, 2285));
        sum->c[2 * i + 1] = add(sum->c[2 * i + 1], SCALE(linear, 2285));
    }
}

static void add_poly(poly *sum, const poly *a)
{
    for (size_t i = 0; i < N; i++)
        sum->c[i] = add(sum->c[i], a->c[i]);
}

static void subtract_poly(poly *from, const poly *a)
{
    for (size_t i = 0; i < N; i++)
        from->c[i] = subtract(from->c[i], a->c[i]);
}

#define RING_LOOPS encode, decode, take, cbd, transform, transform_back, multiply_add, add_poly, subtract_poly

#endif
