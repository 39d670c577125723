/* Bundles and log entries of a Sigstore-shaped signer under a test root, honest and with one lie each, signed by whoever can sign it. */
#include "sigstore_vectors.h"
#include "sim_sigstore.h"

#include <string.h>

enum { NOW = SIM_SIGNED_AT + 86400 };

/* What bundles are made of: the shapes whose honest bundles are the twins of the lies. */
typedef enum shape {
    MESSAGE,
    MESSAGE_V1,
    MESSAGE_V2,
    ENVELOPE,
    MANAGED,
    STAMPED,
    /* other kinds of entries */
    REKORD,
    INTOTO,
    TILED,
    TILED_ENVELOPE,
    TILED_DSSE,
    TILED_MANAGED,
    /* other chains and stamps */
    INTERMEDIATE,
    EMBEDDED,
    TWO_STAMPS,
    USER,
    SUBJECTS,
    /* other keys of signers */
    SIGNER_P384,
    SIGNER_P521,
    SIGNER_P384_SHA256,
    SIGNER_P521_SHA256,
    SIGNER_RSA,
    SIGNER_PSS,
    SIGNER_ED25519,
    SIGNER_ED25519_PH,
    TILED_P384,
    TILED_P521,
    TILED_RSA,
    TILED_ED25519_PH,
    /* and of logs */
    LOG_P384,
    LOG_P521,
    LOG_P384_SHA256,
    LOG_RSA,
    LOG_PSS,
    LOG_ED25519,
    TILED_LOG_P256,
    TILED_LOG_RSA,
    SHAPES
} shape;

#define TILED_RECIPE .version = 3, .tiled = true, .stamped = true, .log = SIM_ED25519

static const sim_recipe recipes[SHAPES] = {[MESSAGE] = {.version = 3},
                                           [MESSAGE_V1] = {.version = 1},
                                           [MESSAGE_V2] = {.version = 2},
                                           [ENVELOPE] = {.version = 3, .envelope = true},
                                           [MANAGED] = {.version = 3, .managed = true},
                                           [STAMPED] = {.version = 3, .stamped = true},
                                           [REKORD] = {.version = 2, .kind = SIM_REKORD},
                                           [INTOTO] = {.version = 2, .envelope = true, .kind = SIM_INTOTO},
                                           [TILED] = {TILED_RECIPE},
                                           [TILED_ENVELOPE] = {TILED_RECIPE, .envelope = true, .noted = true},
                                           [TILED_DSSE] = {TILED_RECIPE, .envelope = true, .kind = SIM_DSSE},
                                           [TILED_MANAGED] = {.version = 3, .tiled = true, .log = SIM_ED25519, .managed = true},
                                           [INTERMEDIATE] = {.version = 2, .intermediate = true},
                                           [EMBEDDED] = {.version = 3, .stamped = true, .embedded = true},
                                           [TWO_STAMPS] = {.version = 3, .stamped = true, .stamped_twice = true},
                                           [USER] = {.version = 3, .user_name = true},
                                           [SUBJECTS] = {.version = 3, .envelope = true, .more_subjects = true},
                                           [SIGNER_P384] = {.version = 3, .signer = SIM_P384},
                                           [SIGNER_P521] = {.version = 3, .signer = SIM_P521},
                                           [SIGNER_P384_SHA256] = {.version = 3, .signer = SIM_P384_SHA256},
                                           [SIGNER_P521_SHA256] = {.version = 3, .signer = SIM_P521_SHA256},
                                           [SIGNER_RSA] = {.version = 3, .signer = SIM_RSA, .managed = true},
                                           [SIGNER_PSS] = {.version = 3, .signer = SIM_RSA_PSS},
                                           [SIGNER_ED25519] = {.version = 3, .signer = SIM_ED25519, .envelope = true, .managed = true},
                                           [SIGNER_ED25519_PH] = {.version = 3, .signer = SIM_ED25519_PH},
                                           [TILED_P384] = {TILED_RECIPE, .signer = SIM_P384},
                                           [TILED_P521] = {TILED_RECIPE, .signer = SIM_P521, .envelope = true},
                                           [TILED_RSA] = {TILED_RECIPE, .signer = SIM_RSA},
                                           [TILED_ED25519_PH] = {TILED_RECIPE, .signer = SIM_ED25519_PH},
                                           [LOG_P384] = {.version = 3, .log = SIM_P384},
                                           [LOG_P521] = {.version = 3, .log = SIM_P521},
                                           [LOG_P384_SHA256] = {.version = 3, .log = SIM_P384_SHA256},
                                           [LOG_RSA] = {.version = 3, .log = SIM_RSA},
                                           [LOG_PSS] = {.version = 3, .log = SIM_RSA_PSS},
                                           [LOG_ED25519] = {.version = 3, .log = SIM_ED25519},
                                           [TILED_LOG_P256] = {.version = 3, .tiled = true, .stamped = true, .noted = true},
                                           [TILED_LOG_RSA] = {.version = 3, .tiled = true, .stamped = true, .noted = true, .log = SIM_RSA}};

