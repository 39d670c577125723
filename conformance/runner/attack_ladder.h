/* `parley attack --ladder`: the same attackers at each profile, and the step that each profile reaches. */
#ifndef PARLEY_ATTACK_LADDER_H
#define PARLEY_ATTACK_LADDER_H

#include "cli.h"
#include "ladder.h"

enum { LADDERS = 3 };
extern const ladder_profile *const ladders[LADDERS];

int attack_ladder(const cli_call *);

#endif
