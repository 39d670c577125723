/* The tables of sigstore.md have each member of a JSON object that the text reads, and each media type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

typedef struct file_text {
    char text[80000];
} file_text;

static file_text prose, code;

static void load(file_text *out, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, PARLEY_TREE "/spec/translog/%s", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    memset(out, 0, sizeof *out);
    assert_true(fread(out->text, 1, sizeof out->text - 1, f) > 0);
    assert_true(feof(f));
    fclose(f);
}

/* Each literal of the file that begins `skip` bytes after such a text is in the prose as code; how many there are. */
static size_t expect_literals(const char *file, const char *text, size_t skip)
{
    char quoted[120];
    size_t n = 0;
    load(&code, file);
    for (const char *at = code.text; (at = strstr(at, text)); n++) {
        at += skip;
        snprintf(quoted, sizeof quoted, "`%.*s`", (int)strcspn(at, "\""), at);
        if (!strstr(prose.text, quoted))
            fail_msg("sigstore.md lacks %s of %s", quoted, file);
    }
    return n;
}

static void every_member_stands_in_the_prose(void **state)
{
    (void)state;
    load(&prose, "sigstore.md");
    assert_true(expect_literals("sigstore_read.c", ".name = \"", 9) >= 60);
    assert_true(expect_literals("sigstore_entry.c", ".name = \"", 9) >= 40);
    assert_true(expect_literals("sigstore_read.c", "\"application/", 1) == 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_member_stands_in_the_prose)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
