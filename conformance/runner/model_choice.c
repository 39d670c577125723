#include "model_choice.h"

#include <string.h>

bool model_choice_open(model_choice *choice, const cli_call *call, const pack *p, int *exit_code)
{
    const char *name = cli_value(call, "model");
    *choice = (model_choice){.server = script_model(&p->file[PACK_SCRIPT])};
    if (name && strcmp(name, "script") == 0)
        return true;
    choice->model = model_named(call, name, exit_code);
    if (!choice->model)
        return false;
    choice->tiny = tiny_new(choice->model, NULL);
    choice->server = tiny_model(choice->tiny);
    return true;
}

void model_choice_close(model_choice *choice)
{
    tiny_free(choice->tiny);
    model_free(choice->model);
}
