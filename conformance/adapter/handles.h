/* Whether an implementation behind the shim keeps its sessions apart: what no single vector can tell, since each has one session. The sessions
 * are of Noise_XX_25519_AESGCM_SHA256; `room` is for replies. */
#ifndef PARLEY_HANDLES_H
#define PARLEY_HANDLES_H

#include "shim.h"

typedef enum handles_found {
    HANDLES_APART,
    HANDLES_MIXED,   /* a call under one handle reached another session, or was refused */
    HANDLES_UNKNOWN, /* the sessions can't be opened */
} handles_found;

/* Opens two sessions and writes the first message of each, the older one's first. */
handles_found handles_kept_apart(const parley_impl *, writer room);

/* Opens as many as it takes, HANDLES_MANY at most, and then writes the first message of each: a number that comes again too early, or
 * sessions in a ring, are seen. `opened`: how many it took. */
enum { HANDLES_MANY = 300 };
handles_found handles_of_many(const parley_impl *, writer room, size_t *opened);

/* What `free` ended, or `reset`, takes no call: HANDLES_APART. */
handles_found handles_ended(const parley_impl *, writer room, bool by_reset);

/* Opens sessions without an ephemeral secret: HANDLES_APART when each message has a share of its own. */
handles_found handles_draw_afresh(const parley_impl *, writer room);

#endif