static const char *const twins[SHAPES] = {"message",
                                          "message-v1",
                                          "message-v2",
                                          "envelope",
                                          "managed",
                                          "stamped",
                                          "rekord",
                                          "intoto",
                                          "tiled",
                                          "tiled-envelope",
                                          "tiled-dsse",
                                          "tiled-managed",
                                          "intermediate",
                                          "stamper-embedded",
                                          "two-stamps",
                                          "user",
                                          "subjects",
                                          "signer-p384",
                                          "signer-p521",
                                          "signer-p384-sha256",
                                          "signer-p521-sha256",
                                          "signer-rsa",
                                          "signer-pss",
                                          "signer-ed25519",
                                          "signer-ed25519ph",
                                          "tiled-p384",
                                          "tiled-p521",
                                          "tiled-rsa",
                                          "tiled-ed25519ph",
                                          "log-p384",
                                          "log-p521",
                                          "log-p384-sha256",
                                          "log-rsa",
                                          "log-pss",
                                          "log-ed25519",
                                          "tiled-log-p256",
                                          "tiled-log-rsa"};

/* How the policy differs from the honest one. */
typedef enum asked { ASKED, BY_KEY, KEY_AND_IDENTITY, KEY_AND_ISSUER } asked;

typedef struct lie_row {
    const char *slug, *site, *mutation;
    sim_lie lie;
    shape shape;
    asked asked;
    int64_t now; /* 0: NOW */
    const char *layers[5];
} lie_row;

#define ALL_SITES                                                                                                                    \
    "TL-101 TL-102 TL-103 TL-104 TL-105 TL-106 TL-108 TL-110 TL-115 TL-116 TL-113 TL-114 TL-117 TL-118 TL-126 TL-142 TL-143 TL-144 " \
    "TL-145 TL-139 TL-150"
#define LEAF_SITES     " TL-109 TL-112 TL-125 TL-128 TL-129 TL-130 TL-131 TL-132 TL-133 TL-134 TL-135 TL-136 TL-137 TL-153"
#define STAMP_SITES    " TL-119 TL-120 TL-121 TL-122 TL-123 TL-152"
#define ENVELOPE_SITES " TL-107 TL-140 TL-141"

/* What an honest bundle of this shape passes. */
static const char *shown_of(const sim_recipe *r)
{
    static char list[512];
    writer w = writer_of(list, sizeof list - 1);
    memset(list, 0, sizeof list);
    write_text(&w, ALL_SITES);
    write_text(&w, r->managed ? "" : LEAF_SITES);
    write_text(&w, r->stamped ? STAMP_SITES : "");
    write_text(&w, r->envelope ? ENVELOPE_SITES : " TL-138");
    write_text(&w, r->tiled ? "" : " TL-111");
    write_text(&w, r->tiled && r->kind != SIM_DSSE ? " TL-151" : "");
    must(writer_ok(&w));
    return list;
}

