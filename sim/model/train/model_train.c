#include "model_train.h"

#include "model_chat.h"
#include "model_corpus.h"
#include "model_muon.h"
#include "prim.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const train_plan train_tiny = {
    .shape = {.dim = 128, .layers = 4, .heads = 8, .kv_heads = 4, .ffn = 256, .vocab = BPE_VOCAB, .context = 512},
    .seed = 20,
    .steps = 9000,
    .warm = 100,
    .fall = 5000,
    .tokens = 1024,
    .rate = 3e-3f,
    .turn = 4.0f,
    .decay = 0.01f,
    .clip = 1.0f,
    .corpus_bytes = 2u << 20};
const train_plan train_trial = {.shape = {.dim = 32, .layers = 2, .heads = 2, .kv_heads = 1, .ffn = 48, .vocab = BPE_VOCAB, .context = 256},
                                .seed = 7,
                                .steps = 40,
                                .warm = 5,
                                .fall = 10,
                                .tokens = 256,
                                .rate = 3e-3f,
                                .turn = 7.0f,
                                .decay = 0.01f,
                                .clip = 1.0f,
                                .corpus_bytes = 100u << 10};

/* ---- batches ---- */

bool train_batch_new(train_batch *b, size_t cap, size_t longest)
{
    *b = (train_batch){.cap = cap, .longest = longest};
    b->token = calloc(cap, sizeof *b->token);
    b->target = calloc(cap, sizeof *b->target);
    b->part = calloc(cap / 8, sizeof *b->part);
    return b->token && b->target && b->part;
}

void train_batch_free(train_batch *b) { free(b->token), free(b->target), free(b->part); }

net_batch train_batch_view(const train_batch *b) { return (net_batch){b->token, b->target, b->n, b->part, b->n_parts}; }

static uint16_t mark_of(corpus_role role) { return role == CORPUS_SYSTEM ? BPE_SYSTEM : role == CORPUS_USER ? BPE_USER : BPE_ASSISTANT; }

/* As many whole exchanges as fit into t. Targets are the assistant's tokens and its END. False when not one fitted. */
static bool add_exchanges(const bpe *p, const model_corpus_conversation *c, chat_tokens *t, uint16_t *target)
{
    size_t whole = 0;
    if (!chat_mark(t, BPE_BOS))
        return false;
    for (size_t i = 0; i < c->n_turns; i++) {
        size_t from = t->n;
        if (!chat_turn(p, mark_of(c->turn[i].role), model_corpus_text(c, i), t))
            break;
        memset(target + (from ? from - 1 : 0), 0, (t->n - from + 1) * sizeof *target);
        if (c->turn[i].role != CORPUS_ASSISTANT)
            continue;
        memcpy(target + from, t->token + from + 1, (t->n - from - 1) * sizeof *target);
        target[t->n - 1] = 0;
        whole = t->n;
    }
    t->n = whole;
    return whole > 0;
}

void train_batch_fill(train_batch *b, const bpe *p, uint64_t seed, uint64_t step, uint64_t shard)
{
    model_chance c = model_chance_stream(seed, step, shard);
    model_corpus_conversation v;
    b->n = b->n_parts = b->targets = 0;
    for (;;) {
        size_t room = b->cap - b->n < b->longest ? b->cap - b->n : b->longest;
        chat_tokens t = {b->token + b->n, 0, room};
        model_corpus_write(&c, &v);
        if (b->n_parts == b->cap / 8 || !add_exchanges(p, &v, &t, b->target + b->n))
            break;
        b->part[b->n_parts++] = (net_part){(uint32_t)b->n, (uint32_t)t.n};
        b->n += t.n;
    }
    for (size_t i = 0; i < b->n; i++)
        b->targets += b->target[i] != 0;
}

void train_valid_fill(train_batch *b, const bpe *p, uint64_t seed, uint64_t i) { train_batch_fill(b, p, seed, UINT64_MAX, i); }

void train_corpus_text(uint64_t seed, writer *out)
{
    model_corpus_conversation v;
    for (uint64_t i = 0; !out->failed && out->n + CORPUS_TEXT < out->cap; i++) {
        model_chance c = model_chance_stream(seed, UINT32_MAX, i);
        model_corpus_write(&c, &v);
        write_span(out, span_of(v.text, v.n));
    }
}

/* ---- the state ---- */

enum { MATRICES = 4 * MODEL_LAYERS_MAX };

typedef struct matrix { /* one that learns by Muon */
    size_t at;          /* in the flat array */
    size_t rows, columns;
} matrix;

