/* ECDSA on P-256 with SHA-256 (FIPS 186-4, SEC 1), as quotes, their collateral and P-256 certificates use it.
 *
 * Only OpenSSL has it: the same for both providers, and a second opinion is a witness. A key is a bare point, x and y big-endian; a
 * signature r and s likewise. prim_start() before. */
#ifndef PARLEY_P256_H
#define PARLEY_P256_H

#include "bytes.h"

enum { P256_KEY = 64, P256_SIGNATURE = 64, P256_SCALAR = 32 };

/* False too when the point is not on the curve (zeros are not) or r or s is outside [1, n - 1]. */
bool p256_verify(const uint8_t key[P256_KEY], span message, const uint8_t signature[P256_SIGNATURE]);

/* For the simulator and the tests. The scalar is taken mod n, and as 1 for 0; signing is RFC 6979 with `seed` as its additional input (3.6;
 * empty: plain RFC 6979). */
void p256_public(const uint8_t scalar[P256_SCALAR], uint8_t key[P256_KEY]);
void p256_sign(const uint8_t scalar[P256_SCALAR], span seed, span message, uint8_t signature[P256_SIGNATURE]);

#endif
