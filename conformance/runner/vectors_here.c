#include "vectors_here.h"
#include "corpus.h"
#include "crossed.h"
#include "exits.h"
#include "level0.h"
#include "place.h"
#include "progress.h"

#include <string.h>

static void print_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    fprintf(stderr, "%s: %s: %s\n", file, where, what);
}

static const char cannot_be_made[] = "the vectors can't be made", cannot_be_read[] = "the vectors under %s can't be read";

int vectors_load(const cli_call *call, vector_set *set)
{
    char folder[4096];
    *set = (vector_set){0};
    snprintf(folder, sizeof folder, "%s/vectors/data", place_share());
    if (vectors_read(set, folder, print_fault, NULL))
        return EXIT_LEVEL;
    vectors_free(set);
    return cli_fail(call, EXIT_DRIFT, cannot_be_read, folder);
}

int vectors_build(const cli_call *call, vector_set *set)
{
    size_t skipped;
    prim_start();
    if (corpus_make(&prim_openssl, set, &skipped, print_fault, NULL))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_DRIFT, cannot_be_made);
}

/* ---- for a run at the library door ---- */

enum { SAMPLE_OF_256 = 26 /* a tenth */ };

typedef struct making {
    vectors_choice which;
    char areas[CROSSED_AREAS];
    size_t files;
    progress bar;
} making;

/* No case of L0 has a library write under a key: when one fails, a few of these are called to find out why (`explain` of the library door). */
static bool explains_level0(const char *file) { return strncmp(file, "nz.write.xx.", strlen("nz.write.xx.")) == 0; }

static bool is_wanted(void *ctx, const char *file)
{
    making *m = ctx;
    const char code[] = {file[0], file[1], 0};
    progress_at(&m->bar, m->files++);
    return (!m->which.level0 || level0_needs(file) || explains_level0(file)) && (!m->which.areas || strstr(m->areas, code));
}

static size_t count_files(void)
{
    size_t n = 0;
    while (scenario_file_at(n))
        n++;
    return n;
}

bool vectors_sampled(coins *c)
{
    uint8_t drawn;
    coins_draw(c, &drawn, 1);
    return drawn < SAMPLE_OF_256;
}

static bool is_crossed(void *ctx)
{
    const making *m = ctx;
    return !m->which.crossed || vectors_sampled(m->which.crossed);
}

int vectors_build_run(const cli_call *call, vectors_choice which, vector_set *set)
{
    making m = {.which = which, .bar = progress_start("making the vectors", count_files(), call->quiet)};
    size_t skipped;
    char folder[4096];
    prim_start();
    if (which.areas)
        crossed_areas(which.areas, m.areas);
    snprintf(folder, sizeof folder, "%s/vectors", place_share());
    bool good = which.committed ? corpus_read_files(folder, is_wanted, set, print_fault, &m)
                                : corpus_make_files(&prim_openssl, is_wanted, set, &skipped, print_fault, &m);
    good = good && (which.level0 || crossed_add(&prim_openssl, set, is_crossed, print_fault, &m));
    progress_end(&m.bar);
    return good              ? EXIT_LEVEL
           : which.committed ? cli_fail(call, EXIT_DRIFT, cannot_be_read, folder)
                             : cli_fail(call, EXIT_DRIFT, cannot_be_made);
}
