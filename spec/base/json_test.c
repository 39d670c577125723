#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static bool reads(const char *text)
{
    span value;
    return json_read(span_text(text), &value);
}

static span value_of(const char *text)
{
    span value = EMPTY;
    assert_true(json_read(span_text(text), &value));
    return value;
}

static void every_kind_of_value_is_read(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}",
        "[]",
        " [ ] ",
        "{\"a\":{},\"b\":[1,2,{\"a\":3}]}",
        "\"\"",
        "0",
        "-0",
        "-12.5e+10",
        "1E3",
        "true",
        "false",
        "null",
        "\t\r\n {\"a\" : 1 , \"b\" : \"x\"} \n",
        "\"\\u0000\\ud83d\\ude00\\/\\\"\"",
        "\"\xf4\x8f\xbf\xbf\x7f\"",
        "[[],[[]]]",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!reads(good[i]))
            fail_msg("refused: %s", good[i]);
}

static void every_deviation_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "{]",
        "[}",
        "[1,]",
        "[,1]",
        "{,}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "0x10",
        "NaN",
        "Infinity",
        "1 2",
        "{} x",
        "[] []",
        "tru",
        "truee",
        "True",
        "nul",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"a\nb\"",
        "\"\x01\"",
        "// c\n1",
        "/* c */ 1",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\xef\xbb\xbf{}",
        "\xc2\xa0{}",
        "{}\xc2\xa0",
        "\f{}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (reads(bad[i]))
            fail_msg("accepted: %s", bad[i]);
    assert_false((json_read(span_of("{}\0", 3), &(span){0})));
    assert_false((json_read(span_of("\"\0\"", 3), &(span){0})));
}

static void a_name_occurs_once_in_an_object_however_it_is_written(void **state)
{
    (void)state;
    assert_false(reads("{\"a\":1,\"a\":1}"));
    assert_false(reads("{\"a\":1,\"b\":2,\"\\u0061\":3}"));
    assert_false(reads("[0,{\"x\":{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}}]"));
    assert_false(reads("{\"\":1,\"\":2}"));
    assert_true(reads("{\"a\":{\"a\":1},\"A\":2,\"aa\":3,\"\":4}"));
}

static void bad_utf8_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xff", "\xc3",     "\xe2\x82", "\xf0\x9f\x98"};
    char text[64];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "[\"%s\"]", bad[i]);
        assert_false(reads(text));
        snprintf(text, sizeof text, "{\"%s\":1}", bad[i]);
        assert_false(reads(text));
    }
}

static void a_surrogate_alone_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"\"\\ud800\"",  "\"\\udc00\"",    "\"\\ud800\\ud800\"",
                                      "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\udc00\\ud800\""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(reads(bad[i]));
}

static void nesting_is_limited_to_the_stated_depth(void **state)
{
    (void)state;
    char text[2 * (JSON_DEPTH + 1) + 1];
    for (int depth = JSON_DEPTH; depth <= JSON_DEPTH + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = 0;
        assert_int_equal(reads(text), depth == JSON_DEPTH);
    }
}

static void an_object_is_limited_to_the_stated_members(void **state)
{
    (void)state;
    char text[16 * (JSON_MEMBERS + 2)];
    for (int count = JSON_MEMBERS; count <= JSON_MEMBERS + 1; count++) {
        size_t n = 0;
        for (int i = 0; i < count; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s\"m%d\":0", i ? "," : "{", i);
        snprintf(text + n, sizeof text - n, "}");
        assert_int_equal(reads(text), count == JSON_MEMBERS);
    }
}

