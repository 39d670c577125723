#include "excerpt.h"
#include "markdown.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void markdown_gives(const char *text, const char *html)
{
    page out = {0};
    markdown_put(&out, text, strlen(text));
    assert_string_equal(out.p, html);
    page_free(&out);
}

static void chapters_are_rendered_and_raw_html_is_left_out(void **state)
{
    (void)state;
    markdown_gives("*a* `b < c`\n", "<p><em>a</em> <code>b &lt; c</code></p>\n");
    markdown_gives("| a |\n|---|\n| b |\n",
                   "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n");
    markdown_gives("<script>x</script>\n", "<!-- raw HTML omitted -->\n");
    markdown_gives("[a](javascript:x)\n", "<p><a href=\"\">a</a></p>\n");
}

static void links_between_chapters_stay_within_the_page(void **state)
{
    (void)state;
    markdown_gives("[q](quote.md)\n", "<p><a href=\"#quote\">q</a></p>\n");
    markdown_gives("[q](../noise/noise.md#4)\n", "<p><a href=\"#noise\">q</a></p>\n");
    markdown_gives("[q](https://example.org/a.md)\n", "<p><a href=\"https://example.org/a.md\">q</a></p>\n");
}

static void a_line_has_no_element_of_its_own(void **state)
{
    page out = {0};
    (void)state;
    markdown_put_line(&out, "a `b`");
    markdown_put_line(&out, "1. *c*");
    markdown_put_line(&out, "");
    assert_string_equal(out.p, "a <code>b</code>1. <em>c</em>");
    page_free(&out);
}

/* ---- excerpts ---- */

static const char code[] = "#include \"a.h\"\n"           /* 1 */
                           "\n"                           /* 2 */
                           "static const int t[] = {\n"   /* 3 */
                           "    1,\n"                     /* 4 */
                           "};\n"                         /* 5 */
                           "\n"                           /* 6 */
                           "/* Says what. */\n"           /* 7 */
                           "int f(void)\n"                /* 8 */
                           "{\n"                          /* 9 */
                           "    a();\n"                   /* 10 */
                           "\n"                           /* 11 */
                           "    b();\n"                   /* 12 */
                           "}\n"                          /* 13 */
                           "\n"                           /* 14 */
                           "int g(void) { return 1; }\n"; /* 15 */

static void excerpt_is(int line, int first, const char *begins, const char *ends)
{
    const excerpt e = excerpt_around(code, line);
    assert_int_equal(e.line, first);
    assert_memory_equal(e.start, begins, strlen(begins));
    assert_memory_equal(e.start + e.n - strlen(ends), ends, strlen(ends));
}

static void an_excerpt_is_the_definition_around_a_line(void **state)
{
    (void)state;
    excerpt_is(4, 3, "static const int t", "1,\n};\n");
    excerpt_is(10, 7, "/* Says what. */", "b();\n}\n");
    excerpt_is(12, 7, "/* Says what. */", "b();\n}\n");
    excerpt_is(15, 15, "int g", "return 1; }\n");
    assert_int_equal(excerpt_around(code, 99).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chapters_are_rendered_and_raw_html_is_left_out),
        cmocka_unit_test(links_between_chapters_stay_within_the_page),
        cmocka_unit_test(a_line_has_no_element_of_its_own),
        cmocka_unit_test(an_excerpt_is_the_definition_around_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
