/* `parley spec lint`: holds the prose, the lock, the code and the rooms against each other. A tool: it may allocate and read files.
 *
 * A fault is reported when
 *  - a sentence is malformed, a number is taken twice, or an RFC 2119 word has no number;
 *  - a sentence differs from its digest in spec/requirements.lock, is not in it, or is gone from the prose;
 *  - code or prose cites a number that no chapter states;
 *  - a sentence rejects for a server and neither it nor its section states the outcome (outcome.h);
 *  - code compares the numbers of sentences by order, or counts with them;
 *  - a chapter's line that only a weakened build needs does not say so by WITHIN or WEAKENED, as far as that can be recognised (lint_code.h);
 *  - a testable sentence of level MUST or MUST NOT has no site in the text, or any sentence has two;
 *  - a line of prose is wider than 140 characters;
 *  - an include names a path, or a header of a room that the including room does not see, or two rooms have files of one stem. */
#ifndef PARLEY_LINT_H
#define PARLEY_LINT_H

#include "sentences.h"

typedef struct lint_totals {
    size_t sentences, enforced, faults; /* enforced: sentences with exactly one site in the text */
} lint_totals;

/* Reads the tree at `tree`; each fault goes to `fault` with the path relative to the tree. */
lint_totals lint_tree(const char *tree, sentence_fault *fault, void *ctx);

/* What spec/requirements.lock holds of a sentence: 32 digits. */
void lint_digest(const sentence *, char digits[33]);

/* Writes spec/requirements.lock anew from the prose: the acknowledgement of every changed sentence. False when it can't be written. */
bool lint_acknowledge(const char *tree);

#endif
