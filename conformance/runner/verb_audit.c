#include "audit.h"
#include "progress.h"
#include "vectors_here.h"
#include "verbs.h"
#include "weak.h"

#include <fnmatch.h>

static void print_audit_fault(void *ctx, const vector_case *c, const char *what)
{
    (void)ctx;
    printf("FAULT  %s  %s\n", c->id, what);
    if (!c->accept)
        printf("       site %s, base %s, mutation: %s\n", c->site, c->base, c->mutation);
}

static int audit_set(const cli_call *call, const vector_set *set)
{
    static in_process p;
    const char *glob = cli_value(call, "case");
    audit_totals totals = {0};
    progress bar = progress_start("audit", set->n, call->quiet);
    in_process_start(&p, &prim_openssl);
    for (size_t i = 0; i < set->n; i++) {
        if (!glob || fnmatch(glob, set->all[i].id, 0) == 0)
            audit_case(&p, set, &set->all[i], &totals, print_audit_fault, NULL);
        progress_at(&bar, i);
    }
    progress_end(&bar);
    if (totals.positives + totals.negatives == 0)
        return cli_usage(call, "no case is called '%s'; `parley vectors list` names them", glob);
    if (call->json)
        printf("{\"positives\":%zu,\"negatives\":%zu,\"layered\":%zu,\"faults\":%zu}\n", totals.positives, totals.negatives, totals.layered,
               totals.faults);
    else
        printf("%zu positives pass; %zu negatives, %zu of them single-fault and %zu with declared layers; %zu faults\n", totals.positives,
               totals.negatives, totals.negatives - totals.layered, totals.layered, totals.faults);
    return totals.faults ? EXIT_SELF : EXIT_LEVEL;
}

int verb_audit(const cli_call *call)
{
    vector_set set;
    if (call->argc)
        return cli_usage(call, "audit takes no operands; --case GLOB selects");
    if (!weak_possible())
        return cli_usage(
            call, "this build can't weaken a line; ./parley audit at the top of a checkout builds the one that can (preset mutants)");
    int code = vectors_build(call, &set);
    if (code)
        return code;
    code = audit_set(call, &set);
    vectors_free(&set);
    return code;
}
