/* Whether an implementation behind the shim keeps its sessions apart: what no single vector can tell, since each has one session. */
#ifndef PARLEY_HANDLES_H
#define PARLEY_HANDLES_H

#include "shim.h"

typedef enum handles_found {
    HANDLES_APART,
    HANDLES_MIXED,   /* a call under one handle reached another session, or was refused */
    HANDLES_UNKNOWN, /* no two sessions of Noise XX can be opened */
} handles_found;

/* Opens two sessions and writes the first message of each, the older one's first. `room` is for replies. */
handles_found handles_kept_apart(const parley_impl *, writer room);

#endif
