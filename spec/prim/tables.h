/* What the two tables share, inside this room only. */
#ifndef PARLEY_TABLES_H
#define PARLEY_TABLES_H

#include "prim.h"

/* One library's part of prim_start. */
void start_sodium(void);
void start_openssl(void);
void start_curves(void);
struct ossl_provider_st;
void start_openssl_x25519(struct ossl_provider_st *);
void start_openssl_digest(struct ossl_provider_st *);
void start_openssl_aead(struct ossl_provider_st *);

/* The functions of a provider for an algorithm, whose name ends with a colon (its other names follow), and one of them. */
struct ossl_dispatch_st;
const struct ossl_dispatch_st *openssl_functions(struct ossl_provider_st *, int operation, const char *name);
void (*openssl_function(const struct ossl_dispatch_st *, int id))(void);

/* X25519 of the table `openssl`. */
void openssl_x25519_public(const uint8_t secret[32], uint8_t out[32]);
void openssl_x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32]);

/* AEADs and hashes of the table `openssl`. */
void openssl_aead_seal(prim_cipher, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out);
bool openssl_aead_open(prim_cipher, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out);
void openssl_hash(prim_hash, const span *parts, size_t n_parts, uint8_t *out);

/* RFC 2104 over a table's own hash, so that both libraries' hashes stand behind their own HMAC, BLAKE2 as Noise uses it
 * included: HMAC with the hash's block length, not BLAKE2's keyed mode. */
void hmac_over(const prim *, prim_hash, span key, const span *parts, size_t n_parts, uint8_t *out);

/* A point of order 1, 2, 4 or 8, whatever its sign bit, or an encoding whose y is not below the prime. libsodium refuses
 * such keys by itself; asked of both, so that a forged key gets one answer. */
bool ed25519_weak_point(const uint8_t point[32]);

#endif
