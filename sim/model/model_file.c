#include "model_file.h"

#include "prim.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a shape implies ---- */

static uint64_t aligned(uint64_t n) { return (n + MODEL_ALIGN - 1) / MODEL_ALIGN * MODEL_ALIGN; }

typedef struct plan {
    model_section *out;
    size_t n;
    uint64_t at;
} plan;

static void place(plan *p, model_kind kind, uint32_t layer, uint64_t n, uint32_t outputs, uint32_t inputs)
{
    p->out[p->n++] = (model_section){kind, layer, p->at, n, outputs, inputs};
    p->at = aligned(p->at + n);
}

static void place_matrix(plan *p, model_kind kind, uint32_t layer, uint32_t outputs, uint32_t inputs)
{
    place(p, kind, layer, 16 + 4 * (uint64_t)outputs + (uint64_t)outputs * inputs, outputs, inputs);
}

size_t model_sections(const model_shape *s, model_section out[MODEL_SECTIONS_MAX], uint64_t *total)
{
    uint32_t q = s->heads * MODEL_HEAD, qkv = q + 2 * s->kv_heads * MODEL_HEAD, n = 6 + 4 * s->layers;
    plan p = {out, 0, aligned(MODEL_HEADER + (uint64_t)n * MODEL_ROW_OF_TABLE)};
    place(&p, MODEL_PROVENANCE, 0, 64, 0, 0);
    place(&p, MODEL_TOKENS, 0, 4 * BPE_MERGES, 0, 0);
    place(&p, MODEL_TURNS, 0, (uint64_t)s->context * 32, 0, 0);
    place(&p, MODEL_SIGMOIDS, 0, 2 * MODEL_SIGMOID, 0, 0);
    place_matrix(&p, MODEL_EMBED, 0, s->vocab, s->dim);
    place_matrix(&p, MODEL_OUTPUT, 0, s->vocab, s->dim);
    for (uint32_t l = 0; l < s->layers; l++)
        place_matrix(&p, MODEL_QKV, l, qkv, s->dim);
    for (uint32_t l = 0; l < s->layers; l++)
        place_matrix(&p, MODEL_OUT, l, s->dim, q);
    for (uint32_t l = 0; l < s->layers; l++)
        place_matrix(&p, MODEL_UP, l, 2 * s->ffn, s->dim);
    for (uint32_t l = 0; l < s->layers; l++)
        place_matrix(&p, MODEL_DOWN, l, s->dim, s->ffn);
    must(p.n == n && n <= MODEL_SECTIONS_MAX);
    *total = p.at;
    return n;
}

/* ---- reading ---- */

#define NEED(holds, words)  \
    do {                    \
        if (!(holds))       \
            return (words); \
    } while (0)

static bool between(uint32_t n, uint32_t low, uint32_t high) { return n >= low && n <= high; }
static bool sixteens(uint32_t n, uint32_t high) { return between(n, 16, high) && n % 16 == 0; }

static const char *check_shape(const model_shape *s)
{
    NEED(sixteens(s->dim, MODEL_DIM_MAX), "dim is out of range");
    NEED(between(s->layers, 1, MODEL_LAYERS_MAX), "the number of layers is out of range");
    NEED(between(s->heads, 1, MODEL_HEADS_MAX), "the number of heads is out of range");
    NEED(between(s->kv_heads, 1, s->heads) && s->heads % s->kv_heads == 0, "the number of key heads does not divide that of the heads");
    NEED(sixteens(s->ffn, MODEL_FFN_MAX), "ffn is out of range");
    NEED(s->vocab == BPE_VOCAB, "the vocabulary is not this tokenizer's");
    NEED(sixteens(s->context, MODEL_CONTEXT_MAX), "the context is out of range");
    NEED((uint64_t)s->layers * s->context * s->kv_heads * MODEL_HEAD * 4 <= MODEL_CACHE_MAX,
         "a session of this shape takes too much memory");
    return NULL;
}

