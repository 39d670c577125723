/* Failures by their cause: one line disabled in a target makes hundreds of checks fail, and its reader wants to see one. */
#ifndef PARLEY_CAUSES_H
#define PARLEY_CAUSES_H

#include "results.h"

bool needs_a_look(const result *); /* a warning, or worse */

/* How the note begins that names the mistake by which a library's bytes verify; the mistake follows. */
#define DIAGNOSIS_NOTE "diagnosis: the bytes verify when this is assumed: "
const char *diagnosis_of(const result *); /* the mistake; NULL: the note names none */

/* `first` in the order of the file, and the others of the same diagnosis; without one, those with the same sentence, check, outcome and
 * kind of change that showed the same way. */
typedef void cause_note(void *ctx, const result *first, const result *const *more, size_t n_more);

/* For each cause among the results that need a look: what was diagnosed first, by the number of failures, then in the order of the file.
 * What was blocked has one cause. */
void causes_each(const results *, cause_note *, void *ctx);

#endif
