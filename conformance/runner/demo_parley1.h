/* The demo's first half for profile parley1: a guest and a host over a connection in memory, the simulated log, owner and machine around them, and a
 * history in a storage that lies. */
#ifndef PARLEY_DEMO_PARLEY1_H
#define PARLEY_DEMO_PARLEY1_H

#include "cli.h"
#include "model.h"
#include "timeline.h"

#include <stdio.h>

/* model NULL: a script answers. True when every part of it came to its end. */
bool demo_parley1(const cli_call *, const model *, const char *prompt, timeline *, FILE *out);

#endif
