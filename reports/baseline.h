/* A baseline: the failures that a target's owner knows about, in the target's repository (suite.md D11).
 *
 * One line per check, tab between: id, check, outcome, got, issue, until (YYYY-MM-DD). `#` starts a comment line.
 * An entry excuses a check only when it fails the same way: the same outcome and the same `got`. Excused failures
 * become XFAIL and never count toward a level; an excused check that passes becomes XPASS, which is red until the entry goes. */
#ifndef PARLEY_BASELINE_H
#define PARLEY_BASELINE_H

#include "results.h"

enum { BASELINE_DAYS = 90 };

typedef enum baseline_fate {
    BASELINE_UNUSED, /* its case was not selected in this run */
    BASELINE_MATCHED,
    BASELINE_FIXED,     /* passes now */
    BASELINE_OTHERWISE, /* fails in another way, or is no longer measured */
    BASELINE_EXPIRED,
    BASELINE_GONE, /* the whole suite ran and has no such check */
} baseline_fate;

typedef struct baseline_entry {
    const char *id, *check, *got, *issue, *until;
    outcome outcome; /* FAIL, WARN, CRASH or HANG */
    baseline_fate fate;
} baseline_entry;

typedef struct baseline {
    page text; /* the fields borrow from it */
    baseline_entry *all;
    size_t n;
} baseline;

/* Takes `text` over. NULL, or what is wrong, with its line; then nothing is held. */
const char *baseline_read(baseline *, page text, char fault[200]);
void baseline_free(baseline *);

/* Changes the results and sets each entry's fate. `at`: seconds since 1970 UTC; an entry holds through its last day.
 * `whole`: every case was selected, so an entry for a check that is not there is stale.
 * Returns how many entries make exit 2 (all but unused and matched). */
size_t baseline_apply(baseline *, results *, int64_t at, bool whole);

void baseline_write(const results *, const char *issue, int64_t at,
                    page *out);                   /* --baseline-write: every failure of the run, for 90 days */
void baseline_prune(const baseline *, page *out); /* --baseline-prune, after apply: what still matches or was not run */

#endif
