/* A results file inside a page: the same bytes again, in a fifth of the room. The checks of a case differ in few bytes, so each line is
 * told by what it has in common with the line before: `BEGIN END MIDDLE`, the number of bytes from its begin and from its end, and what
 * stands between. Only bytes below 128 are counted, so that a script, which counts characters, comes to the same. */
#ifndef PARLEY_PACKED_H
#define PARLEY_PACKED_H

#include "page.h"

void packed_write(const char *text, size_t n, page *out);  /* text ends with a newline */
bool packed_read(const char *packed, size_t n, page *out); /* false: it is none; `out` may then hold a part */

#endif
