#include "place.h"
#include "bytes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char program[PATH_MAX], checkout[PATH_MAX + 32], share[PATH_MAX + 32], out[PATH_MAX + 32], model[PATH_MAX + 64];

const char *place_program(void)
{
    if (!program[0]) {
        ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
        must(n > 0); /* there is no Linux without it */
        program[n] = 0;
    }
    return program;
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

const char *place_share(void)
{
    if (place_checkout())
        return place_checkout();
    if (!share[0]) {
        snprintf(share, sizeof share, "%s", place_program());
        climb(share, 2); /* bin/parley */
        strncat(share, "/share/parley", sizeof share - strlen(share) - 1);
    }
    return share;
}

const char *place_model(void)
{
    snprintf(model, sizeof model, "%s/%s", place_share(), place_checkout() ? "sim/model/tiny.model" : "model/tiny.model");
    return model;
}

const char *place_out(void)
{
    if (!place_checkout())
        return "./parley-out";
    snprintf(out, sizeof out, "%s/reports/out", place_checkout());
    return out;
}
