#include "vectors_here.h"
#include "corpus.h"
#include "exits.h"
#include "place.h"

static void print_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    fprintf(stderr, "%s: %s: %s\n", file, where, what);
}

int vectors_load(const cli_call *call, vector_set *set)
{
    char folder[4096];
    *set = (vector_set){0};
    snprintf(folder, sizeof folder, "%s/vectors/data", place_share());
    if (vectors_read(set, folder, print_fault, NULL))
        return EXIT_LEVEL;
    vectors_free(set);
    return cli_fail(call, EXIT_DRIFT, "the vectors under %s can't be read", folder);
}

int vectors_build(const cli_call *call, const char *areas, vector_set *set)
{
    size_t skipped;
    prim_start();
    if (corpus_make_areas(&prim_openssl, areas, set, &skipped, print_fault, NULL))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_DRIFT, "the vectors can't be made");
}
