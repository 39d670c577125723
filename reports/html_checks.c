/* The matrix: one row per area with its counts, which opens to the area's checks, which open to their panels. */
#include "html_parts.h"

#include <string.h>
#include <strings.h>

enum { OPEN_AT_MOST = 12 }; /* checks that need a look start open, unless there are so many that nobody would scroll */

static const char *area_name(const char *case_id, size_t len)
{
    for (const chapter_row *c = chapter_rows; c->code; c++)
        if (len == 2 && strncasecmp(c->code, case_id, 2) == 0)
            return c->title;
    return "";
}

/* ---- the columns of the matrix ---- */

typedef enum column { COL_BAD, COL_UNSEEN, COL_NOTICE, COL_GOOD, COL_NEUTRAL, COLUMNS } column;

static column column_of(outcome o)
{
    static const column of[] = {[WEIGHT_GOOD] = COL_GOOD,
                                [WEIGHT_NEUTRAL] = COL_NEUTRAL,
                                [WEIGHT_UNSEEN] = COL_UNSEEN,
                                [WEIGHT_NOTICE] = COL_NOTICE,
                                [WEIGHT_BAD] = COL_BAD};
    return of[outcome_weight(o)];
}

static const char *const column_class[COLUMNS] = {"FAIL", "UNTESTED", "WARN", "PASS", "NA"};
static const char *const column_label[COLUMNS] = {"failed", "not tested", "noticed", "passed", "other"};

static void put_counts(const result *all, size_t n, page *out)
{
    size_t of[COLUMNS] = {0};
    for (size_t i = 0; i < n; i++)
        of[column_of(all[i].outcome)]++;
    for (unsigned c = 0; c < COLUMNS; c++)
        page_printf(out, "<span class=\"n o-%s%s\"><span class=\"vh\">%s </span>%zu</span>", column_class[c], of[c] ? "" : " zero",
                    column_label[c], of[c]);
}

/* ---- one check ---- */

static void put_row(page *out, const char *label, const char *text, bool code)
{
    if (!*text)
        return;
    page_printf(out, "<dt>%s</dt><dd>%s", label, code ? "<code>" : "");
    html_text(out, text);
    page_put(out, code ? "</code></dd>" : "</dd>");
}

static void put_replay(const result *one, page *out)
{
    if (!*one->replay)
        return;
    page_put(out, "<p class=\"replay\"><code>");
    html_text(out, one->replay);
    page_put(out, "</code></p>");
}

static void put_sentence(const report *rep, const result *one, page *out)
{
    const requirement_row *row = report_row(rep, one->req);
    if (!*row->text)
        return;
    page_printf(out, "<blockquote><a href=\"#%s\">%s</a> ", row->id, row->id);
    html_text(out, row->text);
    page_put(out, " <cite>");
    page place = {0};
    report_place(row, &place);
    html_text(out, place.p);
    page_put(out, "</cite></blockquote>");
    page_free(&place);
}

/* What passed needs one line: thousands of these keep the page quick. Its replay line the script takes from the results inside. */
static void put_short_panel(const result *one, page *out)
{
    const char *const rows[][2] = {{"want ", one->want},   {"base ", one->base}, {"mutation ", one->mutation},
                                   {"needs ", one->needs}, {"", one->note},      {"", one->tag}};
    const char *between = "";
    page_put(out, "<div class=\"panel\"><p>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!*rows[i][1])
            continue;
        page_printf(out, "%s%s", between, rows[i][0]);
        html_text(out, rows[i][1]);
        between = " \xc2\xb7 ";
    }
    page_put(out, "</p></div>");
}

static void put_panel(const report *rep, const result *one, page *out)
{
    weight w = outcome_weight(one->outcome);
    bool look = w == WEIGHT_BAD || w == WEIGHT_NOTICE;
    page_put(out, "<div class=\"panel\">");
    if (look || w == WEIGHT_UNSEEN)
        put_sentence(rep, one, out);
    page_put(out, "<dl>");
    put_row(out, "want", one->want, true);
    put_row(out, "got", look ? one->got : "", true);
    put_row(out, "differs", look ? one->where : "", true);
    put_row(out, "base", one->base, true);
    put_row(out, "mutation", one->mutation, false);
    put_row(out, "needs", one->needs, false);
    put_row(out, "note", one->note, false);
    put_row(out, "tag", one->tag, false);
    put_row(out, "issue", one->issue, false);
    page_put(out, "</dl>");
    if (look) {
        html_hex(one, out);
        html_ladder(rep, one, out);
    }
    put_replay(one, out);
    page_put(out, "</div>");
}

