/* The stages of a token, once per instruction set. Integers only: any order of summation gives the same bits, so every
 * kernel must agree with the scalar one exactly, and a test holds them to it.
 *
 * Qn means n fraction bits; a right shift rounds towards minus infinity after adding half. Weights are packed (outputs / 16, inputs / 4, 16, 4):
 * lanes are outputs, so that no sum runs across lanes. The cache has the same thought: keys in blocks of sixteen
 * positions, (8, 16, 2), lanes are positions; values in pairs of positions, (16, 2), lanes are the head's entries. */
#ifndef PARLEY_MODEL_KERNEL_H
#define PARLEY_MODEL_KERNEL_H

#include "model_file.h"

enum {
    KERNEL_BLOCK = 16 /* positions */,
    KERNEL_RESIDUAL = (1 << 28) - 1,
    KERNEL_OUTPUT = 1 << 30,
    KERNEL_GATE = (1 << 18) - 1,
    KERNEL_KEY = 8191
};

typedef struct model_kernel {
    const char *name;
    bool (*usable)(void); /* on this CPU */

    /* y (outputs) = weight (outputs, inputs) x (inputs), times each row's multiplier, shifted right by the matrix's shift less
     * `less`, within KERNEL_OUTPUT. The loader has bounded every row, so int32 is enough for the sums. */
    void (*project)(const model_matrix *, const int16_t *x, uint32_t less, int32_t *y);

    /* n (dim) Q11 = x (dim) Q16 / rms(x). |x| <= KERNEL_RESIDUAL. The gains stand in the matrix that follows. */
    void (*norm)(const int32_t *x, int16_t *n, uint32_t dim);

    /* One head (16) turned by its position: pairs are i and i + 8; turn (8, 2): cosine and sine, Q14. Within KERNEL_KEY. */
    void (*rotate)(const int32_t *from, const int16_t *turn, int16_t *to);

    /* score (n, and whatever up to the block's end) = the product of q (16) with each of n keys. |q|, |k| <= KERNEL_KEY. */
    void (*scores)(const int16_t *q, const int16_t *keys, uint32_t n, int32_t *score);

    /* p (n, and zeros up to the block's end) Q15 = softmax of score (n) Q16 in base 2. */
    void (*softmax)(const int32_t *score, int16_t *p, uint32_t n);

    /* out (16) = sum over n of p * value. The p are not negative and sum to at most 32767; they are zero, and values
     * there, up to the block's end. */
    void (*mix)(const int16_t *p, const int16_t *values, uint32_t n, int32_t *out);

    /* One shift for the whole vector, so that its largest entry fits int16; |x| < 2^30. Returns the shift. */
    uint32_t (*mantissas)(const int32_t *x, int16_t *m, uint32_t n);

    /* a (ffn) Q12 = gate sigmoid(gate) value, from u (2 ffn) Q12. */
    void (*swiglu)(const uint16_t *sigmoid, const int32_t *u, int32_t *a, uint32_t ffn);
} model_kernel;

extern const model_kernel *const model_kernels[]; /* from the plainest to the widest; ended by NULL */

const model_kernel *model_kernel_best(void);          /* the widest that this CPU can run */
const model_kernel *model_kernel_named(const char *); /* NULL when there is none of that name in this build */

extern const model_kernel kernel_scalar;
#if defined __x86_64__
extern const model_kernel kernel_sse2, kernel_avx2, kernel_vnni;
#elif defined __aarch64__
extern const model_kernel kernel_neon;
#endif

/* ---- what the kernels share ---- */

static inline size_t kernel_round(size_t positions) { return (positions + KERNEL_BLOCK - 1) / KERNEL_BLOCK * KERNEL_BLOCK; }

/* Whether no output of project can reach KERNEL_OUTPUT: then nothing has to be held back. */
static inline bool kernel_is_bounded(const model_matrix *m, uint32_t less) { return m->most < (uint64_t)KERNEL_OUTPUT >> less; }

/* Where a position's entry stands among one head's keys, and among its values. */
static inline size_t kernel_key_at(uint32_t position, uint32_t i)
{
    return (size_t)position / KERNEL_BLOCK * KERNEL_BLOCK * MODEL_HEAD + i / 2 * 2 * KERNEL_BLOCK + position % KERNEL_BLOCK * 2 + i % 2;
}

static inline size_t kernel_value_at(uint32_t position, uint32_t i) { return (size_t)position / 2 * 2 * MODEL_HEAD + i * 2 + position % 2; }

/* The stages of one kernel that another may take over. */
#define KERNEL_STAGES(of)                                                          \
    void of##_project(const model_matrix *, const int16_t *, uint32_t, int32_t *); \
    void of##_norm(const int32_t *, int16_t *, uint32_t);                          \
    void of##_rotate(const int32_t *, const int16_t *, int16_t *);                 \
    void of##_scores(const int16_t *, const int16_t *, uint32_t, int32_t *);       \
    void of##_softmax(const int32_t *, int16_t *, uint32_t);                       \
    void of##_mix(const int16_t *, const int16_t *, uint32_t, int32_t *);          \
    uint32_t of##_mantissas(const int32_t *, int16_t *, uint32_t);                 \
    void of##_swiglu(const uint16_t *, const int32_t *, int32_t *, uint32_t)
KERNEL_STAGES(scalar);
#if defined __x86_64__
KERNEL_STAGES(avx2);
void avx2_rescale(int16_t *p, uint32_t n, uint32_t inverse); /* the last part of a softmax */
#endif

uint32_t kernel_root(uint64_t x);                       /* the largest r with r * r <= x */
int16_t kernel_exp2(uint32_t x);                        /* 2^-x for x in Q16 (any value): Q15, 32767 for 0 */
uint32_t kernel_fitting_shift(int32_t most);            /* the least shift that brings numbers up to `most` into int16 */
int64_t kernel_inverse(uint64_t squares, uint32_t dim); /* 2^42 / rms, from the sum of squares in Q32 */

#endif
