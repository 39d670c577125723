/* The ring of ML-KEM: 256 coefficients modulo q = 3329, as bytes, as samples, and in the NTT's domain (FIPS 203, section 4).
 * Inside this room only. A coefficient is always in 0..q-1; every function takes constant time in its polynomials, but
 * sample_matrix, whose seed is public. The loops themselves stand in mlkem_ring_body.h. */
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

/* Algorithms 5 and 6 with compression (4.2.1) before and after: 32 * d bytes. d is 1, 4, 5, 10 or 11, or 12, which means no
 * compression, and decoding takes modulo q. */
void poly_encode(const poly *, unsigned d, uint8_t *out);
void poly_decode(const uint8_t *in, unsigned d, poly *);

/* a[i * k + j] by algorithm 7 over XOF(rho, j, i), for all i and j below k. */
void sample_matrix(unsigned k, const uint8_t rho[32], poly *a);
/* p[0] to p[n - 1] by algorithm 8 over PRF(seed, nonce), PRF(seed, nonce + 1), ... */
void sample_cbd(const uint8_t seed[32], uint8_t nonce, unsigned n, poly *p);
void ntt(poly *);                                                /* Algorithm 9 */
void ntt_inverse(poly *);                                        /* Algorithm 10 */
void multiply_ntts_add(poly *sum, const poly *a, const poly *b); /* sum += a * b, Algorithms 11 and 12 */
void poly_add(poly *sum, const poly *a);
void poly_subtract(poly *from, const poly *a);

#endif
