/* Which careless adapter has failed the cases of each operation: one that changes a member of its answers or leaves it out, one that does not
 * look at what it is given under a key, or at 8 bytes of it, and one that keeps its answer by the value under one key alone. */
#ifndef PARLEY_LIBRARY_INVENTORY_H
#define PARLEY_LIBRARY_INVENTORY_H

#include "in_process.h"

#include <stdio.h>

typedef enum library_fault {
    ANSWER_CHANGED,
    ANSWER_LEFT_OUT,
    INPUT_IGNORED,
    FIRST_8_LOOKED_AT,
    LAST_8_LOOKED_AT,
    ANSWER_KEPT,
    LIBRARY_FAULTS
} library_fault;

typedef struct library_spot {
    char op[16], key[32]; /* of what is answered, or of what is asked */
    bool is_answer;
    bool taken, whole; /* some call with it was accepted; in all of them it was bytes of one length, that of a key, digest or signature */
    size_t length;
    const char *by[LIBRARY_FAULTS]; /* the first case that failed for that fault; NULL: none */
} library_spot;

typedef struct library_inventory {
    library_spot *all; /* owned */
    size_t n;
} library_inventory;

/* Tries each fault at each member that the cases ask with, or that our own text answers them. */
void library_inventory_make(library_inventory *, const prim *, const vector_set *);
/* One line for each spot and fault; returns how many of those that nothing failed are not excused. */
size_t library_inventory_print(const library_inventory *, FILE *);
void library_inventory_free(library_inventory *);

#endif
