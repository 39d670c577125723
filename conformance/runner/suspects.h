/* Which sentence a library has most likely broken, where many cases fail at once for one input that it passes on wrongly. */
#ifndef PARLEY_SUSPECTS_H
#define PARLEY_SUSPECTS_H

#include "results.h"
#include "vector_file.h"

/* Where the honest cases of a chapter that have an input fail, and those without it pass, what has the input and fails names the input's sentence
 * first, and says why. */
void suspects_name(results *, const vector_set *);

#endif
