/* The test vectors of this program, for the verbs that run them. Faults are printed; the return value is the exit code. */
#ifndef PARLEY_VECTORS_HERE_H
#define PARLEY_VECTORS_HERE_H

#include "cli.h"
#include "vector_file.h"

int vectors_load(const cli_call *, vector_set *); /* the committed files */
/* Made again from the scenarios: of the areas that a list such as `nz,cf` names; NULL: all. */
int vectors_build(const cli_call *, const char *areas, vector_set *);

#endif
