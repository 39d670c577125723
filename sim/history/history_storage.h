/* A storage for histories, in memory: honest, and with a door that another one can stand in.
 *
 * It holds no key. Items and indexes are found by their digest, wraps by credential and generation, heads by v; nothing is overwritten. */
#ifndef PARLEY_HISTORY_STORAGE_H
#define PARLEY_HISTORY_STORAGE_H

#include "history.h"

enum { STORAGE_HEADS = 64, STORAGE_BLOBS = 128, STORAGE_BLOB = 4096, STORAGE_WRAPS = 32, STORAGE_NAME = 32 };

typedef struct storage_blob {
    uint8_t digest[HI_DIGEST], bytes[STORAGE_BLOB];
    size_t n;
} storage_blob;

typedef struct storage_wrap {
    char credential[STORAGE_NAME];
    uint32_t generation;
    uint8_t bytes[HI_WRAP];
} storage_wrap;

typedef struct storage {
    const prim *prim;
    size_t n_heads, n_blobs, n_wraps;
    uint8_t heads[STORAGE_HEADS * HI_HEAD]; /* one after another; that of v = 1 first */
    storage_blob blob[STORAGE_BLOBS];
    storage_wrap wrap[STORAGE_WRAPS];
} storage;

/* What a device can ask of a storage. Spans borrow until the next call; empty: there is no such thing. */
typedef struct storage_door {
    void *ctx;
    span (*heads)(void *ctx, uint64_t from); /* from this v to the newest; 0: the newest alone */
    span (*blob)(void *ctx, span digest);
    span (*wrap)(void *ctx, span credential, uint32_t generation);
    void (*keep)(void *ctx, span sealed); /* an item or an index, ahead of the head that covers it */
    void (*keep_wrap)(void *ctx, span credential, uint32_t generation, span wrap);
    verdict (*put)(void *ctx, span head); /* compare and set */
} storage_door;

storage_door storage_opens(storage *);

#endif
