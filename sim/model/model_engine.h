/* The engine: one token in, logits out, in integers alone. The same bits on every machine and with every kernel.
 *
 * Qn means n fraction bits. The residual stream is int32 Q16 with saturating additions; activations that meet weights are
 * int16; sums are int32; every rounding is "add half, shift, towards minus infinity". model.md has the whole table. */
#ifndef PARLEY_MODEL_ENGINE_H
#define PARLEY_MODEL_ENGINE_H

#include "model_kernel.h"

/* Keys and values of the tokens so far, of one session. */
typedef struct engine_cache {
    int16_t *key, *value; /* (layer, kv_heads, position 16), Q8 and Q10; packed as model_kernel.h says */
} engine_cache;

typedef struct engine_work {                 /* one token's activations */
    _Alignas(64) int32_t x[MODEL_DIM_MAX];   /* the residual stream, Q16 */
    int16_t n[MODEL_DIM_MAX];                /* normed, Q11 */
    int32_t y[2 * MODEL_FFN_MAX];            /* what a matrix gave */
    int16_t q[MODEL_HEADS_MAX * MODEL_HEAD]; /* Q8, times log2(e) / 4 */
    int32_t o[MODEL_HEADS_MAX * MODEL_HEAD]; /* attention's output, Q25 */
    int32_t a[MODEL_FFN_MAX];                /* SwiGLU's output, Q12 */
    int16_t m[MODEL_FFN_MAX];                /* mantissas of o or a */
    int32_t score[MODEL_CONTEXT_MAX];        /* Q16, base 2 */
    int16_t p[MODEL_CONTEXT_MAX];            /* Q15 */
} engine_work;

size_t engine_cache_size(const model *); /* bytes of keys and values together */
engine_cache engine_cache_at(const model *, void *memory);

/* Takes the token at `position` (< context; earlier ones have been taken). logits (vocab), Q16; NULL: not wanted. */
void engine_step(const model *, const model_kernel *, engine_cache, engine_work *, uint32_t position, uint16_t token, int32_t *logits);

#endif
