/* Randomness for those who carry effects out: the system's, or one that a seed decides. The only place that draws any. */
#ifndef PARLEY_COINS_H
#define PARLEY_COINS_H

#include "prim.h"

typedef struct coins {
    bool seeded;
    uint8_t key[32];
    uint64_t drawn;
} coins;

coins coins_of_system(void);
coins coins_of_seed(span seed, const char *label); /* the same seed and label give the same bytes; labels are independent */
void coins_draw(coins *, uint8_t *out, size_t n);

#endif
