/* The mutant battery: each line of the text that enforces a sentence is switched off, alone, and the suite has to notice by a
 * check that names that sentence. Each mutant runs in a child process, so that one that crashes is told apart from one that is caught. */
#ifndef PARLEY_BATTERY_H
#define PARLEY_BATTERY_H

#include "in_process.h"

typedef enum mutant_fate { MUTANT_KILLED, MUTANT_SURVIVED, MUTANT_LETHAL } mutant_fate;

enum { MUTANT_KILLERS = 2 }; /* as many as are looked for */

typedef struct mutant {
    uint16_t req;
    mutant_fate fate;
    bool reached;   /* by the clean run */
    unsigned named; /* cases that name its sentence */
    unsigned n_killers;
    char killer[MUTANT_KILLERS][96]; /* "nz.open.xx.aesgcm-sha256.i.n0.tag:verdict" */
} mutant;

struct battery_doors; /* door_killers.h */

typedef struct battery {
    mutant *all;
    size_t n;
    size_t checks; /* of the clean run */
    size_t dirty;  /* checks of the clean run that did not hold: then the run is void */
    bool canary_died;
    size_t n_null_groups; /* groups that a null implementation passed */
    char null_group[256]; /* the first of them */
} battery;

/* `doors`: NULL leaves the network doors out. `area`: a chapter's code in capitals, or NULL for all. `jobs` children at once. False when a child can't be started. */
bool battery_run(battery *, const vector_set *, const prim *, const struct battery_doors *, const char *area, unsigned jobs,
                 void (*progress)(void *, size_t done, size_t of), void *ctx);
void battery_free(battery *);

/* The null implementations against every group, and the canary against every case; part of battery_run. */
void battery_nulls(battery *, const vector_set *, const prim *);

#endif
