/* The simulated vendor's other half: a root, platforms and collateral in Intel's formats, and quotes by simulated trust domains and enclaves.
 *
 * Honest use: intel_scene_play, or from the top intel_vendor_honest, intel_platform_make, intel_quote_honest and the minting calls. Lying happens at the seams, as in
 * tee.h: whatever comes out carries good signatures over the lie. The same seed gives the same bytes.
 *
 * The keys are public test keys, and serial numbers spell TEST; no production trust list may hold them. */
#ifndef PARLEY_INTEL_H
#define PARLEY_INTEL_H

#include "tdx.h"

/* ---- keys ---- */

/* Those up to INTEL_FOREIGN_CA are the vendor's and the same in every world; the last three are made from a platform's seed. The foreign
 * ones belong to somebody else who calls himself by the vendor's names. */
typedef enum intel_key {
    INTEL_ROOT,
    INTEL_CA,
    INTEL_SIGNER,
    INTEL_FOREIGN_ROOT,
    INTEL_FOREIGN_CA,
    INTEL_PCK,
    INTEL_ATTESTATION,
    INTEL_OTHER_ATTESTATION,
    INTEL_KEYS
} intel_key;

/* ---- certificates and lists ---- */

enum { INTEL_NAME_MAX = 64, INTEL_CERTIFICATE_MAX = 2048, INTEL_CHAIN_MAX = 8192, INTEL_COMPONENTS = 16 };

/* The SGX extension of a PCK certificate. */
typedef struct intel_sgx {
    uint8_t ppid[AT_PPID], instance[AT_PPID], cpu_svn[AT_SVNS], pce_id[AT_PCE_ID];
    uint8_t fmspc[AT_FMSPC + 1];
    size_t n_fmspc; /* AT_FMSPC */
    uint64_t svn[INTEL_COMPONENTS], pce_svn;
    unsigned absent, twice; /* the number of a member, 0: none */
} intel_sgx;

typedef struct intel_certificate {
    char subject[INTEL_NAME_MAX], issuer[INTEL_NAME_MAX]; /* common names; the other four attributes are the vendor's */
    uint64_t serial;
    int64_t not_before, not_after;
    intel_key key, signer;
    bool is_ca;
    int path_length; /* -1: none */
    uint8_t usage;   /* first byte of keyUsage */
    bool unknown_critical;
    const char *curve, *algorithm; /* object identifiers; `algorithm` is the inner one */
    const intel_sgx *sgx;          /* NULL: no PCK certificate */
} intel_certificate;

typedef struct intel_list {
    char issuer[INTEL_NAME_MAX];
    int64_t this_update, next_update;
    intel_key signer;
    uint64_t revoked; /* a serial number; 0: the list is empty */
    bool unknown_critical, entry_critical;
} intel_list;

typedef struct intel_vendor {
    intel_certificate root, ca, pck, tcb_signer, qe_signer;
    intel_list root_list, pck_list;
    bool two_signers; /* the QE identity comes with a chain of its own */
} intel_vendor;

/* ---- collateral ---- */

enum { INTEL_TEXT_MAX = 16384 };

typedef struct intel_text {
    char text[INTEL_TEXT_MAX]; /* terminated */
    size_t n;
} intel_text;

/* Replaces `from`, which must() stand in the text, by `to`: the n-th occurrence, counted from 0. */
void intel_text_replace(intel_text *, const char *from, size_t nth, const char *to);
/* Sets the svn of this component in the n-th list of this name, counted from 0; false when there are not so many lists. */
bool intel_text_component(intel_text *, const char *name, size_t nth, size_t component, const char *svn);

/* What Intel publishes at `now` about the simulated platforms. Of these, honest ones are UpToDate. */
void intel_tcb_info(at_tee, int64_t now, intel_text *out);
void intel_qe_identity(at_tee, int64_t now, intel_text *out);

/* ---- quotes ---- */

enum { INTEL_QUOTE_MAX = 8192 };

/* How the parts are put together; honest ones are made by intel_quote_honest. */
typedef struct intel_quote {
    at_tee tee;
    at_quote_header header;
    uint64_t body_type, body_size; /* as stated in version 5 */
    bool is_15;
    at_td_report td;
    at_enclave_report enclave, qe; /* of `qe` report_data is made when it is left empty */
    span auth_data;
    intel_key attestation, named, qe_signer; /* who signs the quote, whom the QE's report names, who signs that report */
    uint64_t outer_type, inner_type;
    int outer_more, inner_more, data_more; /* added to the lengths stated */
    span behind_chain, behind;             /* inside the signature data, and behind the quote */
} intel_quote;

/* ---- a whole appraisal ---- */

#define INTEL_NOW INT64_C(1780272000) /* 2026-06-01 00:00:00 UTC */

typedef struct intel_twin {
    at_tee tee;
    unsigned version;
    bool is_15, module_0; /* TD report 1.5; a module of major version 0 */
} intel_twin;

/* From the platform to the policy. Points into itself: never copied. */
typedef struct intel_scene {
    intel_twin twin;
    int64_t now;
    uint8_t seed[32];
    /* the world, before it is signed */
    intel_sgx sgx;
    intel_vendor vendor;
    intel_text tcb_info, qe_identity;
    intel_key tcb_info_signer, qe_identity_signer;
    intel_quote fields;
    uint8_t spare[2][AT_REPORT_DATA]; /* for changed fields to borrow */
    size_t n_spare;
    uint8_t registers[AT_REGISTERS][AT_REGISTER], report_data[AT_REPORT_DATA], mrenclave[32], mrsigner[32];
    uint8_t svn[AT_SVNS], svn2[AT_SVNS], user_data[20], qe_report_data[AT_REPORT_DATA];
    /* what the verifier gets */
    uint8_t quote[INTEL_QUOTE_MAX];
    span quote_bytes;
    uint8_t root[INTEL_CERTIFICATE_MAX], root_list[INTEL_CERTIFICATE_MAX], pck_list[INTEL_CERTIFICATE_MAX];
    char pck_chain[INTEL_CHAIN_MAX], tcb_chain[INTEL_CHAIN_MAX], qe_chain[INTEL_CHAIN_MAX];
    uint8_t tcb_info_signature[P256_SIGNATURE + 1], qe_identity_signature[P256_SIGNATURE + 1];
    at_collateral collateral;
    /* and what it expects */
    uint8_t expected[AT_REGISTERS][1][AT_REGISTER], expected_data[AT_REPORT_DATA], mrenclaves[1][AT_MRENCLAVE_BYTES], platforms[1][AT_PPID];
    span advisories[1];
    at_quote_policy policy;
} intel_scene;

/* The honest scene: a platform made from `seed`, a guest on it, what its relying party expects. Each step may be followed by changes. */
void intel_scene_begin(intel_scene *, const intel_twin *, span seed); /* platform, vendor, guest, policy */
void intel_scene_publish(intel_scene *);                              /* the texts of the collateral, from the above */
void intel_scene_seal(intel_scene *);                                 /* certificates, lists, signatures, the quote */
void intel_scene_play(intel_scene *, const intel_twin *, span seed);  /* the three in a row */

verdict intel_scene_judge(const intel_scene *, const prim *, account *, at_quote_claims *);

/* The set as one file, in the form of collateral_file.h. */
void intel_collateral_file(const at_collateral *, writer *w);

#endif
