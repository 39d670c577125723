/* An appraisal policy as a document: JSON, every member optional but `products`, unknown members refused.
 *
 *   {"products": ["Milan", "Genoa"],
 *    "measurements": ["<96 hexadecimal digits>", ...],
 *    "report_data": "<128 hexadecimal digits>",
 *    "vmpl": 0,
 *    "min_tcb": {"Milan": {"boot_loader": 4, "snp": 24, "microcode": 219}},
 *    "csp_id": "CN=...",
 *    "allow_migration": false, "allow_masked_chip": false,
 *    "not_compared": ["revocation", "cspid", "vmpl", "report_data", "measurement"]}
 *
 * What is neither given nor listed under not_compared is compared with nothing, and so refused. */
#ifndef PARLEY_APPRAISAL_POLICY_H
#define PARLEY_APPRAISAL_POLICY_H

#include "attestation.h"

enum { APPRAISAL_MEASUREMENTS_MAX = 32, APPRAISAL_CSP_ID_MAX = 128, APPRAISAL_POLICY_MAX = 65536 };

typedef struct appraisal_policy {
    uint8_t measurements[APPRAISAL_MEASUREMENTS_MAX][AT_MEASUREMENT];
    size_t n_measurements;
    uint8_t report_data[AT_REPORT_DATA];
    bool has_report_data;
    uint8_t csp_id[APPRAISAL_CSP_ID_MAX];
    size_t n_csp_id;
    uint8_t least_tcb[AT_PRODUCTS][AT_TCB];
    uint32_t vmpl;
    unsigned products, waived;
    bool allow_migration, allow_masked_chip;
} appraisal_policy;

/* NULL when it is one, else what is wrong with it, for the user; then *out is zero and accepts nothing. */
const char *appraisal_policy_read(span text, appraisal_policy *out);

/* The policy for an appraisal under these roots. Borrows from `document` and `roots`. */
at_policy appraisal_policy_of(const appraisal_policy *document, const at_root *roots, size_t n_roots);

/* What applies when no policy is given: every line, no references, nothing lowered. Debug, migration and undefined bits are refused as
 * always. */
void appraisal_policy_built_in(appraisal_policy *out);

#endif
