/* Attackers on profile parley1, named, one for each goal that its handshake, evidence, records and epochs serve: what each holds, what he does, and
 * whether he gets what the profile denies him. With every check in force he does not; with his checks weakened he does. */
#ifndef PARLEY_P1_ATTACKERS_H
#define PARLEY_P1_ATTACKERS_H

#include "ladder.h"
#include "p1_pair.h"

enum { ATTACK_CHECKS = 4 };

typedef ladder_found attack_result; /* no sentence: none refused him, he just learned nothing */

typedef struct attacker {
    unsigned goal; /* a number of the table of goals */
    const char *name, *holds, *wants;
    uint16_t check[ATTACK_CHECKS]; /* whose removal, all together, lets him in */
    attack_result (*run)(const prim *);
} attacker;

extern const attacker attackers[];
extern const size_t n_attackers;

/* The attackers of the ladder on this profile. */
extern const ladder_profile p1_ladder;

/* Post-compromise: a thief copies the whole state of both sides in epoch n, listens only, and tries to open what C sends in n and in n + 1. */
typedef struct healing_count {
    size_t runs, read_before, read_after; /* runs; in how many he read in epoch n, in n + 1 */
} healing_count;
healing_count p1_healing(const prim *, size_t runs);

#endif
