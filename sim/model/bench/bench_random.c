#include "bench_random.h"

#include "model_chance.h"

#include <stdlib.h>

static void fill(model_chance *c, float *w, size_t n, float most)
{
    for (size_t i = 0; i < n; i++)
        w[i] = most * ((float)model_chance_below(c, 1u << 24) * 0x1p-23f - 1.0f);
}

static void ones(float *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w[i] = 1.0f;
}

float *bench_weights(const net_plan *p)
{
    const model_shape *s = &p->shape;
    model_chance c = {1};
    float *w = malloc(p->total * sizeof *w);
    if (!w)
        return NULL;
    fill(&c, w, p->total, 0.15f);
    for (uint32_t l = 0; l < s->layers; l++)
        ones(w + p->layer[l].norm1, s->dim), ones(w + p->layer[l].norm2, s->dim);
    ones(w + p->norm, s->dim);
    return w;
}

/* Merges of two bytes each, all different: no text is ever encoded. */
static void any_tokens(bpe *b)
{
    for (uint32_t i = 0; i < BPE_MERGES; i++) {
        b->merge[i][0] = (uint16_t)(BPE_SPECIALS + 'a' + i / 32);
        b->merge[i][1] = (uint16_t)(BPE_SPECIALS + 'a' + i % 32);
    }
}

static model *load(const net_plan *p, const float *weights, const bpe *tokens)
{
    const size_t n = model_export_size(&p->shape);
    const model_provenance from = {0};
    const char *why;
    uint8_t *room = malloc(n);
    writer out = writer_of(room, n);
    model *m = room && model_export(p, weights, tokens, &from, &out) ? model_load(written(&out), &why) : NULL;
    free(room);
    return m;
}

model *bench_random_model(void)
{
    const net_plan p = net_plan_of(train_tiny.shape);
    bpe *tokens = calloc(1, sizeof *tokens);
    float *weights = bench_weights(&p);
    model *m = NULL;
    if (tokens && weights) {
        any_tokens(tokens);
        m = load(&p, weights, tokens);
    }
    free(tokens), free(weights);
    return m;
}