typedef struct shard {
    trainer *of;
    void (*work_now)(struct shard *);
    net_work *work;
    train_batch batch;
    float *gradient;
    float *room, *panel; /* for Muon */
    float scale;
    double loss;
} shard;

struct trainer {
    train_plan plan;
    net_plan net;
    matrix matrix[MATRICES];
    size_t n_matrices;
    const net_loops *loops;
    bpe tokens;
    float *weights, *first, *second; /* and the two moments */
    float first_power, second_power; /* beta to the power of steps done */
    float shrink;                    /* what this step's gradients are multiplied with */
    uint32_t at;
    uint64_t seen;
    shard shard[TRAIN_SHARDS];
};

const train_plan *train_plan_of(const trainer *t) { return &t->plan; }
bool train_done(const trainer *t) { return t->at >= t->plan.steps; }
uint32_t train_at(const trainer *t) { return t->at; }
uint64_t train_tokens(const trainer *t) { return t->seen; }
const float *train_weights(const trainer *t) { return t->weights; }
const bpe *train_bpe(const trainer *t) { return &t->tokens; }
const net_plan *train_net(const trainer *t) { return &t->net; }

/* A multiplication and an addition must round twice, and small numbers must not become zero. */
static bool floats_are_exact(void)
{
    volatile float a = 1.00000012f, b = 1.00000012f, c = -1.0f, tiny = 1e-38f;
    float x = a, y = b, z = c, product = x * y;
    volatile float twice = product;
    return x * y + z == twice + z && tiny * 0.125f != 0.0f;
}

/* About normal: the sum of four uniform numbers, of the given deviation. */
static void fill_random(model_chance *c, float *w, size_t n, float deviation)
{
    for (size_t i = 0; i < n; i++) {
        int64_t sum = -2 * ((int64_t)1 << 24);
        for (int k = 0; k < 4; k++)
            sum += (int64_t)(model_chance_next(c) >> 40);
        w[i] = (float)sum * 0x1p-24f * 1.7320508f * deviation;
    }
}

static void begin_weights(trainer *t)
{
    const net_plan *p = &t->net;
    const model_shape *s = &p->shape;
    model_chance c = model_chance_stream(t->plan.seed, 0, UINT32_MAX);
    float in = 1.0f / sqrtf((float)s->dim), deep = 1.0f / sqrtf(2.0f * (float)s->layers);
    fill_random(&c, t->weights + p->embed, (size_t)s->vocab * s->dim, 0.05f);
    for (uint32_t l = 0; l < s->layers; l++) {
        const net_layer *at = &p->layer[l];
        for (size_t i = 0; i < s->dim; i++)
            t->weights[at->norm1 + i] = t->weights[at->norm2 + i] = 1.0f;
        fill_random(&c, t->weights + at->qkv, s->dim * p->qkv, in);
        fill_random(&c, t->weights + at->out, p->queries * s->dim, in * deep);
        fill_random(&c, t->weights + at->up, (size_t)s->dim * 2 * s->ffn, in);
        fill_random(&c, t->weights + at->down, (size_t)s->ffn * s->dim, deep / sqrtf((float)s->ffn));
    }
    for (size_t i = 0; i < s->dim; i++)
        t->weights[p->norm + i] = 1.0f;
}

static void list_matrices(trainer *t)
{
    const model_shape *s = &t->net.shape;
    for (uint32_t l = 0; l < s->layers; l++) {
        const net_layer *at = &t->net.layer[l];
        const matrix own[] = {
            {at->qkv, s->dim, t->net.qkv}, {at->out, t->net.queries, s->dim}, {at->up, s->dim, 2 * s->ffn}, {at->down, s->ffn, s->dim}};
        memcpy(t->matrix + t->n_matrices, own, sizeof own);
        t->n_matrices += 4;
    }
}

static bool learn_tokens(trainer *t)
{
    uint8_t *text = malloc(t->plan.corpus_bytes);
    if (!text)
        return false;
    writer w = writer_of(text, t->plan.corpus_bytes);
    train_corpus_text(t->plan.seed, &w);
    bool learned = bpe_learn(&t->tokens, written(&w));
    free(text);
    return learned;
}

static bool begin_shard(trainer *t, shard *s)
{
    size_t room = 0;
    for (size_t i = 0; i < t->n_matrices; i++) {
        const matrix *m = &t->matrix[i];
        const size_t own = 2 * m->rows * m->columns + muon_room(m->rows, m->columns);
        room = own > room ? own : room;
    }
    s->of = t;
    s->room = calloc(room, sizeof(float));
    s->panel = aligned_alloc(64, LOOPS_DEPTH * GEMM_COLUMNS * sizeof(float));
    s->work = net_work_new(&t->net, t->plan.tokens, t->plan.shape.context);
    s->gradient = calloc(t->net.total, sizeof(float));
    return s->work && s->gradient && s->room && s->panel && train_batch_new(&s->batch, t->plan.tokens, t->plan.shape.context);
}

