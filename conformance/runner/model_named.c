#include "model_named.h"
#include "exits.h"
#include "page.h"
#include "place.h"

#include <errno.h>
#include <string.h>

static int say_missing(const cli_call *call, const char *path, bool ours, const char *why)
{
    const char *script = strcmp(call->verb->name, "model") == 0 ? "" : ", or answer by --model script";
    if (!ours)
        return cli_fail(call, EXIT_USAGE, "--model: %s: %s; name a file that `parley model train` made, or `tiny`%s", path, why, script);
    return cli_fail(call, EXIT_USAGE,
                    "%s: %s; it belongs to the checkout or the installation: put it back, name another one with --model FILE%s", path, why,
                    *script ? script : ", or make it again (parley model train)");
}

model *model_named(const cli_call *call, const char *name, int *exit_code)
{
    const bool ours = !name || strcmp(name, "tiny") == 0;
    const char *path = ours ? place_model() : name, *why = NULL;
    page text = {0};
    model *m = NULL;
    if (!page_load(&text, path, MODEL_FILE_MAX))
        *exit_code = say_missing(call, path, ours, errno == EFBIG ? "it is too large for a model" : strerror(errno));
    else if (!(m = model_load(span_of(text.p, text.n), &why)))
        *exit_code = say_missing(call, path, ours, why);
    page_free(&text);
    return m;
}

bool model_kernel_asked(const cli_call *call, const model_kernel **out)
{
    const char *name = cli_value(call, "kernel");
    const model_kernel *kernel = name ? model_kernel_named(name) : model_kernel_best();
    if (!kernel)
        cli_usage(call, "--kernel: this build has no kernel '%s'; `parley model inspect` lists them", name);
    else if (!kernel->usable())
        cli_usage(call, "--kernel: this CPU can't run '%s'; `parley model inspect` shows which it can", name);
    *out = kernel;
    return kernel && kernel->usable();
}
