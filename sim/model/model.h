/* The tiny model behind one door: a session, messages in, UTF-8 pieces out.
 *
 * Load a file with model_load (model_file.h); one model serves any number of sessions. A session's memory is lent by the
 * caller, and nothing is allocated for a token. What a session has read already is not read again (the prompt cache never leaves
 * it), and since all arithmetic is exact, a hit and a miss give the same bits. */
#ifndef PARLEY_MODEL_H
#define PARLEY_MODEL_H

#include "model_file.h"
#include "model_kernel.h"
#include "model_sample.h"

typedef enum model_role { MODEL_SYSTEM, MODEL_USER, MODEL_ASSISTANT } model_role;

typedef struct model_message {
    model_role role;
    span text; /* UTF-8; whatever it says, it cannot change a role */
} model_message;

typedef enum model_finish {
    MODEL_FINISH_END,       /* the model ended its reply */
    MODEL_FINISH_LENGTH,    /* max_tokens, or the context is full */
    MODEL_FINISH_STOP,      /* a stop sequence appeared */
    MODEL_FINISH_CANCELLED, /* emit said no */
} model_finish;

typedef enum model_status {
    MODEL_OK,
    MODEL_BAD_PARAMS,   /* a parameter is out of range */
    MODEL_BAD_MESSAGES, /* none, or the last is not the user's, or a system turn is not the first, or a role repeats */
    MODEL_TOO_LONG,     /* the messages leave no room for a reply in the context */
} model_status;

typedef struct model_usage {
    uint32_t prompt, cached, completion, context; /* tokens; cached: of the prompt, not computed again. END counts. */
    model_finish finish;
} model_usage;

/* Takes the next piece of the reply: whole characters, never empty. False cancels. */
typedef bool (*model_emit)(void *with, span piece);

typedef struct model_session model_session;

size_t model_session_size(const model *);                                              /* bytes to lend, aligned to 16 */
model_session *model_session_start(const model *, const model_kernel *, void *memory); /* kernel NULL: the best here */
void model_session_end(model_session *);                                               /* wipes */

/* Reads the messages, writes the reply piece by piece. On an error nothing is emitted and the session is as before.
 * The reply is also MODEL_FINISH_LENGTH when the context fills up. */
model_status model_generate(model_session *, const model_message *, size_t n, const sample_params *, model_emit, void *with,
                            model_usage *usage);

/* The same a little at a time, for a loop that has other work in between. The prompt is tokens, as model_tokens gives them; it and the stop
 * sequences are copied. A reply that is under way is abandoned; what was read of it stays in the cache. MODEL_BAD_MESSAGES: no tokens, or one that
 * the vocabulary does not have. */
model_status model_begin(model_session *, const uint16_t *prompt, size_t n, const sample_params *);

/* Runs at most so many tokens, of the prompt first. False when the reply has ended, or none was begun. Whoever wants no more of it
 * just does not call again. */
bool model_continue(model_session *, uint32_t tokens, model_emit, void *with);

const model_usage *model_last_usage(const model_session *); /* of the last exchange, so far: MODEL_FINISH_CANCELLED until it has ended */

/* The tokens of the last exchange, for a receipt: the prompt's, then the reply's (END included when it was drawn). Borrowed. */
const uint16_t *model_session_tokens(const model_session *, uint32_t *n_prompt, uint32_t *n_reply);

/* Runs given tokens from the start and gives each position's logits (vocab, Q16) to `take`: re-execution and tests. False when
 * they do not fit the context or one is not a token. */
bool model_replay(model_session *, const uint16_t *token, size_t n, void (*take)(void *with, size_t at, const int32_t *logits), void *with);

/* The tokens of messages as a session would read them, up to the mark that begins the reply. */
model_status model_tokens(const model *, const model_message *, size_t n, uint16_t *token, size_t cap, size_t *n_tokens);

#endif
