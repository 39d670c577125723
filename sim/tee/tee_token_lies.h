/* Lies of verification services: tokens that are honest in everything but one respect, and carry a good signature over it. Each names the one
 * sentence that has to refuse it; with exactly that line weakened it is accepted. And truths: unusual, and still to be accepted. */
#ifndef PARLEY_TEE_TOKEN_LIES_H
#define PARLEY_TEE_TOKEN_LIES_H

#include "tee_token.h"

typedef enum tee_token_where { IN_NONE, IN_HEADER, IN_CLAIMS, IN_KEYS, IN_POLICY } tee_token_where;

/* A change of a text: the n-th `from` becomes `to`; without `to` the hexadecimal digit behind it becomes another one. */
typedef struct tee_token_edit {
    tee_token_where where;
    const char *from, *to;
    size_t nth;
} tee_token_edit;

typedef void tee_token_twist(tee_token_scene *);

typedef struct tee_token_lie {
    const char *name;     /* a slug, unique */
    unsigned twin;        /* of tee_token_twins */
    uint16_t req;         /* the sentence that refuses it; of a truth, one that it is about */
    const char *mutation; /* what is different from the honest twin */
    tee_token_edit edit[2];
    tee_token_twist *world, *after; /* before the texts are written; after the signature */
} tee_token_lie;

enum { TEE_TOKEN_TWINS = 4 };

extern const tee_token_twin tee_token_twins[TEE_TOKEN_TWINS];
extern const char *const tee_token_twin_names[TEE_TOKEN_TWINS];
extern const tee_token_lie tee_token_lies[], tee_token_truths[];
extern const size_t tee_token_n_lies, tee_token_n_truths;

void tee_token_apply(tee_token_scene *, const tee_token_edit *);
void tee_token_lie_play(tee_token_scene *, const tee_token_lie *);

#endif
