/* Who answers behind `serve` and `demo`: --model tiny (the committed model), script (the pack's script), or the file of another model. */
#ifndef PARLEY_ANSWERER_H
#define PARLEY_ANSWERER_H

#include "model_named.h"
#include "pack.h"
#include "tiny.h"

typedef struct answerer {
    model *model; /* NULL: the script */
    tiny *tiny;
    server_model speaks;
} answerer;

/* False when the message has been printed; *exit_code then says how to end. The pack must outlive it. */
bool answerer_open(answerer *, const cli_call *, const pack *, int *exit_code);
void answerer_close(answerer *); /* the server must have stopped */

#endif