static const lie_row lies[] = {
    {"key-and-identity", "TL-101", "a key and an identity", SIM_HONEST, MANAGED, KEY_AND_IDENTITY, 0, {0}},
    {"key-and-issuer", "TL-101", "a key and an issuer", SIM_HONEST, MANAGED, KEY_AND_ISSUER, 0, {0}},
    {"root-member", "TL-102", "a trusted root with an unknown member", LIE_ROOT_MEMBER, MESSAGE, ASKED, 0, {0}},
    {"root-type", "TL-102", "a trusted root of an unknown version", LIE_ROOT_TYPE, MESSAGE, ASKED, 0, {0}},
    {"log-undated", "TL-103", "a log whose period has no start", LIE_LOG_UNDATED, MESSAGE, ASKED, 0, {0}},
    {"authority-undated", "TL-103", "an authority whose period has no start", LIE_CA_UNDATED, MESSAGE, ASKED, 0, {0}},
    {"member", "TL-104", "an unknown member", LIE_BUNDLE_MEMBER, MESSAGE, ASKED, 0, {0}},
    {"material-member", "TL-104", "an unknown member of the material", LIE_MATERIAL_MEMBER, MESSAGE_V1, ASKED, 0, {0}},
    {"type-v0-4", "TL-105", "the media type of v0.4", LIE_TYPE_UNKNOWN, MESSAGE, ASKED, 0, {0}},
    {"type-without-version", "TL-105", "a media type without a version", LIE_TYPE_SPELLING, MESSAGE, ASKED, 0, {0}},
    {"both", "TL-106", "a message signature beside the envelope", LIE_BOTH, ENVELOPE, ASKED, 0, {0}},
    {"both-without-digest",
     "TL-106",
     "a message signature without a digest beside the envelope",
     LIE_BOTH_WITHOUT_DIGEST,
     ENVELOPE,
     ASKED,
     0,
     {0}},
    {"signed-twice", "TL-107", "the signature twice", LIE_SIGNED_TWICE, ENVELOPE, ASKED, 0, {0}},
    {"signed-by-two", "TL-107", "a second signature by another key", LIE_SIGNED_BY_TWO, ENVELOPE, ASKED, 0, {0}},
    {"certificate-for-key", "TL-108", "a certificate where a key is asked for", LIE_BODY_BARE_KEY, MESSAGE, BY_KEY, 0, {0}},
    {"certificate-for-key-v1", "TL-108", "a chain where a key is asked for", LIE_BODY_BARE_KEY, MESSAGE_V1, BY_KEY, 0, {0}},
    {"brings-root", "TL-109", "the chain brings the root", LIE_BRINGS_ROOT, MESSAGE_V1, ASKED, 0, {0}},
    {"brings-two-roots", "TL-109", "the chain brings two roots", LIE_BRINGS_TWO_ROOTS, MESSAGE_V2, ASKED, 0, {0}},
    {"second-log", "TL-110", "a second entry, of an unknown log", LIE_SECOND_LOG, MESSAGE, ASKED, 0, {0}},
    {"second-log-id", "TL-110", "a second entry, of a log with a similar id", LIE_SECOND_LOG_ID, MESSAGE, ASKED, 0, {0}},
    {"log-ended", "TL-117", "the log's period ended before", LIE_LOG_ENDED, MESSAGE, ASKED, 0, {0}},
    {"log-not-started", "TL-117", "the log's period started later", LIE_LOG_NOT_STARTED, MESSAGE, ASKED, 0, {0}},
    {"log-algorithm", "TL-118", "the only log's algorithm is unknown", LIE_LOG_ALGORITHM, STAMPED, ASKED, 0, {0}},
    {"no-entries", "TL-118", "no entry", LIE_NO_ENTRIES, STAMPED, ASKED, 0, {0}},
    {"promise-key", "TL-111", "the promise by another key", LIE_PROMISE_KEY, MESSAGE, ASKED, 0, {0}},
    {"promise-index", "TL-111", "the promise over another index", LIE_PROMISE_INDEX, MESSAGE, ASKED, 0, {0}},
    {"promise-time", "TL-111", "the promise over another time", LIE_PROMISE_TIME, MESSAGE, ASKED, 0, {0}},
    {"no-proof", "TL-112", "no inclusion proof", LIE_NO_PROOF, MESSAGE, ASKED, 0, {0}},
    {"no-proof-v2", "TL-112", "no inclusion proof, v0.2", LIE_NO_PROOF, MESSAGE_V2, ASKED, 0, {0}},
    {"proof-root", "TL-113", "the proof's root differs in one bit", LIE_PROOF_ROOT, MESSAGE, ASKED, 0, {0}},
    {"proof-root-leaf", "TL-113", "the proof's root is the leaf", LIE_PROOF_ROOT_OF_LEAF, MESSAGE, ASKED, 0, {0}},
    {"proof-size", "TL-114", "the proof's size is larger", LIE_PROOF_SIZE, MESSAGE, ASKED, 0, {0}},
    {"proof-size-less", "TL-114", "the proof's size is smaller", LIE_PROOF_SIZE_LESS, MESSAGE, ASKED, 0, {0}},
    {"line-key", "TL-115", "the log's line by another key", LIE_LINE_KEY, MESSAGE, ASKED, 0, {0}},
    {"line-text", "TL-115", "the log's line over the text without its last LF", LIE_LINE_TEXT, MESSAGE, ASKED, 0, {0}},
    {"line-name", "TL-116", "the line's name is a part of the host", LIE_LINE_NAME, MESSAGE, ASKED, 0, {0}},
    {"line-pattern", "TL-116", "the line's name is a pattern", LIE_LINE_PATTERN, MESSAGE, ASKED, 0, {0}},
    {"line-hint", "TL-116", "another key id", LIE_LINE_HINT, MESSAGE, ASKED, 0, {0}},
    {"kind-said", "TL-142", "the entry says another kind", LIE_KIND_SAID, MESSAGE, ASKED, 0, {0}},
    {"version-said", "TL-142", "the entry says another version", LIE_VERSION_SAID, MESSAGE, ASKED, 0, {0}},
    {"body-digest", "TL-143", "the log has another digest", LIE_BODY_DIGEST, MESSAGE, ASKED, 0, {0}},
    {"body-payload", "TL-143", "the log has the digest of another payload", LIE_BODY_DIGEST_EMPTY, ENVELOPE, ASKED, 0, {0}},
    {"body-signature", "TL-144", "the log has another signature", LIE_BODY_SIGNATURE, MESSAGE, ASKED, 0, {0}},
    {"body-signature-short", "TL-144", "the log has a shorter signature", LIE_BODY_SIGNATURE_SHORT, ENVELOPE, ASKED, 0, {0}},
    {"body-certificate", "TL-145", "the log has another certificate", LIE_BODY_VERIFIER, MESSAGE, ASKED, 0, {0}},
    {"body-key", "TL-145", "the log has another key", LIE_BODY_VERIFIER, MANAGED, ASKED, 0, {0}},
    {"stamp-status", "TL-119", "a rejected request's answer", LIE_STAMP_STATUS, STAMPED, ASKED, 0, {0}},
    {"stamp-version", "TL-119", "version 2 of the stamp", LIE_STAMP_VERSION, STAMPED, ASKED, 0, {0}},
    {"stamp-imprint", "TL-120", "the imprint of another signature", LIE_STAMP_IMPRINT, STAMPED, ASKED, 0, {0}},
    {"stamp-imprint-artifact", "TL-120", "the imprint of the artifact", LIE_STAMP_IMPRINT_ARTIFACT, STAMPED, ASKED, 0, {0}},
    {"stamper-ended", "TL-121", "the authority's period ended before", LIE_TSA_ENDED, STAMPED, ASKED, 0, {0}},
    {"stamper-not-started", "TL-121", "the authority's period started later", LIE_TSA_NOT_STARTED, STAMPED, ASKED, 0, {0}},
    {"stamper-usage-more", "TL-122", "a second extended key usage", LIE_STAMP_USAGE_MORE, STAMPED, ASKED, 0, {0}},
    {"stamper-usage-uncritical", "TL-122", "the extended key usage is not critical", LIE_STAMP_USAGE_UNCRITICAL, STAMPED, ASKED, 0, {0}},
    {"stamp-signature", "TL-123", "the stamp by another key", LIE_STAMP_SIGNATURE, STAMPED, ASKED, 0, {0}},
    {"stamp-digest", "TL-123", "the attributes have another digest", LIE_STAMP_DIGEST, STAMPED, ASKED, 0, {0}},
    {"no-promise", "TL-125", "an unsigned time", LIE_NO_PROMISE, MESSAGE, ASKED, 0, {0}},
    {"no-time", "TL-125", "no time", LIE_NO_PROMISE_NO_TIME, MESSAGE, ASKED, 0, {0}},
    {"a-second-before", "TL-126", "now is a second before the signing time", SIM_HONEST, MESSAGE, ASKED, SIM_SIGNED_AT - 1, {0}},
    {"a-day-before", "TL-126", "now is a day before the time stamp", SIM_HONEST, STAMPED, ASKED, SIM_SIGNED_AT - 86400, {0}},
    {"authority-ended", "TL-128", "the authority's period ended before", LIE_CA_ENDED, MESSAGE, ASKED, 0, {0}},
    {"authority-no-ca", "TL-128", "the authority's certificate is none of an authority", LIE_CA_NO_CA, MESSAGE, ASKED, 0, {0}},
    {"leaf-earlier", "TL-129", "the certificate had expired", LIE_LEAF_EARLIER, MESSAGE, ASKED, 0, {0}},
    {"leaf-later", "TL-129", "the certificate was not yet valid", LIE_LEAF_LATER, STAMPED, ASKED, 0, {0}},
    {"leaf-no-usage", "TL-130", "no key usage", LIE_LEAF_NO_USAGE, MESSAGE, ASKED, 0, {0}},
    {"leaf-other-usage", "TL-130", "the key usage of an authority", LIE_LEAF_OTHER_USAGE, MESSAGE, ASKED, 0, {0}},
    {"leaf-no-eku", "TL-131", "no extended key usage", LIE_LEAF_NO_EKU, MESSAGE, ASKED, 0, {0}},
    {"leaf-other-eku", "TL-131", "server authentication", LIE_LEAF_OTHER_EKU, MESSAGE, ASKED, 0, {0}},
    {"leaf-critical", "TL-132", "policy constraints, critical", LIE_LEAF_CRITICAL, MESSAGE, ASKED, 0, {0}},
    {"leaf-critical-other", "TL-132", "an unknown critical extension", LIE_LEAF_CRITICAL_OTHER, MESSAGE, ASKED, 0, {0}},
    {"leaf-no-sct", "TL-133", "no certificate timestamp", LIE_LEAF_NO_SCT, MESSAGE, ASKED, 0, {"TL-133", "TL-134"}},
    {"leaf-sct-form", "TL-133", "the list says that it is longer", LIE_LEAF_SCT_FORM, MESSAGE, ASKED, 0, {"TL-133", "TL-134"}},
    {"sct-key", "TL-134", "the timestamp by another key", LIE_SCT_KEY, MESSAGE, ASKED, 0, {0}},
    {"sct-issuer", "TL-134", "the timestamp over another issuer's key", LIE_SCT_ISSUER, MESSAGE, ASKED, 0, {0}},
    {"sct-precertificate", "TL-134", "the timestamp over another certificate", LIE_SCT_PRECERTIFICATE, MESSAGE, ASKED, 0, {0}},
    {"sct-time", "TL-134", "the timestamp over another time", LIE_SCT_TIME, MESSAGE, ASKED, 0, {0}},
    {"name-prefix", "TL-135", "the certificate names a prefix", LIE_SAN_PREFIX, MESSAGE, ASKED, 0, {0}},
    {"name-longer", "TL-135", "the certificate names something longer", LIE_SAN_LONGER, MESSAGE, ASKED, 0, {0}},
    {"name-type", "TL-135", "the name as an e-mail address", LIE_SAN_TYPE, MESSAGE, ASKED, 0, {0}},
    {"issuer-other", "TL-136", "another issuer", LIE_ISSUER_OTHER, MESSAGE, ASKED, 0, {0}},
    {"issuer-none", "TL-136", "no issuer", LIE_ISSUER_NONE, MESSAGE, ASKED, 0, {0}},
    {"issuers-disagree", "TL-137", "the older extension says another issuer", LIE_ISSUERS_DISAGREE, MESSAGE, ASKED, 0, {0}},
    {"issuers-disagree-slash", "TL-137", "the older extension has a slash more", LIE_ISSUERS_DISAGREE_SLASH, MESSAGE, ASKED, 0, {0}},
    {"digest", "TL-138", "another digest", LIE_DIGEST, MESSAGE, ASKED, 0, {0}},
    {"digest-last", "TL-138", "another digest, in its last byte", LIE_DIGEST_LAST, MANAGED, ASKED, 0, {0}},
    {"signature-key", "TL-139", "signed by another key", LIE_SIGNATURE_KEY, MESSAGE, ASKED, 0, {0}},
    {"signature-message", "TL-139", "signed over another artifact", LIE_SIGNATURE_MESSAGE, MESSAGE, ASKED, 0, {0}},
    {"signature-envelope", "TL-139", "signed over something else than the envelope", LIE_SIGNATURE_MESSAGE, ENVELOPE, ASKED, 0, {0}},
    {"statement-type", "TL-140", "a statement of an unknown version", LIE_STATEMENT_TYPE, ENVELOPE, ASKED, 0, {0}},
    {"payload-type", "TL-140", "another payload type", LIE_PAYLOAD_TYPE, ENVELOPE, ASKED, 0, {0}},
    {"subject", "TL-141", "a statement about another artifact", LIE_SUBJECT, ENVELOPE, ASKED, 0, {0}},
    {"subject-none", "TL-141", "a statement about nothing", LIE_SUBJECT_NONE, ENVELOPE, ASKED, 0, {0}},
    {"root-log-kind",
     "TL-102",
     "a log whose key is of another kind than its details say",
     LIE_ROOT_LOG_KIND,
     STAMPED,
     ASKED,
     0,
     {"TL-102", "TL-118"}},
    {"root-log-size", "TL-102", "a log whose key has fewer bits than its details say", LIE_ROOT_LOG_SIZE, LOG_RSA, ASKED, 0, {0}},
    {"root-key-id", "TL-102", "a log with another checkpoint key id", LIE_ROOT_KEY_ID, TILED_ENVELOPE, ASKED, 0, {0}},
    {"root-key-id-rsa", "TL-102", "a log with another checkpoint key id, RSA", LIE_ROOT_KEY_ID, TILED_LOG_RSA, ASKED, 0, {0}},
    {"entry-twice", "TL-150", "the entry twice", LIE_ENTRY_TWICE, TILED, ASKED, 0, {0}},
    {"entry-twice-promised", "TL-150", "the entry twice, with its promise", LIE_ENTRY_TWICE, MESSAGE, ASKED, 0, {0}},
    {"stamp-twice", "TL-150", "the time stamp twice", LIE_STAMP_TWICE, STAMPED, ASKED, 0, {0}},
    {"tiled-log-ended", "TL-117", "the period of the Rekor v2 log ended before", LIE_LOG_ENDED, TILED, ASKED, 0, {0}},
    {"tiled-log-not-started", "TL-117", "the period of the Rekor v2 log started later", LIE_LOG_NOT_STARTED, TILED_ENVELOPE, ASKED, 0, {0}},
    {"promise-key-p384", "TL-111", "the promise by another key on P-384", LIE_PROMISE_KEY, LOG_P384, ASKED, 0, {0}},
    {"promise-key-p521", "TL-111", "the promise by another key on P-521", LIE_PROMISE_KEY, LOG_P521, ASKED, 0, {0}},
    {"promise-key-rsa", "TL-111", "the promise by another key, RSA", LIE_PROMISE_KEY, LOG_RSA, ASKED, 0, {0}},
    {"promise-key-pss", "TL-111", "the promise by another key, RSA with PSS", LIE_PROMISE_KEY, LOG_PSS, ASKED, 0, {0}},
    {"promise-key-ed25519", "TL-111", "the promise by another key, Ed25519", LIE_PROMISE_KEY, LOG_ED25519, ASKED, 0, {0}},
    {"tiled-no-proof", "TL-112", "an entry of Rekor v2 without proof", LIE_NO_PROOF, TILED, ASKED, 0, {0}},
    {"tiled-no-proof-managed", "TL-112", "an entry of Rekor v2 without proof, signed by a key", LIE_NO_PROOF, TILED_MANAGED, ASKED, 0, {0}},
    {"tiled-proof-root", "TL-113", "the proof's root differs in one bit, Rekor v2", LIE_PROOF_ROOT, TILED, ASKED, 0, {0}},
    {"tiled-proof-size", "TL-114", "the proof's size is larger, Rekor v2", LIE_PROOF_SIZE, TILED, ASKED, 0, {0}},
    {"tiled-line-key", "TL-115", "the log's line by another key, Ed25519", LIE_LINE_KEY, TILED, ASKED, 0, {0}},
    {"tiled-line-text", "TL-115", "the log's line over another text, Ed25519", LIE_LINE_TEXT, TILED_ENVELOPE, ASKED, 0, {0}},
    {"line-key-rsa", "TL-115", "the log's line by another key, RSA", LIE_LINE_KEY, TILED_LOG_RSA, ASKED, 0, {0}},
    {"tiled-line-hint", "TL-116", "another key id, Ed25519", LIE_LINE_HINT, TILED, ASKED, 0, {0}},
    {"tiled-line-name", "TL-116", "the line's name is a part of the host, beside witnesses", LIE_LINE_NAME, TILED, ASKED, 0, {0}},
    {"line-hint-rsa", "TL-116", "another key id, RSA", LIE_LINE_HINT, TILED_LOG_RSA, ASKED, 0, {0}},
    {"envelope-hash", "TL-142", "the digest of the envelope is a byte short", LIE_BODY_ENVELOPE_HASH, ENVELOPE, ASKED, 0, {0}},
    {"envelope-hash-intoto", "TL-142", "the digest of the envelope is a byte short, intoto", LIE_BODY_ENVELOPE_HASH, INTOTO, ASKED, 0, {0}},
    {"intoto-1",
     "TL-142",
     "an entry intoto 0.0.1, which has no signature",
     LIE_BODY_INTOTO_1,
     INTOTO,
     ASKED,
     0,
     {"TL-142", "TL-143", "TL-144", "TL-145"}},
    {"tiled-version-said", "TL-142", "the entry of Rekor v2 says 0.0.1", LIE_VERSION_SAID, TILED, ASKED, 0, {0}},
    {"body-hash-longer", "TL-151", "SHA-512 beside a key on P-256", LIE_BODY_HASH_LONGER, TILED, ASKED, 0, {0}},
    {"body-hash-shorter", "TL-151", "SHA-256 beside a key on P-384", LIE_BODY_HASH_SHORTER, TILED_P384, ASKED, 0, {0}},
    {"body-hash-ed25519", "TL-151", "SHA-256 beside a key of Ed25519", LIE_BODY_HASH_SHORTER, TILED_ED25519_PH, ASKED, 0, {0}},
    {"body-payload-intoto", "TL-143", "the log has the digest of another payload, intoto", LIE_BODY_DIGEST_EMPTY, INTOTO, ASKED, 0, {0}},
    {"tiled-body-digest", "TL-143", "the log has another digest, Rekor v2", LIE_BODY_DIGEST, TILED, ASKED, 0, {0}},
    {"tiled-body-encoding",
     "TL-143",
     "the log has the digest of another encoding, Rekor v2",
     LIE_BODY_DIGEST,
     TILED_ENVELOPE,
     ASKED,
     0,
     {0}},
    {"tiled-body-payload", "TL-143", "the log has the digest of another payload, dsse 0.0.2", LIE_BODY_DIGEST, TILED_DSSE, ASKED, 0, {0}},
    {"body-signature-intoto", "TL-144", "the log has another signature, intoto", LIE_BODY_SIGNATURE, INTOTO, ASKED, 0, {0}},
    {"tiled-body-signature", "TL-144", "the log has another signature, Rekor v2", LIE_BODY_SIGNATURE, TILED, ASKED, 0, {0}},
    {"tiled-body-signature-dsse", "TL-144", "the log has another signature, dsse 0.0.2", LIE_BODY_SIGNATURE, TILED_DSSE, ASKED, 0, {0}},
    {"body-signature-ed25519", "TL-144", "the log has another signature, Ed25519", LIE_BODY_SIGNATURE, SIGNER_ED25519, ASKED, 0, {0}},
    {"body-certificate-intoto", "TL-145", "the log has another certificate, intoto", LIE_BODY_VERIFIER, INTOTO, ASKED, 0, {0}},
    {"tiled-body-certificate", "TL-145", "the log has another certificate, Rekor v2", LIE_BODY_VERIFIER, TILED, ASKED, 0, {0}},
    {"tiled-body-key", "TL-145", "the log has another key, Rekor v2", LIE_BODY_VERIFIER, TILED_MANAGED, ASKED, 0, {0}},
    {"body-key-rsa", "TL-145", "the log has another key, RSA", LIE_BODY_VERIFIER, SIGNER_RSA, ASKED, 0, {0}},
    {"stamper-unlisted-usage",
     "TL-121",
     "the authority's certificate is for code signing alone",
     LIE_STAMPING_USAGE,
     EMBEDDED,
     ASKED,
     0,
     {0}},
    {"stamper-embedded-ended", "TL-121", "the period ended before, beside an embedded certificate", LIE_TSA_ENDED, EMBEDDED, ASKED, 0, {0}},
    {"stamp-key-embedded",
     "TL-123",
     "the stamp by another key than the embedded certificate's",
     LIE_STAMP_SIGNATURE,
     EMBEDDED,
     ASKED,
     0,
     {0}},
    {"stamp-names-nobody", "TL-152", "the stamp names no certificate", LIE_STAMP_NAMES_NOBODY, STAMPED, ASKED, 0, {0}},
    {"stamp-names-other", "TL-152", "the stamp names the authority's certificate", LIE_STAMP_NAMES_OTHER, TILED, ASKED, 0, {0}},
    {"tiled-a-day-before",
     "TL-126",
     "now is a day before the time stamp of Rekor v2",
     SIM_HONEST,
     TILED,
     ASKED,
     SIM_SIGNED_AT - 86400,
     {0}},
    {"intermediate-usage", "TL-128", "the intermediate certificate is for servers", LIE_INTERMEDIATE_USAGE, INTERMEDIATE, ASKED, 0, {0}},
    {"intermediate-no-ca",
     "TL-128",
     "the intermediate certificate is none of an authority",
     LIE_INTERMEDIATE_NO_CA,
     INTERMEDIATE,
     ASKED,
     0,
     {0}},
    {"tiled-leaf-earlier", "TL-129", "the certificate had expired at the time stamp", LIE_LEAF_EARLIER, TILED, ASKED, 0, {0}},
    {"sct-issuer-intermediate",
     "TL-134",
     "the timestamp over another issuer's key than the intermediate's",
     LIE_SCT_ISSUER,
     INTERMEDIATE,
     ASKED,
     0,
     {0}},
    {"names-two", "TL-153", "the certificate has a second URI", LIE_SAN_TWO, MESSAGE, ASKED, 0, {0}},
    {"names-two-types", "TL-153", "the certificate has an e-mail address too", LIE_SAN_TWO_TYPES, TILED, ASKED, 0, {0}},
    {"user-prefix", "TL-135", "the certificate names a part of the user's name", LIE_SAN_PREFIX, USER, ASKED, 0, {0}},
    {"user-type", "TL-135", "the user's name as an e-mail address", LIE_SAN_TYPE, USER, ASKED, 0, {0}},
    {"signature-key-p384", "TL-139", "signed by another key on P-384", LIE_SIGNATURE_KEY, SIGNER_P384, ASKED, 0, {0}},
    {"signature-key-p521", "TL-139", "signed by another key on P-521", LIE_SIGNATURE_KEY, SIGNER_P521, ASKED, 0, {0}},
    {"signature-key-rsa", "TL-139", "signed by another key, RSA", LIE_SIGNATURE_KEY, SIGNER_RSA, ASKED, 0, {0}},
    {"signature-key-pss", "TL-139", "signed by another key, RSA with PSS", LIE_SIGNATURE_KEY, SIGNER_PSS, ASKED, 0, {0}},
    {"signature-key-ed25519", "TL-139", "signed by another key, Ed25519", LIE_SIGNATURE_KEY, SIGNER_ED25519, ASKED, 0, {0}},
    {"signature-key-ed25519ph", "TL-139", "signed by another key, Ed25519ph", LIE_SIGNATURE_KEY, TILED_ED25519_PH, ASKED, 0, {0}},
    {"tiled-signature-envelope",
     "TL-139",
     "signed over something else than the envelope, Rekor v2",
     LIE_SIGNATURE_MESSAGE,
     TILED_ENVELOPE,
     ASKED,
     0,
     {0}},
    {"subject-longer-digest", "TL-141", "a statement about another artifact, by SHA-512", LIE_SUBJECT, SUBJECTS, ASKED, 0, {0}},
    {"subject-intoto", "TL-141", "a statement about another artifact, intoto", LIE_SUBJECT, INTOTO, ASKED, 0, {0}},
};

