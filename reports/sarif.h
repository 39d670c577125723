/* SARIF 2.1.0, as code forges read it: findings with a rule and a place. Written piece by piece: start, each finding, end. */
#ifndef PARLEY_SARIF_H
#define PARLEY_SARIF_H

#include "page.h"

typedef struct sarif_finding {
    const char *rule;  /* "NZ-036" */
    const char *level; /* "error", "warning" or "note" */
    const char *text;
    const char *file; /* from the top of our tree; empty: nowhere */
    int line;         /* 0: the whole file */
    const char *name; /* what makes it this finding in every run, such as "nz.open.tag-flip-last:verdict"; NULL: nothing does */
} sarif_finding;

typedef struct sarif_rule {
    const char *id, *text;
} sarif_rule;

void sarif_start(page *, const char *version, const sarif_rule *, size_t n_rules);
void sarif_put(page *, size_t index, const sarif_finding *); /* index: from 0 */
void sarif_end(page *);

#endif
