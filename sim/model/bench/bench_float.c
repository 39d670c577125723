#include "bench_float.h"

#include "model_math.h"

#include <stdlib.h>

typedef struct room { /* `base` NULL: only counts */
    float *base;
    size_t used;
} room;

static float *take(room *r, size_t n)
{
    const size_t at = r->used;
    r->used += (n + 15) / 16 * 16; /* each array begins at 64 bytes */
    return r->base ? r->base + at : NULL;
}

static bool provide(room *r)
{
    *r = (room){aligned_alloc(64, r->used * sizeof(float)), 0};
    return r->base != NULL;
}

static const float *copied(room *r, const float *from, size_t n)
{
    float *to = take(r, n);
    for (size_t i = 0; to && i < n; i++)
        to[i] = from[i];
    return to;
}

/* (inputs, outputs) becomes (outputs, inputs). */
static const float *turned(room *r, const float *from, size_t inputs, size_t outputs)
{
    float *to = take(r, inputs * outputs);
    for (size_t o = 0; to && o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            to[o * inputs + i] = from[i * outputs + o];
    return to;
}

static const float *turns(room *r, uint32_t context)
{
    float *to = take(r, (size_t)context * MODEL_HEAD);
    for (int pair = 0; to && pair < MODEL_HEAD / 2; pair++) {
        const math_turn step = math_turn_of(pair);
        math_turn now = {1.0, 0.0};
        for (size_t t = 0; t < context; t++, now = math_turn_add(now, step)) {
            to[t * MODEL_HEAD + 2 * (size_t)pair] = (float)now.cos;
            to[t * MODEL_HEAD + 2 * (size_t)pair + 1] = (float)now.sin;
        }
    }
    return to;
}

static void lay_out(float_net *f, const net_plan *p, const float *w, room *r)
{
    const model_shape *s = &p->shape;
    f->shape = *s;
    f->embed = copied(r, w + p->embed, (size_t)s->vocab * s->dim);
    for (uint32_t l = 0; l < s->layers; l++) {
        const net_layer *from = &p->layer[l];
        f->layer[l].norm1 = copied(r, w + from->norm1, s->dim);
        f->layer[l].qkv = turned(r, w + from->qkv, s->dim, p->qkv);
        f->layer[l].out = turned(r, w + from->out, p->queries, s->dim);
        f->layer[l].norm2 = copied(r, w + from->norm2, s->dim);
        f->layer[l].up = turned(r, w + from->up, s->dim, 2 * (size_t)s->ffn);
        f->layer[l].down = turned(r, w + from->down, s->ffn, s->dim);
    }
    f->norm = copied(r, w + p->norm, s->dim);
    f->turns = turns(r, s->context);
}

bool float_net_new(float_net *f, const net_plan *p, const float *weights)
{
    room r = {0};
    lay_out(f, p, weights, &r);
    if (!provide(&r))
        return false;
    f->memory = r.base;
    lay_out(f, p, weights, &r);
    return true;
}

void float_net_free(float_net *f) { free(f->memory); }

size_t float_net_bytes(const model_shape *s) { return net_plan_of(*s).total * sizeof(float); }

static void lay_out_state(float_state *f, const model_shape *s, room *r)
{
    const size_t queries = (size_t)s->heads * MODEL_HEAD, keys = (size_t)s->kv_heads * MODEL_HEAD;
    const size_t qkv = queries + 2 * keys, up = 2 * (size_t)s->ffn;
    f->keys = take(r, keys * s->context * s->layers), f->values = take(r, keys * s->context * s->layers);
    f->x = take(r, s->dim), f->n = take(r, s->dim), f->y = take(r, qkv > up ? qkv : up);
    f->o = take(r, queries), f->a = take(r, s->ffn), f->score = take(r, s->context), f->logits = take(r, s->vocab);
}

bool float_state_new(float_state *f, const model_shape *s)
{
    room r = {0};
    lay_out_state(f, s, &r);
    if (!provide(&r))
        return false;
    f->memory = r.base;
    lay_out_state(f, s, &r);
    return true;
}

void float_state_free(float_state *f) { free(f->memory); }
