/* A session of more records than a counter of 16 bits can tell apart, against an implementation behind the shim. */
#ifndef PARLEY_MANY_RECORDS_H
#define PARLEY_MANY_RECORDS_H

#include "shim.h"
#include "prim.h"

enum { MANY_RECORDS = 65536 + 3 };

typedef enum many_records_found { MANY_HELD, MANY_DIFFERED, MANY_NOT_THERE /* it has no such session */ } many_records_found;

/* The implementation is the initiator, whose records are compared with the text's, or which opens those of the text. `at`: the first record
 * that differed, counted from 0. */
many_records_found many_records(const parley_impl *, const prim *, writer room, bool seals, unsigned *at);

#endif
