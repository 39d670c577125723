/* The model file: one canonical byte string, so that its SHA-256 means one thing. The digest of the whole file is what attestation measures.
 *
 * Little-endian. A header, a table of sections, then the sections, each at a multiple of 64 with zeros between. Kinds, order,
 * places and lengths all follow from the shape in the header, so the loader computes the table and compares.
 *
 *   header (128)    magic "PRLYMDL1", header length, version, engine, dim, layers, heads, kv_heads, head width, ffn, vocab,
 *                   context, flags (0), number of sections: u32 each; total length u64; zeros
 *   table           per section: kind u16, layer u16, zero u32, offset u64, length u64
 *   provenance      seed u64; steps, warm, fall, tokens per batch, loss in float (millionths of a nat per token), zero: u32 each; SHA-256 of
 *                   the float weights
 *   tokens          BPE merges: left u16, right u16
 *   turns           cosine and sine of each position and pair: int16 with 14 fraction bits (context, 8, 2)
 *   sigmoid         u16 with 15 fraction bits at 0, 1/128, ... 16 (2049)
 *   matrices        shift u32, three zero u32, multiplier i32 (outputs), weight int8 (outputs, inputs) */
#ifndef PARLEY_MODEL_FILE_H
#define PARLEY_MODEL_FILE_H

#include "model_bpe.h"
#include "model_shape.h"

enum {
    MODEL_VERSION = 1,
    MODEL_ENGINE = 1, /* the arithmetic and the sampler: another one gives other tokens */
    MODEL_HEADER = 128,
    MODEL_ROW_OF_TABLE = 24,
    MODEL_ALIGN = 64,
    MODEL_SIGMOID = 2049,
    MODEL_FILE_MAX = 8 << 20,
    MODEL_SECTIONS_MAX = 6 + 4 * MODEL_LAYERS_MAX,
    MODEL_DIM_MAX = 256, /* the squares of so many saturated entries still fit 64 bits */
    MODEL_HEADS_MAX = 32,
    MODEL_FFN_MAX = 2048,
    MODEL_CONTEXT_MAX = 4096,
    MODEL_CACHE_MAX = 16 << 20, /* bytes of keys and values of one session: a small file shall not ask for much memory */
    MODEL_SHIFT_MIN = 20,
    MODEL_SHIFT_MAX = 62,
    MODEL_ROW_SUM = 65535, /* of absolute weights: times 32768 it stays inside int32 */
};

typedef enum model_kind {
    MODEL_PROVENANCE = 1,
    MODEL_TOKENS,
    MODEL_TURNS,
    MODEL_SIGMOIDS,
    MODEL_EMBED,
    MODEL_OUTPUT,
    MODEL_QKV,
    MODEL_OUT,
    MODEL_UP,
    MODEL_DOWN
} model_kind;

typedef struct model_section {
    model_kind kind;
    uint32_t layer;
    uint64_t at, n;           /* bytes */
    uint32_t outputs, inputs; /* of a matrix, else 0 */
} model_section;

/* Everything the file holds, computed from the shape. Returns how many sections; *total is the file's length. */
size_t model_sections(const model_shape *, model_section out[MODEL_SECTIONS_MAX], uint64_t *total);

typedef struct model_matrix {
    uint32_t outputs, inputs, shift;
    const int32_t *multiplier; /* (outputs) */
    const int8_t *weight;      /* (outputs, inputs) */
    int8_t *packed;            /* (outputs / 16, inputs / 4, 16, 4): what the vector kernels read */
    int32_t *start; /* (outputs) -32768 times the sum of each row's weights, wrapped: what a kernel that adds 32768 to inputs begins with */
    uint64_t most;  /* no output is larger, whatever comes in, when the shift is whole */
} model_matrix;

typedef struct model_layer {
    model_matrix qkv, out, up, down;
} model_layer;

typedef struct model_provenance {
    uint64_t seed;
    uint32_t steps, warm, fall, tokens, loss; /* loss: millionths of a nat per token, of the float weights */
    uint8_t weights[32];
} model_provenance;

typedef struct model {
    model_shape shape;
    model_provenance from;
    bpe tokens;
    const int16_t *turns;    /* (context, 8, 2) */
    const uint16_t *sigmoid; /* (2049) */
    model_matrix embed;      /* (vocab, dim): rows are looked up, never multiplied */
    model_matrix output;     /* (vocab, dim) */
    model_layer layer[MODEL_LAYERS_MAX];
    uint8_t digest[32];    /* SHA-256 of the file */
    uint8_t tokenizer[32]; /* SHA-256 of the section of tokens */
    void *memory;          /* a copy of the file, and the packed weights */
} model;

/* Reads a file and checks all of it. NULL with *why in plain words when it is not exactly what this engine takes. */
model *model_load(span file, const char **why);
void model_free(model *);

#endif
