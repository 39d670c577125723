#include "place.h"
#include "bytes.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char program[PATH_MAX], checkout[PATH_MAX + 32], share[PATH_MAX + 64], out[PATH_MAX + 32], model[PATH_MAX + 96],
    weakenable[PATH_MAX + 64];

const char *place_program(void)
{
    if (!program[0]) {
        ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
        must(n > 0); /* there is no Linux without it */
        program[n] = 0;
    }
    return program;
}

bool is_plain_word(const char *word)
{
    return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-") == strlen(word);
}

/* A path that would have to be quoted is not repeated. */
const char *place_called(void)
{
    const char *by = getenv("PARLEY_CALLED");
    return by && is_plain_word(by) ? by : "parley";
}

/* Cuts the last `n` names off a path. */
static void climb(char *path, int n)
{
    for (; n > 0; n--) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = 0;
    }
}

const char *place_checkout(void)
{
    if (!checkout[0]) {
        char mark[PATH_MAX + 64];
        snprintf(checkout, sizeof checkout, "%s", place_program());
        climb(checkout, 3); /* build/PRESET/parley */
        snprintf(mark, sizeof mark, "%s/CMakePresets.json", checkout);
        if (access(mark, R_OK) != 0)
            memcpy(checkout, "-", 2);
    }
    return strcmp(checkout, "-") == 0 ? NULL : checkout;
}

/* PREFIX/NAME, where the program is PREFIX/bin/parley, or PREFIX/libexec/parley/parley-mutants when that has a share. */
static void beside_program(const char *name, char *path, size_t room)
{
    for (int up = 3; up >= 2; up--) {
        char prefix[PATH_MAX], mark[PATH_MAX + 64];
        snprintf(prefix, sizeof prefix, "%s", place_program());
        climb(prefix, up);
        snprintf(path, room, "%s/%s", prefix, name);
        snprintf(mark, sizeof mark, "%s/share/parley", prefix);
        if (access(mark, R_OK) == 0)
            return;
    }
}

const char *place_share(void)
{
    if (place_checkout())
        return place_checkout();
    if (!share[0])
        beside_program("share/parley", share, sizeof share);
    return share;
}

const char *place_weakenable(void)
{
    if (place_checkout())
        return NULL;
    beside_program("libexec/parley/parley-mutants", weakenable, sizeof weakenable);
    return access(weakenable, X_OK) == 0 ? weakenable : NULL;
}

const char *place_model(void)
{
    snprintf(model, sizeof model, "%s/sim/model/tiny.model", place_share());
    return model;
}

const char *place_out(void)
{
    char reports[PATH_MAX + 64];
    if (!place_checkout())
        return "./parley-out";
    snprintf(reports, sizeof reports, "%s/reports", place_checkout());
    if (access(reports, W_OK) != 0)
        return "./parley-out";
    snprintf(out, sizeof out, "%s/out", reports);
    return out;
}
