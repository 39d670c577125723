/* The model that --model names: `tiny`, the committed one, or any other word as the path of a file. */
#ifndef PARLEY_MODEL_NAMED_H
#define PARLEY_MODEL_NAMED_H

#include "cli.h"
#include "model.h"

/* Loads it; free it with model_free. name NULL: tiny. On failure the message has been printed and *exit_code says how to end. */
model *model_named(const cli_call *, const char *name, int *exit_code);

/* --kernel NAME, or the best one here when it was not given. False after saying what is wrong. */
bool model_kernel_asked(const cli_call *, const model_kernel **);

#endif
