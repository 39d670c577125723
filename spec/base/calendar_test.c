#include "calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void a_date_in_its_one_form_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"1970-01-01T00:00:00Z", 0},
                {"1969-12-31T23:59:59Z", -1},
                {"2000-02-29T12:00:00Z", 951825600},
                {"2026-06-01T00:00:00Z", 1780272000},
                {"2023-06-18T08:42:58Z", 1687077778},
                {"1600-03-01T00:00:00Z", -11670912000},
                {"0000-01-01T00:00:00Z", -62167219200},
                {"0000-02-29T00:00:00Z", -62162121600},
                {"9999-12-31T23:59:59Z", 253402300799}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t seconds = 7;
        assert_true(calendar_read(span_text(rows[i].text), &seconds));
        assert_int_equal(seconds, rows[i].seconds);
    }
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "2026-06-01",
                                        "2026-06-01T00:00:00",
                                        "2026-06-01T00:00:00z",
                                        "2026-06-01t00:00:00Z",
                                        "2026-06-01 00:00:00Z",
                                        "2026-06-01T00:00:00+00:00",
                                        "2026-06-01T00:00:00.0Z",
                                        "2026-06-01T00:00:00Z ",
                                        " 2026-06-01T00:00:00Z",
                                        "2026-6-01T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-00-01T00:00:00Z",
                                        "2026-02-29T00:00:00Z",
                                        "1900-02-29T00:00:00Z",
                                        "2026-04-31T00:00:00Z",
                                        "2026-06-00T00:00:00Z",
                                        "2026-06-01T24:00:00Z",
                                        "2026-06-01T00:60:00Z",
                                        "2026-06-01T00:00:60Z",
                                        "+026-06-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t seconds = 7;
        assert_false(calendar_read(span_text(texts[i]), &seconds));
        assert_int_equal(seconds, 7);
    }
}

static void each_day_of_four_centuries_follows_the_one_before(void **state)
{
    (void)state;
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = 0, got = 0;
    assert_true(calendar_seconds(1800, 1, 1, 0, 0, 0, &expected));
    for (unsigned year = 1800; year < 2200; year++)
        for (unsigned month = 1; month <= 12; month++) {
            const bool leap = month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0);
            for (unsigned day = 1; day <= days[month - 1] + leap; day++) {
                assert_true(calendar_seconds(year, month, day, 0, 0, 0, &got));
                assert_int_equal(got, expected);
                expected += 86400;
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_in_its_one_form_is_read),
        cmocka_unit_test(everything_else_is_refused),
        cmocka_unit_test(each_day_of_four_centuries_follows_the_one_before),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
