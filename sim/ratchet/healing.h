/* How long a theft lasts: two devices chat over a link that loses, repeats and reorders; at a random moment a thief copies one of them
 * (chat_thief.h) and then listens. Counted is what he reads. One seed is one run. */
#ifndef PARLEY_HEALING_H
#define PARLEY_HEALING_H

#include "chat_thief.h"
#include "world.h"

typedef struct healing_case {
    const char *name;
    chat_kind kind;
    bool solves_x25519, heals; /* heals: the thief is to be locked out at some time */
    uint32_t after;            /* messages of both, after the theft, until the run ends */
    uint32_t bound;            /* of these, how many he may need at most; generous */
} healing_case;

/* Each kind of session with a thief who only listens, and each with one who solves X25519 besides. */
enum { HEALING_CASES = 5 };
extern const healing_case healing_cases[HEALING_CASES];

typedef struct healing {
    uint32_t before, after; /* messages sent before the theft, after it */
    uint32_t tried_before;  /* of those before it: sent by the victim, or received by it */
    uint32_t read_before;   /* of these, read with the copy: none may be */
    uint32_t read;          /* of those after it */
    uint32_t last;          /* the number, from 1, of the last one that was read; 0: none. From the next one on he is locked out */
    world_count link;
} healing;

healing healing_run(const prim *, const healing_case *, uint32_t seed);

#endif
