/* `parley diff` over files that a test writes: what changed, and why two files can't be compared. */
#include "diff.h"
#include "runner_fixture.h"

static char earlier[] = "/tmp/parley-diff-a-XXXXXX", later[] = "/tmp/parley-diff-b-XXXXXX";

static int make_files(void **state)
{
    (void)state;
    const int a = mkstemp(earlier), b = mkstemp(later);
    return close(a) || close(b);
}

static int remove_files(void **state)
{
    (void)state;
    return unlink(earlier) || unlink(later);
}

/* ---- files ---- */

/* "x:FAIL y:XFAIL" are the checks nz.x and nz.y; XFAIL was a FAIL, XPASS a PASS. */
static results run_of(const results_head *head, const char *role, const char *checks)
{
    results r;
    const char *word;
    results_start(&r, head);
    for (size_t n; next_word(&checks, &word, &n); r.planned++) {
        char id[16], name[16];
        result one = {.case_id = id, .check = "verdict", .rev = 1, .req = "NZ-036", .level = "MUST", .door = head->door, .role = role};
        snprintf(id, sizeof id, "nz.%c", word[0]);
        snprintf(name, sizeof name, "%.*s", (int)n - 2, word + 2);
        assert_true(outcome_of(name, &one.outcome));
        one.was = one.outcome == OUTCOME_XFAIL ? OUTCOME_FAIL : OUTCOME_PASS;
        results_add(&r, &one);
    }
    return r;
}

static const results_head ours = {.suite = "0.1.0", .target = "acme", .profile = "confer", .revision = "draft", .door = "url"};

static void write_run(const char *path, const results_head *head, const char *role, const char *checks, size_t lost)
{
    page text = {0};
    results r = run_of(head, role, checks);
    r.planned += lost;
    results_write(&r, &text);
    assert_true(page_save(&text, path));
    page_free(&text);
    results_free(&r);
}

static void save_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static answer *diff(const char *options)
{
    char line[256];
    snprintf(line, sizeof line, "parley diff %s %s%s", earlier, later, options);
    return says(line);
}

/* ---- what became of a check ---- */

static void each_check_has_one_fate(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *line; /* NULL: nothing is listed */
        int code;
    } rows[] = {
        {"x:PASS y:PASS", "x:PASS y:PASS", NULL, 0},
        {"x:PASS y:PASS", "x:PASS y:FAIL", "fails newly  nz.y:verdict  PASS -> FAIL  NZ-036\n", 1},
        {"x:PASS y:PASS", "x:PASS y:CRASH", "fails newly  nz.y:verdict  PASS -> CRASH", 1},
        {"x:PASS y:PASS", "x:PASS y:HANG", "fails newly  nz.y:verdict  PASS -> HANG", 1},
        {"x:PASS y:PASS", "x:PASS y:BLOCKED", "fails newly  nz.y:verdict  PASS -> BLOCKED", 1},
        {"x:PASS y:PASS", "x:PASS y:HARNESS", "fails newly  nz.y:verdict  PASS -> HARNESS", 1},
        {"x:PASS y:UNTESTED", "x:PASS y:FAIL", "fails newly  nz.y:verdict  UNTESTED -> FAIL", 1},
        {"x:PASS", "x:PASS y:FAIL", "fails newly  nz.y:verdict  absent -> FAIL", 1},
        {"x:PASS y:PASS", "x:PASS y:XFAIL", "fails newly  nz.y:verdict  PASS -> XFAIL", 1}, /* a baseline that grew */
        {"x:PASS y:PASS", "x:PASS", "vanished     nz.y:verdict  PASS -> absent", 1},
        {"x:PASS y:FAIL", "x:PASS", "vanished     nz.y:verdict  FAIL -> absent", 1},
        {"x:PASS y:UNTESTED", "x:PASS", "vanished     nz.y:verdict  UNTESTED -> absent", 1},
        {"x:PASS y:PASS", "x:PASS y:UNTESTED", "vanished     nz.y:verdict  PASS -> UNTESTED", 1},
        {"x:PASS y:FAIL", "x:PASS y:NA", "vanished     nz.y:verdict  FAIL -> NA", 1},
        {"x:PASS y:FAIL", "x:PASS y:FAIL", "still fails  nz.y:verdict  FAIL -> FAIL", 0},
        {"x:PASS y:FAIL", "x:PASS y:XFAIL", "still fails  nz.y:verdict  FAIL -> XFAIL", 0},
        {"x:PASS y:FAIL", "x:PASS y:PASS", "fixed        nz.y:verdict  FAIL -> PASS", 0},
        {"x:PASS y:XFAIL", "x:PASS y:XPASS", "fixed        nz.y:verdict  XFAIL -> XPASS", 0},
        {"x:PASS", "w:PASS x:PASS", "added        nz.w:verdict  absent -> PASS", 0},
        {"x:PASS", "x:PASS y:UNTESTED", "added        nz.y:verdict  absent -> UNTESTED", 0},
        {"x:PASS y:NA", "x:PASS y:PASS", NULL, 0},
        {"x:PASS y:PASS", "x:PASS y:WARN", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_run(earlier, &ours, "server", rows[i].a, 0);
        write_run(later, &ours, "server", rows[i].b, 0);
        answer *a = diff("");
        const bool listed = strncmp(a->out, "0 fixed", 7) != 0 && strchr(a->out, '\n')[1];
        if (a->code != rows[i].code || listed != (rows[i].line != NULL) || (listed && !strstr(a->out, rows[i].line)))
            fail_msg("%s, then %s: exit %d\n%s%s", rows[i].a, rows[i].b, a->code, a->out, a->err);
    }
}

