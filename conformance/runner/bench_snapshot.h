/* The ratios of an earlier run, committed: a row a subject that has a floor. `bench --check` is red when one fell by a fifth. */
#ifndef PARLEY_BENCH_SNAPSHOT_H
#define PARLEY_BENCH_SNAPSHOT_H

#include "cli.h"
#include "speed.h"

/* EXIT_LEVEL unless --check finds a ratio below four fifths of its row (1), a subject without a row (5), or no file (64); with --snapshot-write
 * the rows of this bench are replaced. Without either option nothing happens. */
int bench_against_snapshot(const cli_call *, const char *bench, const speed *);

#endif
