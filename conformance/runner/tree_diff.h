/* What a change did to the specification: the sentences, vectors and cases of two trees, one of before and one of after. */
#ifndef PARLEY_TREE_DIFF_H
#define PARLEY_TREE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

typedef enum change_kind { CHANGE_SENTENCE, CHANGE_VECTOR, CHANGE_CASE, CHANGE_KINDS } change_kind;
extern const char *const change_kind_names[]; /* "sentence", "vector", "case" */

typedef struct change {
    change_kind kind;
    const char *id;
    const char *req;  /* of a vector: the first sentence it names; else "" */
    const char *what; /* "added", "text changed, not acknowledged", "bytes changed, rev 1 -> 1: raise it" */
    bool drift;       /* it breaks a promise: a number or id that is gone, bytes under the same revision, a change nobody acknowledged */
} change;

typedef void change_note(void *ctx, const change *);

typedef struct tree_counts {
    size_t sentences, vectors, cases;
} tree_counts;

/* The folders are trees: spec/, vectors/data/ and conformance/ids.tsv inside. Tells the changes by kind, each in the order of ids, and
 * counts what the later tree has. NULL, or the folder that is no such tree. */
const char *tree_diff(const char *before, const char *after, change_note *, void *ctx, tree_counts *);

#endif
