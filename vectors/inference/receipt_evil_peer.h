/* A prover who seals whatever it likes: every commitment is made anew over the lie, so that the lie alone is what is found.
 * Written apart from the text, so its honest receipts are a second opinion on it as well. */
#ifndef PARLEY_RECEIPT_EVIL_PEER_H
#define PARLEY_RECEIPT_EVIL_PEER_H

#include "inference.h"

typedef enum leaf_lie {
    LEAF_TRUE,
    LEAF_FLIPPED,   /* one bit is another */
    LEAF_OTHER_KEY, /* under the key of another part */
    LEAF_NO_KEY,    /* under an empty key: anybody can try contents */
    LEAF_OTHER,     /* of the same part of `other` */
} leaf_lie;

typedef enum chain_lie { CHAIN_TRUE, CHAIN_NO_START, CHAIN_NO_LINK, CHAIN_NO_POSITION, CHAIN_NO_TOKEN, CHAIN_NO_COUNTS } chain_lie;
typedef enum root_lie { ROOT_TRUE, ROOT_FLIPPED, ROOT_ZERO, ROOT_OVER_LESS } root_lie;

/* All zero but the version: honest. */
typedef struct receipt_lie {
    uint32_t version, engine;
    in_part part; /* the one that `leaf` is about */
    leaf_lie leaf;
    const in_opening *other;
    chain_lie chain;
    root_lie root;
} receipt_lie;

/* Of the opening: the five spans and three rows, finish, n_prompt, n_output. */
void forge_receipt(const prim *, const receipt_lie *, const uint8_t session[32], const in_opening *, uint8_t receipt[IN_RECEIPT]);

/* What stands on the way to it, for whoever looks for a difference: a part's key, and the link after the output's first `n` tokens. */
void receipt_part_key(const prim *, span salt, in_part, uint8_t key[32]);
void receipt_chain_link(const prim *, const receipt_lie *, span receipt, span output, size_t n, uint8_t link[32]);

#endif
