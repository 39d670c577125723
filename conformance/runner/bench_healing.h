/* `parley bench healing`: how many messages a thief of a device's state reads, over many seeded conversations (sim/ratchet). */
#ifndef PARLEY_BENCH_HEALING_H
#define PARLEY_BENCH_HEALING_H

#include "cli.h"

int bench_healing(const cli_call *);

#endif
