/* The file at.verify.json (scenarios.h): honest evidence of each kind, and every lie of the simulated vendor. */
#ifndef PARLEY_ATTESTATION_VECTORS_H
#define PARLEY_ATTESTATION_VECTORS_H

#include "prim.h"

#include <cjson/cJSON.h>

cJSON *attestation_file(const prim *, int which);

#endif
