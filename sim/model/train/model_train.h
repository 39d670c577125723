/* The trainer: from a seed to weights, the same bits on every machine that rounds as IEEE 754 says.
 *
 * Each step learns from two batches of fresh conversations, one per thread, each with a gradient of its own; the two
 * are added in order, so one thread or two give the same sum. AdamW; the rate rises, stays, and falls to zero over the
 * last quarter, so a checkpoint of the level part can still be ended at any step. */
#ifndef PARLEY_MODEL_TRAIN_H
#define PARLEY_MODEL_TRAIN_H

#include "model_bpe.h"
#include "model_net.h"

#include <stdio.h>

enum { TRAIN_SHARDS = 2, TRAIN_DIGEST = 32, TRAIN_TOKENS_MAX = 1 << 16, TRAIN_VALID = 16 /* batches that no step learns from */ };

typedef struct train_plan {
    model_shape shape;
    uint64_t seed;
    uint32_t steps, warm, fall;    /* fall: the last steps, over which the rate falls */
    uint32_t tokens;               /* of each of the two batches */
    float rate, turn, decay, clip; /* turn: how much faster matrices learn, by Muon, than the rest by AdamW */
    uint32_t corpus_bytes;         /* that the tokenizer learns from */
} train_plan;

extern const train_plan train_tiny;  /* the committed model */
extern const train_plan train_trial; /* a very small shape and forty steps, for tests */

typedef struct trainer trainer;

trainer *train_new(const train_plan *); /* NULL without memory, or when this build contracts or flushes floats */
void train_free(trainer *);
const train_plan *train_plan_of(const trainer *);
bool train_done(const trainer *);
double train_step(trainer *);           /* the mean loss in nats per learned token */
double train_valid(trainer *);          /* the same of conversations that no step learns from */
uint32_t train_at(const trainer *);     /* steps done */
uint64_t train_tokens(const trainer *); /* tokens seen */
const float *train_weights(const trainer *);
const bpe *train_bpe(const trainer *);
const net_plan *train_net(const trainer *);
void train_digest(const trainer *, uint8_t out[TRAIN_DIGEST]); /* SHA-256 of the weights, little-endian */

/* The whole state, to go on later: the bits do not depend on where a run was cut. */
bool train_save(const trainer *, FILE *);
bool train_load(trainer *, FILE *); /* false, and the trainer unusable, when the file is of another plan or is cut */

/* Conversations of the corpus as one batch, from the stream (seed, step, shard): what a step learns from. */
typedef struct train_batch {
    uint16_t *token, *target; /* (cap) */
    net_part *part;           /* (cap / 8) */
    size_t n, n_parts, cap, targets, longest;
} train_batch;

bool train_batch_new(train_batch *, size_t cap, size_t longest);
void train_batch_free(train_batch *);
void train_batch_fill(train_batch *, const bpe *, uint64_t seed, uint64_t step, uint64_t shard);
void train_valid_fill(train_batch *, const bpe *, uint64_t seed, uint64_t i); /* i below TRAIN_VALID */
net_batch train_batch_view(const train_batch *);

/* The start of the corpus, as text: what the tokenizer learns from. */
void train_corpus_text(uint64_t seed, writer *out);

#endif
