#include "results.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const results_head HEAD = {
    .suite = "0.1.0", .target = "acme", .version = "2.1.0", .profile = "confer", .revision = "draft", .door = "shim", .seed = "42"};

static void add(results *r, const char *case_id, const char *check, outcome o, const char *level)
{
    results_add(
        r, &(result){
               .case_id = case_id, .check = check, .rev = 1, .outcome = o, .req = "NZ-036", .level = level, .role = "lib", .door = "shim"});
    r->planned++;
}

static results three(void)
{
    results r;
    results_start(&r, &HEAD);
    add(&r, "nz.open.tag", "verdict", OUTCOME_PASS, "MUST");
    add(&r, "nz.open.tag", "reason", OUTCOME_UNTESTED, "MUST");
    add(&r, "nz.open.basic", "verdict", OUTCOME_PASS, "MUST");
    return r;
}

static void the_file_is_the_same_whatever_the_order_of_adding(void **state)
{
    (void)state;
    results a = three(), b;
    results_start(&b, &HEAD);
    for (size_t i = a.n; i > 0; i--)
        results_add(&b, &a.all[i - 1]);
    b.planned = a.planned;
    page x = {0}, y = {0};
    results_write(&a, &x);
    results_write(&b, &y);
    assert_string_equal(x.p, y.p);
    page_free(&x), page_free(&y);
    results_free(&a), results_free(&b);
}

static void what_was_written_reads_back_to_the_same_bytes(void **state)
{
    (void)state;
    char fault[200];
    results a = three(), b;
    results_add(&a, &(result){.case_id = "at.x",
                              .check = "wire",
                              .rev = 2,
                              .outcome = OUTCOME_XFAIL,
                              .was = OUTCOME_CRASH,
                              .req = "AT-001 AT-002",
                              .got = "</script>\x01\xff\"\\ \xe2\x80\xa8",
                              .got_bytes = "00ff",
                              .needs = "a:b c:d",
                              .issue = "#7"});
    page x = {0}, y = {0};
    results_write(&a, &x);
    assert_null(results_read(&b, x.p, x.n, fault));
    results_write(&b, &y);
    assert_string_equal(x.p, y.p);
    assert_string_equal(b.all[0].got, "</script>\x01\xef\xbf\xbd\"\\ \xe2\x80\xa8");
    assert_int_equal(b.all[0].was, OUTCOME_CRASH);
    assert_null(strstr(x.p, "</script>"));
    page_free(&x), page_free(&y);
    results_free(&a), results_free(&b);
}

/* Every single edit of the file is noticed. */
static void a_file_that_is_not_as_we_write_it_is_refused(void **state)
{
    (void)state;
    static const char *const edits[][2] = {{"\"planned\":3", "\"planned\":3.0"},
                                           {"\"planned\":3", "\"planned\":-3"},
                                           {"\"rev\":1", "\"rev\":0"},
                                           {"\"PASS\":2", "\"PASS\":3"},
                                           {"results/1", "results/2"},
                                           {"\"case\":\"nz", "\"case\":\"NZ"},
                                           {"\"seed\"", "\"Seed\""},
                                           {"\"seed\":\"42\"", "\"seed\":42"},
                                           {"NZ-036", "NZ-36"},
                                           {"\"level\":\"MUST\"", "\"level\":\"WILL\""},
                                           {"\"outcome\":\"PASS\"", "\"outcome\":\"GREEN\""},
                                           {"]}\n", "]}"},
                                           {"]}\n", "]} \n"},
                                           {"\"rev\":1", "\"rev\":1,\"rev\":1"},
                                           {"\"rev\":1", "\"rev\":1,\"score\":1"},
                                           {"nz.open.basic", "nz.open.zz"},
                                           {"\"check\":\"verdict\"", "\"check\":\"mood\""},
                                           {"[\"NZ-036\"]", "\"NZ-036\""},
                                           {"acme", "acme\xff"},
                                           {"acme", "acme\\u0000"}};
    results a = three(), b;
    page text = {0};
    results_write(&a, &text);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char fault[200];
        char *at = strstr(text.p, edits[i][0]);
        assert_non_null(at);
        page edited = {0};
        page_put_n(&edited, text.p, (size_t)(at - text.p));
        page_put(&edited, edits[i][1]);
        page_put(&edited, at + strlen(edits[i][0]));
        assert_non_null(results_read(&b, edited.p, edited.n, fault));
        page_free(&edited);
    }
    page_free(&text);
    results_free(&a);
}

