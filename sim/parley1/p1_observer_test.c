/* The classifier works where nothing is hidden, and is at a loss where its features are. */
#include "p1_observer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The committed model, whose answers differ as answers do. */
static model *load(void)
{
    const char *why;
    uint8_t *file = malloc(MODEL_FILE_MAX);
    FILE *f = fopen(PARLEY_TREE "/sim/model/tiny.model", "rb");
    assert_non_null(f);
    const size_t n = fread(file, 1, MODEL_FILE_MAX, f);
    fclose(f);
    model *m = model_load(span_of(file, n), &why);
    free(file);
    return m;
}

static bool is_same(const observed *a, const observed *b)
{
    return a->level == b->level && a->turns == b->turns && a->blind == b->blind && a->with_clock == b->with_clock && a->bytes == b->bytes &&
           a->ms == b->ms;
}

static void what_a_level_promises_is_what_is_measured(void **state)
{
    observed o[OBSERVED_LEVELS], again[OBSERVED_LEVELS];
    model *m = load();
    (void)state;
    assert_non_null(m);
    assert_true(p1_observe(m, span_text("observer test"), 100, o));
    assert_true(p1_observe(m, span_text("observer test"), 100, again));
    for (int i = 0; i < OBSERVED_LEVELS; i++)
        assert_true(is_same(&o[i], &again[i]));
    assert_true(o[0].blind >= 900 && o[0].with_clock >= 900);
    assert_true(o[1].blind >= 300 && o[1].blind <= 650);
    assert_true(o[2].blind >= 300 && o[2].blind <= 650);
    assert_true(o[2].with_clock >= 300 && o[2].with_clock <= 650);
    assert_true(o[0].bytes < o[1].bytes && o[1].bytes <= o[2].bytes && o[0].ms < o[1].ms && o[1].ms < o[2].ms);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_level_promises_is_what_is_measured)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
