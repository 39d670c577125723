/* The files in.make.json and in.verify.json (scenarios.h): an opening and its receipt; both before a verifier who can run the toy model. */
#ifndef PARLEY_INFERENCE_VECTORS_H
#define PARLEY_INFERENCE_VECTORS_H

#include "prim.h"

#include <cjson/cJSON.h>

cJSON *inference_file(const prim *, int which);

#endif
