#include "model_net.h"

#include "model_loops.h"
#include "model_math.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = LOOPS_LANES, BLOCK = 48 /* query rows that attend together */ };

static const float epsilon = 1e-5f, score_scale = 0.25f; /* 1 / sqrt(16) */

static size_t round16(size_t n) { return (n + 15) & ~(size_t)15; } /* and so every array starts at 64 bytes */

static size_t take(size_t *total, size_t n)
{
    size_t at = *total;
    *total += n;
    return at;
}

net_plan net_plan_of(model_shape s)
{
    net_plan p = {.shape = s, .queries = s.heads * MODEL_HEAD, .keys = s.kv_heads * MODEL_HEAD};
    p.qkv = p.queries + 2 * p.keys;
    p.embed = take(&p.total, (size_t)s.vocab * s.dim);
    for (uint32_t l = 0; l < s.layers; l++) {
        net_layer *at = &p.layer[l];
        at->norm1 = take(&p.total, s.dim);
        at->qkv = take(&p.total, s.dim * p.qkv);
        at->out = take(&p.total, p.queries * s.dim);
        at->norm2 = take(&p.total, s.dim);
        at->up = take(&p.total, (size_t)s.dim * 2 * s.ffn);
        at->down = take(&p.total, (size_t)s.ffn * s.dim);
    }
    p.norm = take(&p.total, s.dim);
    return p;
}

/* ---- memory ---- */

typedef struct kept { /* what one layer's way back needs; T tokens */
    float *x;         /* (T, dim) before the layer */
    float *n1;        /* (T, dim) normed */
    float *qkv;       /* (T, qkv) after rotation */
    float *p;         /* attention weights: per conversation and head (n, round16(n)) */
    float *o;         /* (T, queries) */
    float *mid;       /* (T, dim) after attention */
    float *n2;        /* (T, dim) */
    float *u;         /* (T, 2 ffn) gate, value */
    float *a;         /* (T, ffn) */
    float *r1, *r2;   /* (T) 1 / rms */
} kept;

struct net_work {
    const net_loops *loops;
    size_t tokens, longest;
    kept layer[MODEL_LAYERS_MAX];
    float *x, *nf, *rf;                              /* (T, dim), (T, dim), (T) after the last layer */
    float *picked, *logits;                          /* (targets, dim), (targets, vocab) */
    float *dx, *dn, *dqkv, *du, *da, *d_o, *dpicked; /* gradients of the same shapes */
    float *ds;                                       /* (longest, round16(longest)) */
    float *panel;
    float *turn; /* (longest, 8, 2) cosine, sine */
    float *memory;
};

static void lay_out(net_work *w, const net_plan *p, float *base, size_t *used)
{
    size_t t = w->tokens + 16, dim = p->shape.dim, ffn = p->shape.ffn, ld = round16(w->longest);
#define ROOM(n) (base ? base + take(used, round16(n)) : (take(used, round16(n)), (float *)NULL))
    for (uint32_t l = 0; l < p->shape.layers; l++) {
        kept *k = &w->layer[l];
        k->x = ROOM(t * dim), k->n1 = ROOM(t * dim), k->qkv = ROOM(t * p->qkv);
        k->p = ROOM((w->tokens + w->longest) * ld * p->shape.heads);
        k->o = ROOM(t * p->queries), k->mid = ROOM(t * dim), k->n2 = ROOM(t * dim);
        k->u = ROOM(t * 2 * ffn), k->a = ROOM(t * ffn), k->r1 = ROOM(t), k->r2 = ROOM(t);
    }
    w->x = ROOM(t * dim), w->nf = ROOM(t * dim), w->rf = ROOM(t);
    w->picked = ROOM(t * dim), w->dpicked = ROOM(t * dim), w->logits = ROOM(t * p->shape.vocab);
    w->dx = ROOM(t * dim), w->dn = ROOM(t * dim), w->dqkv = ROOM(t * p->qkv), w->d_o = ROOM(t * p->queries);
    w->du = ROOM(t * 2 * ffn), w->da = ROOM(t * ffn);
    w->ds = ROOM((w->longest + 16) * ld);
    w->panel = ROOM(LOOPS_DEPTH * GEMM_COLUMNS);
    w->turn = ROOM(w->longest * 16);
#undef ROOM
}

