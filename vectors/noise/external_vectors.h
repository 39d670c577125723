/* Test vectors of others for the Noise framework: the JSON of cacophony, snow and noise-c, and the text of the Go package.
 * Each is replayed by our text on both sides, and every byte compared. */
#ifndef PARLEY_EXTERNAL_VECTORS_H
#define PARLEY_EXTERNAL_VECTORS_H

#include "prim.h"

typedef enum external_outcome { EXTERNAL_PASSED, EXTERNAL_FAILED, EXTERNAL_SKIPPED } external_outcome;

/* `name`: the protocol's. `why`: for a failure what differs; for a skip the part of the name that is not ours, such as "KK" or "psk". */
typedef void external_report(void *ctx, const char *name, external_outcome, const char *why);

/* False when the text is in neither format. */
bool external_vectors_replay(const prim *, const char *text, size_t n, external_report *, void *ctx);

#endif
