/* The mutants, survivors first. */
#include "html_parts.h"

#include <string.h>

static const char *const outcomes[][2] = {{"survived", "FAIL"}, {"lethal", "CRASH"}, {"equivalent", "NA"}, {"killed", "PASS"}};
enum { KINDS = sizeof outcomes / sizeof *outcomes };

static size_t kind_of(const mutant_row *m)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(m->outcome, outcomes[i][0]) == 0)
            return i;
    return 0; /* an outcome that nobody knows is not a kill */
}

static void put_row(const mutant_row *m, page *out)
{
    page_printf(out, "<tr class=\"o-%s\"><td><b class=\"o\">", outcomes[kind_of(m)][1]);
    html_text(out, m->outcome);
    page_put(out, "</b></td><th scope=\"row\">");
    html_text(out, m->id);
    page_put(out, "</th><td>");
    html_text(out, m->kind);
    page_put(out, "</td><td class=\"text\"><code>");
    html_text(out, m->killers);
    page_put(out, "</code> ");
    html_text(out, m->note);
    page_put(out, "</td></tr>\n");
}

void html_mutants(const report *rep, page *out)
{
    size_t killed = 0;
    for (size_t i = 0; i < rep->n_mutants; i++)
        killed += kind_of(&rep->mutants[i]) == KINDS - 1;
    page_printf(out,
                "<section id=\"mutants\" class=\"tab\" aria-label=\"Mutants\"><h2>Mutants</h2>\n<p class=\"sum\">%zu of %zu "
                "killed.</p>\n<div class=\"scroll\"><table><thead><tr>"
                "<th>Fate</th><th>Weakened</th><th>Kind</th><th>Killed by</th></tr></thead><tbody>\n",
                killed, rep->n_mutants);
    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; i < rep->n_mutants; i++)
            if (kind_of(&rep->mutants[i]) == k)
                put_row(&rep->mutants[i], out);
    page_put(out, "</tbody></table></div></section>\n");
}
