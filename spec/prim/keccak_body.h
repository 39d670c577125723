/* Keccak-f[1600] on LANES states at once (FIPS 202, section 3), compiled once per instruction set by the files that include this.
 * A[x, y] of the standard is a[x + 5 * y]; each is a vector with one lane per state. */
#ifndef PARLEY_KECCAK_BODY_H
#define PARLEY_KECCAK_BODY_H

#include "mlkem_isa.h"

#include <string.h>

typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));
#define UNROLLED           _Pragma("GCC unroll 5")
#define KECCAK_STEP        static inline __attribute__((always_inline)) void
#define ROTATED(x, offset) ((x) << (offset) | (x) >> (64 - (offset)))

/* 3.2.1 */
KECCAK_STEP theta(lanes a[25])
{
    lanes column[5];
    UNROLLED for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    UNROLLED for (int x = 0; x < 5; x++)
    {
        const lanes d = column[(x + 4) % 5] ^ ROTATED(column[(x + 1) % 5], 1);
        UNROLLED for (int y = 0; y < 5; y++) a[x + 5 * y] ^= d;
    }
}

/* 3.2.2 and 3.2.3: each lane is rotated by its offset (table 2, modulo 64) and moved from (x, y) to (y, 2x + 3y). */
KECCAK_STEP rho_and_pi(const lanes a[25], lanes b[25])
{
    static const uint8_t offset[25] = {0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};
    b[0] = a[0];
    UNROLLED for (int y = 0; y < 5; y++) UNROLLED for (int x = 0; x < 5; x++) if (x + y > 0)
        b[y + 5 * ((2 * x + 3 * y) % 5)] = ROTATED(a[x + 5 * y], offset[x + 5 * y]);
}

/* 3.2.4 */
KECCAK_STEP chi(const lanes b[25], lanes a[25])
{
    UNROLLED for (int y = 0; y < 25; y += 5) UNROLLED for (int x = 0; x < 5; x++)
        a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
}

static void permute(uint64_t *states)
{
    /* 3.2.5, what iota adds in each round */
    static const uint64_t iota[24] = {0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
                                      0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
                                      0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
                                      0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
                                      0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    lanes a[25], b[25];
    memcpy(a, states, sizeof a);
    for (int round = 0; round < 24; round++) {
        theta(a);
        rho_and_pi(a, b);
        chi(b, a);
        a[0] ^= iota[round];
    }
    memcpy(states, a, sizeof a);
}

#endif
