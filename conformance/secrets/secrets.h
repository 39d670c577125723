/* The secret paths of the text, run under valgrind with every secret poisoned (poison.h): memcheck reports each branch and each index that
 * depends on one. What a path makes public on purpose - messages, shares, plaintext for whoever may read it, a verdict - is declassified
 * where it becomes public: here by the provider that is lent, in the text by the verdict's own line and by the few lines that say so. */
#ifndef PARLEY_SECRETS_H
#define PARLEY_SECRETS_H

#include "poison.h"
#include "prim.h"

/* The provider under test; its outputs that are public by their nature come back defined. */
extern prim secrets_lent;
void secrets_lend(const prim *);

/* n bytes that differ from call to call and are secret. */
void secrets_fill(void *out, size_t n);

void secrets_of_noise(void);
void secrets_of_kem(void);
void secrets_of_signal(void);
void secrets_of_confer(void);
void secrets_of_receipts(void);
void secrets_of_franking(void);
void secrets_of_parley1(void);
void secrets_of_history(void);

#endif
