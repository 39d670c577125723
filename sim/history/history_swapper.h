/* The storage swapper: a storage that gives back what it likes of all that it was ever given, alone or with a thief who kept a removed
 * passkey's R. It holds no key of its own.
 *
 * Each attack plays an honest history, then the swap; the line that stops it is named, and behind it those that would stop it as well. With
 * exactly these lines taken out it gets through (the test beside this, in the build that can). */
#ifndef PARLEY_HISTORY_SWAPPER_H
#define PARLEY_HISTORY_SWAPPER_H

#include "history_device.h"

enum { SWAPPER_LINES = 3 };

typedef struct swapper_attack {
    const char *name, *goal;
    uint16_t line[SWAPPER_LINES];                 /* sentences, the one that stops it first; 0 ends them */
    verdict (*play)(const prim *, bool *reached); /* the device's verdict; reached: the goal */
} swapper_attack;

extern const swapper_attack swapper_attacks[]; /* ended by a row without a name */

#endif
