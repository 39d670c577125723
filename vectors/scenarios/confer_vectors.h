/* The files cf.*.json (scenarios.h): tokens, evidence and frames of profile confer. */
#ifndef PARLEY_CONFER_VECTORS_H
#define PARLEY_CONFER_VECTORS_H

#include "prim.h"

#include <cjson/cJSON.h>

cJSON *confer_file(const prim *, int which); /* 0: cf.token, 1: cf.evidence, 2: cf.frame */

#endif
