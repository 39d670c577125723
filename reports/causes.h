/* Failures by their cause: one line disabled in a target makes hundreds of checks fail, and its reader wants to see one. */
#ifndef PARLEY_CAUSES_H
#define PARLEY_CAUSES_H

#include "results.h"

bool needs_a_look(const result *); /* a warning, or worse */

/* `first` in the order of the file, and the others with the same sentence, check, outcome and kind of change that showed the same way. */
typedef void cause_note(void *ctx, const result *first, const result *const *more, size_t n_more);

/* For each cause among the results that need a look; what was blocked has one cause. */
void causes_each(const results *, cause_note *, void *ctx);

#endif
