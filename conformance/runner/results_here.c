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

int results_vouched(const cli_call *call, const char *path, bool needed)
{
    char beside[4096], told[65], digits[65] = "";
    uint8_t digest[32];
    page text = {0}, facts = {0};
    const char *slash = strrchr(path, '/');
    snprintf(beside, sizeof beside, "%.*s/env.json", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int code = file_load(call, path, &text);
    if (code)
        return code;
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), digest);
    writer w = writer_of(digits, 64);
    write_hex(&w, SPAN(digest));
    if (!page_load(&facts, beside, 1 << 20))
        code = needed ? cli_fail(call, EXIT_HARNESS, "%s: there is no env.json beside it: the run did not come to its end", path)
                      : EXIT_LEVEL;
    else if (!run_facts_digest(facts.p, facts.n, told))
        code = cli_fail(call, EXIT_HARNESS, "%s: it is no env.json of this version", beside);
    else if (strcmp(told, digits) != 0)
        code = cli_fail(call, EXIT_HARNESS, "%s was changed after its run: its digest is %.16s..., the run wrote %.16s...", path, digits,
                        told);
    page_free(&text);
    page_free(&facts);
    return code;
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
