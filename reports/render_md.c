/* Markdown for a job summary: the counts, what failed, what was not tested and why. */
#include "report.h"

#include <string.h>

/* Text from a target, so that nothing in it is markup: characters that mean something get a backslash. */
static void put_md(page *out, const char *text)
{
    page clean = {0};
    page_put_shown(&clean, text);
    for (const char *p = clean.p; p && *p; p++) {
        if (*p == '<' || *p == '&')
            page_put(out, *p == '<' ? "&lt;" : "&amp;");
        else {
            page_put(out, strchr("\\`*_{}[]()#+!|>~@", *p) ? "\\" : "");
            page_put_n(out, p, 1);
        }
    }
    page_free(&clean);
}

/* In a code block nothing is markup, as long as its fence is longer than any run of backquotes inside. */
static void put_code(page *out, const char *text)
{
    page clean = {0};
    page_put_shown(&clean, text);
    size_t run = 0, longest = 2;
    for (const char *p = clean.p; p && *p; p++) {
        run = *p == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i <= longest; i++)
            page_put(out, "`");
        page_put(out, "\n");
        if (side == 0)
            page_printf(out, "%s\n", clean.p ? clean.p : "");
    }
    page_free(&clean);
}

static void put_row(page *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    page_printf(out, "- %s: ", label);
    put_md(out, text);
    page_put(out, "\n");
}

static void put_failure(const report *rep, const result *one, page *out)
{
    page differs = {0};
    report_differs(one, &differs);
    page_printf(out, "### %s `%s:%s` (%.6s %s)\n\n", outcome_name(one->outcome), one->case_id, one->check, one->req, one->level);
    const requirement_row *row = report_row(rep, one->req);
    if (*row->text) {
        page_put(out, "> ");
        put_md(out, row->text);
        page_put(out, "\n\n");
    }
    put_row(out, "base", one->base);
    put_row(out, "mutation", one->mutation);
    put_row(out, "want", one->want);
    put_row(out, "got", one->got);
    put_row(out, "differs", differs.p);
    put_row(out, "note", one->note);
    put_row(out, "issue", one->issue);
    page_put(out, "\n");
    if (*one->replay)
        put_code(out, one->replay);
    page_put(out, "\n");
    page_free(&differs);
}

static void put_counts(const report *rep, page *out)
{
    tally t = results_count(rep->run);
    page_put(out, "| outcome | checks |\n|---|---:|\n");
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        if (t.of[o] || o == OUTCOME_FAIL || o == OUTCOME_UNTESTED)
            page_printf(out, "| %s | %zu |\n", o == OUTCOME_UNTESTED ? "**not tested**" : outcome_name((outcome)o), t.of[o]);
    page_printf(out, "| planned | %zu |\n\n", rep->run->planned);
    if (t.total != rep->run->planned)
        page_printf(out, "**This run is not whole: of %zu planned checks %zu were made.**\n\n", rep->run->planned, t.total);
}

enum { TAIL = 400 /* bytes for saying that something was left out */ };

/* A job summary that is too long is not shown at all. Takes back what is too much, to where the page still ended well. */
static bool is_too_long(const report *rep, page *out, size_t mark)
{
    if (!rep->limit || out->n + TAIL <= rep->limit)
        return false;
    out->n = mark;
    out->p[mark] = 0;
    return true;
}

static void put_left_out(page *out, size_t n, const char *what)
{
    page_printf(out, "\nLeft out, because a summary takes no more: %zu %s. The report of this run has them.\n\n", n, what);
}

static void put_not_tested(const report *rep, page *out)
{
    const results *run = rep->run;
    size_t left = results_count(run).of[OUTCOME_UNTESTED];
    if (!left)
        return;
    page_put(out, "## Not tested\n\n| check | requirement | why |\n|---|---|---|\n");
    for (size_t i = 0; i < run->n; i++) {
        const result *one = &run->all[i];
        const size_t mark = out->n;
        if (one->outcome != OUTCOME_UNTESTED)
            continue;
        page_printf(out, "| `%s:%s` | %s | ", one->case_id, one->check, one->req);
        put_md(out, one->note);
        page_put(out, " |\n");
        if (is_too_long(rep, out, mark)) {
            put_left_out(out, left, "checks that were not tested");
            return;
        }
        left--;
    }
}

static void put_unchecked(const report *rep, page *out)
{
    if (report_unchecked(rep))
        page_printf(out, "## No check\n\n%zu " REPORT_UNCHECKED ": %s\n\n", report_unchecked(rep), rep->run->head.unchecked);
}

/* What is bad or worth a notice, the first few in full. */
static void put_failures(const report *rep, page *out)
{
    const results *run = rep->run;
    size_t bad = 0, blocked = 0, left = 0;
    for (size_t i = 0; i < run->n; i++) {
        const result *one = &run->all[i];
        weight w = outcome_weight(one->outcome);
        if ((w != WEIGHT_BAD && w != WEIGHT_NOTICE) || !report_once(one, &blocked))
            continue;
        const size_t mark = out->n;
        page_put(out, bad++ ? "" : "## To look at\n\n");
        if (!left)
            put_failure(rep, one, out);
        left += left || is_too_long(rep, out, mark);
    }
    if (left)
        put_left_out(out, left, "checks to look at");
    if (blocked > 1)
        page_printf(out, "And %zu more were not measured for the same reason.\n\n", blocked - 1);
}

void render_md(const report *rep, page *out)
{
    const results *run = rep->run;
    page_put(out, "# ");
    put_md(out, run->head.target);
    page_put(out, " ");
    put_md(out, run->head.version);
    page_put(out, "\n\n");
    report_badge_text(rep, out);
    page_printf(out, " \xc2\xb7 suite %s \xc2\xb7 results `%.16s`\n\n", shown_text(run->head.suite), rep->digest);
    put_counts(rep, out);
    put_unchecked(rep, out);
    put_failures(rep, out);
    put_not_tested(rep, out);
}
