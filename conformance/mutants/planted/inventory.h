/* Which target in the tree has failed each check of each case: a check that nothing fails proves nothing when it passes. */
#ifndef PARLEY_INVENTORY_H
#define PARLEY_INVENTORY_H

#include "results.h"
#include "suite.h"

#include <stdio.h>

typedef struct inventory_row {
    const char *case_id;
    case_check check;
    const char *by; /* the first that failed it; NULL: nothing has */
    unsigned n;     /* how many did */
} inventory_row;

typedef struct inventory {
    inventory_row *all; /* owned */
    size_t n;
} inventory;

void inventory_start(inventory *, case_tables, case_tables except); /* without the cases of these; NULL: all */
/* Notes the checks that failed in this run, of a target called `by` (kept, not copied). A crash counts where the check is about staying alive. */
void inventory_note(inventory *, const results *, const char *by);
size_t inventory_unseen(const inventory *); /* checks that nothing has failed */
void inventory_print(const inventory *, FILE *, bool unseen_alone);
void inventory_free(inventory *);

#endif
