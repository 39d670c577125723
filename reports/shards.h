/* The shards of one run: the same seed and selection, each with its own part of the cases. Joined they are the run, to the byte. */
#ifndef PARLEY_SHARDS_H
#define PARLEY_SHARDS_H

#include "results.h"

enum { SHARDS_MAX = 1000 };

/* The I-th of N, as in "2/3". Without a shard N is 0. */
typedef struct shard {
    unsigned i, n;
} shard;

bool shard_read(const char *text, shard *out); /* 1 <= I <= N <= SHARDS_MAX, no leading zeros */
bool shard_has(shard, size_t index); /* whether the case of this place among the selected ones belongs to it; without a shard: yes */

typedef enum shards_fault {
    SHARDS_JOINED,
    SHARDS_FOREIGN,   /* not of one run, or no shard at all */
    SHARDS_NOT_WHOLE, /* one is missing, is there twice, or was cut short */
} shards_fault;

/* Joins `n` parts into `whole`, whose head has no shard. Otherwise `why` says what is wrong, and `which` with what part (n: with none
 * of those that are there). */
shards_fault shards_join(results *whole, results *part, size_t n, size_t *which, char why[200]);

#endif
