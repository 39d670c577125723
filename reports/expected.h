/* Expected failures: what a target is known to do otherwise, so that the run is red only when that changes.
 *
 * Two kinds of file, one row a line with a tab between the fields; `#` starts a comment line.
 * A baseline stands in the target's repository: id, check, outcome, got, issue, until (YYYY-MM-DD). `until` is the last day of the entry.
 * The known differences of a third party stand in conformance/known: glob of ids, check, outcome, got, reason. `*` as `got` takes any.
 *
 * A row excuses a check only when it fails the same way: the same outcome and the same `got`. Excused failures become XFAIL and never
 * count toward a level; a check of a row that passes becomes XPASS, which is red until the row goes (conformance/README.md, Baselines). */
#ifndef PARLEY_EXPECTED_H
#define PARLEY_EXPECTED_H

#include "results.h"

enum { BASELINE_DAYS = 90 };

typedef enum expected_kind { EXPECTED_BASELINE, EXPECTED_KNOWN } expected_kind;

typedef enum expected_fate {
    EXPECTED_UNUSED, /* its cases were not selected in this run */
    EXPECTED_MATCHED,
    EXPECTED_FIXED,     /* passes now */
    EXPECTED_OTHERWISE, /* baseline: fails in another way, or is no longer measured */
    EXPECTED_EXPIRED,
    EXPECTED_GONE, /* the whole suite ran and nothing fails this way */
} expected_fate;

typedef struct expected_row {
    const char *id, *check, *got, *reason, *until; /* `reason` of a baseline: its issue */
    outcome outcome;                               /* FAIL, WARN, CRASH or HANG */
    expected_fate fate;
} expected_row;

typedef struct expected {
    expected_kind kind;
    page text; /* the fields borrow from it */
    expected_row *all;
    size_t n;
} expected;

/* Takes `text` over. NULL, or what is wrong, with its line; then nothing is held. */
const char *expected_read(expected *, expected_kind, page text, char fault[200]);
void expected_free(expected *);

/* Changes the results and sets each row's fate. `at`: seconds since 1970 UTC. `whole`: every case was selected, so a row that excuses
 * nothing is stale. Returns how many rows are stale (all but unused and matched): they make exit 2. */
size_t expected_apply(expected *, results *, int64_t at, bool whole);
void expected_list_stale(const expected *, page *out); /* one line each, with why */

/* The first row that excuses more than `was` does: another check, another failure of it, or until a later day. NULL: there is none. */
const expected_row *expected_beyond(const expected *, const expected *was);

/* A baseline of every failure of the run, for 90 days. */
void expected_write(const results *, const char *issue, int64_t at, page *out);
/* After expected_apply: the baseline's rows that still match or were not run. */
void expected_prune(const expected *, page *out);

#endif