static sim_minted minted;

static void put_case(sheet *s, const sim_recipe *r, const lie_row *row)
{
    const bool by_key = r->managed || (row && row->asked == BY_KEY);
    const asked asked = row ? row->asked : ASKED;
    sheet_in(s, TEXT("trusted_root", minted.root));
    sheet_in(s, TEXT("bundle", minted.bundle));
    sheet_in(s, TEXT("artifact", SIM_ARTIFACT));
    sheet_in(s, NUMBER("now", (long)(row && row->now ? row->now : NOW)));
    if (!by_key || asked == KEY_AND_IDENTITY)
        sheet_in(s, TEXT("identity", r->user_name ? SIM_USER : SIM_IDENTITY));
    if (!by_key || asked == KEY_AND_ISSUER)
        sheet_in(s, TEXT("issuer", SIM_ISSUER));
    if (by_key)
        sheet_in(s, BYTES("key", minted.key));
}

static void add_lie(sheet *s, const lie_row *row, const char *flag)
{
    sim_recipe r = recipes[row->shape];
    r.lie = row->lie;
    sigstore_mint(s->prim, &r, &minted);
    sheet_rejects(s, &(rejection){.slug = row->slug,
                                  .site = row->site,
                                  .mutation = row->mutation,
                                  .flag = flag,
                                  .base = twins[row->shape],
                                  .layers = row->layers[0] ? row->layers : NULL});
    put_case(s, &r, row);
}

