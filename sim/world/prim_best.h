/* The provider `best`: each primitive from whichever library is faster on this machine. For programs that serve and chat; tests and
 * vectors use the pure providers, and every choice computes the same bytes. Measuring needs a clock, so this stands outside spec. */
#ifndef PARLEY_PRIM_BEST_H
#define PARLEY_PRIM_BEST_H

#include "prim.h"

typedef struct prim_choice {
    const prim *x25519, *ed25519, *cipher[PRIM_AESGCM + 1], *hash[PRIM_BLAKE2B + 1];
} prim_choice;

/* Measures both libraries: some ten milliseconds of processor time. */
prim_choice prim_choice_measured(void);

/* One line: "X25519 openssl, Ed25519 sodium, ...". */
void prim_choice_text(const prim_choice *, writer *out);

/* The provider that this choice makes. There is one in a program: a further call changes it. */
const prim *prim_best(const prim_choice *);

#endif
