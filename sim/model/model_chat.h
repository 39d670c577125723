/* The chat template: BOS [SYSTEM text END] (USER text END ASSISTANT text END)*. Roles come from here and never from text. */
#ifndef PARLEY_MODEL_CHAT_H
#define PARLEY_MODEL_CHAT_H

#include "model_bpe.h"

typedef struct chat_tokens { /* lent, with a capacity; n never passes it */
    uint16_t *token;
    size_t n, cap;
} chat_tokens;

/* Appends the role's mark, the text and END. False, with n as before, when they do not fit. */
bool chat_turn(const bpe *, uint16_t role, span text, chat_tokens *);

/* Appends one token. False when there is no room. */
bool chat_mark(chat_tokens *, uint16_t token);

#endif
