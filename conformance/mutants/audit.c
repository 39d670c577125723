#include "audit.h"
#include "weak.h"

#include <stdio.h>
#include <string.h>

typedef struct auditor {
    in_process *p;
    const vector_set *set;
    const vector_case *c;
    audit_totals *totals;
    audit_fault *fault;
    void *ctx;
} auditor;

static void report(const auditor *a, const char *what)
{
    a->totals->faults++;
    a->fault(a->ctx, a->c, what);
}

static bool passes(const auditor *a, const case_result *r)
{
    char what[400];
    if (case_passed(r))
        return true;
    for (int i = 0; i < CASE_CHECKS; i++)
        if (r->check[i].outcome == FINDING_FAILED) {
            snprintf(what, sizeof what, ":%s wants %s, got %s", case_check_name[i], r->check[i].want, r->check[i].got);
            report(a, what);
            return false;
        }
    snprintf(what, sizeof what, "the calls before the judged one are answered %s", r->word);
    report(a, what);
    return false;
}

/* With `id` weakened as well: accepted exactly when it is the last layer. */
static bool one_layer(const auditor *a, const char *id, bool last)
{
    case_result r;
    char what[200];
    uint16_t req = requirement_named(id);
    if (!req) {
        report(a, "a layer that no chapter states");
        return false;
    }
    weak_set(req, true);
    run_case(&a->p->target, a->c, NULL, &r);
    bool lets_pass = r.arrived && r.answer == SHIM_OK;
    if (lets_pass == last)
        return true;
    snprintf(what, sizeof what,
             last ? "masked: with %s weakened it is still refused, at %s"
                  : "with %s weakened it is accepted already: the layers declared after it are not needed%.0s",
             id, r.detail);
    report(a, what);
    return false;
}

static void weaken_one_after_another(const auditor *a)
{
    bool as_said = true;
    if (!a->c->layers)
        as_said = one_layer(a, a->c->site, true);
    for (const cJSON *at = a->c->layers ? a->c->layers->child : NULL; at && as_said; at = at->next)
        as_said = one_layer(a, at->valuestring, !at->next);
    weak_none();
    a->totals->layered += a->c->layers != NULL;
}

static void audit_negative(const auditor *a)
{
    case_result r;
    const vector_case *base = vectors_find(a->set, a->c->base);
    run_case(&a->p->target, base, NULL, &r);
    if (!base->accept || !case_passed(&r)) {
        report(a, "its base is not accepted");
        return;
    }
    in_process_run(a->p, a->set, a->c, &r);
    if (!passes(a, &r))
        return;
    if (strcmp(r.detail, a->c->site) != 0) {
        char what[80];
        snprintf(what, sizeof what, "refused at %s", r.detail);
        report(a, what);
        return;
    }
    weaken_one_after_another(a);
}

void audit_case(in_process *p, const vector_set *set, const vector_case *c, audit_totals *totals, audit_fault *fault, void *ctx)
{
    const auditor a = {p, set, c, totals, fault, ctx};
    case_result r;
    if (!c->accept) {
        totals->negatives++;
        audit_negative(&a);
        return;
    }
    totals->positives++;
    in_process_run(p, set, c, &r);
    passes(&a, &r);
}
