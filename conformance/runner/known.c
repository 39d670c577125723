#include "known.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *read_row(known *k, char *line)
{
    char *field[5];
    for (int i = 0; i < 5; i++)
        if (!(field[i] = strsep(&line, "\t")))
            return "five fields with a tab between: glob, check, outcome, got, reason";
    known_row row = {.glob = field[0], .check = field[1], .got = field[3], .reason = field[4]};
    if (!outcome_of(field[2], &row.outcome) ||
        (row.outcome != OUTCOME_FAIL && row.outcome != OUTCOME_WARN && row.outcome != OUTCOME_CRASH && row.outcome != OUTCOME_HANG))
        return "the outcome is FAIL, WARN, CRASH or HANG";
    if (!*row.reason)
        return "a known difference needs its reason";
    k->all = realloc(k->all, (k->n + 1) * sizeof *k->all);
    must(k->all);
    k->all[k->n++] = row;
    return NULL;
}

const char *known_read(known *k, page text, char fault[200])
{
    *k = (known){.text = text};
    char *rest = text.p, *line;
    for (unsigned number = 1; (line = strsep(&rest, "\n")); number++) {
        if (!*line || *line == '#')
            continue;
        const char *what = read_row(k, line);
        if (what) {
            snprintf(fault, 200, "line %u: %s", number, what);
            known_free(k);
            return fault;
        }
    }
    return NULL;
}

void known_free(known *k)
{
    free(k->all);
    page_free(&k->text);
    *k = (known){0};
}

static bool covers(const known_row *row, const result *r)
{
    return strcmp(row->check, r->check) == 0 && fnmatch(row->glob, r->case_id, 0) == 0;
}

static void apply_to(known *k, results *run, result *r)
{
    for (size_t i = 0; i < k->n; i++) {
        known_row *row = &k->all[i];
        if (!covers(row, r))
            continue;
        if (r->outcome == OUTCOME_PASS) {
            row->fixed++;
            r->outcome = OUTCOME_XPASS;
        } else if (r->outcome == row->outcome && (strcmp(row->got, "*") == 0 || strcmp(row->got, r->got) == 0)) {
            row->matched++;
            r->was = r->outcome;
            r->outcome = OUTCOME_XFAIL;
            r->note = results_keep(run, row->reason);
        }
        return;
    }
}

size_t known_apply(known *k, results *run, bool whole)
{
    size_t stale = 0;
    for (size_t i = 0; i < run->n; i++)
        apply_to(k, run, &run->all[i]);
    for (size_t i = 0; i < k->n; i++)
        stale += k->all[i].fixed || (whole && !k->all[i].matched);
    return stale;
}
