/* Chance from a seed: the same seed and name give the same bytes on every machine. One stream per purpose, so that a draw more in
 * one place moves nothing in another. Block i of a stream is SHA-256(SHA-256(seed || name) || i as 8 bytes, big-endian). */
#ifndef PARLEY_CHANCE_H
#define PARLEY_CHANCE_H

#include "prim.h"

typedef struct chance {
    const prim *p;
    uint8_t key[32], block[32];
    uint64_t blocks; /* made so far */
    size_t used;     /* bytes of `block` already given out */
} chance;

chance chance_of(const prim *, span seed, const char *name);
void chance_bytes(chance *, void *out, size_t n);
uint64_t chance_below(chance *, uint64_t n);      /* uniform in [0, n), n >= 1, without bias */
bool chance_hits(chance *, uint32_t per_million); /* always draws, so that a rate of zero moves nothing either */

#endif
