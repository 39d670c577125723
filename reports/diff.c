#include "diff.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *label;
} fates[] = {
#define X(NAME, name, LABEL) {#name, LABEL},
    FATES(X)
#undef X
};

const char *fate_name(fate f) { return fates[f].name; }
const char *fate_label(fate f) { return fates[f].label; }

/* ---- whether two runs can be compared ---- */

/* The role of all checks; "several" when they differ. */
static const char *role_of(const results *r)
{
    for (size_t i = 1; i < r->n; i++)
        if (strcmp(r->all[i].role, r->all[0].role) != 0)
            return "several";
    return r->n ? r->all[0].role : "";
}

const char *diff_refuses(const results *a, const results *b, char fault[200])
{
    const char *const facts[][3] = {
        {"door", a->head.door, b->head.door}, {"profile", a->head.profile, b->head.profile}, {"role", role_of(a), role_of(b)}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i][1], facts[i][2]) != 0) {
            snprintf(fault, 200, "not comparable: the %s is \"%.50s\" in one and \"%.50s\" in the other", facts[i][0], facts[i][1],
                     facts[i][2]);
            return fault;
        }
    return NULL;
}

/* ---- one check ---- */

static bool is_measured(const result *one) { return one->was != OUTCOME_UNTESTED && one->was != OUTCOME_NA; }
static bool is_failing(const result *one) { return outcome_weight(one->was) == WEIGHT_BAD; }

bool results_measured(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (is_measured(&r->all[i]))
            return true;
    return false;
}

static fate fate_of(const result *was, const result *is)
{
    if (!is || (was && is_measured(was) && !is_measured(is)))
        return FATE_VANISHED;
    const bool failed = was && is_failing(was);
    if (is_failing(is))
        return failed ? FATE_STILL : FATE_FAILING;
    if (failed)
        return FATE_FIXED;
    return was ? FATE_SAME : FATE_ADDED;
}

/* ---- all of them ---- */

void diff_each(results *a, results *b, diff_note *note, void *ctx)
{
    results_sort(a);
    results_sort(b);
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        const int by = i == a->n ? 1 : k == b->n ? -1 : result_order(&a->all[i], &b->all[k]);
        const result *was = by <= 0 ? &a->all[i++] : NULL;
        const result *is = by >= 0 ? &b->all[k++] : NULL;
        note(ctx, fate_of(was, is), was, is);
    }
}
