/* The book that `parley book` writes: every sentence once, every link within the page has its anchor, nothing is fetched. */
#include "page.h"
#include "requirements.h"
#include "runner_fixture.h"
#include "schedules.h"

#include <sys/stat.h>

enum { BOOK_MAX = 3000000 };

static char folder[] = "/tmp/parley-book-XXXXXX";
static page book;

static int write_book(void **state)
{
    char line[128];
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(line, sizeof line, "parley book --quiet --out %s", folder);
    if (says(line)->code != EXIT_LEVEL)
        return 1;
    snprintf(line, sizeof line, "%s/book.html", folder);
    return !page_load(&book, line, BOOK_MAX) || unlink(line);
}

static int remove_book(void **state)
{
    (void)state;
    page_free(&book);
    return rmdir(folder);
}

static size_t count_of(const char *what)
{
    size_t n = 0;
    for (const char *at = book.p; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* ---- anchors: all of the page, sorted ---- */

enum { ANCHORS_MAX = 8192, ANCHOR = 120 };

static char anchors[ANCHORS_MAX][ANCHOR];
static size_t n_anchors;

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static void take_anchors(void)
{
    n_anchors = 0;
    for (const char *at = book.p; (at = strstr(at, " id=\"")); n_anchors++) {
        at += strlen(" id=\"");
        assert_true(n_anchors < ANCHORS_MAX);
        snprintf(anchors[n_anchors], ANCHOR, "%.*s", (int)strcspn(at, "\""), at);
    }
    qsort(anchors, n_anchors, ANCHOR, by_name);
}

static bool is_anchor(const char *name) { return bsearch(name, anchors, n_anchors, ANCHOR, by_name); }

static void every_sentence_stands_once_with_its_text(void **state)
{
    (void)state;
    take_anchors();
    for (size_t i = 1; i < n_anchors; i++)
        assert_string_not_equal(anchors[i - 1], anchors[i]);
    for (int i = 1; i < REQ_COUNT; i++)
        if (!is_anchor(requirement_rows[i].id))
            fail_msg("%s is not in the book", requirement_rows[i].id);
}

static void every_link_leads_somewhere_within_the_page(void **state)
{
    char name[ANCHOR];
    (void)state;
    take_anchors();
    for (const char *at = book.p; (at = strstr(at, "href=\"")); at++) {
        const char *target = at + strlen("href=\"");
        if (strncmp(target, "data:,", 6) == 0)
            continue;
        assert_int_equal(*target, '#');
        snprintf(name, sizeof name, "%.*s", (int)strcspn(target + 1, "\""), target + 1);
        if (!is_anchor(name))
            fail_msg("nothing is called %s", name);
    }
}

static void the_page_fetches_nothing(void **state)
{
    (void)state;
    assert_int_equal(count_of(" src="), 0);
    assert_int_equal(count_of("@import"), 0);
    assert_int_equal(count_of("url("), 0);
    assert_int_equal(count_of("default-src 'none'"), 1);
}

static void code_stands_beside_its_sentence(void **state)
{
    (void)state;
    const char *sentence = strstr(book.p, " id=\"NZ-017\""), *line = strstr(sentence, "<mark>");
    assert_true(line && line < strstr(sentence, "</section>"));
    assert_true(strstr(line, "NZ_017") < strstr(line, "</mark>"));
}

static void each_attacker_was_stopped(void **state)
{
    (void)state;
    const char *goals = strstr(book.p, " id=\"goals\"");
    assert_non_null(goals);
    assert_null(strstr(goals, "not stopped"));
    assert_non_null(strstr(goals, "relay"));
}

static void each_profile_has_its_step(void **state)
{
    (void)state;
    const char *ladder = strstr(book.p, " id=\"ladder\"");
    assert_non_null(ladder);
    assert_non_null(strstr(ladder, "<td>bound to the</td><td>key</td><td>key</td><td>machine</td>"));
}

static void each_key_schedule_has_its_script(void **state)
{
    (void)state;
    for (const schedule *s = schedules; s->id; s++) {
        char title[160];
        snprintf(title, sizeof title, "in the case %s, computed by openssl", s->id);
        assert_int_equal(count_of(title), 1);
    }
}

static void without_a_browser_there_is_no_pdf(void **state)
{
    char line[128], path[128];
    const char *kept = getenv("PATH");
    (void)state;
    snprintf(line, sizeof line, "parley book --pdf --quiet --out %s", folder);
    snprintf(path, sizeof path, "%s/book.html", folder);
    setenv("PATH", "/nowhere", 1);
    const answer *a = says(line);
    setenv("PATH", kept, 1);
    assert_int_equal(a->code, EXIT_UNREACHABLE);
    assert_non_null(strstr(a->err, "needs a browser"));
    assert_int_equal(unlink(path), 0);
}

static void a_folder_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    assert_int_equal(says("parley book --out /dev/null/x")->code, EXIT_HARNESS);
    assert_int_equal(says("parley book x")->code, EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_stands_once_with_its_text),
        cmocka_unit_test(every_link_leads_somewhere_within_the_page),
        cmocka_unit_test(the_page_fetches_nothing),
        cmocka_unit_test(code_stands_beside_its_sentence),
        cmocka_unit_test(each_attacker_was_stopped),
        cmocka_unit_test(each_profile_has_its_step),
        cmocka_unit_test(each_key_schedule_has_its_script),
        cmocka_unit_test(without_a_browser_there_is_no_pdf),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, write_book, remove_book);
}
