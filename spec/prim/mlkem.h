/* ML-KEM-768 and ML-KEM-1024 (FIPS 203, August 2024), written out algorithm by algorithm, and Kyber as it was submitted to
 * round 3, which some deployed protocols still speak.
 *
 * All coins are arguments: 32 secret random bytes each, drawn afresh and never used twice. No branch and no index depends on a
 * secret (conformance/secrets holds it). SHAKE and SHA-3 come through prim; where the CPU has wide registers, the short streams
 * of one call are made several at once (mlkem_isa.h), the same bytes. Nothing here judges: whoever takes a key from a peer
 * asks mlkem_ek_fits or mlkem_dk_fits first. Lengths are those of mlkem_sizes_of; a wrong one is a must().
 * Outputs are written completely and may not overlap inputs. */
#ifndef PARLEY_MLKEM_H
#define PARLEY_MLKEM_H

#include "prim.h"

typedef enum mlkem_set { MLKEM_768, MLKEM_1024 } mlkem_set;

enum {
    MLKEM_COINS = 32,
    MLKEM_SHARED = 32,   /* the shared secret */
    MLKEM_HEADER = 64,   /* rho (32) || SHA3-256(ek) (32) */
    MLKEM_EK_MAX = 1568, /* encapsulation key; 1184 with MLKEM_768 */
    MLKEM_DK_MAX = 3168, /* decapsulation key; 2400 with MLKEM_768 */
    MLKEM_CT_MAX = 1568, /* ciphertext; 1088 with MLKEM_768 */
};

typedef struct mlkem_sizes { /* bytes */
    uint16_t ek, dk, ct;
    uint16_t t;        /* ek = t (this long) || rho (32) */
    uint16_t ct1, ct2; /* ct = ct1 || ct2 */
} mlkem_sizes;

const mlkem_sizes *mlkem_sizes_of(mlkem_set);

/* FIPS 203, 7.2 and 7.3: the length; of an encapsulation key, that no coefficient is above q - 1; of a decapsulation key,
 * that the hash it carries is the one of its encapsulation key. The length of a ciphertext is for the caller to compare. */
bool mlkem_ek_fits(mlkem_set, span ek);
bool mlkem_dk_fits(mlkem_set, span dk);

/* Algorithms 16, 17 and 18. Decapsulation of a ciphertext that was not made for this key gives a secret of its own
 * (implicit rejection), and nobody can tell. */
void mlkem_keygen(mlkem_set, const uint8_t d[32], const uint8_t z[32], uint8_t *ek, uint8_t *dk);
void mlkem_encaps(mlkem_set, span ek, const uint8_t m[32], uint8_t *ct, uint8_t shared[32]);
void mlkem_decaps(mlkem_set, span dk, span ct, uint8_t shared[32]);

/* Encapsulation in two halves, for protocols that send the parts of a key one by one. The first needs the key's header
 * only, the second the rest of the key; ct1 || ct2 and the secret are those of mlkem_encaps with the same m. */
void mlkem_header(mlkem_set, span ek, uint8_t header[64]);
bool mlkem_header_fits(mlkem_set, const uint8_t header[64], span t); /* t || rho has the header's hash and fits as a key */
void mlkem_encaps1(mlkem_set, const uint8_t header[64], const uint8_t m[32], uint8_t *ct1, uint8_t shared[32]);
void mlkem_encaps2(mlkem_set, const uint8_t header[64], span t, const uint8_t m[32], uint8_t *ct2);

/* Kyber of round 3 (its specification, version 3.02). Keys and ciphertexts have the shapes of ML-KEM, a key pair serves both;
 * what differs is how coins become keys and how the secret is made. mlkem_ek_fits is no part of it: a coefficient above
 * q - 1 is taken modulo q. */
void kyber_keygen(mlkem_set, const uint8_t d[32], const uint8_t z[32], uint8_t *ek, uint8_t *dk);
void kyber_encaps(mlkem_set, span ek, const uint8_t m[32], uint8_t *ct, uint8_t shared[32]);
void kyber_decaps(mlkem_set, span dk, span ct, uint8_t shared[32]);

#endif
