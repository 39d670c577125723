/* As much of cmocka as model_kernel_test.c needs, for machines that have none: the cross compiler's. */
#ifndef PARLEY_NEON_CMOCKA_H
#define PARLEY_NEON_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

static inline void cmocka_need(int holds, const char *what, int line)
{
    if (holds)
        return;
    printf("line %d: %s\n", line, what);
    exit(1);
}

static inline int cmocka_run_all(const struct CMUnitTest *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tests[i].run(NULL);
        printf("ok %s\n", tests[i].name);
    }
    return 0;
}

#define cmocka_unit_test(f) \
    {                       \
#f, f               \
    }
#define cmocka_run_group_tests(tests, setup, teardown) cmocka_run_all(tests, sizeof(tests) / sizeof *(tests))
#define print_message                                  printf
#define assert_true(c)                                 cmocka_need(!!(c), #c, __LINE__)
#define assert_int_equal(a, b)                         cmocka_need((a) == (b), #a " == " #b, __LINE__)
#define assert_memory_equal(a, b, n)                   cmocka_need(memcmp(a, b, n) == 0, #a " as " #b, __LINE__)

#endif
