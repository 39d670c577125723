/* The parts of `parley model`. Each returns an exit code. */
#ifndef PARLEY_VERB_MODEL_H
#define PARLEY_VERB_MODEL_H

#include "model_named.h"
#include "session.h"

#include <stdlib.h>

int model_verb_run(const cli_call *, const model *, const model_kernel *);
int model_verb_eval(const cli_call *, const model *, const model_kernel *);
int model_verb_inspect(const cli_call *, const model *, const model_kernel *);
int model_verb_train(const cli_call *);

/* 64 digits and a zero. */
static inline void model_digest_hex(const uint8_t digest[32], char out[65])
{
    writer w = writer_of(out, 64);
    write_hex(&w, span_of(digest, 32));
    out[64] = 0;
}

/* A session in memory of its own, which is to be freed. */
static inline model_session *model_verb_session(const model *m, const model_kernel *kernel, void **memory)
{
    *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    must(*memory);
    return model_session_start(m, kernel, *memory);
}

#endif
