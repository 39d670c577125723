/* Annotations of a job, as commands that GitHub reads from its log. A forge shows ten of a step, so they are by cause. */
#include "causes.h"
#include "report.h"

#include <string.h>

enum { ANNOTATIONS = 9 /* and one for the rest */ };

typedef struct annotations {
    const report *rep;
    page *out;
    size_t causes;
} annotations;

/* `property`: in front of the second pair of colons, where a colon and a comma mean something too. */
static void put_escaped(page *out, const char *text, bool property)
{
    page clean = {0};
    for (const char *line = text; *line; line += *line == '\n') { /* our own line breaks stay */
        const size_t n = strcspn(line, "\n");
        page one = {0};
        page_put_n(&one, line, n);
        page_put_shown(&clean, one.p ? one.p : "");
        page_put(&clean, line[n] ? "\n" : "");
        page_free(&one);
        line += n;
    }
    for (const char *p = clean.p; p && *p; p++)
        if (*p == '%' || *p == '\n' || (property && (*p == ':' || *p == ',')))
            page_printf(out, "%%%02X", (unsigned char)*p);
        else
            page_put_n(out, p, 1);
    page_free(&clean);
}

static void put_line(page *text, const char *label, const char *value)
{
    if (*value)
        page_printf(text, "\n%s: %s", label, value);
}

static void put_annotation(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    annotations *a = ctx;
    (void)more;
    if (a->causes++ >= ANNOTATIONS)
        return;
    page title = {0}, text = {0};
    page_printf(&title, "%s %s:%s", outcome_name(first->outcome), first->case_id, first->check);
    page_printf(&text, "%.6s %s  %s", first->req, first->level, report_row(a->rep, first->req)->text);
    put_line(&text, "want", first->want);
    put_line(&text, "got", first->got);
    put_line(&text, "note", first->note);
    if (n_more)
        page_printf(&text, "\nand %zu more of the same cause", n_more);
    put_line(&text, "run it again", first->replay);
    page_printf(a->out, "::%s title=", first->outcome == OUTCOME_WARN ? "warning" : "error");
    put_escaped(a->out, title.p, true);
    page_put(a->out, "::");
    put_escaped(a->out, text.p, false);
    page_put(a->out, "\n");
    page_free(&title);
    page_free(&text);
}

void render_annotations(const report *rep, page *out)
{
    annotations a = {rep, out, 0};
    const tally t = results_count(rep->run);
    causes_each(rep->run, put_annotation, &a);
    if (a.causes > ANNOTATIONS)
        page_printf(out, "::error title=%zu more causes::the report has all of them\n", a.causes - ANNOTATIONS);
    if (t.total != rep->run->planned)
        page_printf(out, "::error title=the run is not whole::%zu checks were planned, %zu are there\n", rep->run->planned, t.total);
    page_printf(out, "::notice title=parley::%zu checks planned, %zu passed, %zu failed, %zu not tested\n", rep->run->planned,
                t.of[OUTCOME_PASS], t.of[OUTCOME_FAIL] + t.of[OUTCOME_CRASH] + t.of[OUTCOME_HANG], t.of[OUTCOME_UNTESTED]);
}
