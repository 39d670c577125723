/* What an observer of the line learns of a turn from sizes and times, by level of padding: a classifier that is shown turns of two corpora and then
 * guesses, of turns that it has not seen, to which they belong. Even odds are 500 of 1000.
 *
 * The prompts are texts, the answers the model's; records, fills and their pace are the text's, on a virtual clock whose model needs a drawn time for
 * each token. The same seed gives the same numbers. */
#ifndef PARLEY_P1_OBSERVER_H
#define PARLEY_P1_OBSERVER_H

#include "p1_model.h"
#include "parley1_talk.h"

enum { OBSERVED_LEVELS = 3, OBSERVED_TICK = 50 /* milliseconds */ };

typedef struct observed {
    unsigned level;
    size_t turns;               /* that were guessed */
    unsigned blind, with_clock; /* of 1000 guesses right: sizes and counts alone; times, too */
    uint64_t bytes, ms;         /* of a turn, on average: records both ways; from the first record to the last */
} observed;

/* turns: of each corpus, at most 400; half of them teach. False: there is no memory. */
bool p1_observe(const model *, span seed, size_t turns, observed out[OBSERVED_LEVELS]);

#endif
