/* The network in float32, as the trainer sees it: weights, one pass forward, one pass back.
 *
 * Llama's shape: RMSNorm, rotary positions, grouped query attention, SwiGLU, one embedding for input and output.
 * Heads are 16 wide. Matrices are (inputs, outputs), row after row. A batch is a run of tokens made of whole
 * conversations; attention stays inside each. The same bits from every compiler and optimisation level:
 * every sum has its order written down, and nothing comes from libm but sqrtf, which IEEE 754 fixes. */
#ifndef PARLEY_MODEL_NET_H
#define PARLEY_MODEL_NET_H

#include "model_shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where each matrix starts in the flat array of weights. */
typedef struct net_layer {
    size_t norm1; /* (dim) */
    size_t qkv;   /* (dim, (heads + 2 kv_heads) 16): queries, keys, values */
    size_t out;   /* (heads 16, dim) */
    size_t norm2; /* (dim) */
    size_t up;    /* (dim, 2 ffn): gate, value */
    size_t down;  /* (ffn, dim) */
} net_layer;

typedef struct net_plan {
    model_shape shape;
    size_t embed; /* (vocab, dim) */
    net_layer layer[MODEL_LAYERS_MAX];
    size_t norm; /* (dim) */
    size_t total;
    size_t queries, keys, qkv; /* columns: heads 16, kv_heads 16, and all three together */
} net_plan;

net_plan net_plan_of(model_shape);

typedef struct net_part { /* one conversation of a batch */
    uint32_t at, n;
} net_part;

typedef struct net_batch {
    const uint16_t *token;  /* (n) */
    const uint16_t *target; /* (n): the token to come, or 0 where nothing is learned */
    size_t n;
    const net_part *part;
    size_t n_parts;
} net_batch;

typedef struct net_work net_work; /* activations of one batch, kept between the passes */

net_work *net_work_new(const net_plan *, size_t tokens, size_t longest); /* NULL without memory */
void net_work_free(net_work *);

/* The summed loss of the batch, in nats, and its gradient times `scale` added to `gradient` (total). */
double net_learn(const net_plan *, const float *weights, const net_batch *, net_work *, float scale, float *gradient);

/* Only forward: fills `logits` (targets, vocab) for each position with a target, in order, when not NULL. */
double net_score(const net_plan *, const float *weights, const net_batch *, net_work *, float *logits);

#endif
