/* The table of a report's fields in the prose is that of the layout. */
#include "attestation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

typedef struct told {
    char text[40000];
    size_t n;
} told;

static void is_told(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    char row[120];
    told *t = ctx;
    const char *dot = strrchr(path, '.');
    (void)f;
    snprintf(row, sizeof row, "| 0x%03zX | %zu | %s |", at, n, dot ? dot + 1 : path);
    if (!strstr(t->text, row))
        fail_msg("attestation.md has no row %s", row);
    t->n++;
}

static void every_field_stands_in_the_prose(void **state)
{
    static told t;
    static const uint8_t report[AT_REPORT];
    FILE *f = fopen(PARLEY_TREE "/spec/attestation/attestation.md", "r");
    (void)state;
    assert_non_null(f);
    assert_true(fread(t.text, 1, sizeof t.text - 1, f) > 0);
    fclose(f);
    layout_walk(&at_snp_report_layout, SPAN(report), is_told, &t);
    assert_int_equal(t.n, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_field_stands_in_the_prose)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