static void make_turns(net_work *w)
{
    for (int i = 0; i < 8; i++) {
        math_turn step = math_turn_of(i), now = {1.0, 0.0};
        for (size_t t = 0; t < w->longest; t++, now = math_turn_add(now, step)) {
            w->turn[(t * 8 + (size_t)i) * 2] = (float)now.cos;
            w->turn[(t * 8 + (size_t)i) * 2 + 1] = (float)now.sin;
        }
    }
}

net_work *net_work_new(const net_plan *p, size_t tokens, size_t longest)
{
    net_work *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->loops = net_loops_best();
    w->tokens = tokens, w->longest = longest;
    size_t need = 0, used = 0;
    lay_out(w, p, NULL, &need);
    w->memory = aligned_alloc(64, (need * sizeof(float) + 63) / 64 * 64);
    if (!w->memory) {
        free(w);
        return NULL;
    }
    memset(w->memory, 0, need * sizeof(float));
    lay_out(w, p, w->memory, &used);
    make_turns(w);
    return w;
}

void net_work_free(net_work *w)
{
    if (w)
        free(w->memory);
    free(w);
}

/* ---- pieces ---- */

static void product(net_work *w, gemm g) { w->loops->multiply(&g, w->panel); }

/* y (T, n) = x (T, k) w (k, n) */
static void forward(net_work *w, float *y, const float *x, const float *weight, size_t t, size_t k, size_t n)
{
    product(w, (gemm){y, n, x, k, 1, weight, n, 1, t, n, k, false});
}

/* dx (T, k) = dy (T, n) w^T (n, k);  dw (k, n) += x^T (k, T) dy (T, n) */
static void backward(net_work *w, float *dx, float *dw, const float *x, const float *dy, const float *weight, size_t t, size_t k, size_t n)
{
    product(w, (gemm){dx, k, dy, n, 1, weight, 1, n, t, k, n, false});
    product(w, (gemm){dw, n, x, 1, k, dy, n, 1, k, n, t, true});
}

