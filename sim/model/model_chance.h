/* Seeded chance for corpus, exam and trainer: splitmix64 (Steele, Lea and Flood 2014), integers only. */
#ifndef PARLEY_MODEL_CHANCE_H
#define PARLEY_MODEL_CHANCE_H

#include <stdint.h>

typedef struct model_chance {
    uint64_t state;
} model_chance;

static inline uint64_t model_chance_next(model_chance *c)
{
    uint64_t z = (c->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A number below n (0 < n < 2^32). */
static inline uint32_t model_chance_below(model_chance *c, uint32_t n) { return (uint32_t)(((model_chance_next(c) >> 32) * n) >> 32); }

/* Streams that belong to different (seed, a, b) never share a state in practice. */
static inline model_chance model_chance_stream(uint64_t seed, uint64_t a, uint64_t b)
{
    model_chance c = {seed ^ 0x6d6f64656c000000u};
    c.state = model_chance_next(&c) + a;
    c.state = model_chance_next(&c) + b;
    model_chance_next(&c);
    return c;
}

#endif
