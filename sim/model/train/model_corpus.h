/* The corpus is a program: seeded templates that write conversations, and the held-out words that never occur in one.
 *
 * Held out are whole words (names, words for the echo) and sums; the exam asks about nothing else. The generator
 * throws a conversation away when its final text contains one, and corpus_is_clean looks at any text for itself. */
#ifndef PARLEY_MODEL_CORPUS_H
#define PARLEY_MODEL_CORPUS_H

#include "bytes.h"
#include "model_chance.h"
#include "model_words.h"

enum {
    CORPUS_TURNS = 13, /* an optional system turn, then user and assistant in turn */
    CORPUS_TEXT = 6144,
    CORPUS_HELD_NAMES = 160,
    CORPUS_HELD_WORDS = 80,
    CORPUS_SUM_MAX = 20, /* operands of additions */
};

typedef enum corpus_role { CORPUS_SYSTEM, CORPUS_USER, CORPUS_ASSISTANT } corpus_role;

typedef struct model_corpus_turn {
    corpus_role role;
    uint16_t at, n; /* its text */
} model_corpus_turn;

typedef struct model_corpus_conversation {
    model_corpus_turn turn[CORPUS_TURNS];
    size_t n_turns, n; /* n: bytes of text */
    char text[CORPUS_TEXT];
} model_corpus_conversation;

/* One conversation of the corpus, free of everything held out. */
void model_corpus_write(model_chance *, model_corpus_conversation *out);
static inline span model_corpus_text(const model_corpus_conversation *c, size_t turn)
{
    return span_of(c->text + c->turn[turn].at, c->turn[turn].n);
}

typedef enum model_corpus_sum { SUM_SEEN, SUM_MIRRORED, SUM_UNSEEN } model_corpus_sum;

/* What is held out. Names start with a capital, words do not. */
const char *corpus_held_name(size_t i);                   /* i < CORPUS_HELD_NAMES */
const char *corpus_held_word(size_t i);                   /* i < CORPUS_HELD_WORDS */
model_corpus_sum corpus_sum_kind(unsigned a, unsigned b); /* of a + b: mirrored means that only b + a is in the corpus */
bool corpus_is_clean(span text);                          /* holds no held-out name, word or sum */

/* A template's text: [a|b] takes one, a bar outside brackets separates whole wordings, $X is slots['X' - 'A'] (lower
 * case letters: slots[26 + 'x' - 'a']). With a NULL chance the first alternative is taken everywhere. */
void corpus_expand(model_chance *, const char *form, const char *const slots[52], writer *out);
void model_corpus_name(model_chance *, char out[16]); /* of random syllables, with a capital */
void corpus_story_request(model_chance *, const char *name, const char *animal, writer *out);
const char *corpus_pick(model_chance *, const model_list *);

#endif
