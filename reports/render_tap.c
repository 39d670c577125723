/* TAP version 14: one test point per check, with a YAML block where there is something to say. */
#include "report.h"

#include <string.h>

/* What is not measured is a skip with its reason; a known failure carries TAP's own word for it. */
static void put_directive(const result *one, page *out)
{
    if (one->outcome == OUTCOME_NA || one->outcome == OUTCOME_UNTESTED) {
        page_printf(out, " # SKIP %s ", outcome_name(one->outcome));
        page_put_shown(out, one->note);
    } else if (one->outcome == OUTCOME_XFAIL) {
        page_put(out, " # TO"
                      "DO known: ");
        page_put_shown(out, one->issue);
    }
}

static void put_yaml(const report *rep, const result *one, page *out)
{
    const char *const rows[][2] = {{"outcome", outcome_name(one->outcome)},
                                   {"requirement", one->req},
                                   {"level", one->level},
                                   {"sentence", report_row(rep, one->req)->text},
                                   {"want", one->want},
                                   {"got", one->got},
                                   {"where", one->where},
                                   {"note", one->note},
                                   {"replay", one->replay},
                                   {"transcript", one->transcript}};
    page_put(out, "  ---\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!*rows[i][1])
            continue;
        page_printf(out, "  %s: ", rows[i][0]);
        page_put_json(out, rows[i][1]); /* a JSON string is a YAML string */
        page_put(out, "\n");
    }
    page_put(out, "  ...\n");
}

void render_tap(const report *rep, page *out)
{
    const results *run = rep->run;
    page_printf(out, "TAP version 14\n1..%zu\n", run->n);
    if (report_unchecked(rep))
        page_printf(out, "# %zu " REPORT_UNCHECKED ": %s\n", report_unchecked(rep), run->head.unchecked);
    for (size_t i = 0; i < run->n; i++) {
        const result *one = &run->all[i];
        bool ok = outcome_weight(one->outcome) != WEIGHT_BAD && one->outcome != OUTCOME_XFAIL;
        page_printf(out, "%s %zu - %s:%s", ok ? "ok" : "not ok", i + 1, one->case_id, one->check);
        put_directive(one, out);
        page_put(out, "\n");
        if (!ok || one->outcome == OUTCOME_WARN)
            put_yaml(rep, one, out);
    }
}
