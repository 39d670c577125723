#include "transcript.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint8_t five[] = {0, 1, 2, 0xfe, 0xff};

static void a_line_is_as_the_page_says(void **state)
{
    (void)state;
    transcript t = {0};
    transcript_put(&t, &(transcript_line){.vt = INT64_C(1798761601250000),
                                          .dir = "c>s",
                                          .layer = "noise",
                                          .bytes = SPAN(five),
                                          .fields = "e@0+2 tag@2+3",
                                          .note = "a\nb"});
    transcript_put(&t, &(transcript_line){.dir = ".", .layer = "note"});
    assert_string_equal(t.text.p, "{\"n\":1,\"vt\":1798761601.250000,\"dir\":\"c>s\",\"layer\":\"noise\",\"bytes\":\"000102feff\","
                                  "\"fields\":\"e@0+2 tag@2+3\",\"note\":\"a\\u000ab\"}\n"
                                  "{\"n\":2,\"vt\":0.000000,\"dir\":\".\",\"layer\":\"note\",\"bytes\":\"\"}\n");
    transcript_free(&t);
}

static void count(void *ctx, const transcript_line *line)
{
    transcript_line *last = ctx;
    last->n += line->n;
    last->vt += line->vt;
    last->bytes.n += line->bytes.n;
}

static void what_was_written_reads_back(void **state)
{
    (void)state;
    transcript t = {0};
    transcript_line sum = {0};
    for (int i = 0; i < 3; i++)
        transcript_put(&t, &(transcript_line){.vt = INT64_C(1798761601250001), .dir = "s>c", .layer = "tcp", .bytes = SPAN(five)});
    assert_int_equal(transcript_read(t.text.p, t.text.n, count, &sum), 0);
    assert_int_equal(sum.n, 6);
    assert_int_equal(sum.vt, 3 * INT64_C(1798761601250001));
    assert_int_equal(sum.bytes.n, 15);
    transcript_free(&t);
}

static void a_foreign_line_is_named_by_its_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "x",
                                      "[]",
                                      "{\"n\":0,\"vt\":1,\"bytes\":\"\"}",
                                      "{\"n\":1,\"vt\":1,\"bytes\":\"0\"}",
                                      "{\"n\":1,\"bytes\":\"\"}",
                                      "{\"n\":1,\"vt\":1,\"bytes\":\"\"} {}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200];
        transcript_line sum = {0};
        int n = snprintf(text, sizeof text, "{\"n\":1,\"vt\":1,\"bytes\":\"\"}\n%s\n", bad[i]);
        assert_int_equal(transcript_read(text, (size_t)n, count, &sum), 2);
    }
}

static void a_flood_is_counted_and_not_kept(void **state)
{
    (void)state;
    static const uint8_t big[1 << 20];
    transcript t = {0};
    for (int i = 0; i < 20; i++)
        transcript_put(&t, &(transcript_line){.dir = "s>c", .layer = "tcp", .bytes = SPAN(big)});
    assert_true(t.text.n <= TRANSCRIPT_MAX + 4096);
    assert_true(t.dropped > 0);
    assert_int_equal(t.n, 20);
    assert_false(transcript_save(&t, "/nonexistent/folder/t.jsonl"));
    assert_int_equal(errno, ENOENT);
    assert_non_null(strstr(t.text.p, "more lines were not kept"));
    transcript_free(&t);
}

static void fields_outside_the_bytes_are_passed_over(void **state)
{
    (void)state;
    transcript_field f[4];
    assert_int_equal(transcript_fields("e@0+32 s@32+48 tag@80+16", 96, f, 4), 3);
    assert_int_equal(f[1].at, 32);
    assert_int_equal(f[1].n, 48);
    assert_true(span_is(f[2].name, "tag"));
    assert_int_equal(transcript_fields("e@0+32 s@32+48", 40, f, 4), 1);
    assert_int_equal(transcript_fields("@0+1 x@+1 x@1 x@1+ x@1+1z x@9999999999+1", 100, f, 4), 0);
    assert_int_equal(transcript_fields("a@0+1 a@0+1 a@0+1 a@0+1 a@0+1", 9, f, 4), 4);
    assert_int_equal(transcript_fields("", 9, f, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_as_the_page_says),
        cmocka_unit_test(what_was_written_reads_back),
        cmocka_unit_test(a_foreign_line_is_named_by_its_number),
        cmocka_unit_test(a_flood_is_counted_and_not_kept),
        cmocka_unit_test(fields_outside_the_bytes_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
