/* The exam: what the model is asked, and who is satisfied by an answer. Names, words and sums in it are held out of the
 * corpus (model_corpus.h); the off-topic prompts were written by hand, outside the generator. */
#ifndef PARLEY_MODEL_EXAM_H
#define PARLEY_MODEL_EXAM_H

#include "model.h"
#include "model_corpus.h"

typedef enum exam_kind {
    EXAM_STORIES, /* about a held-out name: coherent as far as a program can tell */
    EXAM_FACTS,   /* each fact of the corpus, word for word */
    EXAM_SPELLING,
    EXAM_NAMES,  /* a held-out name, told and asked in one turn, or greeted */
    EXAM_RECALL, /* told, something else, asked */
    EXAM_ECHO,   /* one to four held-out words */
    EXAM_SUMS_SEEN,
    EXAM_SUMS_MIRRORED,
    EXAM_SUMS_UNSEEN,
    EXAM_OFF_TOPIC,
    EXAM_KINDS
} exam_kind;

extern const char *const exam_names[EXAM_KINDS];

/* The two sittings, at temperature 0 and 0.8, and what has to be right in them, in thousandths; 0: only reported. */
extern const sample_params exam_at[2];
extern const uint16_t exam_goal[EXAM_KINDS][2];

enum { EXAM_TURNS = 3, EXAM_TEXT = 256 };

typedef struct exam_item {
    exam_kind kind;
    size_t n_turns;
    char turn[EXAM_TURNS][EXAM_TEXT]; /* the user's; the answer to the last one is judged */
    char want[EXAM_TEXT];             /* the whole answer, or the name that must be in it */
    char also[EXAM_TEXT];             /* the story's animal */
} exam_item;

bool exam_make(exam_kind, uint32_t i, exam_item *); /* false when there is no i-th */
bool exam_satisfied(const exam_item *, span answer);

typedef struct exam_score {
    uint32_t asked, right;
} exam_score;

typedef void (*exam_watch)(void *with, const exam_item *, span answer, bool right); /* may be NULL */

/* Asks the first `most` items of a kind (0: all) in this session. */
exam_score exam_run(model_session *, exam_kind, const sample_params *, uint32_t most, exam_watch, void *with);

/* Nats per token over the conversations that its training never saw: what the integers make of it. m->from.loss has what the floats made. */
double exam_loss(model_session *, const model *m);

#endif
