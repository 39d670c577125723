/* The trainer's inner loops, once per instruction set: the same bits from every build.
 *
 * Each element of a product is one chain over k, ascending: multiply, round, add, round, started from zero or from what
 * stands in C. Vectors run across the columns, so neither their width nor any blocking changes a rounding. Sums inside a row
 * are sixteen running sums and a fixed tree. Nothing may contract a multiplication with an addition (-ffp-contract=off). */
#ifndef PARLEY_MODEL_LOOPS_H
#define PARLEY_MODEL_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    GEMM_COLUMNS = 16,
    LOOPS_DEPTH = 256 /* rows of B that are worked on together, so that sixteen columns of them stay in the first cache */,
    LOOPS_LANES = 16
};

/* C (m, n) = [C +] A (m, k) B (k, n). Strides in floats; a transposed matrix is one with its strides exchanged. */
typedef struct gemm {
    float *c;
    size_t c_row;
    const float *a;
    size_t a_row, a_col;
    const float *b;
    size_t b_row, b_col;
    size_t m, n, k; /* n a multiple of GEMM_COLUMNS */
    bool add;
} gemm;

typedef struct net_loops {
    const char *name;
    bool (*usable)(void); /* on this CPU */

    /* `panel` is lent: LOOPS_DEPTH * GEMM_COLUMNS floats, aligned to 64 bytes. */
    void (*multiply)(const gemm *, float *panel);

    /* s (ld): the first n become e^((s - max) scale), divided by their sum, which is
     * returned; the rest zero. ld a multiple of 16. */
    float (*softmax)(float *s, size_t n, size_t ld, float scale);

    /* a (n) = gate sigmoid(gate) value, from u (2 n): gates, then values; and the way back. n a multiple of 16. */
    void (*gate)(float *a, const float *u, size_t n);
    void (*gate_back)(float *du, const float *da, const float *u, size_t n);
} net_loops;

extern const net_loops loops_base;
#if defined __x86_64__
extern const net_loops loops_avx2, loops_avx512;
#endif
extern const net_loops *const net_loops_all[]; /* from the plainest to the widest; ended by NULL */

const net_loops *net_loops_best(void); /* the widest that this CPU can run */

#endif
