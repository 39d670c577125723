/* An appraisal policy as one document (chapter attestation, policy.md).
 *
 *   {"snp": {...},        appraisal_policy.h
 *    "tdx": {...},        quote_policy.h: by a quote, or by a token of Intel
 *    "sgx": {...},        quote_policy.h
 *    "token": {...},      token_policy.h
 *    "gpu": {...},         gpu_policy.h
 *    "machines": {"chip_ids": ["<128 digits>", ...], "platforms": ["<32 digits>", ...], "devices": ["<96 digits>", ...]},
 *    "vendors": 2}
 */
#ifndef PARLEY_POLICY_DOCUMENT_H
#define PARLEY_POLICY_DOCUMENT_H

#include "account.h"
#include "appraisal_policy.h"
#include "gpu_policy.h"
#include "quote_policy.h"
#include "token_policy.h"

typedef enum at_kind { AT_KIND_SNP, AT_KIND_TDX, AT_KIND_SGX, AT_KIND_TOKEN, AT_KIND_GPU, AT_KINDS } at_kind;

extern const char *const at_kind_names[AT_KINDS + 1]; /* "snp", "tdx", "sgx", "token", "gpu"; ended by NULL */

/* Points into itself: never copied. */
typedef struct policy_document {
    unsigned kinds; /* bits 1 << at_kind: the parts it has */
    uint64_t vendors;
    appraisal_policy snp;
    quote_policy tdx, sgx;
    token_policy token;
    gpu_policy gpu;
} policy_document;

/* AT-260 to AT-264. The fault says what is wrong, for the user; *out is then zero and accepts nothing. The account may be NULL. */
verdict policy_document_judge(span text, policy_document *out, policy_fault *, account *);
bool policy_document_read(span text, policy_document *out, policy_fault *); /* the same, as a yes or no */

/* AT-265, before evidence of this kind is judged. */
verdict policy_kind_judge(const policy_document *, at_kind, account *);
/* AT-266, once every piece of evidence that is presented together was accepted. `kinds`: bits 1 << at_kind. */
verdict policy_vendors_judge(const policy_document *, unsigned kinds, account *);

static inline bool policy_has(const policy_document *d, at_kind k) { return d->kinds >> k & 1; }

#endif
