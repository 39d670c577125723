/* The tables of profile confer, and the run over those that were selected. */
#ifndef PARLEY_SUITE_H
#define PARLEY_SUITE_H

#include "trial.h"

extern const case_table *const cf_server_tables[], *const cf_client_tables[]; /* ended by NULL; the first case is the sanity case */

typedef struct suite_selection {
    const char *glob; /* of case ids; NULL: all */
    const char *req;  /* a number; NULL: all */
    const char *area; /* codes in lower case, commas between; a case belongs to the areas of its numbers; NULL: all */
} suite_selection;

bool suite_selects(const suite_selection *, const case_row *);
const case_row *suite_case(const case_table *const *, size_t i); /* the i-th over all tables; NULL past the end */

/* Runs the selected cases with `jobs` processes (server door; at least 1), `repeat` times each, and fills `out`, its plan included. The
 * sanity case always runs first; when it fails, false, and everything else is BLOCKED. `done` (may be NULL) hears of progress. */
bool suite_go(const suite_run *, const case_table *const *, const suite_selection *, unsigned jobs, unsigned repeat, results *out,
              void (*done)(void *ctx, size_t n, size_t of), void *ctx);

#endif
