#include "model_engine.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((-1 >> 1) == -1, "shifts keep the sign");
_Static_assert(MODEL_ROW_SUM * 32768ull <= 2147483648ull - 32768, "a row of weights times int16 stays inside int32");
_Static_assert(MODEL_HEAD * 8191ll * 8191 < 1 << 30, "a score stays inside int32, and so does a difference of two");
_Static_assert(MODEL_CONTEXT_MAX * 32768ull < 1ull << 31, "the sum of a softmax stays inside uint32");

enum { RESIDUAL_MAX = 1 << 28, OUTPUT_MAX = 1 << 30, GATE_MAX = (1 << 18) - 1, KEY_MAX = 8191 };

static int64_t clamp(int64_t x, int64_t most) { return x < -most ? -most : x > most ? most : x; }
static int64_t round_shift(int64_t x, uint32_t n) { return n ? (x + ((int64_t)1 << (n - 1))) >> n : x; }

size_t engine_cache_size(const model *m)
{
    return 2 * sizeof(int16_t) * m->shape.layers * m->shape.context * m->shape.kv_heads * MODEL_HEAD;
}

engine_cache engine_cache_at(const model *m, void *memory)
{
    return (engine_cache){memory, (int16_t *)memory + engine_cache_size(m) / (2 * sizeof(int16_t))};
}

/* The largest r with r * r <= x. */
static uint32_t root(uint64_t x)
{
    uint64_t r = 0;
    for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
        if ((r | bit) * (r | bit) <= x)
            r |= bit;
    return (uint32_t)r;
}

/* n (dim) Q11 = x (dim) Q16 / rms(x). The gains stand in the matrix that follows. */
static void norm(const int32_t *x, int16_t *n, uint32_t dim)
{
    uint64_t squares = 0;
    for (uint32_t i = 0; i < dim; i++)
        squares += (uint64_t)((int64_t)x[i] * x[i]);
    uint32_t rms = root(squares / dim + 42950); /* 10^-5 in Q32 */
    int64_t inverse = (int64_t)(((uint64_t)1 << 42) / rms);
    for (uint32_t i = 0; i < dim; i++)
        n[i] = (int16_t)clamp(round_shift(x[i] * inverse, 31), 32767);
}

/* y (outputs) = matrix x (inputs): the sums times their row's multiplier, shifted. `less` is what x was shifted before. */
static void project(const model_kernel *k, const model_matrix *m, const int16_t *x, uint32_t less, int32_t *y)
{
    const uint32_t shift = m->shift - less;
    const int64_t half = (int64_t)1 << (shift - 1);
    k->matrix(m, x, y);
    for (uint32_t i = 0; i < m->outputs; i++)
        y[i] = (int32_t)clamp(((int64_t)y[i] * m->multiplier[i] + half) >> shift, OUTPUT_MAX);
}

static void add(int32_t *x, const int32_t *y, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        x[i] = (int32_t)clamp((int64_t)x[i] + y[i], RESIDUAL_MAX);
}

/* One shift for the whole vector, so that its largest entry fits int16. Returns the shift. */
static uint32_t mantissas(const int32_t *x, int16_t *m, uint32_t n)
{
    int64_t most = 0;
    uint32_t shift = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t size = x[i] < 0 ? -(int64_t)x[i] : x[i];
        most = size > most ? size : most;
    }
    while (round_shift(most, shift) > 32767)
        shift++;
    for (uint32_t i = 0; i < n; i++)
        m[i] = (int16_t)round_shift(x[i], shift);
    return shift;
}

/* One head turned by its position: pairs are i and i + 8. */
static void rotate(const int32_t *from, const int16_t *turn, int16_t *to)
{
    for (int i = 0; i < MODEL_HEAD / 2; i++) {
        int64_t low = clamp(from[i], 32767), high = clamp(from[i + 8], 32767), c = turn[2 * i], s = turn[2 * i + 1];
        to[i] = (int16_t)clamp(round_shift(low * c - high * s, 14), KEY_MAX);
        to[i + 8] = (int16_t)clamp(round_shift(low * s + high * c, 14), KEY_MAX);
    }
}

int16_t engine_exp2(uint32_t x)
{
    uint32_t whole = x >> 16;
    int32_t f = (int32_t)(x & 0xffff) >> 1;
    int32_t y = 7802 - (1483 * f >> 15);
    y = 22705 - (y * f >> 15);
    y = 32767 - (y * f >> 15);
    return (int16_t)(whole > 15 ? 0 : y >> whole);
}

