/* What the committed page of words (conformance/reference.md) says about a capability or a reason. */
#ifndef PARLEY_EXPLAIN_WORD_H
#define PARLEY_EXPLAIN_WORD_H

#include <stdbool.h>

/* Prints what its row says, and how many sentences reject with it. False, with nothing printed: no row has it, or the page can't be read. */
bool explain_word(const char *word);

#endif
