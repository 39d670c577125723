/* Covering arrays: every pair is there, in few rows, and the settings that a fault needs are found. */
#include "pairwise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define V4 {"a", "b", "c", "d"}, 4
#define V3 {"a", "b", "c"}, 3
#define V2 {"a", "b"}, 2
#define V1 {"a"}, 1

static const pairwise_parameter uneven[] = {{"p", V4}, {"q", V2}, {"r", V4}, {"s", V3}, {"t", V3}, {"u", V4}, {"v", V2}, {"w", V1}},
                                twos[] = {{"p", V2}, {"q", V2}, {"r", V2}, {"s", V2}, {"t", V2}, {"u", V2}, {"v", V2}},
                                two[] = {{"p", V4}, {"q", V3}};

/* Counted here by looking at every pair, not by the array's own table. */
static size_t count_pairs(const pairwise *p, size_t *of)
{
    size_t n = 0;
    *of = 0;
    for (size_t i = 0; i < p->n_parameters; i++)
        for (size_t k = i + 1; k < p->n_parameters; k++)
            for (uint8_t a = 0; a < p->parameter[i].n; a++)
                for (uint8_t b = 0; b < p->parameter[k].n; b++) {
                    size_t r = 0;
                    while (r < p->n_rows && (p->row[r][i] != a || p->row[r][k] != b))
                        r++;
                    ++*of;
                    n += r < p->n_rows;
                }
    return n;
}

static void is_complete(const pairwise_parameter *parameter, size_t n, size_t least, size_t most)
{
    pairwise p, again;
    size_t of;
    pairwise_make(&p, parameter, n);
    assert_int_equal(count_pairs(&p, &of), of);
    assert_int_equal(pairwise_pairs(&p), of);
    assert_int_equal(pairwise_covered(&p, p.n_rows), of);
    assert_true(pairwise_covered(&p, p.n_rows - 1) < of);
    assert_in_range(p.n_rows, least, most);
    for (size_t r = 0; r < p.n_rows; r++)
        for (size_t k = 0; k < n; k++)
            assert_true(p.row[r][k] < parameter[k].n);
    pairwise_make(&again, parameter, n);
    assert_memory_equal(p.row, again.row, p.n_rows * sizeof *p.row);
}

static void every_pair_is_there_in_few_rows(void **state)
{
    (void)state;
    is_complete(uneven, 8, 16, 24);
    is_complete(twos, 7, 4, 10);
    is_complete(two, 2, 12, 12);
}

/* A fault that is there with these values, by parameter; -1: any. */
static bool fault(void *ctx, const uint8_t *row)
{
    const int *needs = ctx;
    for (size_t k = 0; k < 8; k++)
        if (needs[k] >= 0 && row[k] != needs[k])
            return false;
    return true;
}

static void expect_cause(int needs[8], const char *cause)
{
    pairwise p;
    page out = {0};
    bool failed[PAIRWISE_ROWS] = {0};
    pairwise_make(&p, uneven, 8);
    for (size_t r = 0; r < p.n_rows; r++)
        failed[r] = fault(needs, p.row[r]);
    page_put(&out, "");
    pairwise_print_cause(&p, failed, fault, needs, &out);
    assert_string_equal(out.p, cause);
    page_free(&out);
}

static void the_settings_that_a_fault_needs_are_named(void **state)
{
    (void)state;
    expect_cause((int[]){-1, -1, 1, -1, -1, -1, -1, -1}, "r=b");
    expect_cause((int[]){3, -1, -1, 2, -1, -1, -1, -1}, "p=d s=c");
    expect_cause((int[]){9, -1, -1, -1, -1, -1, -1, -1}, "");
    expect_cause((int[]){-1, -1, -1, -1, -1, -1, -1, 0}, "");
}

static void a_row_reads_as_settings(void **state)
{
    pairwise p;
    page out = {0};
    (void)state;
    pairwise_make(&p, two, 2);
    pairwise_print_row(&p, 0, &out);
    assert_string_equal(out.p, "p=a q=a");
    page_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_is_there_in_few_rows),
        cmocka_unit_test(the_settings_that_a_fault_needs_are_named),
        cmocka_unit_test(a_row_reads_as_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
