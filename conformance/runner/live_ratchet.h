/* Our text in conversation with another implementation of profile signal behind its shim. Every version that it declares x both roles x with and
 * without a one-time prekey x
 *   in-order, shuffled, lossy   a conversation over such a link (lossy: 30 % of the messages vanish, the others are shuffled)
 *   both-start                  each side starts a session before it has heard of the other's
 *   pairs                       two conversations at once, a canary word each; a message of the one is refused by the other
 *   flips                       each byte of the bundle's signed parts, and of a message each way but its first, changed: refused, and nothing has changed;
 *                               then the message as it was sent, and once more
 *   version                     the low half of a message's version byte changed, which only the MAC covers
 * In compat mode, and in strict mode with a peer that declares it: the deployed library is not strict. */
#ifndef PARLEY_LIVE_RATCHET_H
#define PARLEY_LIVE_RATCHET_H

#include "shim.h"

#include <stdio.h>

typedef enum live_outcome { LIVE_HELD, LIVE_FAILED, LIVE_NOT_DECLARED } live_outcome;

typedef struct live_cell {
    const char *id; /* rt.live.VERSION.MODE.ROLE.PREKEY.WHAT; rt.live.VERSION: not declared */
    const char *version;
    live_outcome outcome;
    bool we_start;
    unsigned epoch;  /* the newest of the post-quantum ratchet that was seen, 0: none */
    const char *why; /* it failed, or is not declared */
} live_cell;

typedef struct live_call {
    const parley_impl *peer;
    const char *caps;           /* of the peer, one blank between */
    const char *only;           /* a glob of ids; NULL: all */
    unsigned messages;          /* of each conversation */
    span seed;                  /* of what our side draws */
    const char *name, *version; /* of the peer */
    FILE *keep;                 /* NULL, or where our side's calls are written, a line each */
    void (*tell)(void *ctx, const live_cell *);
    void *ctx;
} live_call;

/* In the order of versions; whether an id is selected is asked before anything is played. */
void live_ratchet(const live_call *);

#endif
