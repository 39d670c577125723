/* What a target draws for each connection or message, over a whole run: nothing of it may come twice. A pool of a hundred keys is not seen in
 * one case. The processes of a run note it in memory that they have in common. */
#ifndef PARLEY_FRESH_H
#define PARLEY_FRESH_H

#include "bytes.h"

typedef enum fresh_kind {
    FRESH_EPHEMERAL,
    FRESH_STATIC,
    FRESH_CHUNK_ID,
    /* These may come twice, but not be the same all the time. */
    VARIED_RESERVED,
    VARIED_PLACE,
    FRESH_KINDS
} fresh_kind;

typedef struct fresh_values fresh_values;

fresh_values *fresh_start(void);
void fresh_note(fresh_values *, fresh_kind, span value); /* NULL: noted nowhere; at most 32 bytes count */
/* Some value of the kind came twice; of one that may, the same one came whenever it was drawn, which was often. After all processes. */
bool fresh_repeats(fresh_values *, fresh_kind);
void fresh_end(fresh_values *);

#endif
