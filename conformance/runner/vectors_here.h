/* The test vectors of this program, for the verbs that run them. Faults are printed; the return value is the exit code. */
#ifndef PARLEY_VECTORS_HERE_H
#define PARLEY_VECTORS_HERE_H

#include "cli.h"
#include "vector_file.h"

int vectors_load(const cli_call *, vector_set *);  /* the committed files */
int vectors_build(const cli_call *, vector_set *); /* made again from the scenarios */

#endif
