/* The test vectors of this program, for the verbs that run them. Faults are printed; the return value is the exit code. */
#ifndef PARLEY_VECTORS_HERE_H
#define PARLEY_VECTORS_HERE_H

#include "cli.h"
#include "coins.h"
#include "vector_file.h"

int vectors_load(const cli_call *, vector_set *);  /* the committed files */
int vectors_build(const cli_call *, vector_set *); /* made again from the scenarios */

/* As much as a run at the library door needs, with a line of progress. Of all areas or some, and crossed; or the files of level L0. */
typedef struct vectors_choice {
    const char *areas; /* a list such as `nz,cf`; NULL: all */
    bool level0;
    bool committed; /* as the files stand; else made again */
    coins *crossed; /* draw a sample of the inputs that are crossed; NULL: all are */
} vectors_choice;

/* A tenth of what it is asked about. */
bool vectors_sampled(coins *);

int vectors_build_run(const cli_call *, vectors_choice, vector_set *);

#endif
