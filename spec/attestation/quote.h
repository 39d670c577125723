/* Attestation, Intel quotes: their form, the certificates behind them, and the three signatures (chapter attestation, quote.md).
 *
 * Everything that is read borrows from the quote. For whole appraisals: tdx.h. */
#ifndef PARLEY_QUOTE_H
#define PARLEY_QUOTE_H

#include "account.h"
#include "attestation.h"
#include "layout.h"
#include "x509_view.h"

typedef enum at_tee { AT_TDX, AT_SGX } at_tee;

/* ---- 1. The quote ---- */

enum {
    AT_QUOTE_HEADER = 48,
    AT_TD_REPORT = 584,
    AT_TD_REPORT_15 = 648,
    AT_ENCLAVE_REPORT = 384,
    AT_SVNS = 16,     /* bytes of a vector of security version numbers */
    AT_REGISTER = 48, /* bytes of a measurement of a trust domain */
};

typedef struct at_quote_header {
    uint64_t version, key_type, tee_type, svns; /* svns: of QE and PCE in version 3, reserved later */
    span vendor, user_data;
} at_quote_header;

typedef struct at_td_report {
    span tee_tcb_svn, mrseam, mrsignerseam, seam_attributes;
    uint64_t td_attributes, xfam;
    span mrtd, mrconfigid, mrowner, mrownerconfig, rtmr0, rtmr1, rtmr2, rtmr3, report_data;
    span tee_tcb_svn2, mrservicetd; /* 1.5 only, else empty */
} at_td_report;

typedef struct at_enclave_report {
    span cpu_svn;
    uint64_t misc_select;
    span reserved_014, isv_ext_prod_id, attributes, mrenclave, reserved_060, mrsigner, reserved_0a0, config_id;
    uint64_t isv_prod_id, isv_svn, config_svn;
    span reserved_106, isv_family_id, report_data;
} at_enclave_report;

extern const layout at_quote_header_layout, at_td_report_layout, at_td_report_15_layout, at_enclave_report_layout;

typedef struct at_quote {
    at_tee tee;
    bool is_15;       /* the body is a TD report 1.5 */
    span signed_part; /* header and body, what lies between them included */
    at_quote_header header;
    at_td_report td;           /* of a TDX quote */
    at_enclave_report enclave; /* of an SGX quote */
    span signature, key;       /* 64 bytes each */
    span qe_report, qe_signature, auth_data;
    at_enclave_report qe;
    span chain; /* of the PCK, as text */
} at_quote;

/* AT-100 to AT-108. The account may be NULL. */
verdict at_quote_read(span in, at_tee, at_quote *out, account *);

/* ---- 2. The certificates ---- */

enum { AT_CHAIN_LONGEST = 3, AT_CHAIN_BYTES = 8192 };

typedef struct at_chain {
    x509_view cert[AT_CHAIN_LONGEST]; /* leaf first, root last */
    size_t n;
    uint8_t bytes[AT_CHAIN_BYTES]; /* what the views borrow from: never copied */
} at_chain;

/* The text of n certificates, one behind the other, line ends between, and behind them at most one zero byte: DER into `room`, from which the views
 * borrow. False when it is no such text; what is no certificate in its binary form leaves a view of zeros. */
bool at_certificates_read(span text, size_t n, writer *room, x509_view *out);

static inline const x509_view *at_chain_root(const at_chain *c) { return &c->cert[c->n - 1]; }

typedef enum at_chain_kind { AT_CHAIN_OF_PCK, AT_CHAIN_OF_SIGNER } at_chain_kind;

/* AT-110 to AT-117. `root`: the pinned one; zeros when there is none. */
verdict at_chain_judge(span text, at_chain_kind, const x509_view *root, int64_t now, at_chain *out, account *);

/* ---- 3. What the PCK certificate says ---- */

enum { AT_FMSPC = 6, AT_PCE_ID = 2, AT_PPID = 16 };

typedef struct at_pck {
    uint8_t ppid[AT_PPID], pce_id[AT_PCE_ID], fmspc[AT_FMSPC];
    uint8_t svn[AT_SVNS], cpu_svn[AT_SVNS]; /* svn: the 16 components */
    uint64_t pce_svn, sgx_type;
    bool has_instance;
    uint8_t instance[AT_PPID];
} at_pck;

/* AT-120. */
verdict at_pck_read(const x509_view *leaf, at_pck *out, account *);

/* ---- 4. The signatures ---- */

/* AT-122 to AT-124. */
verdict at_quote_judge_signatures(const prim *, const at_quote *, const x509_view *leaf, account *);

#endif