/* p (n) Q15 = softmax of score (n) Q16 in base 2. */
static void softmax(const int32_t *score, int16_t *p, uint32_t n)
{
    int32_t most = score[0];
    uint32_t sum = 0;
    for (uint32_t t = 1; t < n; t++)
        most = score[t] > most ? score[t] : most;
    for (uint32_t t = 0; t < n; t++) {
        p[t] = engine_exp2((uint32_t)most - (uint32_t)score[t]);
        sum += (uint32_t)p[t];
    }
    uint32_t inverse = (32767u << 15) / sum; /* with 2^30 a weight of one would be 32768 and wrap */
    for (uint32_t t = 0; t < n; t++)
        p[t] = (int16_t)((uint32_t)p[t] * inverse >> 15);
}

/* Puts the token's key and value into the cache, and its queries, turned, into w->q. */
static void place_heads(const model *m, engine_cache c, engine_work *w, uint32_t layer, uint32_t position)
{
    const uint32_t queries = m->shape.heads * MODEL_HEAD, keys = m->shape.kv_heads * MODEL_HEAD;
    const int16_t *turn = m->turns + (size_t)position * 16;
    const size_t at = ((size_t)layer * m->shape.context + position) * keys;
    for (uint32_t i = 0; i < queries; i += MODEL_HEAD)
        rotate(w->y + i, turn, w->q + i);
    for (uint32_t i = 0; i < keys; i += MODEL_HEAD)
        rotate(w->y + queries + i, turn, c.key + at + i);
    for (uint32_t i = 0; i < keys; i++)
        c.value[at + i] = (int16_t)clamp(w->y[queries + keys + i], 32767);
}

static void attend(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t layer, uint32_t position)
{
    const uint32_t keys = m->shape.kv_heads * MODEL_HEAD, group = m->shape.heads / m->shape.kv_heads;
    const size_t first = (size_t)layer * m->shape.context * keys;
    for (uint32_t h = 0; h < m->shape.heads; h++) {
        const size_t at = first + h / group * MODEL_HEAD;
        k->scores(w->q + h * MODEL_HEAD, c.key + at, keys, position + 1, w->score);
        softmax(w->score, w->p, position + 1);
        k->mix(w->p, c.value + at, keys, position + 1, w->o + h * MODEL_HEAD);
    }
}

/* The logistic function at gate Q12: Q15, between 0 and 32768, by a straight line between entries of the table. */
static int32_t sigmoid(const uint16_t *table, int32_t gate)
{
    int32_t size = gate < 0 ? -gate : gate, at = size >> 5, part = size & 31;
    int32_t y = at >= MODEL_SIGMOID - 1 ? table[MODEL_SIGMOID - 1] : table[at] + ((table[at + 1] - table[at]) * part >> 5);
    return gate < 0 ? 32768 - y : y;
}

/* a (ffn) Q12 = gate sigmoid(gate) value, from u (2 ffn) Q12. */
static void swiglu(const uint16_t *table, const int32_t *u, int32_t *a, uint32_t ffn)
{
    for (uint32_t i = 0; i < ffn; i++) {
        int32_t gate = (int32_t)clamp(u[i], GATE_MAX), value = (int32_t)clamp(u[ffn + i], GATE_MAX);
        int32_t silu = ((gate >> 2) * sigmoid(table, gate)) >> 15; /* Q10 */
        a[i] = (int32_t)(((int64_t)silu * value) >> 10);
    }
}

static void run_layer(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t l, uint32_t position)
{
    const model_layer *layer = &m->layer[l];
    const uint32_t dim = m->shape.dim;
    norm(w->x, w->n, dim);
    project(k, &layer->qkv, w->n, 0, w->y);
    place_heads(m, c, w, l, position);
    attend(m, k, c, w, l, position);
    project(k, &layer->out, w->m, mantissas(w->o, w->m, m->shape.heads * MODEL_HEAD), w->y);
    add(w->x, w->y, dim);
    norm(w->x, w->n, dim);
    project(k, &layer->up, w->n, 0, w->y);
    swiglu(m->sigmoid, w->y, w->a, m->shape.ffn);
    project(k, &layer->down, w->m, mantissas(w->a, w->m, m->shape.ffn), w->y);
    add(w->x, w->y, dim);
}

static void embed(const model_matrix *e, uint16_t token, int32_t *x)
{
    const int8_t *row = e->weight + (size_t)token * e->inputs;
    for (uint32_t i = 0; i < e->inputs; i++)
        x[i] = (int32_t)clamp(round_shift((int64_t)row[i] * e->multiplier[token], e->shift), RESIDUAL_MAX);
}

void engine_step(const model *m, const model_kernel *k, engine_cache c, engine_work *w, uint32_t position, uint16_t token, int32_t *logits)
{
    must(position < m->shape.context && token < m->shape.vocab);
    embed(&m->embed, token, w->x);
    for (uint32_t l = 0; l < m->shape.layers; l++)
        run_layer(m, k, c, w, l, position);
    if (!logits)
        return;
    norm(w->x, w->n, m->shape.dim);
    project(k, &m->output, w->n, 0, logits);
}
