/* The switch of the `mutants` build, for tools that weaken one line of the text at a time. In other builds there is none. */
#ifndef PARLEY_WEAK_H
#define PARLEY_WEAK_H

#include <stdbool.h>
#include <stdint.h>

bool weak_possible(void);
void weak_set(uint16_t req, bool weak);
void weak_none(void);
uint64_t weak_reached(uint16_t req); /* how often its line was reached since the program started; 0 where nobody counts */

#endif
