#include "model_engine.h"

#include <stdlib.h>
#include <string.h>

size_t engine_cache_size(const model *m)
{
    return 2 * sizeof(int16_t) * m->shape.layers * m->shape.kv_heads * kernel_round(m->shape.context) * MODEL_HEAD;
}

engine_cache engine_cache_at(const model *m, void *memory)
{
    return (engine_cache){memory, (int16_t *)memory + engine_cache_size(m) / (2 * sizeof(int16_t))};
}

static int32_t within(int32_t x, int32_t most) { return x < -most ? -most : x > most ? most : x; }

_Static_assert((int64_t)KERNEL_RESIDUAL + KERNEL_OUTPUT <= INT32_MAX, "a sum of residual and output fits");

static void add(int32_t *restrict x, const int32_t *restrict y, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        x[i] = within(x[i] + y[i], KERNEL_RESIDUAL);
}

/* Where one head's keys, or values, of a layer begin. */
static size_t head_at(const model *m, uint32_t layer, uint32_t kv_head)
{
    return ((size_t)layer * m->shape.kv_heads + kv_head) * kernel_round(m->shape.context) * MODEL_HEAD;
}

/* A place whose block begins here is cleared first: kernels read blocks whole. */
static void place_key(int16_t *keys, uint32_t position, const int16_t key[MODEL_HEAD])
{
    if (position % KERNEL_BLOCK == 0)
        memset(keys + kernel_key_at(position, 0), 0, KERNEL_BLOCK * MODEL_HEAD * sizeof *keys);
    int16_t *at = keys + kernel_key_at(position, 0); /* pairs of entries, a block apart */
    for (uint32_t i = 0; i < MODEL_HEAD; i += 2, at += 2 * KERNEL_BLOCK)
        memcpy(at, key + i, 2 * sizeof *at);
}

static void place_value(int16_t *values, uint32_t position, const int32_t value[MODEL_HEAD])
{
    int16_t *at = values + kernel_value_at(position, 0);
    if (position % KERNEL_BLOCK == 0)
        memset(at, 0, KERNEL_BLOCK * MODEL_HEAD * sizeof *at);
    for (uint32_t i = 0; i < MODEL_HEAD; i++)
        at[2 * i] = (int16_t)within(value[i], 32767);
}

/* Puts the token's keys and values into the cache, and its queries, turned, into w->q. */
static void place_heads(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t layer, uint32_t position)
{
    const uint32_t queries = m->shape.heads * MODEL_HEAD, keys = m->shape.kv_heads * MODEL_HEAD;
    const int16_t *turn = m->turns + (size_t)position * MODEL_HEAD;
    int16_t key[MODEL_HEAD];
    for (uint32_t i = 0; i < queries; i += MODEL_HEAD)
        k->rotate(w->y + i, turn, w->q + i);
    for (uint32_t h = 0; h < m->shape.kv_heads; h++) {
        const int32_t *y = w->y + queries + h * MODEL_HEAD;
        k->rotate(y, turn, key);
        place_key(c.key + head_at(m, layer, h), position, key);
        place_value(c.value + head_at(m, layer, h), position, y + keys);
    }
}

static void attend(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t layer, uint32_t position)
{
    const uint32_t group = m->shape.heads / m->shape.kv_heads;
    for (uint32_t h = 0; h < m->shape.heads; h++) {
        const size_t at = head_at(m, layer, h / group);
        k->scores(w->q + h * MODEL_HEAD, c.key + at, position + 1, w->score);
        k->softmax(w->score, w->p, position + 1);
        k->mix(w->p, c.value + at, position + 1, w->o + h * MODEL_HEAD);
    }
}

static void run_layer(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t l, uint32_t position)
{
    const model_layer *layer = &m->layer[l];
    const uint32_t dim = m->shape.dim;
    k->norm(w->x, w->n, dim);
    k->project(&layer->qkv, w->n, 0, w->y);
    place_heads(m, k, c, w, l, position);
    attend(m, k, c, w, l, position);
    k->project(&layer->out, w->m, k->mantissas(w->o, w->m, m->shape.heads * MODEL_HEAD), w->y);
    add(w->x, w->y, dim);
    k->norm(w->x, w->n, dim);
    k->project(&layer->up, w->n, 0, w->y);
    k->swiglu(m->sigmoid, w->y, w->a, m->shape.ffn);
    k->project(&layer->down, w->m, k->mantissas(w->a, w->m, m->shape.ffn), w->y);
    add(w->x, w->y, dim);
}

_Static_assert(128ll << 30 >> MODEL_SHIFT_MIN < KERNEL_RESIDUAL, "an embedding needs no clamp");

static void embed(const model_matrix *e, uint16_t token, int32_t *x)
{
    const int8_t *row = e->weight + (size_t)token * e->inputs;
    const int64_t half = (int64_t)1 << (e->shift - 1);
    for (uint32_t i = 0; i < e->inputs; i++)
        x[i] = (int32_t)(((int64_t)row[i] * e->multiplier[token] + half) >> e->shift);
}

void engine_step(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t position, uint16_t token, int32_t *logits)
{
    must(position < m->shape.context && token < m->shape.vocab);
    embed(&m->embed, token, w->x);
    for (uint32_t l = 0; l < m->shape.layers; l++)
        run_layer(m, k, c, w, l, position);
    if (!logits)
        return;
    k->norm(w->x, w->n, m->shape.dim);
    k->project(&m->output, w->n, 0, logits);
}
