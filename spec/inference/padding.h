/* Padding: how large the records of a turn are, how many, and when the next one may go (padding.md). Nothing here reads a clock: gaps are
 * numbers that the caller measures, in any unit. */
#ifndef PARLEY_PADDING_H
#define PARLEY_PADDING_H

#include "verdict.h"

enum {
    IN_BUCKET_MIN = 64,
    IN_PLAIN_HEAD = 3, /* flags and used */
    IN_PLAIN_SIZE = 256,
    IN_PLAIN_USED_MAX = IN_PLAIN_SIZE - IN_PLAIN_HEAD,
    IN_PADDED_CHUNK_MAX = 242, /* bytes that a chunk of one record brings */
    IN_GAPS = 16,
};

typedef enum in_level { IN_LEVEL_NONE = 0, IN_LEVEL_SIZES = 2, IN_LEVEL_TICKS = 3 } in_level;

verdict in_judge_level(uint64_t level); /* rejects with IN-100 */

size_t in_plain_size(in_level, size_t used); /* of a record's plaintext that carries so many bytes of a message */
verdict in_judge_chunk(in_level, size_t n);  /* a chunk of n bytes; rejects with IN-102 */

size_t in_bucket_size(size_t records);           /* b(m) */
size_t in_fills_after(in_level, size_t records); /* behind a message that ends with the m-th record */

/* One direction of one turn. Zeros but for the first two: nothing has come yet. */
typedef struct in_bucket {
    in_level level;
    bool from_enclave;
    size_t records, size; /* size 0: the message is not whole yet */
} in_bucket;

/* A record of the bucket has come, or is to be sent: a fill, or one of the message; last: of a request, an end or an error. Rejects with IN-105
 * to IN-108; the bucket is untouched unless accepted. */
verdict in_bucket_takes(in_bucket *, bool fill, bool last);
bool in_bucket_full(const in_bucket *);

/* The wait before the next record behind the last chunk. gaps: those of this bucket so far, the newest last; chance: 32 uniform bits, of which
 * four are used. */
uint64_t in_next_gap(in_level, uint64_t tick, const uint64_t *gaps, size_t n_gaps, uint32_t chance);

#endif
