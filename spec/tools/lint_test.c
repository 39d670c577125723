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

static void a_removed_sentence_is_found(void **state)
{
    (void)state;
    put("spec/high/noise.md", "# Noise\n- **NZ"
                              "-002** (both, MAY, shim) The receiver may hurry. [ours]\n");
    put("spec/high/noise.c", "");
    assert_int_equal(faults(), 2);
    assert_non_null(strstr(heard, "is gone"));
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
         "another code"},
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

/* A chapter with one sentence that binds a server, its own outcome, and prose before the section and in it. */
static void put_server_chapter(const char *chapter_prose, const char *section_prose, const char *outcome)
{
    char text[1024];
    snprintf(text, sizeof text,
             "# Noise\n%s\n## One\n%s\n- **NZ"
             "-001** (server, MU"
             "ST, wire, parse) An empty request is refused%s. [ours]\n",
             chapter_prose, section_prose, outcome);
    put("spec/high/noise.md", text);
    lint_acknowledge(tree);
}

#define BY_DEFAULT "Unless its sentence says otherwise, a refused request is answered 404 `Not found`.\n"

static void a_server_rejection_without_an_outcome_is_found(void **state)
{
    (void)state;
    put_server_chapter("", "", "");
    FINDS("spec/high/noise.md:5: the sentence rejects, but states no outcome for a server: state it");
    put_server_chapter("", "", " and closes with 1003 `Empty`");
    assert_int_equal(faults(), 0);
    put_server_chapter("", BY_DEFAULT, "");
    assert_int_equal(faults(), 0);
    put_server_chapter(BY_DEFAULT, "", "");
    assert_int_equal(faults(), 0);
    put_server_chapter("", BY_DEFAULT "\n## Two\n", "");
    FINDS("states no outcome");
}

static void a_changed_default_outcome_must_be_acknowledged(void **state)
{
    (void)state;
    put_server_chapter("", BY_DEFAULT, "");
    put("spec/high/noise.md",
        "# Noise\n\n## One\nUnless its sentence says otherwise, a refused request is dropped without an answer.\n\n- **NZ"
        "-001** (server, MU"
        "ST, wire, parse) An empty request is refused. [ours]\n");
    FINDS("the sentence changed");
}