static void all_are_counted_the_red_ones_first(void **state)
{
    (void)state;
    write_run(earlier, &ours, "server", "a:FAIL b:PASS c:FAIL d:PASS f:PASS", 0);
    write_run(later, &ours, "server", "a:PASS b:FAIL c:FAIL e:PASS f:PASS", 0);
    assert_string_equal(diff("")->out, "fails newly  nz.b:verdict  PASS -> FAIL  NZ-036\n"
                                       "vanished     nz.d:verdict  PASS -> absent  NZ-036\n"
                                       "still fails  nz.c:verdict  FAIL -> FAIL  NZ-036\n"
                                       "fixed        nz.a:verdict  FAIL -> PASS  NZ-036\n"
                                       "added        nz.e:verdict  absent -> PASS  NZ-036\n"
                                       "1 fixed, 1 new failures, 1 still failing, 1 vanished, 1 added, 1 as before\n");
    assert_string_equal(diff(" --quiet")->out, "1 fixed, 1 new failures, 1 still failing, 1 vanished, 1 added, 1 as before\n");
    assert_string_equal(diff(" --format json")->out,
                        "{\"schema\":\"diff/1\",\"exit\":1,\"as_before\":1,\n"
                        "\"failing\":[\n{\"case\":\"nz.b\",\"check\":\"verdict\",\"was\":\"PASS\",\"is\":\"FAIL\"}],\n"
                        "\"vanished\":[\n{\"case\":\"nz.d\",\"check\":\"verdict\",\"was\":\"PASS\",\"is\":\"\"}],\n"
                        "\"still\":[\n{\"case\":\"nz.c\",\"check\":\"verdict\",\"was\":\"FAIL\",\"is\":\"FAIL\"}],\n"
                        "\"fixed\":[\n{\"case\":\"nz.a\",\"check\":\"verdict\",\"was\":\"FAIL\",\"is\":\"PASS\"}],\n"
                        "\"added\":[\n{\"case\":\"nz.e\",\"check\":\"verdict\",\"was\":\"\",\"is\":\"PASS\"}]}\n");
}

/* ---- what is not compared ---- */

static void refuses_with(int code, const char *because)
{
    answer *a = diff("");
    if (a->code != code || *a->out || !strstr(a->err, because))
        fail_msg("exit %d instead of %d for \"%s\": %s%s", a->code, code, because, a->out, a->err);
}

static void a_file_that_is_no_whole_run_is_red(void **state)
{
    (void)state;
    static const struct {
        const char *checks;
        size_t lost; /* planned and not in the file */
        int code;
        const char *because;
    } rows[] = {
        {"x:PASS", 1, EXIT_HARNESS, "2 checks were planned, 1 are accounted for: the run is not whole"},
        {"x:PASS x:PASS", 0, EXIT_HARNESS, "the run is not whole"},
        {"", 0, EXIT_COVERAGE, "nothing was measured in this run"},
        {"x:UNTESTED y:NA", 0, EXIT_COVERAGE, "nothing was measured in this run"},
    };
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
        const char *bad = i % 2 ? earlier : later, *good = i % 2 ? later : earlier;
        write_run(good, &ours, "server", "x:PASS", 0);
        write_run(bad, &ours, "server", rows[i / 2].checks, rows[i / 2].lost);
        refuses_with(rows[i / 2].code, rows[i / 2].because);
        refuses_with(rows[i / 2].code, bad);
    }
}

static void a_doctored_or_foreign_file_is_red(void **state)
{
    (void)state;
    page text = {0};
    write_run(earlier, &ours, "server", "x:FAIL", 0);
    assert_true(page_load(&text, earlier, 1 << 20));
    memcpy(strstr(text.p, "\"outcome\":\"FAIL\""), "\"outcome\":\"PASS\"", 16);
    save_text(later, text.p); /* the counts above it still say FAIL */
    page_free(&text);
    refuses_with(EXIT_USAGE, "is not what these results are written as (changed by hand");
    save_text(later, "");
    refuses_with(EXIT_USAGE, "the file is empty");
    save_text(later, "{\"tests\":[]}\n");
    refuses_with(EXIT_USAGE, "not a results file of this version");
    save_text(later, "<testsuite/>\n");
    refuses_with(EXIT_USAGE, "not a JSON object");
}

static void only_the_same_door_profile_and_role_compare(void **state)
{
    (void)state;
    results_head door = ours, profile = ours;
    door.door = "exec", profile.profile = "noise";
    const struct {
        const results_head *head;
        const char *role, *because;
    } rows[] = {
        {&door, "server", "not comparable: the door is \"url\" in one and \"exec\" in the other"},
        {&profile, "server", "not comparable: the profile is \"confer\" in one and \"noise\" in the other"},
        {&ours, "client", "not comparable: the role is \"server\" in one and \"client\" in the other"},
    };
    write_run(earlier, &ours, "server", "x:PASS", 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_run(later, rows[i].head, rows[i].role, "x:PASS", 0);
        refuses_with(EXIT_USAGE, rows[i].because);
    }
}

static void what_is_asked_wrongly_is_told(void **state)
{
    (void)state;
    refuses("parley diff", "give two results files");
    refuses("parley diff a b c", "give two results files");
    refuses("parley diff /nonexistent/a /nonexistent/b", "/nonexistent/a: No such file");
    refuses("parley diff no-such-revision /tmp",
            "no-such-revision is neither a results file, nor a folder with a tree of Parley, nor a revision");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_check_has_one_fate),
        cmocka_unit_test(all_are_counted_the_red_ones_first),
        cmocka_unit_test(a_file_that_is_no_whole_run_is_red),
        cmocka_unit_test(a_doctored_or_foreign_file_is_red),
        cmocka_unit_test(only_the_same_door_profile_and_role_compare),
        cmocka_unit_test(what_is_asked_wrongly_is_told),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
