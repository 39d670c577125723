/* The part of an appraisal policy that is about TDX or SGX quotes: JSON, unknown members refused.
 *
 *   {"tcb_statuses": ["UpToDate", "SWHardeningNeeded"],
 *    "advisories": ["INTEL-SA-00615"],
 *    "mrtd": ["<96 hexadecimal digits>", ...], "rtmr0": [...], "rtmr1": [...], "rtmr2": [...], "rtmr3": [...],
 *    "mrconfigid": [...], "mrowner": [...], "mrownerconfig": [...], "mrservicetd": [...],
 *    "mrenclave": ["<64 digits>", ...],
 *    "mrsigner": "<64 digits>", "isv_prod_id": 7, "min_isv_svn": 2,
 *    "report_data": "<128 digits>",
 *    "not_compared": ["rtmr0", "rtmr3", "revocation", "advisories", ...],
 *    "allow_sept_ve": false,
 *
 *    "min_evaluation": 17, "baseline_date": "2025-01-01T00:00:00Z",
 *    "mrseam": ["<96 digits>", ...],
 *    "td_attributes": {"mask": "<16 digits>", "value": "<16 digits>"}, "xfam": "<16 digits>",
 *    "platforms": ["<32 digits>", ...]}
 *
 * Bytes are in the order in which they stand in the quote, `td_attributes` and `xfam` too. Only `tcb_statuses` is needed by every policy. Of the first
 * block, what is neither given nor named under not_compared is compared with nothing, and so refused (mrconfigid to mrservicetd: with zeros); what is given is
 * compared whatever not_compared names. Of the second, what is not given is not compared, and listed. One document serves both kinds of quotes: members
 * about enclaves mean nothing for trust domains, and the other way round. */
#ifndef PARLEY_QUOTE_POLICY_H
#define PARLEY_QUOTE_POLICY_H

#include "policy_members.h"
#include "tdx.h"

enum {
    QUOTE_POLICY_VALUES_MAX = 16,
    QUOTE_POLICY_PLATFORMS_MAX = 256,
    QUOTE_POLICY_ADVISORIES_MAX = 64,
};

/* Points into itself: never copied. */
typedef struct quote_policy {
    unsigned statuses;
    policy_pool pool;
    span advisories[QUOTE_POLICY_ADVISORIES_MAX];
    size_t n_advisories;
    uint8_t registers[AT_REGISTERS][QUOTE_POLICY_VALUES_MAX][AT_REGISTER];
    size_t n_registers[AT_REGISTERS];
    uint8_t mrenclaves[QUOTE_POLICY_VALUES_MAX][AT_MRENCLAVE_BYTES], mrsigner[32], report_data[AT_REPORT_DATA];
    size_t n_mrenclaves;
    bool allow_sept_ve;
    uint64_t isv_prod_id, least_isv_svn, least_evaluation, td_attributes_mask, td_attributes, xfam;
    int64_t baseline;
    uint8_t platforms[QUOTE_POLICY_PLATFORMS_MAX][AT_PPID];
    size_t n_platforms;
    uint64_t waived, given; /* AT_QUOTE_WAIVES bits */
} quote_policy;

/* From the object of a document. False, with the fault and zeros, when it is none. */
extern const policy_section quote_policy_section;

bool quote_policy_take(span object, quote_policy *out, policy_fault *);
bool quote_policy_read(span text, quote_policy *out, policy_fault *); /* the same of a text that is this part alone */

/* The policy for an appraisal under this root. Borrows from both. */
at_quote_policy quote_policy_of(const quote_policy *, span root);

/* What applies when no policy is given: UpToDate, no debugging, SEPT_VE_DISABLE, revocation; nothing of the guest is known. */
void quote_policy_built_in(quote_policy *out);

#endif
