/* The tiny model as a server's model.
 *
 * A connection's session is one model session, with its own memory: what one connection said is in nobody else's prompt cache. Its requests
 * are answered one after the other, in the order in which they came.
 *
 *   messages      system and developer texts come first, joined by line feeds; neighbours of one role are joined likewise; an answer before the
 *                 first question is left out, and so are tool entries: the model was never taught to read them
 *   temperature   0 to 4, in thousandths; not said: 0, the likeliest words. The draw's seed comes from the server's coins, a new one for each
 *                 request. Nothing ties it to the session yet: deriving it from the session's secrets, so that neither side picks it, is the
 *                 reference profile's
 *   maxTokens     1 and more; not said: as many as the context has room for
 *   the counts    context_tokens is prompt and reply; max_context_tokens is the model's context
 *
 * Anything else (model, json, thinking, webSearch, clientTools) changes nothing: it has no tools. */
#ifndef PARLEY_TINY_H
#define PARLEY_TINY_H

#include "model.h"
#include "server.h"

typedef struct tiny tiny;

tiny *tiny_new(const model *, const model_kernel *); /* borrows both; kernel NULL: the best here */
void tiny_free(tiny *);                              /* its sessions must have been closed */
server_model tiny_model(tiny *);

#endif
