/* The three inner products where the time goes, once per instruction set. Integers only: any order of summation gives
 * the same bits, so every kernel must agree with the scalar one exactly, and a test holds them to it. */
#ifndef PARLEY_MODEL_KERNEL_H
#define PARLEY_MODEL_KERNEL_H

#include "model_file.h"

typedef struct model_kernel {
    const char *name;
    bool (*usable)(void); /* on this CPU */

    /* y (outputs) = weight (outputs, inputs) x (inputs). The loader has bounded every row, so int32 is enough. */
    void (*matrix)(const model_matrix *, const int16_t *x, int32_t *y);

    /* score (n) = the product of q (16) with each of n keys (16), which stand `row` apart. |q|, |k| <= 8191. */
    void (*scores)(const int16_t *q, const int16_t *key, size_t row, size_t n, int32_t *score);

    /* out (16) = sum over n of p * value (16), values `row` apart. The p are not negative and sum to at most 32767. */
    void (*mix)(const int16_t *p, const int16_t *value, size_t row, size_t n, int32_t *out);
} model_kernel;

extern const model_kernel *const model_kernels[]; /* from the plainest to the widest; ended by NULL */

const model_kernel *model_kernel_best(void);             /* the widest that this CPU can run */
const model_kernel *model_kernel_named(const char *);    /* NULL when there is none of that name in this build */

extern const model_kernel kernel_scalar;
#if defined __x86_64__
extern const model_kernel kernel_sse2, kernel_avx2, kernel_vnni;
#endif

#endif
