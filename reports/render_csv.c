/* RFC 4180 with a heading line. */
#include "report.h"

#include <string.h>

/* A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
static void put_cell(page *out, const char *text, const char *after)
{
    page clean = {0};
    page_put_shown(&clean, text);
    page_put(out, clean.n && strchr("=+-@", clean.p[0]) ? "\"'" : "\"");
    for (const char *p = clean.p; p && *p; p++) {
        page_put(out, *p == '"' ? "\"" : "");
        page_put_n(out, p, 1);
    }
    page_put(out, "\"");
    page_put(out, after);
    page_free(&clean);
}

void render_csv(const report *rep, page *out)
{
    page_put(out, "outcome,case,check,rev,req,level,door,role,want,got,where,base,mutation,tag,note,issue,replay\r\n");
    for (size_t i = 0; i < rep->run->n; i++) {
        const result *one = &rep->run->all[i];
        page_printf(out, "%s,%s,%s,%u,", outcome_name(one->outcome), one->case_id, one->check, one->rev);
        const char *cells[] = {one->req,   one->level, one->door,     one->role, one->want, one->got,
                               one->where, one->base,  one->mutation, one->tag,  one->note, one->issue};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
            put_cell(out, cells[k], ",");
        put_cell(out, one->replay, "\r\n");
    }
}
