/* What a server does when it rejects by a sentence, read out of the sentence's words:
 *
 *   closes with 1003 `Invalid frame`          the session ends with this close code and reason
 *   closes with 1002 and no reason            likewise, with an empty reason
 *   answered 404 `Route not found`            the request fails with this status and body, the session goes on
 *   dropped without an answer                 the request fails, nothing is sent
 *   without a close frame                     the connection is dropped
 *   with HTTP status 426                      an HTTP request is answered with this status
 *
 * A section states an outcome for all of its sentences that state none of their own by a sentence, numbered or not, that begins with
 * "Unless its sentence says otherwise, "; one before the first section holds for the whole chapter. */
#ifndef PARLEY_OUTCOME_H
#define PARLEY_OUTCOME_H

#include <stdbool.h>

typedef struct sentence_outcome {
    const char *kind; /* "CLOSE", "ANSWER", "DROP", "DISCONNECT", "HTTP_STATUS"; NULL when none is stated */
    unsigned code;    /* close code or status; 0 with DROP and DISCONNECT */
    char text[120];   /* close reason or body */
    char by[8];       /* the number of the sentence that states it; empty when a section's unnumbered prose does */
} sentence_outcome;

/* NULL, and *out (kind NULL when the sentence states none), or what is wrong with the sentence. Leaves `by` empty. */
const char *outcome_read(const char *text, sentence_outcome *out);

bool outcome_is_default(const char *text); /* "Unless its sentence says otherwise, " */

#endif
