#include "suspects.h"
#include "causes.h"
#include "no_memory.h"
#include "requirements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct suspect {
    const char *area, *key, *req;
} suspects[] = {{"nz", "prologue", "NZ-033"}, {"nz", "label", "NZ-048"}, {"nz", "ad", "NZ-006"}};

enum { SUSPECTS = sizeof suspects / sizeof *suspects };

static bool has(const vector_case *c, const char *key)
{
    const cJSON *value = case_value(c, key);
    return value && (cJSON_IsString(value) ? *value->valuestring != 0 : cJSON_GetArraySize(value) > 0 || cJSON_IsNumber(value));
}

static bool is_bad(const result *r) { return r->outcome == OUTCOME_FAIL || r->outcome == OUTCOME_WARN; }

/* For each case of the set, whether some check of it failed, and whether some was made. */
static void note_cases(const results *all, const vector_set *set, bool *made, bool *failed)
{
    for (size_t i = 0; i < all->n; i++) {
        const vector_case *c = vectors_find(set, all->all[i].case_id);
        if (!c)
            continue;
        made[c - set->all] |= all->all[i].outcome == OUTCOME_PASS || is_bad(&all->all[i]);
        failed[c - set->all] |= is_bad(&all->all[i]);
    }
}

typedef struct split {
    size_t failed[2], passed[2]; /* of honest cases without and with the input */
} split;

static split split_by(const struct suspect *s, const vector_set *set, const bool *made, const bool *failed)
{
    split n = {0};
    for (size_t i = 0; i < set->n; i++) {
        const vector_case *c = &set->all[i];
        if (!made[i] || !c->accept || strcmp(c->area, s->area) != 0)
            continue;
        (failed[i] ? n.failed : n.passed)[has(c, s->key)]++;
    }
    return n;
}

/* Hardly one without the input fails, most of those with it do: not all, since some are over before it matters. */
static bool explains(const split *n)
{
    return n->failed[1] >= 4 && n->passed[0] >= 4 && n->passed[1] < n->failed[1] && n->failed[0] * 10 < n->passed[0];
}

static void name_in(results *all, const vector_set *set, const struct suspect *s, const split *n)
{
    char note[200];
    snprintf(note, sizeof note, "of the honest cases with `%s` %zu fail and %zu pass; of those without it %zu fail and %zu pass", s->key,
             n->failed[1], n->passed[1], n->failed[0], n->passed[0]);
    for (size_t i = 0; i < all->n; i++) {
        result r = all->all[i];
        const vector_case *c = is_bad(&r) ? vectors_find(set, r.case_id) : NULL;
        if (!c || strcmp(c->area, s->area) != 0 || !has(c, s->key))
            continue;
        r.req = s->req;
        r.level = requirement_rows[requirement_named(s->req)].level;
        r.note = diagnosis_of(&r) ? r.note : note;
        results_replace(all, &all->all[i], &r);
    }
}

void suspects_name(results *all, const vector_set *set)
{
    bool *made = calloc(set->n + 1, sizeof *made), *failed = calloc(set->n + 1, sizeof *failed);
    needs_memory(made && failed);
    note_cases(all, set, made, failed);
    for (size_t i = 0; i < SUSPECTS; i++) {
        const split n = split_by(&suspects[i], set, made, failed);
        if (explains(&n)) {
            name_in(all, set, &suspects[i], &n);
            break;
        }
    }
    free(made);
    free(failed);
}

/* ---- one diagnosis for what gives nothing to diagnose ---- */

static bool shows_nothing(const result *r) { return is_bad(r) && strcmp(r->note, NOTHING_SEALED) == 0; }

/* The note of the one diagnosis; NULL: there is none, or there are several. */
static const char *only_diagnosis(const results *all, size_t *n)
{
    const char *note = NULL;
    *n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (diagnosis_of(&all->all[i]) && (!note || strcmp(note, all->all[i].note) != 0)) {
            note = all->all[i].note;
            ++*n;
        }
    return *n == 1 ? note : NULL;
}

bool suspects_want_diagnosis(const results *all)
{
    size_t diagnoses, n = 0;
    only_diagnosis(all, &diagnoses);
    for (size_t i = 0; i < all->n; i++)
        n += shows_nothing(&all->all[i]);
    return n > 0 && diagnoses == 0;
}

void suspects_share_diagnosis(results *all, const char *probed)
{
    size_t diagnoses;
    const char *note = only_diagnosis(all, &diagnoses);
    note = diagnoses == 0 ? probed : note;
    for (size_t i = 0; note && i < all->n; i++) {
        result r = all->all[i];
        if (!shows_nothing(&r))
            continue;
        r.note = note;
        results_replace(all, &all->all[i], &r);
    }
}
