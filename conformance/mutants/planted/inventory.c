#include "inventory.h"

#include <stdlib.h>
#include <string.h>

static bool is_among(case_tables tables, const case_row *wanted)
{
    const case_row *row;
    for (size_t i = 0; tables && (row = suite_case(tables, i)); i++)
        if (row == wanted)
            return true;
    return false;
}

void inventory_start(inventory *v, case_tables tables, case_tables except)
{
    const case_row *row;
    size_t n = 0;
    *v = (inventory){0};
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        n += trial_checks(row);
    v->all = calloc(n, sizeof *v->all);
    must(v->all);
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        for (int c = 0; c < CASE_CHECKS; c++)
            if (row->req[c] && !is_among(except, row))
                v->all[v->n++] = (inventory_row){.case_id = row->id, .check = (case_check)c};
}

static inventory_row *find(const inventory *v, const result *r)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->all[i].case_id, r->case_id) == 0 && strcmp(case_check_name[v->all[i].check], r->check) == 0)
            return &v->all[i];
    return NULL;
}

static bool counts(const result *r)
{
    return r->outcome == OUTCOME_FAIL || r->outcome == OUTCOME_WARN || r->outcome == OUTCOME_HANG ||
           (r->outcome == OUTCOME_CRASH && strcmp(r->check, case_check_name[STATE]) == 0);
}

void inventory_note(inventory *v, const results *r, const char *by)
{
    for (size_t i = 0; i < r->n; i++) {
        inventory_row *row = counts(&r->all[i]) ? find(v, &r->all[i]) : NULL;
        if (!row)
            continue;
        row->by = row->by ? row->by : by;
        row->n++;
    }
}

size_t inventory_unseen(const inventory *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += !v->all[i].by;
    return n;
}

void inventory_print(const inventory *v, FILE *out, bool unseen_alone)
{
    for (size_t i = 0; i < v->n; i++) {
        const inventory_row *r = &v->all[i];
        if (!r->by)
            fprintf(out, "NEVER SEEN TO FAIL  %s:%s\n", r->case_id, case_check_name[r->check]);
        else if (!unseen_alone)
            fprintf(out, "%3u  %-44s %-9s %s\n", r->n, r->case_id, case_check_name[r->check], r->by);
    }
}

void inventory_free(inventory *v)
{
    free(v->all);
    *v = (inventory){0};
}
