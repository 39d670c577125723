/* The demo's first half: client and server of this program over a connection in memory, told step by step. */
#ifndef PARLEY_DEMO_FLOW_H
#define PARLEY_DEMO_FLOW_H

#include "pack.h"
#include "server.h"
#include "timeline.h"

#include <stdio.h>

/* Plays the flow with one prompt to this model; every step goes to the timeline and, when `out` is not NULL, to it as it happens, with the
 * sentences that were applied when `verbose`. True when the answer was complete. */
bool demo_flow(const pack *, span seed, const char *prompt, server_model, timeline *, FILE *out, bool verbose);

#endif
