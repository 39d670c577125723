/* The shape of a model. Heads are always 16 wide. */
#ifndef PARLEY_MODEL_SHAPE_H
#define PARLEY_MODEL_SHAPE_H

#include <stdint.h>

enum { MODEL_HEAD = 16, MODEL_LAYERS_MAX = 16 };

typedef struct model_shape {
    uint32_t dim, layers, heads, kv_heads, ffn, vocab, context;
} model_shape;

#endif
