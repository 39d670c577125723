/* Plants one fault at a time in a small tree and sees the lint find it; then holds our own tree to it. */
#include "lint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const char prose[] = "# Noise\n- **NZ"
                            "-001** (both, MU"
                            "ST, shim, auth) The receiver rejects a record whose tag is wrong. [Noise 5.1]\n";
static const char code[] = "#include \"low.h\"\nREQUIRE(tag_fits, NZ"
                           "_001); /* \"no\" */\n";
static const char rooms[] = "project(x)\nroom(low  IN spec/low TESTS high)\nroom(high IN spec/high SEES low)\n"
                            "room(fuzz IN fuzz/targets SEES low PROGRAMS)\nroom(cases IN conformance/cases SEES fuzz)\n";

static char tree[64], heard[4096];

static void put(const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", tree, path);
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int make_tree(void **state)
{
    static const char *const folders[] = {"spec", "spec/low", "spec/high", "fuzz", "fuzz/targets", "conformance", "conformance/cases"};
    (void)state;
    strcpy(tree, "/tmp/lint-XXXXXX");
    if (!mkdtemp(tree))
        return 1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char full[128];
        snprintf(full, sizeof full, "%s/%s", tree, folders[i]);
        mkdir(full, 0700);
    }
    put("CMakeLists.txt", rooms);
    put("spec/low/low.h", "");
    put("spec/high/high.h", "");
    put("conformance/cases/cases.h", "");
    put("spec/high/noise.md", prose);
    put("spec/high/noise.c", code);
    return !lint_acknowledge(tree);
}

static int remove_tree(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", tree);
    return system(command);
}

static void hear(void *ctx, const char *file, int line, const char *what)
{
    size_t n = strlen(heard);
    (void)ctx;
    snprintf(heard + n, sizeof heard - n, "%s:%d: %s\n", file, line, what);
}

static size_t faults(void)
{
    heard[0] = 0;
    return lint_tree(tree, hear, NULL).faults;
}

#define FINDS(words)                           \
    do {                                       \
        assert_int_equal(faults(), 1);         \
        assert_non_null(strstr(heard, words)); \
    } while (0)

static void a_clean_tree_has_no_faults(void **state)
{
    (void)state;
    assert_int_equal(faults(), 0);
    assert_string_equal(heard, "");
}

static void a_changed_sentence_must_be_acknowledged(void **state)
{
    (void)state;
    put("spec/high/noise.md", "# Noise\n- **NZ"
                              "-001** (both, MU"
                              "ST, shim, auth) The receiver accepts a record whose tag is wrong. [Noise 5.1]\n");
    FINDS("the sentence changed");
    assert_true(lint_acknowledge(tree));
    assert_int_equal(faults(), 0);
}

static void a_vanished_sentence_is_missed(void **state)
{
    (void)state;
    put("spec/high/noise.md", "# Noise\n- **NZ"
                              "-002** (both, MAY, shim) The receiver may hurry. [ours]\n");
    put("spec/high/noise.c", "");
    assert_int_equal(faults(), 2);
    assert_non_null(strstr(heard, "vanished"));
    assert_non_null(strstr(heard, "is new"));
}

static void code_that_cites_an_unknown_number_is_found(void **state)
{
    (void)state;
    put("spec/low/low.h", "/* NZ"
                          "-777 */\n");
    FINDS("no chapter states NZ"
          "-777");
}

static void a_room_that_includes_upward_by_name_is_found(void **state)
{
    (void)state;
    put("spec/low/low.c", "\n#include \"high.h\"\n");
    FINDS("spec/low/low.c:2: room low does not see room high");
}

static void a_fuzz_target_that_includes_upward_is_found(void **state)
{
    (void)state;
    put("fuzz/targets/low_fuzz.c", "#include \"low.h\"\n#include \"cases.h\"\n");
    FINDS("fuzz/targets/low_fuzz.c:2: room fuzz does not see room cases");
}

static void only_tests_see_what_the_room_names_for_its_tests(void **state)
{
    (void)state;
    put("spec/low/low_test.c", "#include \"high.h\"\n");
    assert_int_equal(faults(), 0);
    put("spec/low/low_test.c", "#include \"cases.h\"\n");
    FINDS("spec/low/low_test.c:1: room low does not see room cases");
}

static void a_room_that_includes_by_path_is_found(void **state)
{
    (void)state;
    put("spec/low/low.c", "#include \"../high/high.h\"\n");
    FINDS("spec/low/low.c:1: an include is a bare file name");
}

static void a_sentence_without_a_site_or_with_two_is_found(void **state)
{
    (void)state;
    put("spec/high/noise.c", "/* NZ"
                             "_001 */ char *s = \"NZ"
                             "_001\";\n");
    FINDS("no site");
    put("spec/high/noise.c", "REQUIRE(a, NZ"
                             "_001);\nREQUIRE(b, NZ"
                             "_001);\n");
    FINDS("more than one site");
}

static void faults_of_form_are_found(void **state)
{
    static const struct {
        const char *line, *words;
    } row[] = {
        {"The client MU"
         "ST hurry.\n",
         "without a number"},
        {"- **NZ"
         "-001** (both, MU"
         "ST, shim, auth) Twice. [ours]\n",
         "taken already"},
        {"- **NZ"
         "-003** (both, MU"
         "ST, shim, anger) The client hurries. [ours]\n",
         "reason"},
        {"- **NZ"
         "-003** (both, WILL, shim) The client hurries. [ours]\n",
         "level"},
        {"- **NZ"
         "-003** (both, MAY, shim) The client hurries.\n",
         "source"},
        {"- **ZZ"
         "-003** (both, MAY, shim) The client hurries. [ours]\n",
         "no chapter has this code"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", prose, row[i].line);
        put("spec/high/noise.md", text);
        assert_true(faults() >= 1);
        assert_non_null(strstr(heard, row[i].words));
    }
}

static void two_files_of_one_name_are_found(void **state)
{
    (void)state;
    put("spec/low/noise.c", "");
    FINDS("another room has a file of this name");
}

static void our_own_tree_is_clean(void **state)
{
    (void)state;
    heard[0] = 0;
    lint_totals t = lint_tree(PARLEY_TREE, hear, NULL);
    assert_string_equal(heard, "");
    assert_int_equal(t.faults, 0);
    assert_true(t.sentences >= t.enforced);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(a_clean_tree_has_no_faults),
        IN_TREE(a_changed_sentence_must_be_acknowledged),
        IN_TREE(a_vanished_sentence_is_missed),
        IN_TREE(code_that_cites_an_unknown_number_is_found),
        IN_TREE(a_room_that_includes_upward_by_name_is_found),
        IN_TREE(a_fuzz_target_that_includes_upward_is_found),
        IN_TREE(only_tests_see_what_the_room_names_for_its_tests),
        IN_TREE(a_room_that_includes_by_path_is_found),
        IN_TREE(a_sentence_without_a_site_or_with_two_is_found),
        IN_TREE(faults_of_form_are_found),
        IN_TREE(two_files_of_one_name_are_found),
        cmocka_unit_test(our_own_tree_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
