/* Failures by their cause, before the checks themselves: what a reader has to look at once, however many checks show it. */
#include "causes.h"
#include "html_parts.h"

#include <string.h>

enum { CAUSES_SHOWN = 40, CASES_NAMED = 4 };

typedef struct causes {
    const report *rep;
    page *out;
    size_t n, checks;
} causes;

static void count(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    causes *c = ctx;
    (void)first, (void)more;
    c->n++;
    c->checks += 1 + n_more;
}

static void put_cases(page *out, const result *first, const result *const *more, size_t n_more)
{
    page_put(out, "<code>");
    html_text(out, first->case_id);
    page_put(out, "</code>");
    for (size_t i = 0; i < n_more && i + 1 < CASES_NAMED; i++) {
        page_put(out, ", <code>");
        html_text(out, more[i]->case_id);
        page_put(out, "</code>");
    }
    if (n_more + 1 > CASES_NAMED)
        page_printf(out, " and %zu more", n_more + 1 - CASES_NAMED);
}

static void put_cause(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    causes *c = ctx;
    const requirement_row *row = report_row(c->rep, first->req);
    if (++c->n > CAUSES_SHOWN)
        return;
    page_printf(c->out, "<li class=\"o-%s\"><b>%zu %s</b> <a href=\"#%.6s\">%.6s</a> ", outcome_name(first->outcome), 1 + n_more,
                outcome_label(first->outcome), first->req, first->req);
    html_text(c->out, row->text);
    page_put(c->out, "<br><span class=\"sum\">");
    html_text(c->out, *first->got ? first->got : first->note);
    page_put(c->out, " \xc2\xb7 ");
    put_cases(c->out, first, more, n_more);
    page_put(c->out, "</span></li>\n");
}

void html_causes(const report *rep, page *out)
{
    causes all = {rep, out, 0, 0}, shown = {rep, out, 0, 0};
    causes_each(rep->run, count, &all);
    if (all.checks < 2)
        return;
    page_printf(out, "<section class=\"causes\" aria-label=\"Causes\"><h2>%zu cause%s of %zu checks to look at</h2>\n<ol>\n", all.n,
                all.n == 1 ? "" : "s", all.checks);
    causes_each(rep->run, put_cause, &shown);
    page_put(out, "</ol>\n");
    if (all.n > CAUSES_SHOWN)
        page_printf(out, "<p class=\"sum\">and %zu more causes, among the checks below</p>\n", all.n - CAUSES_SHOWN);
    page_put(out, "</section>\n");
}
