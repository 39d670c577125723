/* `parley bench load`: the server under load (conformance/load). */
#ifndef PARLEY_BENCH_LOAD_H
#define PARLEY_BENCH_LOAD_H

#include "cli.h"

int bench_load(const cli_call *);

#endif
