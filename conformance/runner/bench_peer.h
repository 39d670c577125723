/* Messages of profile signal against libsignal, in the same roles and the same run: at least five times as fast in process time is the goal. */
#ifndef PARLEY_BENCH_PEER_H
#define PARLEY_BENCH_PEER_H

#include "cli.h"

/* Prints the comparison, or why it is SKIPPED. */
void bench_against_libsignal(const cli_call *, uint32_t rounds);

#endif
