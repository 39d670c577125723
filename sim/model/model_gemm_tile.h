/* The product itself, compiled once per instruction set by the files that include this. */
#ifndef PARLEY_MODEL_GEMM_TILE_H
#define PARLEY_MODEL_GEMM_TILE_H

#include "model_gemm.h"

#include <string.h>

typedef float vector8 __attribute__((vector_size(32), aligned(4), may_alias));
#define UNROLLED _Pragma("GCC unroll 6")

static inline const vector8 *vectors(const float *p) { return (const vector8 *)p; }

/* 16 columns of B, one row after another: (k, 16). */
static inline void pack_panel(const gemm *g, size_t column, float *panel)
{
    for (size_t i = 0; i < g->k; i++) {
        const float *from = g->b + i * g->b_row + column * g->b_col;
        if (g->b_col == 1)
            memcpy(panel + i * GEMM_COLUMNS, from, GEMM_COLUMNS * sizeof *from);
        else
            for (size_t j = 0; j < GEMM_COLUMNS; j++)
                panel[i * GEMM_COLUMNS + j] = from[j * g->b_col];
    }
}

/* `rows` rows of C by 16 columns; rows is a constant wherever this is inlined, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile(const gemm *g, size_t row, size_t column, const float *panel, const size_t rows)
{
    vector8 low[GEMM_ROWS], high[GEMM_ROWS];
    float *c = g->c + row * g->c_row + column;
    const float *a = g->a + row * g->a_row;
    const size_t a_row = g->a_row, a_col = g->a_col, c_row = g->c_row;
    UNROLLED for (size_t r = 0; r < rows; r++) {
        low[r] = g->add ? vectors(c + r * c_row)[0] : (vector8){0};
        high[r] = g->add ? vectors(c + r * c_row)[1] : (vector8){0};
    }
    for (size_t i = g->k; i > 0; i--, panel += GEMM_COLUMNS, a += a_col) {
        const vector8 left = vectors(panel)[0], right = vectors(panel)[1];
        UNROLLED for (size_t r = 0; r < rows; r++) {
            const float x = a[r * a_row];
            low[r] = low[r] + x * left;
            high[r] = high[r] + x * right;
        }
    }
    UNROLLED for (size_t r = 0; r < rows; r++) {
        ((vector8 *)(c + r * c_row))[0] = low[r];
        ((vector8 *)(c + r * c_row))[1] = high[r];
    }
}

static inline void multiply(const gemm *g, float *panel)
{
    for (size_t column = 0; column < g->n; column += GEMM_COLUMNS) {
        pack_panel(g, column, panel);
        size_t row = 0;
        for (; row + GEMM_ROWS <= g->m; row += GEMM_ROWS)
            tile(g, row, column, panel, GEMM_ROWS);
        for (; row < g->m; row++)
            tile(g, row, column, panel, 1);
    }
}

#endif