static void add_bundles(sheet *s, const char *flag)
{
    for (shape k = MESSAGE; k < SHAPES; k++) {
        sigstore_mint(s->prim, &recipes[k], &minted);
        sheet_accepts(s, twins[k], shown_of(&recipes[k]));
        put_case(s, &recipes[k], NULL);
        sheet_out(s, NUMBER("time", recipes[k].tiled && !recipes[k].stamped ? 0 : SIM_SIGNED_AT));
    }
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        add_lie(s, &lies[i], flag);
}

/* ---- entries by themselves ---- */

static const lie_row entry_lies[] = {
    {"member", "TL-146", "an unknown member", LIE_ENTRY_MEMBER, MANAGED, ASKED, 0, {0}},
    {"member-second", "TL-146", "a member of the bundle's spelling", LIE_ENTRY_MEMBER_SECOND, MANAGED, ASKED, 0, {0}},
    {"log-id", "TL-147", "another log id", LIE_ENTRY_LOG_ID, MANAGED, ASKED, 0, {0}},
    {"log-id-last", "TL-147", "another log id, in its last byte", LIE_ENTRY_LOG_ID_LAST, MANAGED, ASKED, 0, {0}},
    {"no-promise", "TL-148", "no promise", LIE_NO_PROMISE, MANAGED, ASKED, 0, {0}},
    {"no-promise-certificate", "TL-148", "no promise, by a certificate", LIE_NO_PROMISE, MESSAGE, ASKED, 0, {0}},
    {"a-second-before", "TL-149", "now is a second before its time", SIM_HONEST, MANAGED, ASKED, SIM_SIGNED_AT - 1, {0}},
    {"a-day-before", "TL-149", "now is a day before its time", SIM_HONEST, MANAGED, ASKED, SIM_SIGNED_AT - 86400, {0}},
};

