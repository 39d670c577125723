#include "verb_model.h"
#include "verbs.h"

#include <string.h>

static int with_model(const cli_call *call, const char *file, int (*act)(const cli_call *, const model *, const model_kernel *))
{
    int code = EXIT_USAGE;
    const model_kernel *kernel;
    model *m = model_kernel_asked(call, &kernel) ? model_named(call, file, &code) : NULL;
    if (m)
        code = act(call, m, kernel);
    model_free(m);
    return code;
}

int verb_model(const cli_call *call)
{
    static const struct {
        const char *word;
        int operands; /* at most, after the word */
        int (*act)(const cli_call *, const model *, const model_kernel *);
    } acts[] = {{"run", 1, model_verb_run}, {"eval", 0, model_verb_eval}, {"inspect", 1, model_verb_inspect}, {"train", 0, NULL}};
    const char *word = cli_operand(call, 0), *file = cli_value(call, "model");
    for (size_t i = 0; word && i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(acts[i].word, word) != 0)
            continue;
        if (cli_operand(call, acts[i].operands + 1))
            return cli_usage(call, "%s: '%s' is one operand too many", word, cli_operand(call, acts[i].operands + 1));
        if (!acts[i].act)
            return model_verb_train(call);
        if (acts[i].act == model_verb_inspect && cli_operand(call, 1))
            file = cli_operand(call, 1);
        return with_model(call, file, acts[i].act);
    }
    return cli_usage(call, "say run, eval, train or inspect");
}
