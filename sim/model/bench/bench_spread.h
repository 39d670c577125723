/* What several rounds of a measurement say. */
#ifndef PARLEY_BENCH_SPREAD_H
#define PARLEY_BENCH_SPREAD_H

#include <stdint.h>

enum { BENCH_ROUNDS_MAX = 1000 };

typedef struct bench_spread {
    double median, low, high;
} bench_spread;

bench_spread bench_spread_of(const double *x, uint32_t n); /* n from 1 to BENCH_ROUNDS_MAX */

#endif
