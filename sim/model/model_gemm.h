/* Matrix products of the trainer: the same bits from every build.
 *
 * Each element of C is one chain over k, ascending: multiply, round, add, round, started from zero or from what
 * stands in C. Vectors run across the columns, so neither their width nor any blocking changes a rounding. Nothing
 * may contract a multiplication with an addition (-ffp-contract=off). */
#ifndef PARLEY_MODEL_GEMM_H
#define PARLEY_MODEL_GEMM_H

#include <stdbool.h>
#include <stddef.h>

enum { GEMM_COLUMNS = 16, GEMM_ROWS = 6 };

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

/* `panel` is lent: k * GEMM_COLUMNS floats, aligned to 32 bytes. Picks AVX2 where the CPU has it. */
void gemm_run(const gemm *, float *panel);

void gemm_base(const gemm *, float *panel);
void gemm_avx2(const gemm *, float *panel); /* only where gemm_has_avx2 */
bool gemm_has_avx2(void);

#endif
