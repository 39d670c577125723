/* The labelled hash and the labelled key of Parley/1's pages, so that no two uses of one key or of one digest can meet:
 *
 *   H(x; d)       = SHA-256("parley/1 " x 00 || d)
 *   H512(x; d)    = SHA-512("parley/1 " x 00 || d)
 *   K(k; x; d; n) = HKDF-Expand with SHA-256 of k, "parley/1 " x 00 || d, n bytes (RFC 5869 section 2.3) */
#ifndef PARLEY_LABELLED_H
#define PARLEY_LABELLED_H

#include "prim.h"

enum { LABELLED_DATA_MAX = 256 }; /* bytes of d in a K; must() holds it */

void labelled_hash(const prim *, const char *label, span data, uint8_t out[32]);
void labelled_hash512(const prim *, const char *label, span data, uint8_t out[64]);
void labelled_key(const prim *, span key, const char *label, span data, uint8_t *out, size_t n);

/* "parley/1 " x 00: what stands before the data, where something other than these three is computed over it. */
void labelled_prefix(const char *label, writer *);

#endif
