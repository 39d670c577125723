/* Text from outside, in every field that a file or a target can fill: no printing verb passes a control character on, nor one that turns the
 * direction of text. */
#include "results.h"
#include "runner_fixture.h"

/* ESC, BEL, DEL, a C1 control as UTF-8, its raw byte, a bidi override and an isolate. */
#define HOSTILE                \
    "h\x1b[2J\x07\x7f\xc2\x9b" \
    "31m\x9b\xe2\x80\xae\xe2\x81\xa6t"
#define IN_JSON                      \
    "h\\u001b[2J\\u0007\x7f\xc2\x9b" \
    "31m\xe2\x80\xae\xe2\x81\xa6t"

static char folder[64] = "/tmp/hostile-XXXXXX";

static const char *path_to(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(path_to(name), "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Line feeds, tabs and the line ends of CSV are ours; everything else below a blank is not. */
static void is_clean(const char *line, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        const bool control = (*p < 0x20 && *p != '\n' && *p != '\t' && !(*p == '\r' && p[1] == '\n')) || *p == 0x7f,
                   c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;
        const bool turns = *p == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
        if (control || c1 || turns)
            fail_msg("'%s' prints %02x %02x %02x after: %.60s", line, p[0], p[1], p[2],
                     (const char *)p - text > 60 ? (const char *)p - 60 : text);
    }
}

static void says_nothing_raw(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void says_nothing_raw(const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    const answer *a = says(line);
    is_clean(line, a->out);
    is_clean(line, a->err);
    assert_true(*a->out || *a->err);
}

/* ---- results of a run ---- */

static void save_results(const char *name, const char *got)
{
    results r;
    page text = {0};
    results_start(&r, &(results_head){.suite = HOSTILE,
                                      .target = HOSTILE,
                                      .version = HOSTILE,
                                      .profile = HOSTILE,
                                      .revision = HOSTILE,
                                      .door = "shim",
                                      .caps = HOSTILE,
                                      .granted = HOSTILE,
                                      .seed = HOSTILE,
                                      .at = HOSTILE});
    for (int i = 0; i < 2; i++)
        results_add(&r, &(result){.case_id = i ? "nz.a" : "nz.b",
                                  .check = "verdict",
                                  .rev = 1,
                                  .outcome = i ? OUTCOME_FAIL : OUTCOME_UNTESTED,
                                  .req = "NZ-036",
                                  .level = "MUST",
                                  .door = "shim",
                                  .role = "lib",
                                  .want = HOSTILE,
                                  .got = got,
                                  .where = HOSTILE,
                                  .base = HOSTILE,
                                  .mutation = HOSTILE,
                                  .needs = HOSTILE,
                                  .tag = HOSTILE,
                                  .note = HOSTILE,
                                  .issue = HOSTILE,
                                  .transcript = HOSTILE,
                                  .replay = HOSTILE});
    r.planned = 2;
    results_write(&r, &text);
    assert_true(page_save(&text, path_to(name)));
    page_free(&text);
    results_free(&r);
}

static void every_rendering_of_results_is_clean(void **state)
{
    static const char *const formats[] = {"console", "html",   "md",   "junit", "tap",        "csv",
                                          "badge",   "shield", "json", "sarif", "annotations"};
    (void)state;
    save_results("a.json", HOSTILE);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        says_nothing_raw("parley report %s/a.json --format %s", folder, formats[i]);
}

static void comparing_and_joining_results_is_clean(void **state)
{
    (void)state;
    save_results("a.json", HOSTILE);
    save_results("b.json", HOSTILE "2");
    says_nothing_raw("parley diff %s/a.json %s/b.json", folder, folder);
    says_nothing_raw("parley report merge %s/a.json %s/b.json --out %s/merged", folder, folder, folder);
}

/* ---- files of others ---- */

static void a_file_is_quoted_clean(void **state)
{
    (void)state;
    write_file("vector.json",
               "{\"" IN_JSON "\":\"" IN_JSON "\",\"area\":\"" IN_JSON "\",\"op\":\"" IN_JSON "\",\"groups\":[{\"gid\":\"" IN_JSON "\"}]}");
    write_file("known.tsv", HOSTILE "\tverdict\tFAIL\t" HOSTILE "\t" HOSTILE "\n");
    write_file("garbage.bin", HOSTILE);
    says_nothing_raw("parley vectors try %s/vector.json", folder);
    says_nothing_raw("parley vectors try %s/garbage.bin", folder);
    says_nothing_raw("parley verify %s/garbage.bin", folder);
    says_nothing_raw("parley verify %s/vector.json", folder);
    says_nothing_raw("parley report %s/vector.json", folder);
    says_nothing_raw("parley model inspect %s/garbage.bin", folder);
    says_nothing_raw("parley test self --case nz.a --known %s/known.tsv --out %s/out", folder, folder);
}

/* ---- what was typed, which a script may have taken from elsewhere ---- */

static void an_argument_is_quoted_clean(void **state)
{
    static const char *const lines[] = {
        "parley " HOSTILE,         "parley spec " HOSTILE,   "parley explain " HOSTILE, "parley vectors show " HOSTILE,
        "parley bench " HOSTILE,   "parley report " HOSTILE, "parley help " HOSTILE,    "parley verify " HOSTILE,
        "parley report --" HOSTILE};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        says_nothing_raw("%s", lines[i]);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rendering_of_results_is_clean),
        cmocka_unit_test(comparing_and_joining_results_is_clean),
        cmocka_unit_test(a_file_is_quoted_clean),
        cmocka_unit_test(an_argument_is_quoted_clean),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
