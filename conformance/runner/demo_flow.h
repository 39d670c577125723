/* The demo's first half: client and server of this program over a connection in memory, told step by step. */
#ifndef PARLEY_DEMO_FLOW_H
#define PARLEY_DEMO_FLOW_H

#include "pack.h"
#include "server.h"
#include "timeline.h"

#include <stdio.h>

/* The flow to play. */
typedef struct demo_of {
    const char *prompt;
    cf_platform platform; /* on which the enclave runs */
    bool verbose;         /* every sentence by its number and text */
} demo_of;

/* Plays the flow with one prompt to this model; every step goes to the timeline and, when `out` is not NULL, to it as it happens, with the
 * sentences that were applied when `verbose`. True when the answer was complete. */
bool demo_flow(const pack *, const demo_of *, server_model, timeline *, FILE *out);

#endif
