/* A provider of primitives that compares carelessly, or the honest one. */
#ifndef PARLEY_PLANTED_PRIM_H
#define PARLEY_PLANTED_PRIM_H

#include "prim.h"

const prim *planted_prim(void);

#endif
