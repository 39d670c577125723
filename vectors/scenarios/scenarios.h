/* Every vector file and the function that makes it. A scenario plays an honest run with named, seeded secrets; what is
 * refused is made from it by a peer that holds the keys. The same bytes at every call, under either provider. */
#ifndef PARLEY_SCENARIOS_H
#define PARLEY_SCENARIOS_H

#include "document.h"
#include "prim.h"

typedef struct scenario_file {
    const char *name;                        /* "nz.read.xx.json" */
    cJSON *(*make)(const prim *, int which); /* NULL when the honest run was rejected: the text is broken, or weakened */
    int which;
    bool (*needs)(const prim *); /* whether the provider has what the file takes; NULL: always */
} scenario_file;

extern const scenario_file scenario_files[];
extern const size_t n_scenario_files;

#endif
