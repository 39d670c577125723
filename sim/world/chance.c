#include "chance.h"

#include <string.h>

chance chance_of(const prim *p, span seed, const char *name)
{
    chance c = {.p = p, .used = sizeof c.block};
    const span parts[] = {seed, span_text(name)};
    p->hash(PRIM_SHA256, parts, 2, c.key);
    return c;
}

static void next_block(chance *c)
{
    uint8_t number[8];
    writer w = WRITER(number);
    write_be(&w, c->blocks++, 8);
    const span parts[] = {SPAN(c->key), SPAN(number)};
    c->p->hash(PRIM_SHA256, parts, 2, c->block);
    c->used = 0;
}

void chance_bytes(chance *c, void *out, size_t n)
{
    for (uint8_t *at = out; n;) {
        if (c->used == sizeof c->block)
            next_block(c);
        size_t take = sizeof c->block - c->used < n ? sizeof c->block - c->used : n;
        memcpy(at, c->block + c->used, take);
        c->used += take;
        at += take;
        n -= take;
    }
}

static uint64_t draw(chance *c)
{
    uint8_t eight[8];
    chance_bytes(c, eight, sizeof eight);
    reader r = reader_of(SPAN(eight));
    return read_be(&r, 8);
}

uint64_t chance_below(chance *c, uint64_t n)
{
    must(n >= 1);
    uint64_t fair = UINT64_MAX - (UINT64_MAX % n + 1) % n; /* the last value of the largest whole number of rounds */
    uint64_t x = draw(c);
    while (x > fair)
        x = draw(c);
    return x % n;
}

bool chance_hits(chance *c, uint32_t per_million) { return chance_below(c, 1000000) < per_million; }
