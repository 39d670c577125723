#include "bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void past_the_end_a_reader_gives_zeros_and_stays_failed(void **state)
{
    (void)state;
    uint8_t three[] = {1, 2, 3};
    reader r = reader_of(SPAN(three));
    assert_int_equal(read_be(&r, 2), 0x0102);
    assert_int_equal(read_be(&r, 2), 0);
    span s = read_bytes(&r, 32);
    assert_int_equal(s.n, 32);
    assert_true(all_zero(s));
    assert_false(reader_done(&r));
}

static void a_reader_is_done_only_when_nothing_is_left(void **state)
{
    (void)state;
    uint8_t three[] = {1, 2, 3};
    reader r = reader_of(SPAN(three));
    assert_int_equal(read_le(&r, 2), 0x0201);
    assert_false(reader_done(&r));
    read_be(&r, 1);
    assert_true(reader_done(&r));
}

static void a_writer_drops_what_does_not_fit_and_says_so_once(void **state)
{
    (void)state;
    uint8_t room[3];
    writer w = WRITER(room);
    write_be(&w, 0x0102, 2);
    write_be(&w, 0x0304, 2);
    write_be(&w, 5, 1);
    assert_false(writer_ok(&w));
    assert_int_equal(written(&w).n, 2);
}

static void hexadecimal_is_lower_case_and_even(void **state)
{
    (void)state;
    uint8_t room[8], back[8];
    writer w = WRITER(room);
    uint8_t bytes[] = {0x00, 0xaf};
    write_hex(&w, SPAN(bytes));
    assert_true(span_is(written(&w), "00af"));
    writer b = WRITER(back);
    assert_true(read_hex(written(&w), &b));
    assert_true(span_same(written(&b), SPAN(bytes)));
    assert_false(read_hex(span_text("0AF0"), &b));
    assert_false(read_hex(span_text("0"), &b));
    assert_false(read_hex(span_text("0g"), &b));
}

static void a_short_span_is_padded_with_zeros(void **state)
{
    (void)state;
    uint8_t out[4] = {9, 9, 9, 9}, two[] = {1, 2}, want[] = {1, 2, 0, 0};
    span_take(SPAN(two), out, sizeof out);
    assert_memory_equal(out, want, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(past_the_end_a_reader_gives_zeros_and_stays_failed),
        cmocka_unit_test(a_reader_is_done_only_when_nothing_is_left),
        cmocka_unit_test(a_writer_drops_what_does_not_fit_and_says_so_once),
        cmocka_unit_test(hexadecimal_is_lower_case_and_even),
        cmocka_unit_test(a_short_span_is_padded_with_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
