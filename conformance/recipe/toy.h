/* Chapter toy (TY): one digit and its answer. */
#ifndef PARLEY_TOY_H
#define PARLEY_TOY_H

#include "verdict.h"

/* `answer` is one ASCII digit; untouched unless accepted. TY-001, TY-002. */
verdict ty_answer(span message, uint8_t *answer);

#endif
