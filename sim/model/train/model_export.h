/* From float weights to the model file: gains folded into the matrices behind them, rows quantised to int8. Exact
 * operations and correctly rounded divisions only, so the same weights give the same file everywhere. */
#ifndef PARLEY_MODEL_EXPORT_H
#define PARLEY_MODEL_EXPORT_H

#include "model_file.h"
#include "model_train.h"

size_t model_export_size(const model_shape *);

/* False when `out` has less room than that. */
bool model_export(const net_plan *, const float *weights, const bpe *, const model_provenance *, writer *out);

/* What the trainer has made so far, with its plan and its loss. */
bool model_export_trained(trainer *, writer *out);

#endif
