/* The key schedules of the specification, one vector for each, and the script that computes a vector again (derivation.h). */
#ifndef PARLEY_SCHEDULES_H
#define PARLEY_SCHEDULES_H

#include "page.h"
#include "vector_file.h"

typedef struct schedule {
    const char *id, *what; /* a case; in one line what it derives */
} schedule;

extern const schedule schedules[]; /* ended by NULL */

const vector_case *case_named(const vector_set *, const char *id); /* NULL: there is none */

/* Runs the case and appends its script. `*values`: how many it computes. False when the case does not hold. */
bool schedule_write(const vector_set *, const vector_case *, page *out, size_t *values);

#endif