trainer *train_new(const train_plan *plan)
{
    trainer *t = calloc(1, sizeof *t);
    if (!t || !floats_are_exact()) {
        free(t);
        return NULL;
    }
    t->plan = *plan;
    t->net = net_plan_of(plan->shape);
    t->loops = net_loops_best();
    list_matrices(t);
    t->weights = calloc(t->net.total, sizeof(float));
    t->first = calloc(t->net.total, sizeof(float));
    t->second = calloc(t->net.total, sizeof(float));
    t->first_power = t->second_power = 1.0f;
    bool ready = t->weights && t->first && t->second && learn_tokens(t);
    for (int i = 0; i < TRAIN_SHARDS; i++)
        ready = ready && begin_shard(t, &t->shard[i]);
    if (!ready) {
        train_free(t);
        return NULL;
    }
    begin_weights(t);
    return t;
}

void train_free(trainer *t)
{
    for (int i = 0; t && i < TRAIN_SHARDS; i++) {
        net_work_free(t->shard[i].work);
        train_batch_free(&t->shard[i].batch);
        free(t->shard[i].gradient), free(t->shard[i].room), free(t->shard[i].panel);
    }
    if (t)
        free(t->weights), free(t->first), free(t->second);
    free(t);
}

/* ---- one step ---- */

static const float keep_first = 0.9f, keep_second = 0.99f, keep_turn = 0.95f;

static float rate_at(const train_plan *p, uint32_t step)
{
    float rate = p->rate;
    if (step < p->warm)
        rate *= (float)(step + 1) / (float)p->warm;
    if (step + p->fall > p->steps)
        rate *= (float)(p->steps - step) / (float)p->fall;
    return rate;
}

static void learn(shard *s)
{
    net_batch b = train_batch_view(&s->batch);
    memset(s->gradient, 0, s->of->net.total * sizeof(float));
    s->loss = net_learn(&s->of->net, s->of->weights, &b, s->work, s->scale, s->gradient);
}

/* Both shards, on two threads where a second one can be had. */
static void *run_work(void *of)
{
    shard *s = of;
    s->work_now(s);
    return NULL;
}

static void both(trainer *t, void (*work)(shard *))
{
    pthread_t other;
    t->shard[0].work_now = t->shard[1].work_now = work;
    bool two = pthread_create(&other, NULL, run_work, &t->shard[1]) == 0;
    work(&t->shard[0]);
    if (two)
        pthread_join(other, NULL);
    else
        work(&t->shard[1]);
}

/* The gradients added in order, and what they must be multiplied with so that the whole is at most `clip` long. */
static float add_gradients(trainer *t)
{
    float *g = t->shard[0].gradient;
    double part[16] = {0}, square = 0;
    for (size_t i = 0; i < t->net.total; i++) {
        g[i] += t->shard[1].gradient[i];
        part[i % 16] += (double)g[i] * (double)g[i];
    }
    for (int i = 0; i < 16; i++)
        square += part[i];
    float length = (float)sqrt(square);
    return length > t->plan.clip ? t->plan.clip / length : 1.0f;
}

/* AdamW (Loshchilov and Hutter 2019) for weights from `at` to `end`: all that is no matrix of a layer. */
static void descend_range(trainer *t, size_t at, size_t end)
{
    const float rate = rate_at(&t->plan, t->at), fade = rate * t->plan.decay, shrink = t->shrink;
    const float first_scale = 1.0f / (1.0f - t->first_power), second_scale = 1.0f / (1.0f - t->second_power);
    float *restrict m = t->first, *restrict v = t->second, *restrict w = t->weights;
    const float *restrict gradient = t->shard[0].gradient;
    for (size_t i = at; i < end; i++) {
        float g = gradient[i] * shrink;
        m[i] = keep_first * m[i] + (1.0f - keep_first) * g;
        v[i] = keep_second * v[i] + (1.0f - keep_second) * (g * g);
        w[i] -= rate * (m[i] * first_scale / (sqrtf(v[i] * second_scale) + 1e-8f)) + fade * w[i];
    }
}

static void descend(trainer *t)
{
    size_t at = 0;
    t->first_power *= keep_first, t->second_power *= keep_second;
    for (size_t i = 0; i < t->n_matrices; i++) {
        descend_range(t, at, t->matrix[i].at);
        at = t->matrix[i].at + t->matrix[i].rows * t->matrix[i].columns;
    }
    descend_range(t, at, t->net.total);
}

