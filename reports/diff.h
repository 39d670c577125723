/* What became of each check from one run to a later one of the same target.
 *
 * Compared is what was observed: a failure that a baseline expects is still one, so a baseline that grew hides nothing. */
#ifndef PARLEY_DIFF_H
#define PARLEY_DIFF_H

#include "results.h"

/* Every check of either run has exactly one fate: its name, its label. The red ones come first. */
/* clang-format off */
#define FATES(X)                                                                                  \
    X(FAILING, failing, "fails newly")  /* fails; passed before, was not measured or not there */ \
    X(VANISHED, vanished, "vanished")   /* not there any more; or was measured and now is not */  \
    X(STILL, still, "still fails")                                                                \
    X(FIXED, fixed, "fixed")                                                                      \
    X(ADDED, added, "added")            /* was not there, and does not fail */                    \
    X(SAME, same, "as before")          /* fails in neither */
/* clang-format on */

typedef enum fate {
#define X(NAME, name, LABEL) FATE_##NAME,
    FATES(X)
#undef X
        FATE_COUNT
} fate;

const char *fate_name(fate);  /* "failing" */
const char *fate_label(fate); /* "fails newly" */

/* NULL, or why these two can't be compared: another door, profile or role. */
const char *diff_refuses(const results *a, const results *b, char fault[200]);

/* `was` or `is` is NULL where the check is missing. */
typedef void diff_note(void *ctx, fate, const result *was, const result *is);
void diff_each(results *a, results *b, diff_note *note, void *ctx); /* sorts both; in the order of the file */

bool results_measured(const results *); /* at least one check that is neither UNTESTED nor NA */

#endif
