/* A hostile model file. What the loader takes is bounded by what it checked: the sections follow from the shape, the digest is that of
 * every byte, and every kernel runs it to the same logits, with the sanitizers watching. What it refuses has a reason.
 *
 * A file is 40 KiB and more, so an input mostly says how to make one: a shape, a seed for the weights, and changes. After a 0: a file. */
#include "fuzz_entry.h"
#include "model.h"
#include "model_chance.h"
#include "model_export.h"
#include "prim.h"
#include "fuzz_tokens.h"

#include <stdlib.h>
#include <string.h>

enum { RECIPE = 7, TOKENS_MAX = 48, FILE_MAX = 1 << 20, WEIGHTS_MAX = 1 << 18 };

/* ---- making a file ---- */

static uint8_t honest[FILE_MAX], changed[FILE_MAX];
static size_t honest_n;
static model_section section[MODEL_SECTIONS_MAX];
static size_t sections;

/* Small, or it takes too long; but a row of 528 can be too heavy, and one of 512 cannot. */
static model_shape shape_of(const uint8_t recipe[RECIPE])
{
    static const uint32_t ffn[] = {16, 32, 48, 512, 528};
    model_shape s = {.dim = 16 + 16 * (recipe[0] % 2), .layers = 1 + recipe[1] % 2, .kv_heads = 1 + recipe[2] % 3, .vocab = BPE_VOCAB};
    s.heads = s.kv_heads * (1 + recipe[3] % 3);
    s.ffn = ffn[recipe[4] % 5];
    s.context = 16 + 16 * (recipe[5] % 3);
    return s;
}

/* Made anew only when the recipe is another one. */
static void make_honest(const uint8_t recipe[RECIPE])
{
    static uint8_t made[RECIPE];
    static float weight[WEIGHTS_MAX];
    if (honest_n && memcmp(made, recipe, RECIPE) == 0)
        return;
    const model_shape shape = shape_of(recipe);
    const net_plan plan = net_plan_of(shape);
    const model_provenance from = {.seed = recipe[6]};
    model_chance chance = model_chance_stream(recipe[6], 0, 0);
    writer out = WRITER(honest);
    uint64_t total;
    must(plan.total <= WEIGHTS_MAX);
    for (size_t i = 0; i < plan.total; i++)
        weight[i] = ((float)model_chance_below(&chance, 2001) - 1000.0f) / 1024.0f;
    must(model_export(&plan, weight, fuzz_tokens(), &from, &out));
    sections = model_sections(&shape, section, &total);
    honest_n = out.n;
    memcpy(made, recipe, RECIPE);
}

/* Changes, one after another: where (0: the head and the table; else a section), offset, how often, then a piece that is put there. */
static size_t change(span changes)
{
    size_t n = honest_n;
    memcpy(changed, honest, n);
    for (reader r = reader_of(changes); r.rest.n >= 5;) {
        const size_t where = read_be(&r, 1) % (sections + 2), offset = read_be(&r, 2), often = 1 + read_be(&r, 1), bytes = read_be(&r, 1);
        const span piece = read_bytes(&r, bytes < r.rest.n ? bytes : r.rest.n);
        const size_t at = where == 0 || where > sections ? 0 : section[where - 1].at;
        const size_t size = where == 0 ? MODEL_HEADER + sections * MODEL_ROW_OF_TABLE : where > sections ? n : section[where - 1].n;
        const size_t end = often == 256 ? size : offset + often * piece.n;
        if (where > sections) /* another length */
            n = honest_n / 2 + offset < FILE_MAX ? honest_n / 2 + offset : FILE_MAX;
        for (size_t i = offset; piece.n && where <= sections && i < end && i < size; i++)
            changed[at + i] = piece.p[(i - offset) % piece.n];
    }
    return n;
}

/* ---- what must hold ---- */

static void matrix_is_bounded(const model_matrix *m)
{
    must(m->shift >= MODEL_SHIFT_MIN && m->shift <= MODEL_SHIFT_MAX);
    for (uint32_t o = 0; o < m->outputs; o++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < m->inputs; i++)
            sum += (uint32_t)abs(m->weight[(size_t)o * m->inputs + i]);
        must(sum <= MODEL_ROW_SUM && m->multiplier[o] > 0 && m->multiplier[o] < 1 << 30);
    }
}

static void stands_as_the_shape_says(const model *m, span file)
{
    model_section s[MODEL_SECTIONS_MAX];
    uint64_t total;
    uint8_t digest[32];
    size_t n = model_sections(&m->shape, s, &total);
    must(total == file.n && s[n - 1].at + s[n - 1].n <= total);
    prim_digest(&prim_sodium, PRIM_SHA256, file, digest);
    must(memcmp(digest, m->digest, 32) == 0);
    prim_digest(&prim_sodium, PRIM_SHA256, span_of(file.p + s[1].at, s[1].n), digest);
    must(memcmp(digest, m->tokenizer, 32) == 0);
    matrix_is_bounded(&m->embed), matrix_is_bounded(&m->output);
    for (uint32_t l = 0; l < m->shape.layers; l++) {
        const model_layer *layer = &m->layer[l];
        matrix_is_bounded(&layer->qkv), matrix_is_bounded(&layer->out), matrix_is_bounded(&layer->up), matrix_is_bounded(&layer->down);
    }
}

static void take_logits(void *with, size_t at, const int32_t *logits)
{
    memcpy((int32_t *)with + at * BPE_VOCAB, logits, BPE_VOCAB * sizeof *logits);
}

static void run(const model *m, const model_kernel *kernel, const uint16_t *token, size_t n, int32_t *logits)
{
    void *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    must(memory);
    model_session *s = model_session_start(m, kernel, memory);
    must(model_replay(s, token, n, take_logits, logits));
    model_session_end(s);
    free(memory);
}

static void every_kernel_agrees(const model *m, uint32_t seed)
{
    static int32_t plain[TOKENS_MAX * BPE_VOCAB], other[TOKENS_MAX * BPE_VOCAB];
    uint16_t token[TOKENS_MAX];
    const size_t n = seed % 8 || m->shape.context > TOKENS_MAX ? 5 : m->shape.context; /* all only now and then: they take the time */
    for (size_t i = 0; i < n; i++, seed = seed * 1664525 + 1013904223)
        token[i] = (uint16_t)(i ? seed >> 22 : BPE_BOS);
    run(m, &kernel_scalar, token, n, plain);
    for (size_t i = 1; model_kernels[i]; i++) {
        if (!model_kernels[i]->usable())
            continue;
        run(m, model_kernels[i], token, n, other);
        must(memcmp(plain, other, n * BPE_VOCAB * sizeof *plain) == 0);
    }
}

static void loads_or_says_why(span file, uint32_t seed)
{
    const char *why = NULL;
    model *m = model_load(file, &why);
    must(why && (m != NULL) == (*why == 0));
    if (!m)
        return;
    stands_as_the_shape_says(m, file);
    every_kernel_agrees(m, seed);
    model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    prim_start();
    span in = span_from(span_of(data, n), 1);
    if (n == 0 || data[0] == 0) {
        loads_or_says_why(in, 0);
        return 0;
    }
    uint8_t recipe[RECIPE];
    span_take(in, recipe, RECIPE);
    make_honest(recipe);
    const size_t made = change(span_from(in, RECIPE));
    uint8_t *exact = malloc(made ? made : 1); /* so that a sanitizer sees a read past the end */
    must(exact);
    memcpy(exact, changed, made);
    loads_or_says_why(span_of(exact, made), data[0] * 2654435761u);
    free(exact);
    return 0;
}
