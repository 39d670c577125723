/* A signer in the shape of Sigstore, under a test root: certificate authority, certificate log, log (Rekor v1 or v2), time stamping authority. It mints
 * a bundle, the trusted root that accepts it, and a log entry as Rekor answers it; a lie is one thing that is wrong, signed by whoever can sign
 * it. The same recipe gives the same bytes. */
#ifndef PARLEY_SIM_SIGSTORE_H
#define PARLEY_SIM_SIGSTORE_H

#include "translog.h"

enum {
    SIM_SIGNED_AT = 1780272000, /* 2026-06-01 00:00:00 UTC */
    SIM_TEXT_MAX = 32768,
    SIM_KEY_MAX = 320, /* SubjectPublicKeyInfo: RSA of 2048 bits */
};

#define SIM_IDENTITY "https://build.example/pipeline@refs/heads/main"
#define SIM_ISSUER   "https://issuer.example"
#define SIM_USER     "builder!build.example"
#define SIM_ARTIFACT "an artifact\n"

typedef enum sim_lie {
    SIM_HONEST,
    /* the trusted root */
    LIE_ROOT_MEMBER,
    LIE_ROOT_TYPE,
    LIE_ROOT_LOG_KIND,
    LIE_ROOT_LOG_SIZE,
    LIE_ROOT_KEY_ID,
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
    LIE_ENTRY_TWICE,
    LIE_STAMP_TWICE,
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
    LIE_BODY_ENVELOPE_HASH,
    LIE_BODY_INTOTO_1,
    LIE_BODY_HASH_LONGER,
    LIE_BODY_HASH_SHORTER,
    /* the time */
    LIE_STAMP_STATUS,
    LIE_STAMP_VERSION,
    LIE_STAMP_IMPRINT,
    LIE_STAMP_IMPRINT_ARTIFACT,
    LIE_STAMP_USAGE_MORE,
    LIE_STAMP_USAGE_UNCRITICAL,
    LIE_STAMP_SIGNATURE,
    LIE_STAMP_DIGEST,
    LIE_STAMP_NAMES_NOBODY,
    LIE_STAMP_NAMES_OTHER,
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
    LIE_INTERMEDIATE_USAGE,
    LIE_INTERMEDIATE_NO_CA,
    LIE_STAMPING_USAGE,
    LIE_SCT_KEY,
    LIE_SCT_ISSUER,
    LIE_SCT_PRECERTIFICATE,
    LIE_SCT_TIME,
    LIE_SAN_PREFIX,
    LIE_SAN_LONGER,
    LIE_SAN_TYPE,
    LIE_SAN_TWO,
    LIE_SAN_TWO_TYPES,
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

/* The signature algorithms of Sigstore's registry that chapter translog knows. */
typedef enum sim_algorithm {
    SIM_P256,
    SIM_P384,
    SIM_P521,
    SIM_ED25519,
    SIM_ED25519_PH,
    SIM_RSA, /* of 2048 bits */
    SIM_RSA_PSS,
    SIM_P384_SHA256,
    SIM_P521_SHA256,
    SIM_ALGORITHMS
} sim_algorithm;

/* What the log has of it. The usual one is hashedrekord of a message, dsse of an envelope; a Rekor v2 log has hashedrekord of both. */
typedef enum sim_kind { SIM_USUAL, SIM_REKORD, SIM_INTOTO, SIM_DSSE } sim_kind;

typedef struct sim_recipe {
    unsigned version;   /* 1 to 3 */
    bool envelope;      /* DSSE; else a message */
    bool managed;       /* a key, and no certificate */
    bool stamped;       /* with a time stamp */
    bool stamped_twice; /* and with a second one, by the same authority */
    bool tiled;         /* Rekor v2: entries 0.0.2, no promise, no time, a log whose checkpoints witnesses have cosigned */
    bool noted;         /* the trusted root is of v0.2 and has checkpoint key ids, by which entries name their log */
    bool embedded;      /* the time stamp brings its signer's certificate, which the trusted root has not */
    bool intermediate;  /* between the authority and the leaf */
    bool user_name;     /* the certificate names a user, SIM_USER */
    bool more_subjects; /* the statement is about other things too, and names ours by a longer digest alone */
    sim_kind kind;
    sim_algorithm signer, log; /* of the leaf's or managed key, of the log's */
    sim_lie lie;
    unsigned place; /* of the byte that a lie about a digest changes: 0, its own, or so many bytes from there */
    span artifact;  /* empty: SIM_ARTIFACT */
    int64_t at;     /* when it was signed; 0: SIM_SIGNED_AT */
} sim_recipe;

typedef struct sim_minted {
    char root[SIM_TEXT_MAX], bundle[SIM_TEXT_MAX], entry[SIM_TEXT_MAX];
    span key, log_key; /* SubjectPublicKeyInfo of the signer, of the log */
    uint8_t key_bytes[SIM_KEY_MAX], log_key_bytes[SIM_KEY_MAX];
} sim_minted;

void sigstore_mint(const prim *, const sim_recipe *, sim_minted *);

#endif
