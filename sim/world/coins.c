#include "coins.h"

#include <sys/random.h>

coins coins_of_system(void) { return (coins){0}; }

coins coins_of_seed(span seed, const char *label)
{
    coins c = {.seeded = true};
    const span parts[] = {span_text("parley coins"), span_of("", 1), span_text(label), span_of("", 1), seed};
    prim_sodium.hash(PRIM_SHA256, parts, 5, c.key);
    return c;
}

/* HMAC in counter mode: slow, plain, and the same in every build. */
static void draw_block(coins *c, uint8_t out[32])
{
    uint8_t counter[8];
    writer w = WRITER(counter);
    write_be(&w, c->drawn++, 8);
    const span part = SPAN(counter);
    prim_sodium.hmac(PRIM_SHA256, SPAN(c->key), &part, 1, out);
}

void coins_draw(coins *c, uint8_t *out, size_t n)
{
    for (size_t done = 0; done < n;) {
        uint8_t block[32];
        size_t part = n - done < sizeof block ? n - done : sizeof block;
        if (c->seeded)
            draw_block(c, block);
        else
            must(getrandom(block, sizeof block, 0) == sizeof block);
        span_take(span_of(block, part), out + done, part);
        done += part;
        wipe(block, sizeof block);
    }
}
