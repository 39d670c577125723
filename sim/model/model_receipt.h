/* Receipts (chapter inference) for what this engine said, and running them again.
 *
 * Who signs the root, and which session the receipt is bound to, is the caller's: the session is an argument, and zeros bind to none. */
#ifndef PARLEY_MODEL_RECEIPT_H
#define PARLEY_MODEL_RECEIPT_H

#include "inference.h"
#include "model.h"

typedef struct model_said { /* one answer; borrowed */
    const uint16_t *token;  /* (n_prompt + n_reply) */
    uint32_t n_prompt, n_reply;
    const sample_params *params;
    model_finish finish;
} model_said;

/* The opening, at most IN_OPENING_MAX bytes. The salt must be fresh and is secret until the receipt is opened. */
void model_open(const model *, const model_said *, const uint8_t salt[IN_DIGEST], writer *opening);

/* Rejects what a verifier would reject of the opening (IN-001 to IN-005). */
verdict model_receipt(const uint8_t session[IN_DIGEST], span opening, uint8_t receipt[IN_RECEIPT]);

/* The model as a verifier presents it. Free with model_rerun_free; NULL without memory. kernel NULL: the best here. */
typedef struct model_rerun model_rerun;

model_rerun *model_rerun_new(const model *, const model_kernel *);
void model_rerun_free(model_rerun *);
in_model model_presented(model_rerun *); /* for one in_verify at a time */

#endif