/* The schema that we ship names exactly the members that can be written. */
static void the_schema_knows_every_member(void **state)
{
    (void)state;
    page schema = {0}, text = {0};
    assert_true(page_load(&schema, PARLEY_TREE "/reports/results-1.schema.json", 1 << 20));
    results r;
    results_start(&r, &(results_head){"s", "t", "v", "p", "r", "d", "c", "g", "1", "a", "1/2", "AT-001"});
    results_add(&r, &(result){"a.b", "verdict", 1,   OUTCOME_XFAIL, OUTCOME_FAIL, "NZ-036", "MUST", "d", "r", "w", "g",
                              "00",  "01",      "x", "b",           "m",          "n",      "t",    "n", "i", "t", "r"});
    results_write(&r, &text);
    size_t members = 0;
    for (const char *at = text.p; (at = strstr(at, "\":")); at += 2) {
        const char *start = at;
        while (*--start != '"')
            ;
        char key[40];
        size_t n = (size_t)(at - start) + 2;
        assert_true(n < sizeof key);
        memcpy(key, start, n);
        key[n] = 0;
        if (!strstr(schema.p, key))
            fail_msg("%s is not in the schema", key);
        members++;
    }
    assert_int_equal(members, 1 + 12 + 3 + OUTCOME_COUNT + 5 + 17);
    page_free(&schema), page_free(&text);
    results_free(&r);
}

static void every_cut_of_the_file_is_refused(void **state)
{
    (void)state;
    results a = three(), b;
    page text = {0};
    char fault[200];
    results_write(&a, &text);
    for (size_t n = 0; n < text.n; n++)
        assert_non_null(results_read(&b, text.p, n, fault));
    page_free(&text);
    results_free(&a);
}

static void a_check_that_is_missing_or_there_twice_does_not_add_up(void **state)
{
    (void)state;
    results r = three();
    assert_true(results_accounted(&r));
    r.planned++;
    assert_false(results_accounted(&r));
    assert_int_equal(results_exit(&r, &(exit_facts){0}, NULL), 70);
    add(&r, "nz.open.tag", "verdict", OUTCOME_PASS, "MUST");
    r.planned--;
    assert_int_equal(r.planned, r.n);
    assert_false(results_accounted(&r));
    results_free(&r);
}

static void the_worst_status_wins_and_all_are_listed(void **state)
{
    (void)state;
    results r = three();
    int all[EXIT_STATUSES + 1];
    assert_int_equal(results_exit(&r, &(exit_facts){0}, all), 0);
    assert_int_equal(all[0], 0);
    add(&r, "a.warn", "verdict", OUTCOME_WARN, "SHOULD");
    assert_int_equal(results_exit(&r, &(exit_facts){0}, NULL), 0);
    assert_int_equal(results_exit(&r, &(exit_facts){.strict = true}, NULL), 3);
    add(&r, "a.crash", "verdict", OUTCOME_CRASH, "MUST");
    add(&r, "a.xpass", "verdict", OUTCOME_XPASS, "MUST");
    exit_facts worst = {true, true, true, true, true, true, true, true};
    add(&r, "a.harness", "verdict", OUTCOME_HARNESS, "MUST");
    assert_int_equal(results_exit(&r, &worst, all), 70);
    const int want[] = {70, 69, 64, 6, 5, 1, 2, 4, 3, 0};
    assert_memory_equal(all, want, sizeof want);
    results_free(&r);
}

