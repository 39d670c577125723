/* The loops themselves, compiled once per instruction set by the files that include this. WIDTH: floats in a vector;
 * ROWS: rows of a tile, so that its sums, sixteen columns wide, stay in registers. */
#ifndef PARLEY_MODEL_LOOPS_BODY_H
#define PARLEY_MODEL_LOOPS_BODY_H

#include "model_loops.h"
#include "model_math.h"

#include <string.h>

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4), may_alias));
#define UNROLLED _Pragma("GCC unroll 12")
#define INLINED  static inline __attribute__((always_inline))

enum { ACROSS = GEMM_COLUMNS / WIDTH };

/* Sixteen columns of `k` rows of B, one row after another: (k, 16). */
INLINED void pack_panel(const gemm *g, size_t from, size_t k, size_t column, float *panel)
{
    const float *b = g->b + from * g->b_row + column * g->b_col;
    for (size_t i = 0; i < k; i++, b += g->b_row, panel += GEMM_COLUMNS)
        if (g->b_col == 1)
            memcpy(panel, b, GEMM_COLUMNS * sizeof *b);
        else
            for (size_t j = 0; j < GEMM_COLUMNS; j++)
                panel[j] = b[j * g->b_col];
}

/* `rows` rows of C by sixteen columns; rows is a constant wherever this is inlined, so that the sums stay in registers. */
INLINED void tile(float *c, size_t c_row, const float *a, size_t a_row, size_t a_col, const float *panel, size_t k, bool add,
                  const size_t rows)
{
    vector sum[ROWS][ACROSS];
    UNROLLED for (size_t r = 0; r < rows; r++) UNROLLED for (size_t v = 0; v < ACROSS; v++)
        sum[r][v] = add ? ((const vector *)(c + r * c_row))[v] : (vector){0};
    for (; k > 0; k--, panel += GEMM_COLUMNS, a += a_col) {
        vector b[ACROSS];
        UNROLLED for (size_t v = 0; v < ACROSS; v++) b[v] = ((const vector *)panel)[v];
        UNROLLED for (size_t r = 0; r < rows; r++)
        {
            const float x = a[r * a_row];
            UNROLLED for (size_t v = 0; v < ACROSS; v++) sum[r][v] = sum[r][v] + x * b[v];
        }
    }
    UNROLLED for (size_t r = 0; r < rows; r++) UNROLLED for (size_t v = 0; v < ACROSS; v++)((vector *)(c + r * c_row))[v] = sum[r][v];
}

/* All rows of sixteen columns, over some of k. */
INLINED void strip(const gemm *g, size_t from, size_t k, size_t column, float *panel)
{
    const bool add = g->add || from > 0;
    const float *a = g->a + from * g->a_col;
    float *c = g->c + column;
    size_t row = 0;
    pack_panel(g, from, k, column, panel);
    for (; row + ROWS <= g->m; row += ROWS)
        tile(c + row * g->c_row, g->c_row, a + row * g->a_row, g->a_row, g->a_col, panel, k, add, ROWS);
    for (; row + 2 <= g->m; row += 2)
        tile(c + row * g->c_row, g->c_row, a + row * g->a_row, g->a_row, g->a_col, panel, k, add, 2);
    if (row < g->m)
        tile(c + row * g->c_row, g->c_row, a + row * g->a_row, g->a_row, g->a_col, panel, k, add, 1);
}

static void multiply(const gemm *g, float *panel)
{
    for (size_t from = 0; from < g->k; from += LOOPS_DEPTH) {
        const size_t k = g->k - from < LOOPS_DEPTH ? g->k - from : LOOPS_DEPTH;
        for (size_t column = 0; column < g->n; column += GEMM_COLUMNS)
            strip(g, from, k, column, panel);
    }
}

/* ---- what is not a product: math_exp and math_sigmoid, WIDTH numbers at once ---- */

typedef int32_t whole_vector __attribute__((vector_size(WIDTH * sizeof(int32_t)), aligned(4), may_alias));

INLINED vector choose(whole_vector mask, vector yes, vector no)
{
    return (vector)((mask & (whole_vector)yes) | (~mask & (whole_vector)no));
}

INLINED vector exp_of(vector x)
{
    const vector t = choose(x < -80.0f, (vector){0} - 80.0f, x) * 1.44269504f;
    const whole_vector whole = __builtin_convertvector(t - 0.5f, whole_vector);
    const vector f = t - __builtin_convertvector(whole, vector);
    vector p = (vector){0} + MATH_EXP_6;
    p = p * f + MATH_EXP_5;
    p = p * f + MATH_EXP_4;
    p = p * f + MATH_EXP_3;
    p = p * f + MATH_EXP_2;
    p = p * f + MATH_EXP_1;
    p = p * f + 1.0f;
    return p * (vector)((whole + 127) << 23);
}

INLINED vector sigmoid_of(vector x)
{
    const vector e = exp_of((vector)((whole_vector)x | INT32_MIN)), s = 1.0f / (1.0f + e);
    return s * choose(x < 0.0f, e, (vector){0} + 1.0f);
}

INLINED vector at(const float *p) { return *(const vector *)p; }
INLINED void put(float *p, vector x) { *(vector *)p = x; }

/* Sixteen running sums, then a fixed tree. n a multiple of sixteen. */
INLINED float sum_of(const float *x, size_t n)
{
    float part[LOOPS_LANES] = {0};
    for (size_t i = 0; i < n; i += LOOPS_LANES)
        for (size_t j = 0; j < LOOPS_LANES; j++)
            part[j] += x[i + j];
    for (size_t half = LOOPS_LANES / 2; half; half /= 2)
        for (size_t j = 0; j < half; j++)
            part[j] += part[j + half];
    return part[0];
}

INLINED float max_of(const float *x, size_t n)
{
    float part[LOOPS_LANES], max = x[0];
    size_t i = 0;
    for (size_t j = 0; j < LOOPS_LANES; j++)
        part[j] = max;
    for (; i + LOOPS_LANES <= n; i += LOOPS_LANES)
        for (size_t j = 0; j < LOOPS_LANES; j++)
            part[j] = x[i + j] > part[j] ? x[i + j] : part[j];
    for (; i < n; i++)
        max = x[i] > max ? x[i] : max;
    for (size_t j = 0; j < LOOPS_LANES; j++)
        max = part[j] > max ? part[j] : max;
    return max;
}

static float softmax(float *s, size_t n, size_t ld, float scale)
{
    const float max = max_of(s, n);
    for (size_t i = n; i < ld; i++)
        s[i] = max;
    for (size_t i = 0; i < ld; i += WIDTH)
        put(s + i, exp_of((at(s + i) - max) * scale));
    for (size_t i = n; i < ld; i++)
        s[i] = 0;
    const float sum = sum_of(s, ld), inverse = 1.0f / sum;
    for (size_t i = 0; i < n; i++)
        s[i] *= inverse;
    return sum;
}

static void gate(float *a, const float *u, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH)
        put(a + i, at(u + i) * sigmoid_of(at(u + i)) * at(u + n + i));
}

static void gate_back(float *du, const float *da, const float *u, size_t n)
{
    for (size_t i = 0; i < n; i += WIDTH) {
        const vector x = at(u + i), d = at(da + i), s = sigmoid_of(x), slope = s * (1.0f + x * (1.0f - s));
        put(du + i, d * at(u + n + i) * slope);
        put(du + n + i, d * x * s);
    }
}

#define LOOPS(name)                                      \
    {                                                    \
        name, usable, multiply, softmax, gate, gate_back \
    }

#endif