/* Muon with Nesterov's look ahead. A matrix with more outputs than inputs turns faster, so that its outputs move alike. */
static void turn_matrix(shard *s, const matrix *m)
{
    trainer *t = s->of;
    const size_t n = m->rows * m->columns;
    const float rate = rate_at(&t->plan, t->at) * t->plan.turn, fade = rate * t->plan.decay;
    const float step = m->columns > m->rows ? rate * sqrtf((float)m->columns / (float)m->rows) : rate;
    const float *gradient = t->shard[0].gradient + m->at;
    float *momentum = t->first + m->at, *w = t->weights + m->at, *ahead = s->room, *turned = ahead + n;
    for (size_t i = 0; i < n; i++) {
        float g = gradient[i] * t->shrink;
        momentum[i] = keep_turn * momentum[i] + g;
        ahead[i] = keep_turn * momentum[i] + g;
    }
    muon_turn(t->loops, ahead, turned, m->rows, m->columns, turned + n, s->panel);
    for (size_t i = 0; i < n; i++)
        w[i] -= step * turned[i] + fade * w[i];
}

static void turn_matrices(shard *s)
{
    trainer *t = s->of;
    for (size_t i = s == &t->shard[0] ? 0 : 1; i < t->n_matrices; i += TRAIN_SHARDS)
        turn_matrix(s, &t->matrix[i]);
}

double train_step(trainer *t)
{
    size_t targets = 0;
    double loss = 0;
    for (int i = 0; i < TRAIN_SHARDS; i++) {
        train_batch_fill(&t->shard[i].batch, &t->tokens, t->plan.seed, t->at, (uint64_t)i);
        targets += t->shard[i].batch.targets;
        t->seen += t->shard[i].batch.n;
    }
    for (int i = 0; i < TRAIN_SHARDS; i++)
        t->shard[i].scale = 1.0f / (float)targets;
    both(t, learn);
    t->shrink = add_gradients(t);
    descend(t);
    both(t, turn_matrices);
    t->at++;
    for (int i = 0; i < TRAIN_SHARDS; i++)
        loss += t->shard[i].loss;
    return loss / (double)targets;
}

double train_valid(trainer *t)
{
    shard *s = &t->shard[0];
    double loss = 0;
    size_t targets = 0;
    for (uint64_t i = 0; i < TRAIN_VALID; i++) {
        train_valid_fill(&s->batch, &t->tokens, t->plan.seed, i);
        net_batch b = train_batch_view(&s->batch);
        loss += net_score(&t->net, t->weights, &b, s->work, NULL);
        targets += s->batch.targets;
    }
    return loss / (double)targets;
}

/* ---- digest and checkpoint ---- */

_Static_assert(sizeof(float) == 4, "IEEE 754 binary32");

void train_digest(const trainer *t, uint8_t out[TRAIN_DIGEST])
{
    const uint16_t one = 1;
    must(*(const uint8_t *)&one == 1); /* a big-endian machine would hash other bytes */
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(t->weights, t->net.total * sizeof(float)), out);
}

typedef struct saved_head {
    model_shape shape;
    uint64_t seed, seen;
    uint32_t at;
    float first_power, second_power;
} saved_head;

bool train_save(const trainer *t, FILE *f)
{
    saved_head h;
    memset(&h, 0, sizeof h);
    h.shape = t->plan.shape, h.seed = t->plan.seed, h.seen = t->seen, h.at = t->at;
    h.first_power = t->first_power, h.second_power = t->second_power;
    size_t n = t->net.total;
    return fwrite(&h, sizeof h, 1, f) == 1 && fwrite(t->weights, sizeof(float), n, f) == n && fwrite(t->first, sizeof(float), n, f) == n &&
           fwrite(t->second, sizeof(float), n, f) == n && fflush(f) == 0;
}

bool train_load(trainer *t, FILE *f)
{
    saved_head h;
    size_t n = t->net.total;
    if (fread(&h, sizeof h, 1, f) != 1 || memcmp(&h.shape, &t->plan.shape, sizeof h.shape) != 0 || h.seed != t->plan.seed)
        return false;
    t->seen = h.seen, t->at = h.at, t->first_power = h.first_power, t->second_power = h.second_power;
    return fread(t->weights, sizeof(float), n, f) == n && fread(t->first, sizeof(float), n, f) == n &&
           fread(t->second, sizeof(float), n, f) == n && fgetc(f) == EOF;
}