static void a_malformed_outcome_is_found(void **state)
{
    static const struct {
        const char *section_prose, *outcome, *words;
    } row[] = {
        {"", " and closes with 99 `Empty`", "an ended session is written"},
        {"", " and closes with 1003", "an ended session is written"},
        {"", " and is answered 404 Not found", "an answer is written"},
        {"", ", with HTTP status 4000", "an HTTP status is written"},
        {"", ", is answered 404 `Not found` and closes with 1003 `Empty`", "two outcomes"},
        {"Unless its sentence says otherwise, a refused request is lamented.\n", "", "default states no outcome"},
        {BY_DEFAULT BY_DEFAULT, "", "two default outcomes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        put_server_chapter("", row[i].section_prose, row[i].outcome);
        assert_true(faults() >= 1);
        assert_non_null(strstr(heard, row[i].words));
    }
}

#define NUMBER \
    "REQ_NZ"   \
    "_001" /* not a citation of this file */

static void numbers_compared_by_order_are_found(void **state)
{
    static const char *const wrong[] = {
        "bool f(verdict v) { return v.req >= " NUMBER "; }\n",
        "bool f(verdict v) { return " NUMBER " <= v.req; }\n",
        "bool f(const verdict *v, int n) { return n < v->req; }\n",
        "bool f(const check *a, int n) { return n > a->check[n - 1].req; }\n",
        "int f(int part) { return " NUMBER " + part; }\n",
        "int f(int part) { return part + " NUMBER "; }\n",
        "int f(int other) { return other - " NUMBER "; }\n",
        "void f(int first, int last) { for (int req = first; req <= last; req++) g(req); }\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put("spec/low/low.c", wrong[i]);
        FINDS("spec/low/low.c:1: a sentence's number is a name: compare it by == only, list the numbers");
    }
}

static void numbers_used_as_names_are_fine(void **state)
{
    (void)state;
    put("spec/low/low.c", "bool f(verdict v) { return v.req == " NUMBER " || v.req != row->req; }\n"
                          "void g(void) { for (int req = 1; req < REQ_COUNT; req++) h(a > b ? req : -1, list[req].text); }\n"
                          "/* v.req > " NUMBER " */ static const int all[] = {" NUMBER ", " NUMBER "};\n"
                          "const char *i(const row *req, int n) { return n < 3 ? req->text : rows[" NUMBER "].text; }\n");
    assert_int_equal(faults(), 0);
}

/* A chapter's function with the one check of the tree, and a line after it. */
static void put_guard(const char *condition, const char *line)
{
    char text[1024];
    snprintf(text, sizeof text,
             "verdict f(void)\n{\n    REQUIRE(%s, NZ"
             "_001);\n    %s\n    return ACCEPT;\n}\n",
             condition, line);
    put("spec/high/noise.c", text);
}

static void an_unmarked_guard_of_a_weakened_build_is_found(void **state)
{
    static const char *const wrong[][2] = {
        {"n < LIMIT", "if (n < LIMIT) table[n++] = x;"}, {"n < LIMIT", "if (n >= LIMIT) return ACCEPT;"},
        {"n < LIMIT", "g(table[n % LIMIT]);"},           {"n < LIMIT", "a->n = n < LIMIT ? n + 1 : n;"},
        {"found", "if (!found) return ACCEPT;"},         {"found && other", "if (busy || !other) return ACCEPT;"},
        {"row != NULL", "row = row ? row : &rows[0];"},  {"is_one(a, b)", "return is_one(a, b) ? g() : ACCEPT;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put_guard(wrong[i][0], wrong[i][1]);
        FINDS("spec/high/noise.c:4: a check before has shown this already: say WITHIN(index, LIMIT) or WEAKENED(XX_000)");
    }
    put_guard("found", "if (WEAK(1)) return ACCEPT;");
    FINDS("marked by name: WITHIN(index, LIMIT) or WEAKENED(XX_000)");
    put_guard("found", "if (site_weak[1]) return ACCEPT;");
    FINDS("marked by name");
}

static void what_is_marked_or_asks_for_something_else_is_fine(void **state)
{
    static const char *const right[][2] = {
        {"n < LIMIT", "g(table[WITHIN(n, LIMIT)]);"},
        {"n < LIMIT", "if (WEAKENED(NZ"
                      "_001) && n >= LIMIT) return ACCEPT;"},
        {"row", "row = WEAKENED(NZ"
                "_001) && !row ? &rows[0] : row;"},
        {"found || other", "if (found) return g();"},
        {"found", "if (found_all) return g();"},
        {"n < LIMIT", "if (m < LIMIT) g(n % m);"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        put_guard(right[i][0], right[i][1]);
        assert_int_equal(faults(), 0);
    }
    put("spec/high/noise.c", "verdict f(void)\n{\n    REQUIRE(found, NZ"
                             "_001);\n}\n\nverdict g(void)\n{\n    if (found) h();\n}\n");
    assert_int_equal(faults(), 0);
}

static void two_files_of_one_name_are_found(void **state)
{
    (void)state;
    put("spec/low/noise.c", "");
    FINDS("another room has a file of this name");
}

static void a_line_of_prose_that_is_too_wide_is_found(void **state)
{
    static const char *const fine[] = {"%s\n", "| %s xx |\n", "```\n%s xx\n```\n"};
    char wide[256] = "", text[512];
    (void)state;
    for (int i = 0; i < 70; i++)
        strcat(wide, "\xc3\xa9 "); /* 140 characters of 210 bytes */
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        snprintf(text, sizeof text, fine[i], wide);
        put("spec/low/low.md", text);
        assert_int_equal(faults(), 0);
    }
    snprintf(text, sizeof text, "# Low\n\n%s.\n", wide);
    put("spec/low/low.md", text);
    FINDS("spec/low/low.md:3: the line has more than 140 characters: wrap it");
    put("spec/low/low.md", "");
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
        IN_TREE(a_removed_sentence_is_found),
        IN_TREE(code_that_cites_an_unknown_number_is_found),
        IN_TREE(a_room_that_includes_upward_by_name_is_found),
        IN_TREE(a_fuzz_target_that_includes_upward_is_found),
        IN_TREE(only_tests_see_what_the_room_names_for_its_tests),
        IN_TREE(a_room_that_includes_by_path_is_found),
        IN_TREE(a_sentence_without_a_site_or_with_two_is_found),
        IN_TREE(faults_of_form_are_found),
        IN_TREE(a_server_rejection_without_an_outcome_is_found),
        IN_TREE(a_changed_default_outcome_must_be_acknowledged),
        IN_TREE(a_malformed_outcome_is_found),
        IN_TREE(numbers_compared_by_order_are_found),
        IN_TREE(numbers_used_as_names_are_fine),
        IN_TREE(an_unmarked_guard_of_a_weakened_build_is_found),
        IN_TREE(what_is_marked_or_asks_for_something_else_is_fine),
        IN_TREE(two_files_of_one_name_are_found),
        IN_TREE(a_line_of_prose_that_is_too_wide_is_found),
        cmocka_unit_test(our_own_tree_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
