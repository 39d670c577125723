/* The other side of the library door: an implementation in this process answers lines from a descriptor, one for one, flushed at once.
 * This is the whole adapter of `parley adapter`, and a model for others. */
#ifndef PARLEY_LIBRARY_SERVE_H
#define PARLEY_LIBRARY_SERVE_H

#include "shim.h"

/* Until the input ends. False with errno when it can't be read, or the output can't be written. */
bool library_serve(const parley_impl *, int in, int out);

/* One line in, one line out: the answer without its newline is appended to `w`. `line` is changed. For tests and the fuzzer. */
void library_answer(const parley_impl *, uint8_t *line, size_t n, shim_reply *room, writer *w);

#endif
