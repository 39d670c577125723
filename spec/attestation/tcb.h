/* Attestation: the status of an Intel TCB (chapter attestation, tcb.md). */
#ifndef PARLEY_TCB_H
#define PARLEY_TCB_H

#include "collateral.h"

enum { AT_TCB_ADVISORIES_MAX = 3 * AT_ADVISORIES_MAX };

/* Advisories borrow from the collateral. */
typedef struct at_tcb_result {
    bool known; /* false: the appraisal ended before there was a status */
    at_tcb_status status;
    int64_t date;                         /* the earliest of the levels, at launch */
    span advisory[AT_TCB_ADVISORIES_MAX]; /* each once, as written: no escapes */
    size_t n_advisories;
} at_tcb_result;

/* AT-150 to AT-160. */
verdict at_tcb_evaluate(const at_quote *, const at_pck *, const at_judged_collateral *, at_tcb_result *out, account *);

/* What a relying party puts up with. All zero: nothing. */
typedef struct at_tcb_terms {
    unsigned statuses; /* bits 1 << at_tcb_status; AT_REVOKED is never looked at */
    const span *advisories;
    size_t n_advisories;
    bool waives_advisories;
    int64_t baseline; /* seconds since 1970 UTC; 0: none */
} at_tcb_terms;

/* AT-161 to AT-164. */
verdict at_tcb_judge(const at_tcb_result *, const at_tcb_terms *, account *);

#endif