/* Checks of one case that came to the same, one behind another, and of which nothing else is to be said: one row for all of them. */
static size_t alike(const result *all, size_t n)
{
    size_t i = 1;
    const weight w = outcome_weight(all->outcome);
    while ((w == WEIGHT_GOOD || w == WEIGHT_NEUTRAL) && i < n && all[i].outcome == all->outcome &&
           strcmp(all[i].case_id, all->case_id) == 0 && strcmp(all[i].req, all->req) == 0 && strcmp(all[i].level, all->level) == 0 &&
           strcmp(all[i].note, all->note) == 0)
        i++;
    return i;
}

static void put_check(const report *rep, const result *one, size_t n, bool open, page *out)
{
    const char *name = outcome_name(one->outcome);
    result first = *one;
    if (n > 1)
        first.want = ""; /* each of them wants something else */
    page_printf(out, "<details class=\"c o-%s\"", name);
    if (n > 1)
        page_printf(out, " data-n=\"%zu\"", n);
    page_printf(out, "%s><summary><b class=\"o\">%s</b><span class=\"id\">%s<i>:%s", open ? " open" : "", name, one->case_id, one->check);
    for (size_t i = 1; i < n; i++)
        page_printf(out, " %s", one[i].check);
    page_printf(out, "</i></span><span class=\"rq\">%s</span><span class=\"lv\">%s</span></summary>", one->req, one->level);
    if (outcome_weight(one->outcome) == WEIGHT_GOOD)
        put_short_panel(&first, out);
    else
        put_panel(rep, &first, out);
    page_put(out, "</details>\n");
}

/* ---- one area ---- */

static size_t n_bad(const result *all, size_t n)
{
    size_t bad = 0;
    for (size_t i = 0; i < n; i++)
        bad += column_of(all[i].outcome) == COL_BAD;
    return bad;
}

/* What needs a look stands first; within a column the order of the file is kept. */
static void put_area(const report *rep, const result *all, size_t n, bool open_bad, page *out)
{
    size_t len = report_area_len(all->case_id);
    page_printf(out, "<details class=\"area\"%s><summary><span class=\"name\"><b>%.*s</b> %s</span>", n_bad(all, n) ? " open" : "",
                (int)len, all->case_id, area_name(all->case_id, len));
    put_counts(all, n, out);
    page_put(out, "</summary>\n");
    for (unsigned c = 0; c < COLUMNS; c++)
        for (size_t i = 0, k; i < n; i += k) {
            k = alike(all + i, n - i);
            if (column_of(all[i].outcome) == (column)c)
                put_check(rep, &all[i], k, open_bad && c == COL_BAD && all[i].outcome != OUTCOME_BLOCKED, out);
        }
    page_put(out, "</details>\n");
}

static void put_filter(page *out)
{
    page_put(out, "<form class=\"filter\" hidden><label class=\"q\">Find <input type=\"search\" id=\"q\" placeholder=\"case, requirement, "
                  "capability or text\" autocomplete=\"off\" spellcheck=\"false\"></label>"
                  "<label>Outcome <select id=\"fo\"><option value=\"\">any</option><option value=\"!\">needs a look</option>");
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        page_printf(out, "<option value=\"%s\">%s</option>", outcome_name((outcome)o), outcome_label((outcome)o));
    page_put(out, "</select></label><label>Level <select id=\"fl\"><option value=\"\">any</option><option>MUST</option><option>MUST "
                  "NOT</option><option>SHOULD</option>"
                  "<option>SHOULD NOT</option><option>MAY</option></select></label><label>Requirement <input id=\"fr\" size=\"8\" "
                  "placeholder=\"NZ-036\" autocomplete=\"off\" spellcheck=\"false\"></label>"
                  "<button type=\"reset\">Clear</button><output id=\"shown\" aria-live=\"polite\"></output></form>\n");
}

void html_checks(const report *rep, page *out)
{
    const results *run = rep->run;
    bool open_bad = n_bad(run->all, run->n) <= OPEN_AT_MOST;
    page_put(out, "<section id=\"checks\" class=\"tab\" aria-label=\"Checks\"><h2>Checks</h2>\n");
    put_filter(out);
    page_put(out, "<div class=\"matrix\"><div class=\"heads\" aria-hidden=\"true\"><span class=\"name\">Area</span>");
    for (unsigned c = 0; c < COLUMNS; c++)
        page_printf(out, "<span class=\"n\">%s</span>", column_label[c]);
    page_put(out, "</div>\n");
    for (size_t i = 0, n; i < run->n; i += n) {
        n = report_area(run->all + i, run->n - i);
        put_area(rep, run->all + i, n, open_bad, out);
    }
    page_put(out, run->n ? "</div></section>\n" : "<p class=\"empty\">No check ran.</p></div></section>\n");
}
