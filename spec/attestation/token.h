/* Attestation: appraises the tokens of verification services against their keys and a policy, at a given time (chapter attestation, token.md).
 *
 * Nothing is fetched and nothing is built in. A zeroed at_token_policy accepts nothing. */
#ifndef PARLEY_TOKEN_H
#define PARLEY_TOKEN_H

#include "json.h"
#include "pubkey.h"
#include "tdx.h"

enum {
    AT_TOKEN_MAX = 32768,      /* bytes of a token */
    AT_TOKEN_CHAIN = 4,        /* certificates of an x5c */
    AT_TOKEN_KEYS_MAX = 65536, /* bytes of a set of keys; longer: AT-214 */
    AT_TOKEN_ROOM = AT_TOKEN_MAX + AT_TOKEN_CHAIN * X509_MAX + PUBKEY_MAX,
    AT_CLAIM_MAX = 512, /* bytes of a text that a policy can ask for */
};

typedef enum at_issuer { AT_INTEL, AT_GOOGLE, AT_ISSUERS } at_issuer;

/* Tables of names end with NULL. */
extern const char *const at_issuer_names[AT_ISSUERS + 1]; /* "intel", "google" */

typedef enum at_jws { AT_RS256, AT_PS384, AT_ES256, AT_JWS_ALGORITHMS } at_jws;

extern const char *const at_jws_names[AT_JWS_ALGORITHMS + 1];

/* ---- what goes in ---- */

/* Comparisons, numbered on from those of a quote: those of a trust domain are judged from a token too, and one account lists both. */
typedef enum at_token_comparison {
    AT_TOKEN_AGE = AT_QUOTE_COMPARISONS,
    AT_TOKEN_AUDIENCE,
    AT_TOKEN_NONCE,
    AT_TOKEN_STATUS,
    AT_TOKEN_IMAGE,
    AT_TOKEN_REVOCATION, /* never compared */
    AT_TOKEN_COMPARISONS
} at_token_comparison;

/* Of all: first those of a quote, then "age", "audience", "nonce", "tcb_status", "image_digest", "token_revocation". */
extern const char *const at_token_comparison_names[AT_TOKEN_COMPARISONS + 1];

#define AT_TOKEN_WAIVABLE \
    (((UINT64_C(1) << AT_TOKEN_REVOCATION) - 1) & ~((UINT64_C(1) << AT_TOKEN_AGE) - 1)) /* bits 1 << comparison, as in at_quote_policy */

typedef enum at_hardware { AT_GCP_INTEL_TDX, AT_GCP_AMD_SEV, AT_GCP_AMD_SEV_ES, AT_GCP_AMD_SEV_SNP, AT_HARDWARES } at_hardware;

extern const char *const at_hardware_names[AT_HARDWARES + 1]; /* as Google writes them: "GCP_INTEL_TDX", ... */

/* A value of a pinned claim: its kind, and its text once decoded, or its number or truth value as written. */
typedef struct at_pin_value {
    json_kind kind;
    span text;
} at_pin_value;

typedef struct at_pin {
    span path; /* "submods.gce.project_id" */
    const at_pin_value *value;
    size_t n;
} at_pin;

/* Spans and pointers borrow; texts have at most AT_CLAIM_MAX bytes. All zero: accepts nothing. */
typedef struct at_token_policy {
    at_issuer issuer;
    span iss;
    unsigned algorithms; /* bits 1 << at_jws */
    span root;           /* DER; empty: the set of keys is an anchor itself */
    int64_t skew, max_age;
    span audience, nonce;
    const at_quote_policy
        *td; /* what a trust domain may be, and the terms of its TCB; root, enclave and evaluation are not looked at. NULL: none */
    at_texts policy_ids;    /* Intel */
    unsigned hardware;      /* Google: bits 1 << at_hardware */
    uint64_t least_version; /* 0: none */
    at_texts support, images;
    const at_pin *pins;
    size_t n_pins;
    uint64_t waived; /* of AT_TOKEN_WAIVABLE */
} at_token_policy;

typedef struct at_token {
    span text, keys; /* as received; a set of keys in JSON, empty: none at hand */
} at_token;

/* ---- what comes out ---- */

typedef struct at_token_claims {
    at_tcb_result tcb; /* filled as soon as it is known; its advisories borrow from the room */
    /* everything below stays zero unless accepted; spans borrow from the room */
    at_issuer issuer;
    span claims; /* the whole, JSON */
    int64_t issued, expires;
    bool is_td;
    at_td_report td;                /* of Intel */
    uint8_t bytes[12][AT_REGISTER]; /* what `td` borrows from: never copied */
    uint8_t report_data[AT_REPORT_DATA];
    uint8_t identity[AT_IDENTITY]; /* names this token in logs and replay caches */
} at_token_claims;

/* Rejects with the sentence that does not hold, the last in the account, which may be NULL. `room` has space for AT_TOKEN_ROOM bytes more. */
verdict at_appraise_token(const at_world *, const at_token_policy *, const at_token *, writer *room, account *, at_token_claims *out);

#endif
