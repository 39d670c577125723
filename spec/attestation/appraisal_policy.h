/* The part of an appraisal policy that is about SEV-SNP reports: JSON, every member optional but `products`, unknown members refused.
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
#include "policy_members.h"

enum {
    APPRAISAL_MEASUREMENTS_MAX = 32,
    APPRAISAL_KEYS_MAX = 32, /* ID keys; author keys */
    APPRAISAL_CHIPS_MAX = 256,
    APPRAISAL_POLICY_MAX = 65536
};

/* Points into itself: never copied. */
typedef struct appraisal_policy {
    uint8_t measurements[APPRAISAL_MEASUREMENTS_MAX][AT_MEASUREMENT];
    size_t n_measurements;
    uint8_t report_data[AT_REPORT_DATA];
    policy_pool pool;
    span csp_id;
    uint8_t least_tcb[AT_PRODUCTS][AT_TCB];
    uint64_t vmpl;
    unsigned products, floors; /* as in at_policy */
    uint64_t waived;           /* AT_WAIVES bits */
    uint64_t given;            /* bits of what a value was given for: compared, whatever else the document says */
    bool allow_migration, allow_masked_chip;
    at_wanted_bits guest_policy, platform_info;
    uint8_t host_data[32], family_id[16], image_id[16];
    uint8_t id_keys[APPRAISAL_KEYS_MAX][AT_KEY_DIGEST], author_keys[APPRAISAL_KEYS_MAX][AT_KEY_DIGEST];
    size_t n_id_keys, n_author_keys;
    uint64_t least_guest_svn;
    uint8_t least_firmware[3];
    uint64_t mitigations;
    uint8_t chips[APPRAISAL_CHIPS_MAX][AT_CHIP_ID];
    size_t n_chips;
    uint8_t user_data[AT_USER_DATA];
} appraisal_policy;

/* From the object of a document. False, with the fault and zeros, when it is none. */
extern const policy_section appraisal_policy_section;

bool appraisal_policy_take(span object, appraisal_policy *out, policy_fault *);
bool appraisal_policy_read(span text, appraisal_policy *out, policy_fault *); /* the same of a text that is this part alone */

/* The policy for an appraisal under these roots. Borrows from `document` and `roots`. */
at_policy appraisal_policy_of(const appraisal_policy *document, const at_root *roots, size_t n_roots);

/* What applies when no policy is given: every line, no references, nothing lowered. Debug, migration and undefined bits are refused as
 * always. */
void appraisal_policy_built_in(appraisal_policy *out);

#endif