static void a_cut_text_is_refused_at_every_length(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,-2.5e3,{\"\\u0062\":\"\\ud83d\\ude00\"}],\"c\":null,\"d\":true}";
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_false((json_read(span_of(text, n), &(span){0})));
    assert_true(reads(text));
}

static void members_are_found_by_their_decoded_name(void **state)
{
    (void)state;
    const span object = value_of(" { \"one\" : 1 , \"t\\u0077o\":[\"}\",{\"one\":7}], \"three\" : \"x,y\" } ");
    span value;
    int64_t n = 0;
    assert_true(json_member(object, "one", &value) && json_int(value, 0, 9, &n));
    assert_int_equal(n, 1);
    assert_true(json_member(object, "two", &value));
    assert_true(span_is(value, "[\"}\",{\"one\":7}]"));
    assert_true(json_member(object, "three", &value) && json_string_is(value, "x,y"));
    assert_false(json_member(object, "four", &value));
    assert_int_equal(value.n, 0);
    assert_false(json_member(object, "on", &value));
    assert_false(json_member(value_of("[1]"), "one", &value));
    assert_false(json_member(EMPTY, "one", &value));
}

static void a_cursor_gives_each_value_once(void **state)
{
    (void)state;
    json_cursor c = json_enter(value_of("[ 1 , [2,3] , \"a]b\" , {} ]"));
    static const char *const wanted[] = {"1", "[2,3]", "\"a]b\"", "{}"};
    for (int i = 0; i < 4; i++) {
        assert_true(json_next(&c));
        assert_true(span_is(c.value, wanted[i]));
        assert_int_equal(c.name.n, 0);
    }
    assert_false(json_next(&c));
    assert_false(json_next(&c));
    c = json_enter(value_of("{\"a\":1,\"b\":2}"));
    assert_true(json_next(&c) && json_string_is(c.name, "a") && span_is(c.value, "1"));
    assert_true(json_next(&c) && json_string_is(c.name, "b") && span_is(c.value, "2"));
    assert_false(json_next(&c));
    c = json_enter(value_of("\"[1]\""));
    assert_false(json_next(&c));
}

static void strings_are_decoded_into_what_is_lent(void **state)
{
    (void)state;
    uint8_t room[16];
    writer w = WRITER(room);
    assert_true(json_string(value_of("\"a\\n\\u00e9\\ud83d\\ude00\\\\\""), &w));
    assert_true(span_is(written(&w), "a\n\xc3\xa9\xf0\x9f\x98\x80\\"));
    w = writer_of(room, 3);
    assert_false(json_string(value_of("\"abcd\""), &w));
    w = WRITER(room);
    assert_false(json_string(value_of("17"), &w));
    span raw;
    assert_true(json_raw(value_of("\"abc\""), &raw) && span_is(raw, "abc"));
    assert_true(json_raw(value_of("\"\""), &raw) && raw.n == 0);
    assert_false(json_raw(value_of("\"a\\u0062\""), &raw));
    uint8_t two[2];
    assert_true(json_bytes(value_of("\"0aF9\""), two, 2) && two[0] == 0x0a && two[1] == 0xf9);
    assert_false(json_bytes(value_of("\"0aF\""), two, 2));
    assert_false(json_bytes(value_of("\"0aF900\""), two, 2));
    assert_false(json_bytes(value_of("\"0aFg\""), two, 2));
    assert_false(json_bytes(value_of("10"), two, 1));
    assert_false(json_raw(value_of("null"), &raw));
    assert_false(json_string_is(value_of("\"abc\""), "ab"));
    assert_false(json_string_is(value_of("\"ab\""), "abc"));
    assert_false(json_string_is(value_of("\"a\\u0000\""), "a"));
}

static void numbers_are_integers_in_their_range(void **state)
{
    (void)state;
    int64_t n;
    uint64_t u;
    assert_true(json_int(value_of("-9223372036854775808"), INT64_MIN, INT64_MAX, &n) && n == INT64_MIN);
    assert_true(json_int(value_of("9223372036854775807"), INT64_MIN, INT64_MAX, &n) && n == INT64_MAX);
    assert_false(json_int(value_of("9223372036854775808"), INT64_MIN, INT64_MAX, &n));
    assert_false(json_int(value_of("-9223372036854775809"), INT64_MIN, INT64_MAX, &n));
    assert_true(json_int(value_of("-0"), 0, 0, &n) && n == 0);
    assert_true(json_int(value_of("-7"), -7, -7, &n) && n == -7);
    assert_false(json_int(value_of("8"), 0, 7, &n));
    assert_false(json_int(value_of("1.0"), 0, 7, &n));
    assert_false(json_int(value_of("1e0"), 0, 7, &n));
    assert_false(json_int(value_of("\"1\""), 0, 7, &n));
    assert_true(json_uint(value_of("18446744073709551615"), UINT64_MAX, &u) && u == UINT64_MAX);
    assert_false(json_uint(value_of("18446744073709551616"), UINT64_MAX, &u));
    assert_false(json_uint(value_of("-1"), UINT64_MAX, &u));
    assert_false(json_uint(EMPTY, 1, &u));
}

static void decimals_are_fixed_point(void **state)
{
    (void)state;
    int64_t n;
    assert_true(json_fixed(value_of("0.75"), 3, 2000, &n) && n == 750);
    assert_true(json_fixed(value_of("-1"), 3, 2000, &n) && n == -1000);
    assert_true(json_fixed(value_of("2.000"), 3, 2000, &n) && n == 2000);
    assert_false(json_fixed(value_of("2.001"), 3, 2000, &n));
    assert_false(json_fixed(value_of("0.0001"), 3, 2000, &n));
    assert_false(json_fixed(value_of("1e0"), 3, 2000, &n));
    assert_false(json_fixed(value_of("9223372036854775807"), 18, INT64_MAX, &n));
    assert_false(json_fixed(value_of("\"1\""), 3, 2000, &n));
}

static void true_and_false_are_words(void **state)
{
    (void)state;
    bool yes;
    assert_true(json_bool(value_of("true"), &yes) && yes);
    assert_true(json_bool(value_of("false"), &yes) && !yes);
    assert_false(json_bool(value_of("1"), &yes));
    assert_false(json_bool(value_of("\"true\""), &yes));
    assert_false(yes);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    uint8_t room[128], back[64];
    writer w = WRITER(room);
    const char *text = "a\"b\\c\n\t\x01\x1f\xc3\xa9/\x7f";
    json_write_text(&w, text);
    assert_true(span_is(written(&w), "\"a\\\"b\\\\c\\n\\t\\u0001\\u001f\xc3\xa9/\x7f\""));
    writer decoded = WRITER(back);
    assert_true(json_string(written(&w), &decoded) && span_is(written(&decoded), text));
    w = WRITER(room);
    json_write_int(&w, INT64_MIN);
    write_text(&w, " ");
    json_write_int(&w, 0);
    write_text(&w, " ");
    json_write_int(&w, INT64_MAX);
    assert_true(span_is(written(&w), "-9223372036854775808 0 9223372036854775807"));
    w = WRITER(room);
    json_write_text(&w, "\xff");
    assert_false(writer_ok(&w));
}

/* Strings are read eight bytes at a time: whatever is not plain is found at each place in and after such a group. */
static void what_is_not_plain_is_found_at_every_offset(void **state)
{
    static const struct {
        const char *bytes, *decoded; /* decoded NULL: refused */
    } row[] = {{"\\n", "\n"},
               {"\\u00e9", "\xc3\xa9"},
               {"\xc3\xa9", "\xc3\xa9"},
               {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
               {"\x7f", "\x7f"},
               {"\x1f", NULL},
               {"\xc3", NULL},
               {"\x80", NULL},
               {"\xff", NULL},
               {"\\x", NULL},
               {"\t", NULL},
               {"\"x", NULL},
               {"\\ud800", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (size_t before = 0; before < 20; before++)
            for (size_t after = 0; after < 20; after++) {
                char text[80], wanted[80];
                uint8_t room[80];
                writer out = WRITER(room);
                span value;
                const int n = snprintf(text, sizeof text, "\"%.*s%s%.*s\"", (int)before, "abcdefghijklmnopqrstuvwxyz", row[i].bytes,
                                       (int)after, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
                const bool good = json_read(span_of(text, (size_t)n), &value);
                assert_int_equal(good, row[i].decoded != NULL);
                if (!good)
                    continue;
                snprintf(wanted, sizeof wanted, "%.*s%s%.*s", (int)before, "abcdefghijklmnopqrstuvwxyz", row[i].decoded, (int)after,
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
                assert_true(json_string(value, &out) && span_is(written(&out), wanted));
            }
}

static void walking_any_bytes_stays_inside_them(void **state)
{
    (void)state;
    static const char *const odd[] = {"{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "[\"", "[1,", "{\"a\":1}}", "\"", "[]]"};
    uint8_t room[8];
    int64_t n;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        span value, s = span_text(odd[i]);
        writer w = WRITER(room);
        int steps = 0;
        for (json_cursor c = json_enter(s); json_next(&c); steps++)
            assert_true(steps < 16);
        json_member(s, "a", &value);
        json_string(s, &w);
        json_string_is(s, "a");
        json_raw(s, &value);
        json_fixed(s, 3, 9, &n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(every_deviation_is_refused),
        cmocka_unit_test(a_name_occurs_once_in_an_object_however_it_is_written),
        cmocka_unit_test(bad_utf8_is_refused_wherever_it_stands),
        cmocka_unit_test(a_surrogate_alone_is_refused),
        cmocka_unit_test(nesting_is_limited_to_the_stated_depth),
        cmocka_unit_test(an_object_is_limited_to_the_stated_members),
        cmocka_unit_test(a_cut_text_is_refused_at_every_length),
        cmocka_unit_test(members_are_found_by_their_decoded_name),
        cmocka_unit_test(a_cursor_gives_each_value_once),
        cmocka_unit_test(strings_are_decoded_into_what_is_lent),
        cmocka_unit_test(numbers_are_integers_in_their_range),
        cmocka_unit_test(decimals_are_fixed_point),
        cmocka_unit_test(true_and_false_are_words),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(what_is_not_plain_is_found_at_every_offset),
        cmocka_unit_test(walking_any_bytes_stays_inside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