/* Sixteen running sums, then a fixed tree. */
static float tree(float part[LANES])
{
    for (size_t half = LANES / 2; half; half /= 2)
        for (size_t i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

static float dot(const float *a, const float *b, size_t n)
{
    float part[LANES] = {0};
    for (size_t i = 0; i < n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            part[j] += a[i + j] * b[i + j];
    return tree(part);
}

static void norm(float *y, float *r, const float *x, const float *gain, size_t t, size_t dim)
{
    for (size_t i = 0; i < t; i++, x += dim, y += dim) {
        r[i] = 1.0f / sqrtf(dot(x, x, dim) / (float)dim + epsilon);
        for (size_t j = 0; j < dim; j++)
            y[j] = x[j] * r[i] * gain[j];
    }
}

/* dx (T, dim) += the way back of norm; dgain += */
static void norm_back(float *dx, float *dgain, const float *dy, const float *x, const float *r, const float *gain, size_t t, size_t dim)
{
    for (size_t i = 0; i < t; i++, x += dim, dy += dim, dx += dim) {
        float g[1024];
        for (size_t j = 0; j < dim; j++) {
            dgain[j] += dy[j] * x[j] * r[i];
            g[j] = dy[j] * gain[j];
        }
        float along = dot(g, x, dim) * r[i] * r[i] / (float)dim;
        for (size_t j = 0; j < dim; j++)
            dx[j] += r[i] * (g[j] - x[j] * along);
    }
}

static void add_to(float *y, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

/* Turns queries and keys of each token by its place in the conversation; back with sign -1. */
static void rotate(const net_plan *p, const net_work *w, const net_batch *b, float *qkv, float sign)
{
    for (size_t part = 0; part < b->n_parts; part++)
        for (size_t t = 0; t < b->part[part].n; t++) {
            float *row = qkv + (b->part[part].at + t) * p->qkv;
            const float *turn = w->turn + t * 16;
            for (size_t head = 0; head < p->shape.heads + p->shape.kv_heads; head++, row += MODEL_HEAD)
                for (size_t i = 0; i < 8; i++) {
                    float c = turn[2 * i], s = turn[2 * i + 1] * sign, low = row[i], high = row[i + 8];
                    row[i] = low * c - high * s;
                    row[i + 8] = low * s + high * c;
                }
        }
}

/* ---- attention ---- */

typedef struct head { /* one head of one conversation: views with the strides of their rows */
    const float *q, *k, *v;
    float *p;          /* (n, ld) */
    size_t row, n, ld; /* row: stride of q, k, v */
} head;

static head head_of(const net_plan *p, const kept *k, const net_part *part, size_t index, size_t p_at)
{
    const float *row = k->qkv + part->at * p->qkv;
    size_t kv = index / (p->shape.heads / p->shape.kv_heads), ld = round16(part->n);
    return (head){row + index * MODEL_HEAD,
                  row + p->queries + kv * MODEL_HEAD,
                  row + p->queries + p->keys + kv * MODEL_HEAD,
                  k->p + p_at + index * part->n * ld,
                  p->qkv,
                  part->n,
                  ld};
}

static void attend_head(net_work *w, const head *h, float *o, size_t o_row)
{
    for (size_t from = 0; from < h->n; from += BLOCK) {
        size_t to = from + BLOCK < h->n ? from + BLOCK : h->n;
        product(w, (gemm){h->p + from * h->ld, h->ld, h->q + from * h->row, h->row, 1, h->k, 1, h->row, to - from, round16(to), MODEL_HEAD,
                          false});
        for (size_t t = from; t < to; t++)
            w->loops->softmax(h->p + t * h->ld, t + 1, h->ld, score_scale);
        product(w, (gemm){o + from * o_row, o_row, h->p + from * h->ld, h->ld, 1, h->v, h->row, 1, to - from, MODEL_HEAD, to, false});
    }
}

static void attend(const net_plan *p, net_work *w, const net_batch *b, kept *k)
{
    size_t p_at = 0;
    for (size_t i = 0; i < b->n_parts; i++) {
        const net_part *part = &b->part[i];
        for (size_t j = 0; j < p->shape.heads; j++) {
            head h = head_of(p, k, part, j, p_at);
            attend_head(w, &h, k->o + part->at * p->queries + j * MODEL_HEAD, p->queries);
        }
        p_at += p->shape.heads * part->n * round16(part->n);
    }
}

/* ds (n, ld): from the gradient of the weights to that of the unscaled scores. */
static void softmax_back(const head *h, float *ds)
{
    for (size_t t = 0; t < h->n; t++) {
        const float *weight = h->p + t * h->ld;
        float *d = ds + t * h->ld;
        size_t known = round16(t + 1);
        float mean = dot(weight, d, known);
        for (size_t s = 0; s < known; s++)
            d[s] = weight[s] * (d[s] - mean) * score_scale;
        for (size_t s = known; s < h->ld; s++)
            d[s] = 0;
    }
}

/* dq, dk, dv: where this head's columns start in the gradient of qkv, whose rows are h->row apart. */
static void attend_head_back(net_work *w, const head *h, const float *d_o, size_t o_row, float *dq, float *dk, float *dv)
{
    float *ds = w->ds;
    for (size_t from = 0; from < h->n; from += BLOCK) {
        size_t to = from + BLOCK < h->n ? from + BLOCK : h->n;
        product(w,
                (gemm){ds + from * h->ld, h->ld, d_o + from * o_row, o_row, 1, h->v, 1, h->row, to - from, round16(to), MODEL_HEAD, false});
    }
    softmax_back(h, ds);
    for (size_t from = 0; from < h->n; from += BLOCK) {
        size_t to = from + BLOCK < h->n ? from + BLOCK : h->n, later = h->n - from;
        const float *s = ds + from * h->ld + from, *weight = h->p + from * h->ld + from;
        product(w, (gemm){dq + from * h->row, h->row, ds + from * h->ld, h->ld, 1, h->k, h->row, 1, to - from, MODEL_HEAD, to, false});
        product(w, (gemm){dk + from * h->row, h->row, s, 1, h->ld, h->q + from * h->row, h->row, 1, to - from, MODEL_HEAD, later, true});
        product(w, (gemm){dv + from * h->row, h->row, weight, 1, h->ld, d_o + from * o_row, o_row, 1, to - from, MODEL_HEAD, later, true});
    }
}

static void attend_back(const net_plan *p, net_work *w, const net_batch *b, const kept *k)
{
    size_t p_at = 0, group = p->shape.heads / p->shape.kv_heads;
    memset(w->dqkv, 0, b->n * p->qkv * sizeof(float));
    for (size_t i = 0; i < b->n_parts; i++) {
        const net_part *part = &b->part[i];
        for (size_t j = 0; j < p->shape.heads; j++) {
            head h = head_of(p, k, part, j, p_at);
            float *row = w->dqkv + part->at * p->qkv, *dk = row + p->queries + j / group * MODEL_HEAD;
            attend_head_back(w, &h, w->d_o + part->at * p->queries + j * MODEL_HEAD, p->queries, row + j * MODEL_HEAD, dk, dk + p->keys);
        }
        p_at += p->shape.heads * part->n * round16(part->n);
    }
}

/* ---- the two passes ---- */

static void layer_forward(const net_plan *p, const float *weights, const net_batch *b, net_work *w, uint32_t l)
{
    const net_layer *at = &p->layer[l];
    kept *k = &w->layer[l];
    float *next = l + 1 < p->shape.layers ? w->layer[l + 1].x : w->x;
    size_t t = b->n, dim = p->shape.dim, ffn = p->shape.ffn;
    norm(k->n1, k->r1, k->x, weights + at->norm1, t, dim);
    forward(w, k->qkv, k->n1, weights + at->qkv, t, dim, p->qkv);
    rotate(p, w, b, k->qkv, 1.0f);
    attend(p, w, b, k);
    forward(w, k->mid, k->o, weights + at->out, t, p->queries, dim);
    add_to(k->mid, k->x, t * dim);
    norm(k->n2, k->r2, k->mid, weights + at->norm2, t, dim);
    forward(w, k->u, k->n2, weights + at->up, t, dim, 2 * ffn);
    for (size_t i = 0; i < t; i++)
        w->loops->gate(k->a + i * ffn, k->u + i * 2 * ffn, ffn);
    forward(w, next, k->a, weights + at->down, t, ffn, dim);
    add_to(next, k->mid, t * dim);
}

/* w->dx holds the gradient after the layer, and then before it. */
static void layer_back(const net_plan *p, const float *weights, const net_batch *b, net_work *w, uint32_t l, float *gradient)
{
    const net_layer *at = &p->layer[l];
    const kept *k = &w->layer[l];
    size_t t = b->n, dim = p->shape.dim, ffn = p->shape.ffn;
    backward(w, w->da, gradient + at->down, k->a, w->dx, weights + at->down, t, ffn, dim);
    for (size_t i = 0; i < t; i++)
        w->loops->gate_back(w->du + i * 2 * ffn, w->da + i * ffn, k->u + i * 2 * ffn, ffn);
    backward(w, w->dn, gradient + at->up, k->n2, w->du, weights + at->up, t, dim, 2 * ffn);
    norm_back(w->dx, gradient + at->norm2, w->dn, k->mid, k->r2, weights + at->norm2, t, dim);
    backward(w, w->d_o, gradient + at->out, k->o, w->dx, weights + at->out, t, p->queries, dim);
    attend_back(p, w, b, k);
    rotate(p, w, b, w->dqkv, -1.0f);
    backward(w, w->dn, gradient + at->qkv, k->n1, w->dqkv, weights + at->qkv, t, dim, p->qkv);
    norm_back(w->dx, gradient + at->norm1, w->dn, k->x, k->r1, weights + at->norm1, t, dim);
}

/* Up to the logits (targets, vocab). Returns how many targets there are. */
static size_t run_forward(const net_plan *p, const float *weights, const net_batch *b, net_work *w)
{
    size_t dim = p->shape.dim, n = 0;
    for (size_t t = 0; t < b->n; t++)
        memcpy(w->layer[0].x + t * dim, weights + p->embed + b->token[t] * dim, dim * sizeof(float));
    for (uint32_t l = 0; l < p->shape.layers; l++)
        layer_forward(p, weights, b, w, l);
    norm(w->nf, w->rf, w->x, weights + p->norm, b->n, dim);
    for (size_t t = 0; t < b->n; t++)
        if (b->target[t])
            memcpy(w->picked + n++ * dim, w->nf + t * dim, dim * sizeof(float));
    product(w, (gemm){w->logits, p->shape.vocab, w->picked, dim, 1, weights + p->embed, 1, dim, n, p->shape.vocab, dim, false});
    return n;
}

/* Logits of one position become probabilities; returns the loss there. */
static double cross_entropy(const net_work *w, float *l, size_t vocab, uint16_t target)
{
    float max = l[0];
    for (size_t i = 1; i < vocab; i++)
        max = l[i] > max ? l[i] : max;
    double margin = (double)max - (double)l[target];
    return margin + math_log((double)w->loops->softmax(l, vocab, vocab, 1.0f));
}

static double losses(const net_plan *p, const net_batch *b, net_work *w)
{
    double sum = 0;
    size_t n = 0;
    for (size_t t = 0; t < b->n; t++)
        if (b->target[t])
            sum += cross_entropy(w, w->logits + n++ * p->shape.vocab, p->shape.vocab, b->target[t]);
    return sum;
}

double net_score(const net_plan *p, const float *weights, const net_batch *b, net_work *w, float *logits)
{
    size_t n = run_forward(p, weights, b, w);
    if (logits)
        memcpy(logits, w->logits, n * p->shape.vocab * sizeof(float));
    return losses(p, b, w);
}

/* From probabilities to the gradient of what came out of the last layer, in w->dx. */
static void head_back(const net_plan *p, const float *weights, const net_batch *b, net_work *w, size_t n, float scale, float *gradient)
{
    size_t dim = p->shape.dim, vocab = p->shape.vocab, at = 0;
    for (size_t t = 0; t < b->n; t++)
        if (b->target[t])
            w->logits[at++ * vocab + b->target[t]] -= 1.0f;
    for (size_t i = 0; i < n * vocab; i++)
        w->logits[i] *= scale;
    product(w, (gemm){w->dpicked, dim, w->logits, vocab, 1, weights + p->embed, dim, 1, n, dim, vocab, false});
    product(w, (gemm){gradient + p->embed, dim, w->logits, 1, vocab, w->picked, dim, 1, vocab, dim, n, true});
    memset(w->dn, 0, b->n * dim * sizeof(float));
    memset(w->dx, 0, b->n * dim * sizeof(float));
    at = 0;
    for (size_t t = 0; t < b->n; t++)
        if (b->target[t])
            memcpy(w->dn + t * dim, w->dpicked + at++ * dim, dim * sizeof(float));
    norm_back(w->dx, gradient + p->norm, w->dn, w->x, w->rf, weights + p->norm, b->n, dim);
}

double net_learn(const net_plan *p, const float *weights, const net_batch *b, net_work *w, float scale, float *gradient)
{
    size_t n = run_forward(p, weights, b, w), dim = p->shape.dim;
    double loss = losses(p, b, w);
    head_back(p, weights, b, w, n, scale, gradient);
    for (uint32_t l = p->shape.layers; l-- > 0;)
        layer_back(p, weights, b, w, l, gradient);
    for (size_t t = 0; t < b->n; t++)
        add_to(gradient + p->embed + b->token[t] * dim, w->dx + t * dim, dim);
    return loss;
}
