/* An opening as an enclave writes it: its tokens are secret, salt and seed are the caller's. */
#ifndef PARLEY_SECRETS_OPENING_H
#define PARLEY_SECRETS_OPENING_H

#include "inference.h"

enum { SECRETS_TOKENS_MAX = 40 };

/* `like`: salt, model, tokenizer, seed and parameters. Tokens: of the prompt and of the output each, at most SECRETS_TOKENS_MAX. */
span secrets_opening(const in_opening *like, size_t tokens, writer out);

#endif
