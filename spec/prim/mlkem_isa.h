/* What costs time in ML-KEM, once per instruction set: the permutation of Keccak on several states, and the loops over a
 * polynomial. All compute the same bytes as the plain one, which runs anywhere, and a test holds them to it; the CPU decides at
 * start. Inside this room, and for tests. */
#ifndef PARLEY_MLKEM_ISA_H
#define PARLEY_MLKEM_ISA_H

#include "mlkem_ring.h"

enum { LANES_MAX = 8 };

typedef struct mlkem_isa {
    const char *name;
    bool (*usable)(void); /* on this CPU */

    /* Keccak-f[1600] (FIPS 202, 3.3) on this many states at once: word w of state i is states[w * lanes + i], and states is aligned
     * to 64 bytes. NULL with one lane: such sponges are OpenSSL's. */
    unsigned lanes;
    void (*permute)(uint64_t *states);

    /* The functions of mlkem_ring.h; of algorithms 7 and 8 what is left when the bytes are there. take says whether they were enough;
     * n is a multiple of 12. */
    void (*encode)(const poly *, unsigned d, uint8_t *out);
    void (*decode)(const uint8_t *in, unsigned d, poly *);
    bool (*take)(const uint8_t *stream, size_t n, poly *);
    void (*cbd)(const uint8_t bytes[128], poly *);
    void (*ntt)(poly *);
    void (*ntt_inverse)(poly *);
    void (*multiply_ntts_add)(poly *sum, const poly *a, const poly *b);
    void (*add)(poly *sum, const poly *a);
    void (*subtract)(poly *from, const poly *a);
} mlkem_isa;

extern const mlkem_isa *const mlkem_isas[]; /* from the plainest to the widest; ended by NULL */
extern const mlkem_isa mlkem_plain;
#if defined __x86_64__
extern const mlkem_isa mlkem_avx2, mlkem_avx512;
#endif

const mlkem_isa *mlkem_isa_best(void); /* the widest that this CPU can run */
const mlkem_isa *mlkem_isa_used(void);
void mlkem_isa_use(const mlkem_isa *); /* from now on; prim_start takes the best */

#endif
