#ifndef PARLEY_BENCH_VECTORS_H
#define PARLEY_BENCH_VECTORS_H

#include "cli.h"

int bench_vectors(const cli_call *);

#endif
