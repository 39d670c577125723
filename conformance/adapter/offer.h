/* What an adapter says in hello, held against the table of the chapters. Lists of words have one space between. */
#ifndef PARLEY_OFFER_H
#define PARLEY_OFFER_H

#include "chapter.h"

bool has_word(const char *list, const char *word);

/* Whether it can't go without the operation, once its chapter is declared. */
bool offer_owes(const char *caps, const operation *);

/* An operation that is offered though caps has none of the words without which no vector of it is tried: `says` names both. */
bool offer_lacks_word(const char *caps, const char *ops, char *says, size_t room);

/* A word of caps that no chapter and no hook has: `says` names it and the nearest that there is. */
bool offer_has_unknown_word(const char *caps, char *says, size_t room);

#endif
