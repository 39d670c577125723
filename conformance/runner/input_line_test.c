/* Every byte of the standard input is in a line, or its line is refused. */
#include "input_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static char line[16];

static void input_is(const char *bytes, size_t n)
{
    FILE *f = freopen("input_line_test.txt", "w+", stdin);
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    rewind(f);
    remove("input_line_test.txt");
}

static void reads(input_line wanted, const char *text)
{
    assert_int_equal(input_line_read(line, sizeof line), wanted);
    if (text)
        assert_string_equal(line, text);
}

static void lines_end_with_lf_or_crlf_or_the_input(void **state)
{
    (void)state;
    input_is("one\ntwo\r\nth\rree\n\nlast", 21);
    reads(INPUT_LINE, "one");
    reads(INPUT_LINE, "two");
    reads(INPUT_LINE, "th\rree");
    reads(INPUT_LINE, "");
    reads(INPUT_LINE, "last");
    reads(INPUT_END, NULL);
}

static void a_zero_byte_refuses_its_line_and_no_other(void **state)
{
    (void)state;
    input_is("a\0b\nc\n\0", 7);
    reads(INPUT_ZERO_BYTE, NULL);
    reads(INPUT_LINE, "c");
    reads(INPUT_ZERO_BYTE, NULL);
    reads(INPUT_END, NULL);
}

static void a_line_that_is_too_long_is_refused_whole(void **state)
{
    (void)state;
    input_is("123456789012345\n1234567890123456\nshort\n", 39);
    reads(INPUT_LINE, "123456789012345");
    reads(INPUT_TOO_LONG, NULL);
    reads(INPUT_LINE, "short");
    reads(INPUT_END, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_lf_or_crlf_or_the_input),
        cmocka_unit_test(a_zero_byte_refuses_its_line_and_no_other),
        cmocka_unit_test(a_line_that_is_too_long_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
