/* The profiles that the suite has cases for, and the run over the cases that were selected. */
#ifndef PARLEY_SUITE_H
#define PARLEY_SUITE_H

#include "duty.h"
#include "shards.h"
#include "trial.h"

#include <signal.h>

typedef const case_table *const *case_tables; /* ended by NULL; the first case is the sanity case */

/* A profile as targets are tested: one row of cases.c. */
typedef struct suite_profile {
    const char *name, *release; /* `--profile confer`, which is the first of them, or `--profile confer@0.1.14` */
    cf_revision revision;
    case_tables server, client; /* the cases of the two network doors */
    duty server_owes, client_owes;
} suite_profile;

extern const suite_profile suite_profiles[];            /* ended by an empty name; the first is the default */
extern const suite_profile suite_parley1;               /* the reference protocol, whose targets are no pack's */
const suite_profile *suite_profile_named(const char *); /* with or without its release; NULL: there is none */

/* Set by a signal: no further case is begun. What was planned and not run is then missing from the results. */
extern volatile sig_atomic_t suite_interrupted;

typedef struct suite_selection {
    const char *glob;    /* of case ids; NULL: all */
    const char *req;     /* a number; NULL: all */
    const char *area;    /* codes in lower case, commas between; a case belongs to the areas of its numbers; NULL: all */
    const char *role;    /* "client", "verifier": a case belongs to the roles that its first number of a check binds; NULL: all */
    bool level0;         /* only those of level0.h */
    const char *changed; /* numbers and ids, one space between: what stands in it, or names one of them; NULL: all */
    shard shard;         /* of what is selected, only this part */
} suite_selection;

bool suite_selects(const suite_selection *, const case_row *);
/* Whether one of these numbers binds the role: by its word, or because it binds both sides. */
bool suite_binds(const char *numbers, const char *role);
size_t suite_selected(case_tables, const suite_selection *); /* how many cases of the tables, over all shards */
const case_row *suite_case(case_tables, size_t i);           /* the i-th over all tables; NULL past the end */

/* The numbers of the sentences that bind the role and that no case of the tables names, one space between. */
void suite_unchecked(case_tables, const duty *, page *out);

/* One case, once, whatever the sanity case says. Adds its checks to `out`. */
void suite_try(const suite_run *, const case_row *, results *out);

/* Runs the selected cases with `jobs` processes (at least 1), `repeat` times each, in an order drawn from the seed, and fills `out`, its
 * plan included. Cases that set the target's clock or look at its memory run last and alone. The sanity case always runs first; when it
 * fails, false, and everything else is BLOCKED. It belongs to the first shard, and in the others leaves no result. `done` (may be NULL)
 * hears of progress. */
bool suite_go(const suite_run *, case_tables, const suite_selection *, unsigned jobs, unsigned repeat, results *out,
              void (*done)(void *ctx, size_t n, size_t of), void *ctx);

#endif
