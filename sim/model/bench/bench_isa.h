/* What is compiled once per instruction set, at the compiler's best flags: the yardstick's step, and a loop that only loads. */
#ifndef PARLEY_BENCH_ISA_H
#define PARLEY_BENCH_ISA_H

#include "bench_float.h"

typedef struct bench_isa {
    const char *name;
    bool (*usable)(void); /* on this CPU */

    /* Takes the token at `position` (< context; earlier ones have been taken). Returns the likeliest next one; the
     * logits stay in the state. */
    uint32_t (*step)(const float_net *, float_state *, uint32_t position, uint32_t token);

    uint32_t (*likeliest)(const int32_t *logits, uint32_t n); /* the integer engine's turn to choose, at the same flags */

    /* Loads n bytes (a multiple of 1024) by the widest instructions. What it returns depends on all of them. */
    uint64_t (*stream)(const void *, size_t n);
} bench_isa;

/* Each from the narrowest to the widest, ended by NULL: with our hand in it (four rows at a time, loops kept as vectors), and plain, as one
 * writes it. */
extern const bench_isa *const bench_isas[], *const bench_isas_plain[];

const bench_isa *bench_isa_best(bool plain); /* the widest that this CPU can run */

extern const bench_isa bench_isa_base, bench_isa_base_plain;
#if defined __x86_64__
extern const bench_isa bench_isa_avx2, bench_isa_avx512, bench_isa_avx2_plain, bench_isa_avx512_plain;
#endif

#endif
