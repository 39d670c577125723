/* Failures for a forge's list of findings. The rule is the sentence; its place is the chapter, since we do not know the target's files. */
#include "causes.h"
#include "no_memory.h"
#include "report.h"
#include "sarif.h"

#include <stdlib.h>
#include <string.h>

typedef struct findings {
    const report *rep;
    page *out;
    size_t n;
} findings;

static void put_line(page *text, const char *label, const char *value)
{
    if (!*value)
        return;
    page_printf(text, "%s: ", label);
    page_put_shown(text, value);
    page_put(text, "\n");
}

static void put_finding(findings *f, const result *one)
{
    page text = {0}, name = {0};
    const requirement_row *row = report_row(f->rep, one->req);
    report_name(one, &name);
    page_printf(&text, "%s %s: %s\n", outcome_name(one->outcome), name.p, row->text);
    put_line(&text, "want", one->want);
    put_line(&text, "got", one->got);
    put_line(&text, "note", one->note);
    put_line(&text, "run it again", one->replay);
    sarif_put(f->out, f->n++,
              &(sarif_finding){.rule = *row->id ? row->id : "parley",
                               .level = one->outcome == OUTCOME_WARN ? "warning" : "error",
                               .text = text.p,
                               .file = row->file,
                               .line = row->line,
                               .name = name.p});
    page_free(&text);
    page_free(&name);
}

static void note_rule(const report *rep, const result *one, sarif_rule *rules, size_t *n)
{
    const requirement_row *row = report_row(rep, one->req);
    const char *id = *row->id ? row->id : "parley";
    for (size_t i = 0; i < *n; i++)
        if (strcmp(rules[i].id, id) == 0)
            return;
    rules[(*n)++] = (sarif_rule){id, *row->id ? row->text : "a check of the suite itself"};
}

void render_sarif(const report *rep, page *out)
{
    findings f = {rep, out, 0};
    sarif_rule *rules = calloc(rep->n_rows + 1, sizeof *rules);
    size_t n = 0;
    needs_memory(rules);
    for (size_t i = 0; i < rep->run->n; i++)
        if (needs_a_look(&rep->run->all[i]))
            note_rule(rep, &rep->run->all[i], rules, &n);
    sarif_start(out, rep->run->head.suite, rules, n);
    for (size_t i = 0; i < rep->run->n; i++)
        if (needs_a_look(&rep->run->all[i]))
            put_finding(&f, &rep->run->all[i]);
    sarif_end(out);
    free(rules);
}
