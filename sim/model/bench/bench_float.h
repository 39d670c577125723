/* The yardstick: the same network in float32, straight from the maths, one token at a time. Weights are matrices (outputs, inputs),
 * row after row; nothing is packed for the sake of speed and nothing is done twice. What the compiler makes of it at its
 * best flags, for the widest instructions of the CPU, is what the integer kernels are measured against. */
#ifndef PARLEY_BENCH_FLOAT_H
#define PARLEY_BENCH_FLOAT_H

#include "model_net.h"

typedef struct float_layer {
    const float *norm1; /* (dim) */
    const float *qkv;   /* ((heads + 2 kv_heads) 16, dim) */
    const float *out;   /* (dim, heads 16) */
    const float *norm2; /* (dim) */
    const float *up;    /* (2 ffn, dim): gate, value */
    const float *down;  /* (dim, ffn) */
} float_layer;

typedef struct float_net {
    model_shape shape;
    const float *embed; /* (vocab, dim): for the input and for the output */
    float_layer layer[MODEL_LAYERS_MAX];
    const float *norm;  /* (dim) */
    const float *turns; /* (context, 8, 2): cosine, sine */
    float *memory;
} float_net;

/* One session: keys and values of the tokens so far, and the activations of one. */
typedef struct float_state {
    float *keys, *values;                      /* (layer, position, kv_heads 16) */
    float *x, *n, *y, *o, *a, *score, *logits; /* (dim), (dim), (widest output), (heads 16), (ffn), (context), (vocab) */
    float *memory;
} float_state;

/* From weights as the trainer has them. False without memory. */
bool float_net_new(float_net *, const net_plan *, const float *weights);
void float_net_free(float_net *);
size_t float_net_bytes(const model_shape *); /* of the weights that one token takes */

bool float_state_new(float_state *, const model_shape *);
void float_state_free(float_state *);

#endif
