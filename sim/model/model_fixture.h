/* For tests: the very small model that forty steps of training give. It babbles, in exactly the same way everywhere. */
#ifndef PARLEY_MODEL_FIXTURE_H
#define PARLEY_MODEL_FIXTURE_H

#include "model.h"
#include "model_export.h"
#include "model_train.h"
#include "prim.h"

#include <stdlib.h>

/* NULL when it can't be made. Free it with model_free. */
static inline model *fixture_model(void)
{
    const char *why;
    prim_start();
    trainer *t = train_new(&train_trial);
    const size_t n = model_export_size(&train_trial.shape);
    uint8_t *room = malloc(n);
    model *m = NULL;
    writer out = writer_of(room, n);
    while (t && room && !train_done(t))
        train_step(t);
    if (t && room) {
        model_provenance from = {.seed = train_trial.seed, .steps = train_at(t)};
        train_digest(t, from.weights);
        m = model_export(train_net(t), train_weights(t), train_bpe(t), &from, &out) ? model_load(written(&out), &why) : NULL;
    }
    train_free(t);
    free(room);
    return m;
}

static inline model_session *fixture_session(const model *m, const model_kernel *kernel, void **memory)
{
    *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    must(*memory);
    return model_session_start(m, kernel, *memory);
}

#endif
