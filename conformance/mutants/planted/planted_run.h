/* Runs of the suite against planted targets: each target in a process of its own, several runs at a time. */
#ifndef PARLEY_PLANTED_RUN_H
#define PARLEY_PLANTED_RUN_H

#include "planted.h"
#include "results.h"
#include "suite.h"

enum { PLANTED_HONEST = -1, PLANTED_AS_DEPLOYED = -2 }; /* in place of a fault */

/* What all runs share. */
typedef struct planted_place {
    const pack *pack;
    const char *folder, *pack_folder; /* for what a target keeps, and for {pack} */
    const char *program;              /* its words are --client FAULT URL PACK PROMPT DIARY */
    span chaos;                       /* as suite_run has it */
    const suite_profile *serves;      /* the revision that a server is of, if it is not the one that it is held to */
    unsigned jobs;                    /* cases at once; 0: one */
} planted_place;

/* One run in this process. `patience` in seconds; 0: as a run without --patience. */
void planted_run_server(const planted_place *, const suite_profile *, int fault, const suite_selection *, unsigned patience, results *out);
void planted_run_p1_server(const planted_place *, int fault, const suite_selection *, unsigned patience, results *out);
void planted_run_p1_client(const planted_place *, int fault, const suite_selection *, unsigned patience, results *out);
void planted_run_client(const planted_place *, int fault, const suite_selection *, unsigned patience, results *out);

/* Each fault of this door (at a later revision also those of its servers that show in many places) against the cases that its row names. `done` hears of each, in the order of the rows; the results are its own to
 * free. `only`: a pattern of the names of those to run; NULL: all. */
void planted_run_each(const planted_place *, planted_door, const char *only, void (*done)(void *ctx, int fault, results *), void *ctx);

#endif
