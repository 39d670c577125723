/* Failures by their cause, before the checks themselves: what a reader has to look at once, however many checks show it. */
#include "causes.h"
#include "html_parts.h"

#include <string.h>

enum { CAUSES_SHOWN = 40, CASES_NAMED = 4 };

typedef struct causes {
    const report *rep;
    page *out;
    size_t n, checks;
    bool diagnosed;
} causes;

static void count(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    causes *c = ctx;
    (void)more;
    c->diagnosed |= diagnosis_of(first) != NULL;
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

static void put_diagnosis(page *out, const result *first, size_t n_more)
{
    page_printf(out, "<b>Most likely cause of %zu failure%s</b> ", 1 + n_more, n_more ? "s" : "");
    html_text(out, diagnosis_of(first));
}

static void put_sentence(const causes *c, const result *first, size_t n_more)
{
    if (report_serves_many(first)) {
        page_printf(c->out, "<b>%zu %s</b> ", 1 + n_more, outcome_label(first->outcome));
        report_sentences(c->rep, first, c->out);
        return;
    }
    page_printf(c->out, "<b>%zu %s</b> <a href=\"#%.6s\">%.6s</a> ", 1 + n_more, outcome_label(first->outcome), first->req, first->req);
    html_text(c->out, report_row(c->rep, first->req)->text);
}

static void put_cause(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    causes *c = ctx;
    if (++c->n > CAUSES_SHOWN)
        return;
    page_printf(c->out, "<li class=\"o-%s\">", outcome_name(first->outcome));
    if (diagnosis_of(first))
        put_diagnosis(c->out, first, n_more);
    else
        put_sentence(c, first, n_more);
    page_put(c->out, "<br><span class=\"sum\">");
    html_text(c->out, *first->got ? first->got : first->note);
    page_put(c->out, " \xc2\xb7 ");
    put_cases(c->out, first, more, n_more);
    page_put(c->out, "</span></li>\n");
}

void html_causes(const report *rep, page *out)
{
    causes all = {.rep = rep}, shown = {.rep = rep, .out = out};
    causes_each(rep->run, count, &all);
    if (all.checks < 2 && !all.diagnosed)
        return;
    page_printf(out, "<section class=\"causes\" aria-label=\"Causes\"><h2>%zu cause%s of %zu checks to look at</h2>\n<ol>\n", all.n,
                all.n == 1 ? "" : "s", all.checks);
    causes_each(rep->run, put_cause, &shown);
    page_put(out, "</ol>\n");
    if (all.n > CAUSES_SHOWN)
        page_printf(out, "<p class=\"sum\">and %zu more causes, among the checks below</p>\n", all.n - CAUSES_SHOWN);
    page_put(out, "</section>\n");
}
