/* The model that answers in `serve` and `demo`: --model tiny (the committed model), script (the pack's script), or the file of another model. */
#ifndef PARLEY_MODEL_CHOICE_H
#define PARLEY_MODEL_CHOICE_H

#include "model_named.h"
#include "pack.h"
#include "tiny.h"

typedef struct model_choice {
    model *model; /* NULL: the script */
    tiny *tiny;
    server_model server;
} model_choice;

/* False when the message has been printed; *exit_code then says how to end. The pack must outlive it. */
bool model_choice_open(model_choice *, const cli_call *, const pack *, int *exit_code);
void model_choice_close(model_choice *); /* the server must have stopped */

#endif
