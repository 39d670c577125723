#ifndef PARLEY_BENCH_DOORS_H
#define PARLEY_BENCH_DOORS_H

#include "cli.h"

int bench_doors(const cli_call *);

#endif
