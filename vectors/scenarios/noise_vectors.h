/* The files nz.*.json (scenarios.h). `which` counts patterns, and within a pattern operations. */
#ifndef PARLEY_NOISE_VECTORS_H
#define PARLEY_NOISE_VECTORS_H

#include "prim.h"

#include <cjson/cJSON.h>

cJSON *noise_file(const prim *, int which);
cJSON *noise_init_file(const prim *, int which);
bool noise_has_suites(const prim *);

#endif
