/* Signatures and public keys that were computed before. The vendors' test keys are fixed and their signatures take no chance, so one input has
 * one answer: making the vectors under both providers asks for a few hundred of them thousands of times. 4096 are kept at most, for this process
 * and those that it forks; one thread of each. For certificates and the like: what differs each time, as a report does, would only push others
 * out. */
#ifndef PARLEY_TEE_KEPT_H
#define PARLEY_TEE_KEPT_H

#include "bytes.h"

/* As the functions of x509.h and p256.h of the same names, with the same results. */
size_t kept_rsa_pss_sign(span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap);
size_t kept_rsa_sha256_sign(span private_key, span message, uint8_t *out, size_t cap);
size_t kept_rsa_public(span private_key, uint8_t *out, size_t cap);
void kept_p384_sign(const uint8_t scalar[48], span seed, span message, uint8_t signature[96]); /* r, s */
void kept_p384_public(const uint8_t scalar[48], uint8_t point[97]);
void kept_p256_sign(const uint8_t scalar[32], span seed, span message, uint8_t signature[64]);
void kept_p256_public(const uint8_t scalar[32], uint8_t key[64]);

#endif
