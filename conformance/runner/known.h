/* Known differences of a peer: what a third party's implementation does otherwise, and why, so that it is red only when that changes.
 *
 * One line each, tab between: a glob of case ids, check, outcome, got, reason. `got` is compared exactly, `*` takes any.
 * `#` starts a comment. An entry that excuses nothing, or that covers a check which now passes, is stale. */
#ifndef PARLEY_KNOWN_H
#define PARLEY_KNOWN_H

#include "results.h"

typedef struct known_row {
    const char *glob, *check, *got, *reason;
    outcome outcome;
    size_t matched, fixed; /* failures excused; checks it covers that pass */
} known_row;

typedef struct known {
    page text; /* the fields borrow from it */
    known_row *all;
    size_t n;
} known;

/* Takes `text` over. NULL, or what is wrong, with its line. */
const char *known_read(known *, page text, char fault[200]);
void known_free(known *);

/* Failures that fail as known become XFAIL; covered checks that pass become XPASS. Returns how many rows are stale;
 * rows whose cases were not selected (`whole` false) are not. */
size_t known_apply(known *, results *, bool whole);

#endif
