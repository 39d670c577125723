#include "answerer.h"

#include <string.h>

bool answerer_open(answerer *a, const cli_call *call, const pack *p, int *exit_code)
{
    const char *name = cli_value(call, "model");
    *a = (answerer){.speaks = script_model(&p->file[PACK_SCRIPT])};
    if (name && strcmp(name, "script") == 0)
        return true;
    a->model = model_named(call, name, exit_code);
    if (!a->model)
        return false;
    a->tiny = tiny_new(a->model, NULL);
    a->speaks = tiny_model(a->tiny);
    return true;
}

void answerer_close(answerer *a)
{
    tiny_free(a->tiny);
    model_free(a->model);
}