static void a_run_that_measured_nothing_is_not_green(void **state)
{
    (void)state;
    results r;
    results_start(&r, &HEAD);
    assert_int_equal(results_exit(&r, &(exit_facts){0}, NULL), 4);
    assert_int_equal(results_level(&r, NULL), -1);
    add(&r, "a.b", "verdict", OUTCOME_UNTESTED, "MUST");
    add(&r, "a.c", "verdict", OUTCOME_NA, "MUST");
    assert_int_equal(results_exit(&r, &(exit_facts){0}, NULL), 4);
    assert_int_equal(results_level(&r, NULL), -1);
    results_free(&r);
}

static void a_level_falls_with_what_is_not_shown(void **state)
{
    (void)state;
    results r = three();
    assert_int_equal(results_level(&r, "lib"), 1); /* the reason is untested */
    assert_int_equal(results_level(&r, "server"), -1);
    r.all[1].outcome = OUTCOME_PASS;
    assert_int_equal(results_level(&r, NULL), 2);
    add(&r, "a.w", "verdict", OUTCOME_WARN, "SHOULD");
    assert_int_equal(results_level(&r, NULL), 1);
    add(&r, "a.x", "verdict", OUTCOME_XFAIL, "MUST");
    assert_int_equal(results_level(&r, NULL), 0);
    results_free(&r);
}

static void shards_join_only_when_they_are_of_one_run(void **state)
{
    (void)state;
    char fault[200];
    results a = three(), b, c;
    results_start(&b, &HEAD);
    add(&b, "zz.y", "verdict", OUTCOME_PASS, "MUST");
    assert_null(results_merge(&a, &b, fault));
    assert_int_equal(a.planned, 4);
    assert_true(results_accounted(&a));
    assert_non_null(results_merge(&a, &b, fault)); /* the same check again */
    results_head other = HEAD;
    other.seed = "43";
    results_start(&c, &other);
    assert_non_null(strstr(results_merge(&a, &c, fault), "seed"));
    results_free(&a), results_free(&b), results_free(&c);
}

static void the_digest_is_that_of_the_file(void **state)
{
    (void)state;
    results a = three();
    page text = {0};
    uint8_t digest[32], want[32], after[32];
    results_write(&a, &text);
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), want);
    results_digest(&a, &prim_openssl, digest);
    assert_memory_equal(digest, want, 32);
    a.all[0].outcome = a.all[0].was = OUTCOME_FAIL;
    results_digest(&a, &prim_openssl, after);
    assert_memory_not_equal(digest, after, 32);
    page_free(&text);
    results_free(&a);
}

static void only_characters_stay_characters(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        page out = {0};
        page_put_utf8(&out, broken[i]);
        assert_int_equal(out.n, 3 * strlen(broken[i]));
        page_free(&out);
    }
    page whole = {0};
    assert_string_equal(shown_text("a\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xef\xbb\xbf\xd8\x9c z"),
                        "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd z"); /* directions, separators, marks */
    page_put_shown(&whole, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8c\x1b\t\xc2\x9b");
    assert_string_equal(whole.p, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x8c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    page_free(&whole);
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_the_same_whatever_the_order_of_adding),
        cmocka_unit_test(what_was_written_reads_back_to_the_same_bytes),
        cmocka_unit_test(a_file_that_is_not_as_we_write_it_is_refused),
        cmocka_unit_test(the_schema_knows_every_member),
        cmocka_unit_test(every_cut_of_the_file_is_refused),
        cmocka_unit_test(a_check_that_is_missing_or_there_twice_does_not_add_up),
        cmocka_unit_test(the_worst_status_wins_and_all_are_listed),
        cmocka_unit_test(a_run_that_measured_nothing_is_not_green),
        cmocka_unit_test(a_level_falls_with_what_is_not_shown),
        cmocka_unit_test(shards_join_only_when_they_are_of_one_run),
        cmocka_unit_test(the_digest_is_that_of_the_file),
        cmocka_unit_test(only_characters_stay_characters),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
