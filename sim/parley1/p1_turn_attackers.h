/* Attackers on turns that are shown later; the rows of p1_attackers.h name them. */
#ifndef PARLEY_P1_TURN_ATTACKERS_H
#define PARLEY_P1_TURN_ATTACKERS_H

#include "p1_attackers.h"

attack_result other_words(const prim *);
attack_result other_kind(const prim *);
attack_result forged_turn(const prim *);
attack_result hidden_order(const prim *);
attack_result other_signer(const prim *);
attack_result signs_unasked(const prim *);
attack_result wiretap(const prim *); /* goal 28 */

#endif
