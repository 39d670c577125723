/* From logits to a token, in integers: repetition penalty, special tokens masked, temperature, min-p, top-k, top-p, draw.
 *
 * Draw i is the first eight bytes (big-endian) of SHA-256("parley model draw" | seed | i, u32 little-endian), times the weight of all
 * candidates, divided by 2^64: it depends on the place alone, so retries, caches and batches cannot change it. It counts down the
 * candidates from the likeliest on; ties go to the lower token. Each limit works on what the one before it has left. */
#ifndef PARLEY_MODEL_SAMPLE_H
#define PARLEY_MODEL_SAMPLE_H

#include "bytes.h"

enum { SAMPLE_VOCAB = 1024, SAMPLE_ONE = 65536, SAMPLE_STOPS = 4, SAMPLE_STOP_MAX = 32 };

typedef struct sample_params {
    uint8_t seed[32];
    uint16_t temperature;    /* thousandths, 0 to 4000; 0 takes the likeliest token */
    uint16_t top_k;          /* 0: all */
    uint32_t top_p;          /* of SAMPLE_ONE; 0 or SAMPLE_ONE: all */
    uint32_t min_p;          /* of SAMPLE_ONE: a token at least so likely in proportion to the likeliest */
    uint16_t penalty;        /* taken from the logit of each token already in the reply, in 1/256 nat */
    uint32_t max_tokens;     /* of the reply; 0: as many as fit */
    span stop[SAMPLE_STOPS]; /* 1 to SAMPLE_STOP_MAX bytes each; the reply ends before the first that appears */
    size_t n_stops;
} sample_params;

bool sample_params_good(const sample_params *);

/* The token of reply position i, by good parameters. logits (SAMPLE_VOCAB) Q16; said (n_said, each below SAMPLE_VOCAB): the reply so far. */
uint16_t sample_token(const sample_params *, const int32_t *logits, const uint16_t *said, size_t n_said);

/* 2^-x in Q30, for x in Q16: the right value, cut, or one less. Never rises with x. */
uint32_t sample_exp2(uint64_t x);

#endif
