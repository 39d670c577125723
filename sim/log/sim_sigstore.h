/* A signer in the shape of Sigstore, under a test root: certificate authority, certificate log, Rekor v1 log, time stamping authority. It mints
 * a bundle, the trusted root that accepts it, and a log entry as Rekor answers it; a lie is one thing that is wrong, signed by whoever can sign
 * it. The same recipe gives the same bytes. */
#ifndef PARLEY_SIM_SIGSTORE_H
#define PARLEY_SIM_SIGSTORE_H

#include "translog.h"

enum {
    SIM_SIGNED_AT = 1780272000, /* 2026-06-01 00:00:00 UTC */
    SIM_TEXT_MAX = 32768,
};

#define SIM_IDENTITY "https://build.example/pipeline@refs/heads/main"
#define SIM_ISSUER   "https://issuer.example"
#define SIM_ARTIFACT "an artifact\n"

typedef enum sim_lie {
    SIM_HONEST,
    /* the trusted root */
    LIE_ROOT_MEMBER,
    LIE_ROOT_TYPE,
    LIE_LOG_UNDATED,
    LIE_CA_UNDATED,
    LIE_LOG_ENDED,
    LIE_LOG_NOT_STARTED,
    LIE_LOG_ALGORITHM,
    LIE_CA_ENDED,
    LIE_CA_NO_CA,
    LIE_TSA_ENDED,
    LIE_TSA_NOT_STARTED,
    /* the bundle's form */
    LIE_BUNDLE_MEMBER,
    LIE_MATERIAL_MEMBER,
    LIE_TYPE_UNKNOWN,
    LIE_TYPE_SPELLING,
    LIE_BOTH,
    LIE_BOTH_WITHOUT_DIGEST,
    LIE_SIGNED_TWICE,
    LIE_SIGNED_BY_TWO,
    LIE_BRINGS_ROOT,
    LIE_BRINGS_TWO_ROOTS,
    /* the log */
    LIE_SECOND_LOG,
    LIE_SECOND_LOG_ID,
    LIE_NO_ENTRIES,
    LIE_PROMISE_KEY,
    LIE_PROMISE_INDEX,
    LIE_PROMISE_TIME,
    LIE_NO_PROOF,
    LIE_PROOF_ROOT,
    LIE_PROOF_ROOT_OF_LEAF,
    LIE_PROOF_SIZE,
    LIE_PROOF_SIZE_LESS,
    LIE_LINE_KEY,
    LIE_LINE_TEXT,
    LIE_LINE_NAME,
    LIE_LINE_PATTERN,
    LIE_LINE_HINT,
    LIE_KIND_SAID,
    LIE_VERSION_SAID,
    LIE_BODY_DIGEST,
    LIE_BODY_DIGEST_EMPTY,
    LIE_BODY_SIGNATURE,
    LIE_BODY_SIGNATURE_SHORT,
    LIE_BODY_VERIFIER,
    LIE_BODY_BARE_KEY,
    /* the time */
    LIE_STAMP_STATUS,
    LIE_STAMP_VERSION,
    LIE_STAMP_IMPRINT,
    LIE_STAMP_IMPRINT_ARTIFACT,
    LIE_STAMP_USAGE_MORE,
    LIE_STAMP_USAGE_UNCRITICAL,
    LIE_STAMP_SIGNATURE,
    LIE_STAMP_DIGEST,
    LIE_NO_PROMISE,
    LIE_NO_PROMISE_NO_TIME,
    /* the certificate */
    LIE_LEAF_EARLIER,
    LIE_LEAF_LATER,
    LIE_LEAF_NO_USAGE,
    LIE_LEAF_OTHER_USAGE,
    LIE_LEAF_NO_EKU,
    LIE_LEAF_OTHER_EKU,
    LIE_LEAF_CRITICAL,
    LIE_LEAF_CRITICAL_OTHER,
    LIE_LEAF_NO_SCT,
    LIE_LEAF_SCT_FORM,
    LIE_SCT_KEY,
    LIE_SCT_ISSUER,
    LIE_SCT_PRECERTIFICATE,
    LIE_SCT_TIME,
    LIE_SAN_PREFIX,
    LIE_SAN_LONGER,
    LIE_SAN_TYPE,
    LIE_ISSUER_OTHER,
    LIE_ISSUER_NONE,
    LIE_ISSUERS_DISAGREE,
    LIE_ISSUERS_DISAGREE_SLASH,
    /* the artifact */
    LIE_DIGEST,
    LIE_DIGEST_LAST,
    LIE_SIGNATURE_KEY,
    LIE_SIGNATURE_MESSAGE,
    LIE_STATEMENT_TYPE,
    LIE_PAYLOAD_TYPE,
    LIE_SUBJECT,
    LIE_SUBJECT_NONE,
    /* the entry by itself */
    LIE_ENTRY_MEMBER,
    LIE_ENTRY_MEMBER_SECOND,
    LIE_ENTRY_LOG_ID,
    LIE_ENTRY_LOG_ID_LAST,
} sim_lie;

typedef struct sim_recipe {
    unsigned version; /* 1 to 3 */
    bool envelope;    /* DSSE, logged as dsse 0.0.1; else a message, logged as hashedrekord 0.0.1 */
    bool managed;     /* a key, and no certificate */
    bool stamped;     /* with a time stamp */
    sim_lie lie;
    span artifact; /* empty: SIM_ARTIFACT */
    int64_t at;    /* when it was signed; 0: SIM_SIGNED_AT */
} sim_recipe;

typedef struct sim_minted {
    char root[SIM_TEXT_MAX], bundle[SIM_TEXT_MAX], entry[SIM_TEXT_MAX];
    span key, log_key; /* SubjectPublicKeyInfo of the signer, of the log */
    uint8_t key_bytes[128], log_key_bytes[128];
} sim_minted;

void sigstore_mint(const prim *, const sim_recipe *, sim_minted *);

#endif
