#include "mlkem_ring.h"

#include <string.h>

/* ---- numbers modulo q ---- */

/* x for x < 2q. The mask is all ones when x < q. */
static uint16_t reduce_once(uint32_t x)
{
    const uint32_t below = x - Q;
    return (uint16_t)(below + (Q & (0u - (below >> 31))));
}

/* x mod q for x < q * q. 5039 is 2^24 / q rounded down, so that the quotient is at most one too small. */
static uint16_t reduce(uint32_t x)
{
    const uint32_t quotient = (uint32_t)(((uint64_t)x * 5039) >> 24);
    return reduce_once(x - quotient * Q);
}

static uint16_t add(uint16_t a, uint16_t b) { return reduce_once((uint32_t)a + b); }
static uint16_t subtract(uint16_t a, uint16_t b) { return reduce_once((uint32_t)a + Q - b); }
static uint16_t multiply(uint16_t a, uint16_t b) { return reduce((uint32_t)a * b); }

/* ---- 4.2.1 Compression, and Algorithms 5 and 6 ---- */

/* round(2^d / q * x) mod 2^d. The division is a multiplication by 2^36 / q rounded up, exact below 2^25 and the same time for
 * every x: a divide instruction may take longer for some. */
uint16_t compress(uint16_t x, unsigned d)
{
    const uint64_t scaled = ((uint64_t)x << d) + Q / 2;
    return (uint16_t)(((scaled * 20642679) >> 36) & ((1u << d) - 1));
}

/* round(q / 2^d * y) */
uint16_t decompress(uint16_t y, unsigned d) { return (uint16_t)(((uint32_t)y * Q + (1u << (d - 1))) >> d); }

void poly_encode(const poly *p, unsigned d, uint8_t *out)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < N; i++) {
        bits |= (uint32_t)(d == 12 ? p->c[i] : compress(p->c[i], d)) << n;
        for (n += d; n >= 8; n -= 8, bits >>= 8)
            *out++ = (uint8_t)bits;
    }
}

void poly_decode(const uint8_t *in, unsigned d, poly *p)
{
    uint32_t bits = 0;
    unsigned n = 0;
    for (size_t i = 0; i < N; i++) {
        for (; n < d; n += 8)
            bits |= (uint32_t)*in++ << n;
        const uint16_t y = (uint16_t)(bits & ((1u << d) - 1));
        p->c[i] = d == 12 ? reduce_once(y) : decompress(y, d);
        bits >>= d, n -= d;
    }
}

/* ---- Algorithms 7 and 8: sampling ---- */

/* Three bytes give two candidates of 12 bits; those below q are taken in order. True when the stream was long enough. */
static bool take_candidates(const uint8_t *stream, size_t n, poly *p)
{
    size_t have = 0;
    for (size_t i = 0; i < n && have < N; i += 3) {
        const uint16_t d1 = (uint16_t)(stream[i] | (stream[i + 1] & 15) << 8);
        const uint16_t d2 = (uint16_t)(stream[i + 1] >> 4 | stream[i + 2] << 4);
        if (d1 < Q)
            p->c[have++] = d1;
        if (d2 < Q && have < N)
            p->c[have++] = d2;
    }
    return have == N;
}

/* OpenSSL 3.0 squeezes once, so a longer stream is made anew: its beginning is the same. Three blocks are short about once in
 * 130 times, six less than once in 2^300. */
void sample_ntt(const uint8_t rho[32], uint8_t j, uint8_t i, poly *p)
{
    enum { BLOCK = 168 };
    uint8_t stream[6 * BLOCK];
    const uint8_t place[2] = {j, i};
    const span seed[] = {span_of(rho, 32), SPAN(place)};
    prim_sponge(PRIM_SHAKE128, seed, 2, stream, 3 * BLOCK);
    if (take_candidates(stream, 3 * BLOCK, p))
        return;
    prim_sponge(PRIM_SHAKE128, seed, 2, stream, sizeof stream);
    must(take_candidates(stream, sizeof stream, p));
}

/* Each coefficient is the number of ones in two bits less the number of ones in the next two. */
void sample_cbd(const uint8_t seed[32], uint8_t nonce, poly *p)
{
    uint8_t bytes[64 * ETA];
    const span input[] = {span_of(seed, 32), span_of(&nonce, 1)};
    prim_sponge(PRIM_SHAKE256, input, 2, bytes, sizeof bytes);
    for (size_t i = 0; i < N; i++) {
        const unsigned four = bytes[i / 2] >> (4 * (i % 2));
        const unsigned x = (four & 1) + (four >> 1 & 1), y = (four >> 2 & 1) + (four >> 3 & 1);
        p->c[i] = subtract((uint16_t)x, (uint16_t)y);
    }
    wipe(bytes, sizeof bytes);
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

void ntt(poly *f)
{
    size_t i = 1;
    for (size_t len = 128; len >= 2; len /= 2)
        for (size_t start = 0; start < N; start += 2 * len) {
            const uint16_t z = zeta[i++];
            for (size_t j = start; j < start + len; j++) {
                const uint16_t t = multiply(z, f->c[j + len]);
                f->c[j + len] = subtract(f->c[j], t);
                f->c[j] = add(f->c[j], t);
            }
        }
}

void ntt_inverse(poly *f)
{
    size_t i = 127;
    for (size_t len = 2; len <= 128; len *= 2)
        for (size_t start = 0; start < N; start += 2 * len) {
            const uint16_t z = zeta[i--];
            for (size_t j = start; j < start + len; j++) {
                const uint16_t t = f->c[j];
                f->c[j] = add(t, f->c[j + len]);
                f->c[j + len] = multiply(z, subtract(f->c[j + len], t));
            }
        }
    for (size_t j = 0; j < N; j++)
        f->c[j] = multiply(f->c[j], 3303); /* 1/128 mod q */
}

/* The product modulo X^2 - gamma, added to sum. */
static void base_case_multiply_add(uint16_t sum[2], const uint16_t a[2], const uint16_t b[2], uint16_t gamma)
{
    const uint16_t high = multiply(multiply(a[1], b[1]), gamma);
    sum[0] = add(sum[0], add(multiply(a[0], b[0]), high));
    sum[1] = add(sum[1], add(multiply(a[0], b[1]), multiply(a[1], b[0])));
}

/* gamma = 17^(2 BitRev7(i) + 1): for even i it is zeta[64 + i / 2], and for the odd i behind it the same negated. */
void multiply_ntts_add(poly *sum, const poly *a, const poly *b)
{
    for (size_t i = 0; i < N / 2; i++) {
        const uint16_t z = zeta[64 + i / 2];
        base_case_multiply_add(sum->c + 2 * i, a->c + 2 * i, b->c + 2 * i, i % 2 ? (uint16_t)(Q - z) : z);
    }
}

void poly_add(poly *sum, const poly *a)
{
    for (size_t i = 0; i < N; i++)
        sum->c[i] = add(sum->c[i], a->c[i]);
}

void poly_subtract(poly *from, const poly *a)
{
    for (size_t i = 0; i < N; i++)
        from->c[i] = subtract(from->c[i], a->c[i]);
}
