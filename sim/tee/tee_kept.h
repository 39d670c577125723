/* Answers of RSA that were computed before. The vendor's test keys are fixed and its signatures take no chance, so one input has one answer:
 * making the vectors twice asks for a few hundred signatures thousands of times. Kept for the process, 1024 at most; one thread. */
#ifndef PARLEY_TEE_KEPT_H
#define PARLEY_TEE_KEPT_H

#include "bytes.h"

/* As the functions of x509.h of the same names, with the same results. */
size_t kept_rsa_pss_sign(span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap);
size_t kept_rsa_sha256_sign(span private_key, span message, uint8_t *out, size_t cap);
size_t kept_rsa_public(span private_key, uint8_t *out, size_t cap);

#endif
