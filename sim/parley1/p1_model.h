/* What answers in a session of profile parley1: the tiny model, or a script.
 *
 * A request becomes a prompt: tools first, as system text, as they stand; then systems, as system text; then users, assistants and tools, where a
 * tool's text is a user's, since the tiny model was never taught to read them. Neighbours of one role are joined by line feeds. */
#ifndef PARLEY_P1_MODEL_H
#define PARLEY_P1_MODEL_H

#include "model.h"
#include "turn.h"

enum { P1_PIECE_MAX = 256 /* bytes of one piece */ };

typedef struct p1_said {
    uint32_t prompt, output; /* tokens */
    uint8_t finish;          /* an in_finish */
} p1_said;

/* Sessions of a model. What `begin` was given has to last until the next one. */
typedef struct p1_model {
    void *ctx;
    const uint8_t *digest, *tokenizer; /* IN_DIGEST bytes each */
    uint32_t engine;
    void *(*open)(void *ctx); /* NULL: there is no memory */
    void (*close)(void *session);
    in_code (*begin)(void *session, const in_request *, const uint8_t seed[IN_DIGEST]); /* 0: begun */
    bool (*go_on)(void *session, writer *text); /* appends at most P1_PIECE_MAX bytes; false when the answer has ended */
    void (*said)(void *session, p1_said *);     /* so far; cancelled as long as it has not ended */
    void (*opening)(void *session, const uint8_t salt[IN_DIGEST], writer *out); /* with an output; at most IN_OPENING_MAX bytes */
} p1_model;

p1_model p1_tiny(const model *); /* borrows it */

/* It repeats the last text, word by word; its tokens are bytes. Its digests are those of no file. */
p1_model p1_script(void);

#endif
