/* The book: every chapter of the specification on one page in HTML that fetches nothing. Prose stands beside the code that carries it out,
 * and each sentence has its vectors, its cases at each door and its mutant. The last two parts are a matrix of what shows which sentence,
 * and the goals with the attackers who try them. */
#ifndef PARLEY_BOOK_H
#define PARLEY_BOOK_H

#include "sentence_facts.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct book_goal { /* an attacker who wants what the protocol denies him */
    unsigned goal;
    const char *attacker, *holds, *wants;
    const char *checks;  /* sentences without whose checks he is let in, one space between */
    const char *stopped; /* by which sentence, in this run; empty: he learns nothing; NULL: he was not stopped */
} book_goal;

enum { BOOK_PROFILES = 4, BOOK_RUNGS = 8 };

typedef struct book_ladder { /* how far each profile ties its evidence, as measured in this run */
    size_t n_profiles, n_rungs;
    const char *profile[BOOK_PROFILES], *level[BOOK_PROFILES];
    struct {
        const char *step, *attacker, *holds;
        const char *stopped[BOOK_PROFILES]; /* by which sentence; NULL: he reads the prompt */
    } rung[BOOK_RUNGS];
} book_ladder;

typedef struct book_derivation { /* of a key schedule, as a shell script for openssl */
    const char *id, *what, *script;
} book_derivation;

typedef struct book {
    const char *tree;            /* where spec/ is */
    const char *version;         /* of the program, and of the data */
    const char *data;            /* digest of the vectors */
    const sentence_facts *facts; /* by requirement */
    const char *results;         /* the target of the last results; NULL: none are here */
    const book_goal *goals;
    size_t n_goals;
    const book_derivation *derivations; /* ended by NULL */
    const book_ladder *ladder;
} book;

/* False: a chapter or a file of code can't be read; `*missing` is its path. */
bool book_write(const book *, page *out, const char **missing);

#endif
