/* Randomness for those who carry effects out: the system's, or chance from a seed. */
#ifndef PARLEY_COINS_H
#define PARLEY_COINS_H

#include "chance.h"

typedef struct coins {
    bool seeded;
    chance chance;
} coins;

coins coins_of_system(void);
coins coins_of_seed(span seed, const char *name);
void coins_draw(coins *, uint8_t *out, size_t n);

#endif
