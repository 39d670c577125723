/* The small world of the corpus: its words, and what is true in it. One table for generator and exam. */
#ifndef PARLEY_MODEL_WORDS_H
#define PARLEY_MODEL_WORDS_H

#include <stddef.h>

typedef struct model_list {
    const char *const *word;
    size_t n;
} model_list;

extern const model_list words_girls, words_boys, words_animals, words_adjectives, words_places, words_objects, words_colours;
extern const model_list words_plots;     /* templates of whole stories; the slots are explained in model_corpus.c */
extern const model_list words_spelling;  /* words that are spelled out */
extern const model_list words_foreign;   /* things the model knows nothing about */
extern const model_list words_off_topic; /* templates of questions about them */
extern const model_list words_systems;   /* what a system turn may say */

typedef struct model_pair {
    const char *left, *right;
} model_pair;

typedef struct model_pairs {
    const model_pair *pair;
    size_t n;
} model_pairs;

extern const model_pairs words_facts;     /* template of the question, answer */
extern const model_pairs words_opposites; /* word, its opposite */
extern const model_pairs words_sounds;    /* animal, its sound */
extern const model_pairs words_lists;     /* template of the request, answer */

#define WORDS_FALLBACK "I am a tiny model, and I do not know that. Ask me for a story, a sum, or about private chat."

#endif
