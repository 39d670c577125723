#include "bench_snapshot.h"
#include "exits.h"
#include "page.h"
#include "place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "bench\tsubject\tratio\n"
enum { FILE_MAX = 1 << 16 };

static const char *file_of(const cli_call *call, char room[4096])
{
    const char *given = cli_value(call, "snapshot"), *checkout = place_checkout();
    snprintf(room, 4096, "%s/conformance/bench/snapshot.tsv", checkout ? checkout : ".");
    return given ? given : room;
}

static bool has_ratio(const speed *s, int i) { return s->at[i].floor != i && !s->at[i].elsewhere; }

/* The ratio of a row; below 0: there is none. */
static double row_of(const page *file, const char *bench, const char *subject)
{
    page start = {0};
    page_printf(&start, "\n%s\t%s\t", bench, subject);
    const char *at = file->p ? strstr(file->p, start.p) : NULL;
    const double ratio = at ? strtod(at + start.n, NULL) : -1;
    page_free(&start);
    return ratio;
}

static int check(const cli_call *call, const page *file, const char *bench, const speed *s)
{
    int code = EXIT_LEVEL;
    for (int i = 0; i < s->n; i++) {
        if (!has_ratio(s, i))
            continue;
        const double was = row_of(file, bench, s->at[i].name), is = speed_ratio(s, i).median;
        if (was < 0)
            code = cli_fail(call, code == EXIT_LEVEL ? EXIT_DRIFT : code, "bench %s: the snapshot has no row for '%s'", bench,
                            s->at[i].name);
        else if (is < 0.8 * was)
            code = cli_fail(call, EXIT_FAILED, "bench %s: '%s' fell from %.2f of its floor to %.2f", bench, s->at[i].name, was, is);
    }
    return code;
}

/* The rows of the other benches stay. */
static void replace_rows(const page *old, const char *bench, const speed *s, page *out)
{
    const size_t n = strlen(bench);
    page_put(out, HEAD);
    for (const char *line = old->p ? old->p : ""; *line;) {
        const size_t length = strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n');
        if (strncmp(line, HEAD, sizeof HEAD - 1) != 0 && !(strncmp(line, bench, n) == 0 && line[n] == '\t'))
            page_put_n(out, line, length);
        line += length;
    }
    for (int i = 0; i < s->n; i++)
        if (has_ratio(s, i))
            page_printf(out, "%s\t%s\t%.3f\n", bench, s->at[i].name, speed_ratio(s, i).median);
}

int bench_against_snapshot(const cli_call *call, const char *bench, const speed *s)
{
    char room[4096];
    const char *path = file_of(call, room);
    page old = {0}, fresh = {0};
    int code = EXIT_LEVEL;
    const bool checks = cli_value(call, "check"), writes = cli_value(call, "snapshot-write");
    if (!checks && !writes)
        return EXIT_LEVEL;
    const bool there = page_load(&old, path, FILE_MAX);
    if (checks)
        code = there ? check(call, &old, bench, s) : cli_usage(call, "%s: %s", path, strerror(errno));
    if (writes) {
        replace_rows(&old, bench, s, &fresh);
        if (!page_save(&fresh, path))
            code = cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
    }
    page_free(&old), page_free(&fresh);
    return code;
}