static void put_entry(sheet *s, const lie_row *row)
{
    sheet_in(s, TEXT("entry", minted.entry));
    sheet_in(s, BYTES("log_key", minted.log_key));
    sheet_in(s, TEXT("artifact", SIM_ARTIFACT));
    sheet_in(s, NUMBER("now", (long)(row && row->now ? row->now : NOW)));
}

static void add_entries(sheet *s, const char *flag)
{
    sigstore_mint(s->prim, &recipes[MANAGED], &minted);
    sheet_accepts(s, "ok", "TL-146 TL-147 TL-148 TL-149 TL-111 TL-112");
    put_entry(s, NULL);
    sheet_out(s, NUMBER("time", SIM_SIGNED_AT));
    for (size_t i = 0; i < sizeof entry_lies / sizeof *entry_lies; i++) {
        const lie_row *row = &entry_lies[i];
        sim_recipe r = recipes[row->shape];
        r.lie = row->lie;
        sigstore_mint(s->prim, &r, &minted);
        sheet_rejects(s, &(rejection){.slug = row->slug, .site = row->site, .mutation = row->mutation, .flag = flag, .base = "ok"});
        put_entry(s, row);
    }
}

cJSON *sigstore_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "sim-sigstore", "audit", NULL};
    const char *flag = which ? "FalseEntry" : "FalseBundle";
    sheet s = sheet_start(prim, which ? "tl.entry" : "tl.sigstore", "vectors/translog/sigstore_scenarios", "00", checked_by);
    sheet_note(&s, flag, "AUTH_BYPASS", "Takes an artifact for signed and logged that is not.", which ? "TL-147" : "TL-139");
    sheet_group(&s, which ? "entry" : "bundle", "tl:sigstore", "");
    if (which)
        add_entries(&s, flag);
    else
        add_bundles(&s, flag);
    return s.document;
}