static const char *read_header(span file, model_shape *s)
{
    reader r = reader_of(span_first(file, MODEL_HEADER));
    NEED(span_is(read_bytes(&r, 8), "PRLYMDL1"), "this is not a model file");
    NEED(file.n >= MODEL_HEADER && file.n <= MODEL_FILE_MAX, "the length is out of range");
    NEED(read_le(&r, 4) == MODEL_HEADER && read_le(&r, 4) == MODEL_VERSION, "another version of the format");
    NEED(read_le(&r, 4) == MODEL_ENGINE, "made for another engine");
    uint32_t *const field[] = {&s->dim, &s->layers, &s->heads, &s->kv_heads};
    for (size_t i = 0; i < 4; i++)
        *field[i] = (uint32_t)read_le(&r, 4);
    NEED(read_le(&r, 4) == MODEL_HEAD, "heads are not 16 wide");
    s->ffn = (uint32_t)read_le(&r, 4), s->vocab = (uint32_t)read_le(&r, 4), s->context = (uint32_t)read_le(&r, 4);
    NEED(read_le(&r, 4) == 0, "unknown flags");
    const char *why = check_shape(s);
    if (why)
        return why;
    NEED(read_le(&r, 4) == 6 + 4 * s->layers, "the number of sections does not fit the shape");
    NEED(read_le(&r, 8) == file.n, "the length is not the one in the header");
    NEED(all_zero(r.rest), "the header is not padded with zeros");
    return NULL;
}

/* The table says what the shape says, and nothing but zeros stands between the sections. */
static const char *check_table(span file, const model_section *s, size_t n, uint64_t total)
{
    NEED(file.n == total, "the length does not fit the shape");
    reader r = reader_of(span_from(file, MODEL_HEADER));
    for (size_t i = 0; i < n; i++) {
        NEED(read_le(&r, 2) == s[i].kind && read_le(&r, 2) == s[i].layer, "a section is unknown or out of order");
        NEED(read_le(&r, 4) == 0, "a row of the table is not padded with zeros");
        NEED(read_le(&r, 8) == s[i].at && read_le(&r, 8) == s[i].n, "a section is not where the shape puts it");
    }
    uint64_t end = MODEL_HEADER + n * MODEL_ROW_OF_TABLE;
    for (size_t i = 0; i <= n; i++) {
        uint64_t next = i < n ? s[i].at : total;
        NEED(all_zero(span_of(file.p + end, next - end)), "what stands between the sections is not zero");
        end = i < n ? s[i].at + s[i].n : total;
    }
    return NULL;
}

static const char *take_provenance(model *m, span s)
{
    reader r = reader_of(s);
    m->from.seed = read_le(&r, 8);
    uint32_t *const field[] = {&m->from.steps, &m->from.warm, &m->from.fall, &m->from.tokens, &m->from.loss};
    for (size_t i = 0; i < sizeof field / sizeof *field; i++)
        *field[i] = (uint32_t)read_le(&r, 4);
    NEED(read_le(&r, 4) == 0, "the provenance is not padded with zeros");
    span_take(read_bytes(&r, 32), m->from.weights, 32);
    return NULL;
}

static const char *take_tokens(model *m, span s)
{
    reader r = reader_of(s);
    for (size_t i = 0; i < BPE_MERGES; i++) {
        m->tokens.merge[i][0] = (uint16_t)read_le(&r, 2);
        m->tokens.merge[i][1] = (uint16_t)read_le(&r, 2);
    }
    NEED(bpe_ready(&m->tokens), "the tokenizer's merges refer forward, repeat a text or grow too long");
    prim_digest(&prim_openssl, PRIM_SHA256, s, m->tokenizer);
    return NULL;
}

static const char *take_turns(model *m, span s)
{
    m->turns = (const int16_t *)(const void *)s.p;
    for (size_t i = 0; i < s.n / 2; i++)
        NEED(m->turns[i] >= -16384 && m->turns[i] <= 16384, "a turn is longer than one");
    return NULL;
}

static const char *take_sigmoid(model *m, span s)
{
    m->sigmoid = (const uint16_t *)(const void *)s.p;
    for (size_t i = 0; i < MODEL_SIGMOID; i++)
        NEED(m->sigmoid[i] <= 32768 && (i == 0 || m->sigmoid[i] >= m->sigmoid[i - 1]), "the sigmoid does not rise to one");
    return NULL;
}

static const char *check_row(const int8_t *w, uint32_t n, uint32_t *size)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        NEED(w[i] != -128, "a weight is -128");
        sum += (uint32_t)(w[i] < 0 ? -w[i] : w[i]);
    }
    NEED(sum <= MODEL_ROW_SUM, "a row of weights could overflow");
    *size = sum;
    return NULL;
}

static const char *take_matrix(model_matrix *m, const model_section *s, span bytes)
{
    reader r = reader_of(bytes);
    m->outputs = s->outputs, m->inputs = s->inputs;
    m->shift = (uint32_t)read_le(&r, 4);
    NEED(between(m->shift, MODEL_SHIFT_MIN, MODEL_SHIFT_MAX), "a shift is out of range");
    NEED(all_zero(read_bytes(&r, 12)), "the head of a matrix is not padded with zeros");
    m->multiplier = (const int32_t *)(const void *)r.rest.p;
    m->weight = (const int8_t *)(m->multiplier + m->outputs);
    for (uint32_t i = 0; i < m->outputs; i++) {
        NEED(m->multiplier[i] > 0 && m->multiplier[i] < 1 << 30, "a multiplier is out of range");
        uint32_t size;
        const char *why = check_row(m->weight + (size_t)i * m->inputs, m->inputs, &size);
        if (why)
            return why;
        const uint64_t most = ((uint64_t)size * 32768 * (uint32_t)m->multiplier[i] >> m->shift) + 1;
        m->most = most > m->most ? most : m->most;
    }
    return NULL;
}

