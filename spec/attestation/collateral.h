/* Attestation, Intel collateral: TCB info, QE identity, revocation lists (chapter attestation, collateral.md).
 *
 * What is read borrows from the texts given. For whole appraisals: tdx.h. */
#ifndef PARLEY_COLLATERAL_H
#define PARLEY_COLLATERAL_H

#include "quote.h"

/* ---- 1. Completeness ---- */

/* One set, as received. The documents are the signed texts themselves, not the answers around them. */
typedef struct at_collateral {
    span tcb_info, tcb_info_signature, tcb_info_chain;          /* text; 64 bytes; certificates as text, signer first */
    span qe_identity, qe_identity_signature, qe_identity_chain; /* likewise */
    span root_list, pck_list;                                   /* DER; empty: none at hand */
} at_collateral;

/* ---- 3. The two documents ---- */

enum { AT_LEVELS_MAX = 64, AT_MODULES_MAX = 16, AT_MODULE_LEVELS_MAX = 128, AT_ADVISORIES_MAX = 32 };

typedef enum at_tcb_status {
    AT_UP_TO_DATE,
    AT_SW_HARDENING_NEEDED,
    AT_CONFIGURATION_NEEDED,
    AT_CONFIGURATION_AND_SW_HARDENING_NEEDED,
    AT_OUT_OF_DATE,
    AT_OUT_OF_DATE_CONFIGURATION_NEEDED,
    AT_TD_RELAUNCH_ADVISED, /* this and the next are never in a document */
    AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
    AT_REVOKED,
    AT_TCB_STATUSES
} at_tcb_status;

extern const char *const at_tcb_status_names[AT_TCB_STATUSES + 1]; /* ended by NULL; as Intel writes them: "UpToDate", ... */

typedef struct at_level {
    at_tcb_status status; /* AT_TCB_STATUSES: a text that no table has */
    int64_t date;
    span advisories;                    /* a JSON array of at most AT_ADVISORIES_MAX texts; empty: none */
    uint64_t svn;                       /* isvsvn of an enclave or module, pcesvn of a platform */
    uint8_t sgx[AT_SVNS], tdx[AT_SVNS]; /* of a platform */
} at_level;

typedef struct at_module {
    span id; /* "TDX_01", borrowed; empty for `tdxModule` itself */
    uint8_t mrsigner[AT_REGISTER], attributes[8], attributes_mask[8];
    size_t first_level, n_levels; /* in at_tcb_info.module_level */
} at_module;

typedef struct at_tcb_info {
    span id; /* borrowed */
    uint64_t version, tcb_type, evaluation;
    int64_t issued, next_update;
    uint8_t fmspc[AT_FMSPC], pce_id[AT_PCE_ID];
    at_module module; /* of versions whose second byte is zero */
    at_module identity[AT_MODULES_MAX];
    size_t n_identities;
    at_level module_level[AT_MODULE_LEVELS_MAX];
    size_t n_module_levels;
    at_level level[AT_LEVELS_MAX];
    size_t n_levels;
} at_tcb_info;

typedef struct at_qe_identity {
    span id; /* borrowed */
    uint64_t version, evaluation, isv_prod_id;
    int64_t issued, next_update;
    uint8_t misc_select[4], misc_select_mask[4]; /* most significant byte first */
    uint8_t attributes[16], attributes_mask[16], mrsigner[32];
    at_level level[AT_LEVELS_MAX];
    size_t n_levels;
} at_qe_identity;

/* Their form alone (AT-137): false when it does not hold; *out is then filled as far as it went. */
bool at_tcb_info_read(span text, at_tee, at_tcb_info *out);
bool at_qe_identity_read(span text, at_qe_identity *out);

/* ---- The whole ---- */

/* What the judging of a set leaves for the status of the TCB. Large: lent, never copied. */
typedef struct at_judged_collateral {
    at_chain tcb_chain, qe_chain;
    at_tcb_info tcb_info;
    at_qe_identity qe_identity;
    bool revocation_not_compared;
} at_judged_collateral;

typedef struct at_collateral_question {
    const at_collateral *set;
    at_tee tee;
    int64_t now;
    const x509_view *root; /* the pinned one */
    const at_chain *pck_chain;
    const at_pck *pck;
    uint64_t least_evaluation;
    bool waives_revocation; /* lists that are at hand are judged all the same */
} at_collateral_question;

/* AT-130 to AT-142, and AT-110 to AT-117 for the chains of the signers. */
verdict at_collateral_judge(const at_collateral_question *, at_judged_collateral *out, account *);

#endif
