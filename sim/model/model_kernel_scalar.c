/* The reference: reads like the maths. */
#include "model_kernel.h"

static bool always(void) { return true; }

static void matrix(const model_matrix *m, const int16_t *x, int32_t *y)
{
    for (uint32_t o = 0; o < m->outputs; o++) {
        const int8_t *weight = m->weight + (size_t)o * m->inputs;
        int32_t sum = 0;
        for (uint32_t i = 0; i < m->inputs; i++)
            sum += weight[i] * x[i];
        y[o] = sum;
    }
}

static void scores(const int16_t *q, const int16_t *key, size_t row, size_t n, int32_t *score)
{
    for (size_t t = 0; t < n; t++, key += row) {
        int32_t sum = 0;
        for (int i = 0; i < MODEL_HEAD; i++)
            sum += q[i] * key[i];
        score[t] = sum;
    }
}

static void mix(const int16_t *p, const int16_t *value, size_t row, size_t n, int32_t *out)
{
    for (int i = 0; i < MODEL_HEAD; i++)
        out[i] = 0;
    for (size_t t = 0; t < n; t++, value += row)
        for (int i = 0; i < MODEL_HEAD; i++)
            out[i] += p[t] * value[i];
}

const model_kernel kernel_scalar = {"scalar", always, matrix, scores, mix};
