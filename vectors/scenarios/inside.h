/* What no caller of a library can see and only the inside shows: sentences of class `sim`, each with a check that the tests
 * run and that the mutant of its sentence has to fail. */
#ifndef PARLEY_INSIDE_H
#define PARLEY_INSIDE_H

#include "prim.h"

typedef struct inside_check {
    const char *id;  /* like a case's: "nz.counter.last-value" */
    const char *req; /* one sentence */
    bool (*holds)(const prim *);
} inside_check;

const inside_check *inside_at(size_t i); /* the i-th of all; NULL past the end */

#endif
