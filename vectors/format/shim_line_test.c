#include "shim_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t line[SHIM_LINE + 16];
static shim_list list;

static const char *reads(const char *text)
{
    size_t n = strlen(text);
    memcpy(line, text, n);
    return shim_line_read(line, n, &list);
}

static void a_request_comes_back_as_it_was_written(void **state)
{
    (void)state;
    static uint8_t out[4096], room[4096];
    const uint8_t bytes[] = {0, 1, 0xfe, 0xff};
    shim_request sent, got;
    shim_request_start(&sent, "nz.read");
    shim_put_int(&sent.in, "h", 3);
    shim_put_bytes(&sent.in, "msg", SPAN(bytes));
    shim_put_text(&sent.in, "name", span_text("a\"b\\c\nd\xc3\xa9"));
    shim_put_bool(&sent.in, "yes", true);
    writer w = WRITER(out);
    assert_true(shim_line_request(&w, 7, &sent));
    assert_null(shim_line_read(out, w.n, &list));
    int64_t id = 0, h = 0;
    assert_null(shim_take_request(&list, &id, &got));
    assert_int_equal(id, 7);
    assert_true(span_is(got.op, "nz.read"));
    assert_true(shim_int(&got.in, "h", &h) && h == 3);
    writer scratch = WRITER(room);
    span msg;
    assert_true(shim_bytes(&got.in, "msg", &scratch, &msg));
    assert_true(span_same(msg, SPAN(bytes)));
    for (size_t i = 0; i < sent.in.n; i++)
        assert_true(shim_same_value(&sent.in.at[i], &got.in.at[i]));
}

static void a_reply_is_exactly_one_of_four(void **state)
{
    (void)state;
    shim_reply reply;
    int64_t id;
    const char *good[] = {"{\"id\":1,\"ok\":1}", "{\"id\":1,\"rej\":\"auth\",\"released\":\"\"}", "{ \"id\" : 1 , \"uns\" : \"zz\" }",
                          "{\"bug\":\"hex\",\"id\":1}"};
    const char *bad[] = {"{\"id\":1}",
                         "{\"id\":1,\"ok\":1,\"rej\":\"auth\"}",
                         "{\"id\":1,\"ok\":2}",
                         "{\"ok\":1}",
                         "{\"id\":1,\"ok\":true}",
                         "{\"id\":\"1\",\"ok\":1}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        shim_reply_start(&reply);
        assert_null(reads(good[i]));
        assert_null(shim_take_reply(&list, &id, &reply));
        assert_int_equal(reply.answer, (int)i + 1);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        shim_reply_start(&reply);
        assert_null(reads(bad[i]));
        assert_non_null(shim_take_reply(&list, &id, &reply));
    }
}

static void what_is_not_flat_strict_json_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{",
                                      "}",
                                      "[]",
                                      "7",
                                      "null",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{\"a\":1}x",
                                      "{\"a\":1} {\"b\":2}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":1.5}",
                                      "{\"a\":1e3}",
                                      "{\"a\":01}",
                                      "{\"a\":-}",
                                      "{\"a\":9007199254740992}",
                                      "{\"a\":99999999999999999999999}",
                                      "{\"a\":null}",
                                      "{\"a\":[1]}",
                                      "{\"a\":{\"b\":1}}",
                                      "{\"a\":tru}",
                                      "{\"a\":\"x}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\\udc00\"}",
                                      "{\"a\":\"\\u0000\"}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\xc0\xaf\"}",
                                      "{\"a\":\"\xed\xa0\x80\"}",
                                      "{\"a\":\"\t\"}",
                                      "{\"a\":1,\"a\":1}",
                                      "{\"a\":1,\"\\u0061\":1}",
                                      "{\"a\":1}\r",
                                      "{\"a\":\"\\"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!reads(bad[i]))
            fail_msg("accepted: %s", bad[i]);
    const char *edge = "{\"a\":9007199254740991,\"b\":-1,\"c\":0,\"d\":\"\\ud83d\\ude00\\u00e9\\/\",\"e\":false}";
    assert_null(reads(edge));
    assert_true(list.at[0].number == INT64_C(9007199254740991) && list.at[1].number == -1);
    assert_true(span_is(list.at[3].value, "\xf0\x9f\x98\x80\xc3\xa9/"));
}

static void a_line_over_a_mebibyte_or_with_too_many_keys_is_refused(void **state)
{
    (void)state;
    memset(line, ' ', sizeof line);
    memcpy(line, "{\"a\":1}", 7);
    assert_null(shim_line_read(line, SHIM_LINE, &list));
    memcpy(line, "{\"a\":1}", 7);
    assert_non_null(shim_line_read(line, SHIM_LINE + 1, &list));
    char many[4096] = "{";
    for (int i = 0; i <= SHIM_PAIRS; i++)
        snprintf(many + strlen(many), 32, "%s\"k%d\":1", i ? "," : "", i);
    assert_string_equal(reads(strcat(many, "}")), "too many keys");
}

static void every_truncation_of_a_line_is_refused_and_read_inside_its_bounds(void **state)
{
    (void)state;
    const char *whole = "{\"id\":7,\"op\":\"nz.read\",\"t\":\"\\ud83d\\ude00\xc3\xa9\",\"y\":true}";
    for (size_t n = 0; n < strlen(whole); n++) {
        uint8_t exact[128];
        memcpy(exact, whole, n);
        assert_non_null(shim_line_read(exact, n, &list));
    }
    assert_null(reads(whole));
}

static void bytes_and_the_digits_that_spell_them_are_the_same_value(void **state)
{
    (void)state;
    const uint8_t b[] = {0xab, 0x01};
    shim_pair bytes = {.type = SHIM_BYTES, .value = SPAN(b)}, text = {.type = SHIM_TEXT, .value = span_text("ab01")};
    assert_true(shim_same_value(&bytes, &text) && shim_same_value(&text, &bytes));
    text.value = span_text("AB01");
    assert_false(shim_same_value(&bytes, &text));
    text.value = span_text("ab02");
    assert_false(shim_same_value(&bytes, &text));
    assert_false(shim_same_value(&bytes, &(shim_pair){.type = SHIM_INT, .number = 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_comes_back_as_it_was_written),
        cmocka_unit_test(a_reply_is_exactly_one_of_four),
        cmocka_unit_test(what_is_not_flat_strict_json_is_refused_with_a_reason),
        cmocka_unit_test(a_line_over_a_mebibyte_or_with_too_many_keys_is_refused),
        cmocka_unit_test(every_truncation_of_a_line_is_refused_and_read_inside_its_bounds),
        cmocka_unit_test(bytes_and_the_digits_that_spell_them_are_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
