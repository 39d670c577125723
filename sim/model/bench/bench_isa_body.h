/* The code itself, compiled by the files that include this, each with its own flags. WIDTH: bytes that one load takes. PLAIN: 0 or 1. */
#ifndef PARLEY_BENCH_ISA_BODY_H
#define PARLEY_BENCH_ISA_BODY_H

#include "bench_isa.h"
#include "model_math.h"

#include <math.h>

/* ---- the yardstick ---- */

#if PLAIN /* as one writes it, and nothing but flags to help: the yardstick of the goals */
#define ROLLED

static void product(float *restrict y, const float *restrict w, const float *restrict x, size_t outputs, size_t inputs)
{
    for (size_t o = 0; o < outputs; o++, w += inputs) {
        float sum = 0;
        for (size_t i = 0; i < inputs; i++)
            sum += w[i] * x[i];
        y[o] = sum;
    }
}
#else /* with a hand of ours */
/* A loop that stays one, so that it becomes one vector after another: unrolled first, it comes out as single floats. */
#if defined __clang__
#pragma clang diagnostic ignored "-Wpass-failed" /* sanitizers stand in its way */
#define ROLLED _Pragma("clang loop vectorize_width(WIDTH / 4) interleave_count(1) unroll(disable)")
#else
#define ROLLED _Pragma("GCC unroll 1")
#endif

/* y (outputs) = w (outputs, inputs) x (inputs). Four rows at a time, so that four sums run side by side; outputs a multiple of 4. */
static void product(float *restrict y, const float *restrict w, const float *restrict x, size_t outputs, size_t inputs)
{
    for (size_t o = 0; o < outputs; o += 4, w += 4 * inputs) {
        float a = 0, b = 0, c = 0, d = 0;
        ROLLED for (size_t i = 0; i < inputs; i++)
        {
            a += w[i] * x[i];
            b += w[inputs + i] * x[i];
            c += w[2 * inputs + i] * x[i];
            d += w[3 * inputs + i] * x[i];
        }
        y[o] = a, y[o + 1] = b, y[o + 2] = c, y[o + 3] = d;
    }
}
#endif

static void norm(float *restrict n, const float *restrict x, const float *restrict gain, size_t dim)
{
    float squares = 0;
    for (size_t i = 0; i < dim; i++)
        squares += x[i] * x[i];
    const float r = 1.0f / sqrtf(squares / (float)dim + 1e-5f);
    for (size_t i = 0; i < dim; i++)
        n[i] = x[i] * r * gain[i];
}

static void add(float *restrict x, const float *restrict y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] += y[i];
}

/* Heads turned by their position: pairs are i and i + 8. */
static void rotate(float *restrict x, const float *restrict turn, size_t heads)
{
    for (size_t h = 0; h < heads; h++, x += MODEL_HEAD)
        for (size_t i = 0; i < MODEL_HEAD / 2; i++) {
            const float low = x[i], high = x[i + 8], c = turn[2 * i], s = turn[2 * i + 1];
            x[i] = low * c - high * s;
            x[i + 8] = low * s + high * c;
        }
}

static void softmax(float *restrict s, size_t n)
{
    float most = s[0], sum = 0;
    for (size_t t = 1; t < n; t++)
        most = s[t] > most ? s[t] : most;
    for (size_t t = 0; t < n; t++) {
        s[t] = math_exp(s[t] - most);
        sum += s[t];
    }
    const float inverse = 1.0f / sum;
    for (size_t t = 0; t < n; t++)
        s[t] *= inverse;
}

/* o (16) of one head over n positions whose keys and values stand `row` apart. */
static void attend(float *restrict o, float *restrict score, const float *restrict q, const float *restrict keys,
                   const float *restrict values, size_t row, size_t n)
{
    float sum[MODEL_HEAD] = {0};
    for (size_t t = 0; t < n; t++) {
        float product = 0;
        ROLLED for (size_t i = 0; i < MODEL_HEAD; i++) product += q[i] * keys[t * row + i];
        score[t] = product * 0.25f;
    }
    softmax(score, n);
    for (size_t t = 0; t < n; t++)
        ROLLED for (size_t i = 0; i < MODEL_HEAD; i++) sum[i] += score[t] * values[t * row + i];
    for (size_t i = 0; i < MODEL_HEAD; i++)
        o[i] = sum[i];
}

