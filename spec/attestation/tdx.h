/* Attestation: appraises TDX and SGX quotes against collateral and a policy, at a given time (chapter attestation, tdx.md).
 *
 * Nothing is fetched and nothing is built in. A zeroed at_quote_policy accepts nothing; what a relying party does not want to compare it waives
 * by name, and the account lists it. */
#ifndef PARLEY_TDX_H
#define PARLEY_TDX_H

#include "tcb.h"

/* ---- what goes in ---- */

/* Comparisons that a policy may waive, or that an appraisal did not make. Registers first, so that they index at_quote_policy.references. */
typedef enum at_quote_comparison {
    AT_MRTD,
    AT_RTMR0,
    AT_RTMR1,
    AT_RTMR2,
    AT_RTMR3,
    AT_MRSEAM,
    AT_MRCONFIGID,
    AT_MROWNER,
    AT_MROWNERCONFIG,
    AT_MRSERVICETD,
    AT_REGISTERS,
    AT_TD_ATTRIBUTES = AT_REGISTERS,
    AT_XFAM,
    AT_MRENCLAVE,
    AT_ENCLAVE_SIGNER,
    AT_ENCLAVE_CONFIG,
    AT_ENCLAVE_ATTRIBUTES, /* never compared */
    AT_PLATFORM,
    AT_QUOTE_DATA,
    AT_QUOTE_REVOCATION,
    AT_ADVISORIES,
    AT_QUOTE_COMPARISONS
} at_quote_comparison;

/* "mrtd", "rtmr0", ...: the names of the comparisons, as the first part of an array of names. */
#define AT_QUOTE_NAMES                                                                                                                   \
    [AT_MRTD] = "mrtd", [AT_RTMR0] = "rtmr0", [AT_RTMR1] = "rtmr1", [AT_RTMR2] = "rtmr2", [AT_RTMR3] = "rtmr3", [AT_MRSEAM] = "mrseam",  \
    [AT_MRCONFIGID] = "mrconfigid", [AT_MROWNER] = "mrowner", [AT_MROWNERCONFIG] = "mrownerconfig", [AT_MRSERVICETD] = "mrservicetd",    \
    [AT_TD_ATTRIBUTES] = "td_attributes", [AT_XFAM] = "xfam", [AT_MRENCLAVE] = "mrenclave", [AT_ENCLAVE_SIGNER] = "mrsigner",            \
    [AT_ENCLAVE_CONFIG] = "config", [AT_ENCLAVE_ATTRIBUTES] = "attributes", [AT_PLATFORM] = "platform", [AT_QUOTE_DATA] = "report_data", \
    [AT_QUOTE_REVOCATION] = "revocation", [AT_ADVISORIES] = "advisories"

extern const char *const at_quote_comparison_names[AT_QUOTE_COMPARISONS + 1];

#define AT_QUOTE_WAIVES(comparison) (UINT64_C(1) << (comparison))
#define AT_QUOTE_WAIVABLE           ((AT_QUOTE_WAIVES(AT_QUOTE_COMPARISONS) - 1) & ~AT_QUOTE_WAIVES(AT_ENCLAVE_ATTRIBUTES))

#define AT_TD_DEBUG           UINT64_C(0xff)
#define AT_TD_SEPT_VE_DISABLE (UINT64_C(1) << 28)
#define AT_TD_RESERVED        (((UINT64_C(1) << 28) - 1 - AT_TD_DEBUG) | UINT64_C(1) << 29 | (((UINT64_C(1) << 63) - 1) & ~UINT64_C(0xffffffff)))

enum { AT_ENCLAVE_INIT = 1, AT_ENCLAVE_DEBUG = 2, AT_MRENCLAVE_BYTES = 32 };

typedef struct at_references {
    const uint8_t (*value)[AT_REGISTER];
    size_t n;
} at_references;

/* Spans and pointers borrow. All zero: accepts nothing. */
typedef struct at_quote_policy {
    span root; /* DER, pinned */
    uint64_t least_evaluation;
    at_tcb_terms tcb; /* waives_advisories is taken from `waived` */
    /* a trust domain */
    bool allow_sept_ve;
    uint64_t td_attributes_mask, td_attributes, xfam;
    at_references references[AT_REGISTERS]; /* by at_quote_comparison */
    /* an enclave */
    const uint8_t (*mrenclaves)[AT_MRENCLAVE_BYTES];
    size_t n_mrenclaves;
    span mrsigner; /* 32 bytes; another length equals nothing */
    uint64_t isv_prod_id, least_isv_svn;
    /* both */
    const uint8_t (*platforms)[AT_PPID]; /* PPIDs and platform instances */
    size_t n_platforms;
    span report_data; /* 64 bytes; another length equals nothing */
    uint64_t waived;  /* AT_QUOTE_WAIVES(...) of any but AT_ENCLAVE_ATTRIBUTES */
} at_quote_policy;

/* ---- what comes out ---- */

typedef struct at_quote_claims {
    at_tcb_result tcb; /* filled as soon as it is known; its advisories borrow from the collateral */
    /* everything below stays zero unless accepted */
    at_tee tee;
    uint64_t version;
    bool is_15;
    uint64_t tcb_evaluation, qe_evaluation; /* numbers of the two documents */
    at_pck pck;
    uint64_t td_attributes, xfam;
    uint8_t tee_tcb_svn[AT_SVNS], tee_tcb_svn2[AT_SVNS];
    uint8_t registers[AT_REGISTERS][AT_REGISTER]; /* by at_quote_comparison */
    uint8_t mrenclave[AT_MRENCLAVE_BYTES], mrsigner[32], attributes[16];
    uint64_t isv_prod_id, isv_svn, misc_select;
    uint8_t report_data[AT_REPORT_DATA];
    uint8_t identity[AT_IDENTITY]; /* names this quote in logs and replay caches */
} at_quote_claims;

/* AT-170 to AT-176: what the guest is, whoever reports it; an empty span is a field that the report does not have. The account may be NULL. */
verdict at_td_judge(const at_td_report *, const at_quote_policy *, account *);
/* AT-185 and AT-186. `pck`: NULL when nothing says which platform it is. */
verdict at_guest_judge(const at_pck *pck, span report_data, const at_quote_policy *, account *);

/* Both reject with the sentence that does not hold, the last in the account, which may be NULL. */
verdict at_appraise_tdx(const at_world *, const at_quote_policy *, span quote, const at_collateral *, account *, at_quote_claims *out);
verdict at_appraise_sgx(const at_world *, const at_quote_policy *, span quote, const at_collateral *, account *, at_quote_claims *out);

#endif