static model_matrix *matrix_of(model *m, const model_section *s)
{
    model_layer *l = &m->layer[s->layer];
    switch (s->kind) {
    case MODEL_EMBED: return &m->embed;
    case MODEL_OUTPUT: return &m->output;
    case MODEL_QKV: return &l->qkv;
    case MODEL_OUT: return &l->out;
    case MODEL_UP: return &l->up;
    case MODEL_DOWN: return &l->down;
    default: return NULL;
    }
}

static const char *take_section(model *m, const model_section *s, span bytes)
{
    switch (s->kind) {
    case MODEL_PROVENANCE: return take_provenance(m, bytes);
    case MODEL_TOKENS: return take_tokens(m, bytes);
    case MODEL_TURNS: return take_turns(m, bytes);
    case MODEL_SIGMOIDS: return take_sigmoid(m, bytes);
    default: return take_matrix(matrix_of(m, s), s, bytes);
    }
}

/* (outputs, inputs) becomes (outputs / 16, inputs / 4, 16, 4): lanes are outputs, and each lane takes four inputs. Behind it where each row's sum starts. Returns where the next may stand. */
static int8_t *pack(model_matrix *m, int8_t *to)
{
    m->packed = to;
    for (uint32_t block = 0; block < m->outputs; block += 16)
        for (uint32_t i = 0; i < m->inputs; i += 4)
            for (uint32_t lane = 0; lane < 16; lane++, to += 4)
                memcpy(to, m->weight + (size_t)(block + lane) * m->inputs + i, 4);
    m->start = (int32_t *)(void *)to;
    for (uint32_t o = 0; o < m->outputs; o++) {
        int32_t sum = 0;
        for (uint32_t i = 0; i < m->inputs; i++)
            sum += m->weight[(size_t)o * m->inputs + i];
        m->start[o] = (int32_t)(0u - (uint32_t)sum * 32768u);
    }
    return m->packed + aligned((uint64_t)m->outputs * (m->inputs + sizeof *m->start));
}

/* In the order in which a token meets them, so that memory is read on and on. The embedding is only looked up. */
static void pack_all(model *m, int8_t *to)
{
    for (uint32_t l = 0; l < m->shape.layers; l++) {
        model_layer *layer = &m->layer[l];
        to = pack(&layer->down, pack(&layer->up, pack(&layer->out, pack(&layer->qkv, to))));
    }
    pack(&m->output, to);
}

static uint64_t packed_size(const model_section *s) { return aligned((uint64_t)s->outputs * (s->inputs + sizeof(int32_t))); }

static const char *take_all(model *m, span file, const model_section *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *why = take_section(m, &s[i], span_of((uint8_t *)m->memory + s[i].at, s[i].n));
        if (why)
            return why;
    }
    pack_all(m, (int8_t *)m->memory + aligned(file.n));
    prim_digest(&prim_openssl, PRIM_SHA256, file, m->digest);
    return NULL;
}

static const char *load(span file, model **out)
{
    static const uint16_t one = 1;
    model_section s[MODEL_SECTIONS_MAX];
    model_shape shape = {0};
    uint64_t total, packed = 0;
    NEED(*(const uint8_t *)&one == 1, "this engine reads the file in place and needs a little-endian machine");
    const char *why = read_header(file, &shape);
    if (why)
        return why;
    size_t n = model_sections(&shape, s, &total);
    why = check_table(file, s, n, total);
    for (size_t i = 0; i < n; i++)
        packed += packed_size(&s[i]);
    if (why)
        return why;
    model *m = *out = calloc(1, sizeof *m);
    NEED(m && (m->memory = aligned_alloc(MODEL_ALIGN, aligned(file.n) + aligned(packed))), "out of memory");
    memcpy(m->memory, file.p, file.n);
    m->shape = shape;
    return take_all(m, file, s, n);
}

model *model_load(span file, const char **why)
{
    model *m = NULL;
    const char *wrong = load(file, &m);
    *why = wrong ? wrong : "";
    if (!wrong)
        return m;
    model_free(m);
    return NULL;
}

void model_free(model *m)
{
    if (m)
        free(m->memory);
    free(m);
}
