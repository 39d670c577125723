/* The public cacophony vectors, where the data folder has them. */
#include "external_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char text[1 << 20];
static size_t n;
static unsigned of[3];

static void note(void *ctx, const char *name, external_outcome outcome, const char *why)
{
    (void)ctx;
    of[outcome]++;
    if (outcome == EXTERNAL_FAILED)
        print_error("%s: %s\n", name, why);
}

static void every_public_vector_of_our_patterns_comes_out(void **state)
{
    (void)state;
    const prim *const providers[] = {&prim_openssl, &prim_sodium};
    for (size_t i = 0; i < 2; i++) {
        memset(of, 0, sizeof of);
        assert_true(external_vectors_replay(providers[i], text, n, note, NULL));
        assert_int_equal(of[EXTERNAL_FAILED], 0);
        assert_true(of[EXTERNAL_PASSED] >= 16);
    }
}

int main(void)
{
    FILE *f = PARLEY_DATA_DIR[0] ? fopen(PARLEY_DATA_DIR "/noise-vectors/cacophony-25519.json", "rb") : NULL;
    if (!f) {
        puts("SKIPPED: the public cacophony vectors are not ours to ship; give their folder as PARLEY_DATA");
        return 77;
    }
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    prim_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_public_vector_of_our_patterns_comes_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
