/* Lies about Intel platforms: quotes and collateral that are honest in everything but one respect, and carry good signatures over it. Each names the one
 * sentence that has to refuse it; with exactly that line weakened it is accepted. And truths: unusual, and still to be accepted. */
#ifndef PARLEY_INTEL_LIES_H
#define PARLEY_INTEL_LIES_H

#include "intel.h"

typedef void intel_twist(intel_scene *);

typedef struct intel_lie {
    const char *name;                                       /* a slug, unique */
    uint16_t req;                                           /* the sentence that refuses it; of a truth, one that it is about */
    const char *mutation;                                   /* what is different from the honest twin */
    const char *reason;                                     /* what would go wrong if it were accepted (of a truth: refused) */
    uint16_t also;                                          /* a sentence without whose line the verdict would be another; 0: none */
    intel_twin twin;                                        /* .version 0: version 4 of a trust domain */
    intel_twist *before_texts, *before_signing, *after_all; /* NULL: nothing is changed then */
} intel_lie;

extern const intel_lie intel_lies[], intel_truths[];
extern const size_t intel_n_lies, intel_n_truths;

intel_twin intel_twin_of(const intel_lie *); /* with the defaults filled in */
/* The lie's scene; its honest twin is intel_scene_play with intel_twin_of. */
void intel_lie_play(intel_scene *, const intel_lie *, span seed);

#endif
