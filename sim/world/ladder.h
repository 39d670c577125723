/* How far a profile ties evidence to what it speaks for, measured: the same attackers at each profile, each with what it takes to break the steps
 * below his own. A profile reaches a step when whoever stands at it, and at each one below, does not get the prompt. */
#ifndef PARLEY_LADDER_H
#define PARLEY_LADDER_H

#include "prim.h"

/* What evidence names, lowest first (spec/security.md). */
typedef enum ladder_step { LADDER_KEY, LADDER_NONCE, LADDER_TRANSCRIPT, LADDER_TRAFFIC, LADDER_MACHINE, LADDER_STEPS } ladder_step;
extern const char *const ladder_step_names[LADDER_STEPS];

typedef enum ladder_who {
    LADDER_IMPOSTOR,
    LADDER_REPLAYER,
    LADDER_RELAY,
    LADDER_SWAPPER,
    LADDER_LEAKED,
    LADDER_DIVERSION,
    LADDER_ATTACKERS
} ladder_who;

typedef struct ladder_attacker {
    ladder_step step;
    const char *name, *holds, *does;
} ladder_attacker;

extern const ladder_attacker ladder_attackers[LADDER_ATTACKERS];

typedef struct ladder_found {
    bool reached; /* he read the prompt */
    uint16_t by;  /* the sentence that refused him; 0: none did */
} ladder_found;

enum { LADDER_CHECKS = 3 };

typedef struct ladder_profile {
    const char *name;
    ladder_found (*run[LADDER_ATTACKERS])(const prim *);
    uint16_t check[LADDER_ATTACKERS][LADDER_CHECKS]; /* whose removal, all together, lets him in; none: nothing stops him */
} ladder_profile;

/* How many steps hold, counted from the lowest: 0 is none, LADDER_STEPS the machine. */
unsigned ladder_level(const ladder_found found[LADDER_ATTACKERS]);
const char *ladder_level_name(unsigned level);

#endif