static void attention(const float_net *f, float_state *w, uint32_t l, uint32_t position)
{
    const size_t heads = f->shape.heads, row = (size_t)f->shape.kv_heads * MODEL_HEAD, group = heads / f->shape.kv_heads;
    const size_t first = (size_t)l * f->shape.context * row;
    float *q = w->y, *k = q + heads * MODEL_HEAD, *v = k + row;
    rotate(q, f->turns + (size_t)position * MODEL_HEAD, heads + f->shape.kv_heads);
    for (size_t i = 0; i < row; i++) {
        w->keys[first + position * row + i] = k[i];
        w->values[first + position * row + i] = v[i];
    }
    for (size_t h = 0; h < heads; h++) {
        const size_t at = first + h / group * MODEL_HEAD;
        attend(w->o + h * MODEL_HEAD, w->score, q + h * MODEL_HEAD, w->keys + at, w->values + at, row, position + 1);
    }
}

static void swiglu(float *restrict a, const float *restrict u, size_t ffn)
{
    for (size_t i = 0; i < ffn; i++)
        a[i] = u[i] * math_sigmoid(u[i]) * u[ffn + i];
}

#define LIKELIEST(name, type)                            \
    static uint32_t name(const type *logits, uint32_t n) \
    {                                                    \
        type most = logits[0];                           \
        uint32_t best = 0;                               \
        for (uint32_t i = 1; i < n; i++)                 \
            most = logits[i] > most ? logits[i] : most;  \
        while (best + 1 < n && logits[best] != most)     \
            best++;                                      \
        return best;                                     \
    }
LIKELIEST(likeliest_float, float)
LIKELIEST(likeliest, int32_t)

static uint32_t step(const float_net *f, float_state *w, uint32_t position, uint32_t token)
{
    const size_t dim = f->shape.dim, queries = (size_t)f->shape.heads * MODEL_HEAD, keys = (size_t)f->shape.kv_heads * MODEL_HEAD;
    const size_t ffn = f->shape.ffn;
    for (size_t i = 0; i < dim; i++)
        w->x[i] = f->embed[token * dim + i];
    for (uint32_t l = 0; l < f->shape.layers; l++) {
        const float_layer *layer = &f->layer[l];
        norm(w->n, w->x, layer->norm1, dim);
        product(w->y, layer->qkv, w->n, queries + 2 * keys, dim);
        attention(f, w, l, position);
        product(w->y, layer->out, w->o, dim, queries);
        add(w->x, w->y, dim);
        norm(w->n, w->x, layer->norm2, dim);
        product(w->y, layer->up, w->n, 2 * ffn, dim);
        swiglu(w->a, w->y, ffn);
        product(w->y, layer->down, w->a, dim, ffn);
        add(w->x, w->y, dim);
    }
    norm(w->n, w->x, f->norm, dim);
    product(w->logits, f->embed, w->n, f->shape.vocab, dim);
    return likeliest_float(w->logits, f->shape.vocab);
}

/* ---- memory ---- */

typedef uint64_t wide __attribute__((vector_size(WIDTH), aligned(WIDTH), may_alias));

/* Eight sums, so that no load waits for another. */
static uint64_t stream(const void *from, size_t n)
{
    const wide *p = from;
    wide a = {0}, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    uint64_t all = 0;
    for (size_t i = 0; i < n / WIDTH; i += 8) {
        a ^= p[i], b ^= p[i + 1], c ^= p[i + 2], d ^= p[i + 3];
        e ^= p[i + 4], f ^= p[i + 5], g ^= p[i + 6], h ^= p[i + 7];
    }
    a ^= b ^ c ^ d ^ e ^ f ^ g ^ h;
    for (size_t i = 0; i < WIDTH / sizeof all; i++)
        all ^= a[i];
    return all;
}

#endif
