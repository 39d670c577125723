/* Sigstore bundles and the entries of Rekor, judged offline (sigstore.md).
 *
 * The caller lends everything: the time, the trusted root, and the storage `tl_sigstore`, which is large (static or on the heap). What is read
 * borrows from the texts and from the storage's room. Nothing here allocates or knows the time. */
#ifndef PARLEY_SIGSTORE_H
#define PARLEY_SIGSTORE_H

#include "account.h"
#include "pubkey.h"
#include "translog.h"
#include "x509_view.h"

enum {
    TL_BUNDLE_MAX = 1 << 22, /* bytes of a bundle, of a trusted root */
    TL_CHAIN_MAX = 8,        /* certificates of a chain */
    TL_TRUSTED_MAX = 32,     /* logs of a kind, authorities of a kind */
    TL_ENTRIES_MAX = 16,     /* log entries of a bundle; likewise time stamps */
};

/* Both ends belong to it, in seconds since 1970 UTC. `to` is INT64_MAX when there is no end. */
typedef struct tl_period {
    int64_t from, to;
} tl_period;

typedef struct tl_trusted_log {
    span host;            /* of its address, with the port; empty: the name of its signature lines is not compared */
    span id, note_id;     /* as the entries name it: either; the second may be empty */
    span key;             /* SubjectPublicKeyInfo */
    pubkey_scheme scheme; /* PUBKEY_UNKNOWN: nothing of this log is counted */
    tl_period valid;
} tl_trusted_log;

/* A certificate authority or time stamping authority: its chain, the issuing certificate first. */
typedef struct tl_authority {
    size_t n;
    x509_view chain[TL_CHAIN_MAX];
    tl_period valid;
} tl_authority;

typedef struct tl_trusted_root {
    size_t n_logs, n_ct_logs, n_authorities, n_stampers;
    tl_trusted_log log[TL_TRUSTED_MAX], ct_log[TL_TRUSTED_MAX];
    tl_authority authority[TL_TRUSTED_MAX], stamper[TL_TRUSTED_MAX];
    bool undated;    /* some period has no start */
    bool mismatched; /* some log has another key or checkpoint key id than it says */
} tl_trusted_root;

typedef struct tl_entry {
    uint64_t index; /* in the whole log */
    span log_id, kind, version, body;
    int64_t integrated; /* 0: not said */
    bool has_promise, has_proof;
    span promise;
    uint64_t proof_index, proof_size; /* in the tree that the checkpoint is of */
    span root, hashes, checkpoint;
} tl_entry;

typedef struct tl_bundle {
    unsigned version; /* 1 to 3: v0.1 to v0.3; 0: another media type */
    size_t n_certificates, n_entries, n_stamps, n_signatures;
    bool has_key, has_message, has_envelope;
    span certificate[TL_CHAIN_MAX];
    tl_entry entry[TL_ENTRIES_MAX];
    span stamp[TL_ENTRIES_MAX];
    span digest, signature; /* signature: of the message or of the envelope */
    prim_hash hash;         /* of the message */
    span payload, payload_type;
} tl_bundle;

/* Who may have signed: an identity with its issuer, or a key. */
typedef struct tl_signer {
    span identity, issuer; /* an identity with "://" is a URI, any other an e-mail address */
    span key;              /* SubjectPublicKeyInfo */
} tl_signer;

/* What a verification uses in passing, and what it has read. */
typedef struct tl_sigstore {
    tl_trusted_root root;
    tl_bundle bundle;
    x509_view leaf;
    tl_note note;
    size_t n_times;
    int64_t time[2 * TL_ENTRIES_MAX]; /* verified signing times */
    uint8_t bytes[8 * TL_BUNDLE_MAX];
    writer room;
} tl_sigstore;

typedef struct tl_sigstore_world {
    const prim *prim;
    int64_t now; /* seconds since 1970 UTC */
} tl_sigstore_world;

/* What can be left uncompared: bits of account.not_compared. */
typedef enum tl_comparison { TL_INCLUSION, TL_ENVELOPE_DIGEST, TL_COMPARISONS } tl_comparison;
extern const char *const tl_comparison_names[TL_COMPARISONS];

/* Rejects with TL-101 to TL-145 and TL-150 to TL-153, and for a log's entry with TL-003 to TL-005, TL-010 to TL-014, TL-020 to TL-024. */
verdict tl_verify_sigstore(tl_sigstore *, const tl_sigstore_world *, const tl_signer *, span root, span bundle, span artifact, account *);

/* One entry as Rekor v1 answers it, {"uuid": {body, integratedTime, logID, logIndex, verification}}: its promise, its proof, its checkpoint by
 * the key of the log, and that it is about the artifact. */
verdict tl_verify_entry(tl_sigstore *, const tl_sigstore_world *, span entry, span log_key, span artifact, account *);

#endif
