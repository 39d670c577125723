/* Test vectors of others for the Noise framework: the JSON of cacophony, snow and noise-c, and the text of the Go package.
 * Each is replayed by our text on both sides, and every byte compared. */
#ifndef PARLEY_FOREIGN_H
#define PARLEY_FOREIGN_H

#include "prim.h"

typedef enum foreign_outcome { FOREIGN_PASSED, FOREIGN_FAILED, FOREIGN_SKIPPED } foreign_outcome;

/* `name`: the protocol's. `why`: for a failure what differs; for a skip the part of the name that is not ours, such as "KK" or "psk". */
typedef void foreign_report(void *ctx, const char *name, foreign_outcome, const char *why);

/* False when the text is in neither format. */
bool foreign_try(const prim *, const char *text, size_t n, foreign_report *, void *ctx);

#endif
