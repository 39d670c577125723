/* What was packed comes out again to the byte; what is no packed file is refused. */
#include "packed.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void packing_loses_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"one\n",
                                        "\n\n",
                                        "a\na\nab\nb\n\nab\n",
                                        "{\"case\":\"a.b\",\"check\":\"reason\"},\n{\"case\":\"a.b\",\"check\":\"state\"},\n",
                                        "\xc3\xa4x\n\xc3\xa4y\n\xc3\xb6x\n",
                                        "1 2 3\n1 2 4\n",
                                        "aaaa\naa\naaa\naaaaaa\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        page packed = {0}, again = {0};
        packed_write(texts[i], strlen(texts[i]), &packed);
        assert_true(packed_read(packed.p, packed.n, &again));
        assert_string_equal(again.p, texts[i]);
        page_free(&packed), page_free(&again);
    }
}

static void what_is_not_packed_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"x\n", "1 0 \n", "0 1 \n", "0 0 ab\n2 1 \n", "0\n", "0 0\n", "-1 0 \n", "99999999999999999999 0 \n",
                                        "\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        page out = {0};
        if (packed_read(wrong[i], strlen(wrong[i]), &out))
            fail_msg("'%s' is taken", wrong[i]);
        page_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packing_loses_nothing),
        cmocka_unit_test(what_is_not_packed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
