/* The ring of ML-KEM: 256 coefficients modulo q = 3329, as bytes, as samples, and in the NTT's domain (FIPS 203, section 4).
 * Inside this room only. A coefficient is always in 0..q-1; every function takes constant time in its polynomials, but
 * sample_ntt, whose seed is public. */
#ifndef PARLEY_MLKEM_RING_H
#define PARLEY_MLKEM_RING_H

#include "prim.h"

enum {
    N = 256,
    Q = 3329,
    K_MAX = 4,
    ETA = 2, /* eta1 and eta2 of both parameter sets */
};

typedef struct poly {
    uint16_t c[N];
} poly;

/* Compress and decompress, 4.2.1, each coefficient to or from d bits; d is below 12. */
uint16_t compress(uint16_t x, unsigned d);
uint16_t decompress(uint16_t y, unsigned d);
/* Algorithms 5 and 6 with compression before and after: 32 * d bytes. d = 12 means no compression, and decoding takes modulo q. */
void poly_encode(const poly *, unsigned d, uint8_t *out);
void poly_decode(const uint8_t *in, unsigned d, poly *);

void sample_ntt(const uint8_t rho[32], uint8_t j, uint8_t i, poly *); /* Algorithm 7 over XOF(rho, j, i) */
void sample_cbd(const uint8_t seed[32], uint8_t nonce, poly *);       /* Algorithm 8 over PRF(seed, nonce) */
void ntt(poly *);                                                     /* Algorithm 9 */
void ntt_inverse(poly *);                                             /* Algorithm 10 */
void multiply_ntts_add(poly *sum, const poly *a, const poly *b);      /* sum += a * b, Algorithms 11 and 12 */
void poly_add(poly *sum, const poly *a);
void poly_subtract(poly *from, const poly *a);

#endif
