/* Which sentence a library has most likely broken, where many cases fail at once for one input that it passes on wrongly. */
#ifndef PARLEY_SUSPECTS_H
#define PARLEY_SUSPECTS_H

#include "results.h"
#include "vector_file.h"

/* Where the honest cases of a chapter that have an input fail, and those without it pass, what has the input and fails names the input's sentence
 * first, and says why. */
void suspects_name(results *, const vector_set *);

/* The note of a failed honest step of a session in which the library has sealed nothing by which it could be diagnosed. */
#define NOTHING_SEALED "the library has sealed nothing in this session that would show why"

bool suspects_want_diagnosis(const results *); /* such steps failed, and nothing in this run was diagnosed */

/* Such failures get the note of the one diagnosis of the run; `probed` (may be NULL) is the note of one that was found outside of its cases.
 * Nothing changes when there is none, or more than one. */
void suspects_share_diagnosis(results *, const char *probed);

#endif
