/* For tests: the very small model that forty steps of training give. It babbles, in exactly the same way everywhere. */
#ifndef PARLEY_MODEL_FIXTURE_H
#define PARLEY_MODEL_FIXTURE_H

#include "model.h"
#include "model_export.h"
#include "model_train.h"
#include "prim.h"

#include <stdlib.h>

/* The file's bytes, to be freed; NULL when they can't be made. */
static inline uint8_t *fixture_file(size_t *n)
{
    prim_start();
    trainer *t = train_new(&train_trial);
    uint8_t *room = malloc(model_export_size(&train_trial.shape));
    writer out = writer_of(room, model_export_size(&train_trial.shape));
    while (t && !train_done(t))
        train_step(t);
    model_provenance from = {.seed = train_trial.seed, .steps = train_trial.steps};
    const bool made = t && room && model_export(train_net(t), train_weights(t), train_bpe(t), &from, &out);
    train_free(t);
    *n = out.n;
    if (made)
        return room;
    free(room);
    return NULL;
}

/* NULL when it can't be made. Free it with model_free. */
static inline model *fixture_model(void)
{
    const char *why;
    size_t n;
    uint8_t *file = fixture_file(&n);
    model *m = file ? model_load(span_of(file, n), &why) : NULL;
    free(file);
    return m;
}

static inline model_session *fixture_session(const model *m, const model_kernel *kernel, void **memory)
{
    *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    must(*memory);
    return model_session_start(m, kernel, *memory);
}

#endif
