/* A provider of primitives that compares carelessly, or the honest one. */
#ifndef PARLEY_PLANTED_PRIM_H
#define PARLEY_PLANTED_PRIM_H

#include "prim.h"

const prim *planted_prim(void);

/* Whether the differences cancel out: a comparison that joins them by exclusive or. */
bool planted_same_by_xor(const uint8_t *, const uint8_t *, size_t n);

#endif
