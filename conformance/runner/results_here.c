#include "results_here.h"
#include "exits.h"

#include <errno.h>
#include <string.h>

int file_load(const cli_call *call, const char *path, page *text)
{
    if (page_load(text, path, RESULTS_MAX))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_USAGE, "%s: %s", path, strerror(errno));
}

int results_load(const cli_call *call, const char *path, results *run)
{
    page text = {0};
    char fault[200];
    int code = file_load(call, path, &text);
    const char *wrong = code ? NULL : text.n == 0 ? "the file is empty" : results_read(run, text.p, text.n, fault);
    page_free(&text);
    return wrong ? cli_fail(call, EXIT_USAGE, "%s: %s", path, wrong) : code;
}
