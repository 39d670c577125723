#include "bench_spread.h"

#include "bytes.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bench_spread bench_spread_of(const double *x, uint32_t n)
{
    double sorted[BENCH_ROUNDS_MAX];
    must(n > 0 && n <= BENCH_ROUNDS_MAX);
    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, compare);
    return (bench_spread){(sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]};
}
