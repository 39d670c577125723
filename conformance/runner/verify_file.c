#include "verify_file.h"
#include "exits.h"
#include "pem.h"

#include <stdio.h>
#include <string.h>

int verify_load(const cli_call *call, const char *what, const char *path, verify_file *f)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' can't be opened; give a readable file", what, path);
    const size_t n = fread(f->bytes, 1, sizeof f->bytes, in);
    const bool broken = ferror(in) != 0;
    fclose(in);
    f->all = span_of(f->bytes, n);
    if (broken)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' can't be read; give a regular file", what, path);
    if (n > VERIFY_FILE_MAX)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' is larger than %d bytes, which no such file is", what, path, VERIFY_FILE_MAX);
    return EXIT_LEVEL;
}

/* A file in textual encoding becomes its blocks, one after the other; any other stays as it is. False when a block can't be read. */
static bool unwrap_text(verify_file *f, const char *label)
{
    static uint8_t room[VERIFY_FILE_MAX];
    writer w = WRITER(room);
    span text = f->all;
    pem_found found = PEM_NONE;
    if (!pem_is_text(text))
        return true;
    while ((found = pem_next(&text, label, &w)) == PEM_BLOCK)
        continue;
    span_take(written(&w), f->bytes, w.n);
    f->all = span_of(f->bytes, w.n);
    return found == PEM_NONE;
}

int verify_load_option(const cli_call *call, const char *option, const char *label, verify_file *f)
{
    const char *path = cli_value(call, option);
    const int failed = path ? verify_load(call, option, path, f) : EXIT_LEVEL;
    if (failed || !path)
        return failed;
    if (f->all.n == 0)
        return cli_fail(call, EXIT_USAGE, "%s: '%s' is empty", option, path);
    if (label && !unwrap_text(f, label))
        return cli_fail(call, EXIT_USAGE, "%s: '%s' has a block that is not a well-formed %s in textual encoding", option, path, label);
    return EXIT_LEVEL;
}
