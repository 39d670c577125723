/* The single-fault audit: each negative vector tests the one sentence that it says, and nothing else refuses it. */
#ifndef PARLEY_AUDIT_H
#define PARLEY_AUDIT_H

#include "in_process.h"

typedef struct audit_totals {
    size_t positives, negatives; /* looked at */
    size_t layered;              /* negatives that declare several layers */
    size_t faults;
} audit_totals;

typedef void audit_fault(void *ctx, const vector_case *, const char *what);

/* One case. A positive has to pass. A negative: its base passes; it is rejected at its site with its reason, state and released
 * as it says; and with exactly its site weakened (its layers, one after another) it is accepted, not before. */
void audit_case(in_process *, const vector_set *, const vector_case *, audit_totals *, audit_fault *, void *ctx);

#endif
