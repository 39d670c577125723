/* Lies about GPUs: reports, chains and lists that are honest in everything but one respect, and carry good signatures over it. Each names the one
 * sentence that has to refuse it; with exactly that line weakened it is accepted. And truths: unusual, and still to be accepted. */
#ifndef PARLEY_NVIDIA_LIES_H
#define PARLEY_NVIDIA_LIES_H

#include "nvidia.h"

typedef void nvidia_twist(nvidia_scene *);

typedef struct nvidia_lie {
    const char *name;            /* a slug, unique */
    uint16_t req;                /* the sentence that refuses it; of a truth, one that it is about */
    const char *mutation;        /* what is different from the honest twin */
    const char *reason;          /* what would go wrong if it were accepted (of a truth: refused) */
    nvidia_twin twin;            /* zero: a Hopper device, whose policy pins nothing */
    nvidia_twist *world, *after; /* before everything is signed, after it */
} nvidia_lie;

extern const nvidia_lie nvidia_lies[], nvidia_truths[];
extern const size_t nvidia_n_lies, nvidia_n_truths;

/* The lie's scene; its honest twin is nvidia_scene_play of its twin. */
void nvidia_lie_play(nvidia_scene *, const nvidia_lie *, span seed);

#endif
