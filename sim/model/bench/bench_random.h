/* Random weights, for speed alone: neither the float nor the integer side has a branch that depends on their values. */
#ifndef PARLEY_BENCH_RANDOM_H
#define PARLEY_BENCH_RANDOM_H

#include "model_export.h"

float *bench_weights(const net_plan *); /* (total), to be freed; NULL without memory */

/* A whole model of the committed one's shape, made by the exporter. It babbles. NULL without memory; free it with model_free. */
model *bench_random_model(void);

#endif
