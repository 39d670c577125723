/* An appraisal policy as a document: JSON, every member optional but `products`, unknown members refused.
 *
 *   {"products": ["Milan", "Genoa"],
 *    "measurements": ["<96 hexadecimal digits>", ...],
 *    "report_data": "<128 hexadecimal digits>",
 *    "vmpl": 0,
 *    "csp_id": "CN=...",
 *    "not_compared": ["revocation", "cspid", "vmpl", "report_data", "measurement"],
 *    "allow_migration": false, "allow_masked_chip": false,
 *
 *    "min_tcb": {"Milan": {"boot_loader": 4, "snp": 24, "microcode": 219}},
 *    "min_firmware": {"major": 1, "minor": 55, "build": 29},
 *    "mitigations": 1,
 *    "guest_policy": {"required": ["page_swap_disable"], "forbidden": ["smt"]},
 *    "platform_info": {"required": ["alias_check_complete"], "forbidden": ["tsme"]},
 *    "host_data": "<64 digits>", "family_id": "<32 digits>", "image_id": "<32 digits>",
 *    "id_key_digests": ["<96 digits>", ...], "author_key_digests": ["<96 digits>", ...],
 *    "min_guest_svn": 2,
 *    "chip_ids": ["<128 digits>", ...],
 *    "user_data": "<128 digits>"}
 *
 * Of the first block, what is neither given nor named under not_compared is compared with nothing, and so refused; what is given is compared
 * whatever not_compared names. Of the second, what is not given is not compared, and listed. */
#ifndef PARLEY_APPRAISAL_POLICY_H
#define PARLEY_APPRAISAL_POLICY_H

#include "attestation.h"

enum {
    APPRAISAL_MEASUREMENTS_MAX = 32,
    APPRAISAL_KEYS_MAX = 32, /* ID keys; author keys */
    APPRAISAL_CHIPS_MAX = 256,
    APPRAISAL_CSP_ID_MAX = 128,
    APPRAISAL_POLICY_MAX = 65536
};

typedef struct appraisal_policy {
    uint8_t measurements[APPRAISAL_MEASUREMENTS_MAX][AT_MEASUREMENT];
    size_t n_measurements;
    uint8_t report_data[AT_REPORT_DATA];
    bool has_report_data;
    uint8_t csp_id[APPRAISAL_CSP_ID_MAX];
    size_t n_csp_id;
    uint8_t least_tcb[AT_PRODUCTS][AT_TCB];
    uint32_t vmpl;
    unsigned products, waived, pinned, floors; /* as in at_policy */
    unsigned given; /* AT_WAIVES bits of what a value was given for: not waived, whatever else the document says */
    bool allow_migration, allow_masked_chip;
    at_wanted_bits guest_policy, platform_info;
    uint8_t host_data[32], family_id[16], image_id[16];
    uint8_t id_keys[APPRAISAL_KEYS_MAX][AT_KEY_DIGEST], author_keys[APPRAISAL_KEYS_MAX][AT_KEY_DIGEST];
    size_t n_id_keys, n_author_keys;
    uint32_t least_guest_svn;
    uint8_t least_firmware[3];
    uint64_t mitigations;
    uint8_t chips[APPRAISAL_CHIPS_MAX][AT_CHIP_ID];
    size_t n_chips;
    uint8_t user_data[AT_USER_DATA];
} appraisal_policy;

/* NULL when it is one, else what is wrong with it, for the user; then *out is zero and accepts nothing. */
const char *appraisal_policy_read(span text, appraisal_policy *out);

/* The policy for an appraisal under these roots. Borrows from `document` and `roots`. */
at_policy appraisal_policy_of(const appraisal_policy *document, const at_root *roots, size_t n_roots);

/* What applies when no policy is given: every line, no references, nothing lowered. Debug, migration and undefined bits are refused as
 * always. */
void appraisal_policy_built_in(appraisal_policy *out);

#endif
