#include "coins.h"

#include <sys/random.h>

coins coins_of_system(void) { return (coins){0}; }

coins coins_of_seed(span seed, const char *name) { return (coins){true, chance_of(&prim_sodium, seed, name)}; }

void coins_draw(coins *c, uint8_t *out, size_t n)
{
    if (c->seeded)
        chance_bytes(&c->chance, out, n);
    else
        must(n <= 256 && getrandom(out, n, 0) == (ssize_t)n); /* up to 256 bytes come whole */
}
