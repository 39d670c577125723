/* Profile parley1, evidence: what it is bound to, its message, and the client's checks (parley1_evidence.md). */
#ifndef PARLEY_PARLEY1_EVIDENCE_H
#define PARLEY_PARLEY1_EVIDENCE_H

#include "gpu.h"
#include "parley1_enrolment.h"
#include "translog.h"

/* ---- 1. What evidence is bound to ---- */

enum { P1_BINDER = 64, P1_REPORT_DATA = 64 };

/* X_e+1 of whole messages, type byte included. */
void p1_next_x(const prim *, const uint8_t t[P1_DIGEST], span step, span reply, uint8_t x[P1_DIGEST]);
void p1_binder(const prim *, uint32_t epoch, const uint8_t x[P1_DIGEST], span claims, uint8_t binder[P1_BINDER]);
void p1_report_data(const prim *, uint32_t n, const uint8_t root[P1_DIGEST], uint8_t out[P1_REPORT_DATA]);
void p1_transcript(const prim *, const uint8_t x[P1_DIGEST], span attest, uint8_t t[P1_DIGEST]);

/* ---- 2. The message attest ---- */

enum {
    P1_ATTEST_MAX = 524148,
    P1_BATCH_MAX = 1024,
    P1_EVIDENCE_MAX = 65536,
    P1_ENDORSEMENTS_MAX = 131072,
    P1_MANIFEST_MAX = 131072,
    P1_CHECKPOINT_MAX = 16384,
};

/* Spans borrow from the message. */
typedef struct p1_attest {
    p1_row row;
    uint64_t n, index;
    span path, claims, manifest, manifest_signature, statement, checkpoint, manifest_proof, statement_proof, boot;
} p1_attest;

verdict p1_read_attest(span message, p1_attest *out); /* P1-079, P1-080 */
void p1_write_attest(const p1_attest *, writer *out);

/* What stands in the log for a manifest. */
void p1_write_manifest_leaf(span manifest, span signature, writer *out);

/* Of an SNP report: intermediate, VCEK, revocation list. Of a GPU's: chain, list of the root, list of the model's authority. */
void p1_write_endorsements(span first, span second, span third, writer *out);

/* ---- 3. What a client is lent, and remembers ---- */

enum { P1_HEADS_MAX = 32, P1_LOG_AGE = 24 * 3600, P1_LOG_SKEW = 300 };

/* Zeroed: remembers nothing. One for each log; public. */
typedef struct p1_memory {
    int64_t floor; /* seconds since 1970 */
    size_t n;
    tl_head head[P1_HEADS_MAX]; /* oldest first */
} p1_memory;

/* What the client wants. All of it is needed: p1_policy_fits. Borrows. */
typedef struct p1_policy {
    const tl_policy *log;
    span owner, releaser; /* Ed25519 keys, 32 bytes; the owner's is the one pinned for the name that is dialled */
    uint64_t least_release;
    int64_t built;            /* when the client was built */
    unsigned level;           /* padding that it wants */
    const at_policy *snp;     /* measurements, report data and revocation lists are filled in */
    const at_gpu_policy *gpu; /* NULL: GPUs are of a kind that is not judged */
    unsigned vendors;         /* how many have to vouch for the row; 0: 1 */
} p1_policy;

bool p1_policy_fits(const p1_policy *); /* nothing is empty */

typedef struct p1_verifier {
    const prim *prim;
    const p1_policy *policy; /* must() fit */
    int64_t now;
    writer room; /* TL_ROOM bytes, used in passing */
} p1_verifier;

/* What must not change between epochs. */
typedef struct p1_identity {
    uint8_t s[32], q[32], claims[P1_DIGEST], devices[P1_DIGEST];
} p1_identity;

/* What this connection and epoch expect. */
typedef struct p1_expected {
    span name;
    const uint8_t *s, *x; /* 32 bytes each */
    uint32_t epoch;
    const p1_offer *offered;
    uint16_t version;
    const p1_identity *before; /* of epoch 0; NULL in epoch 0 */
} p1_expected;

/* What is known of an enclave whose evidence passed; and the account in any case. */
typedef struct p1_appraisal {
    account account;
    p1_identity identity;
    unsigned levels, vendors; /* bits of padding levels; how many vendors vouched */
    uint64_t tick, engine, release;
    uint8_t model[P1_DIGEST], tokenizer[P1_DIGEST], template_[P1_DIGEST];
    uint8_t statement[P1_DIGEST]; /* of the statement as it came: what receipts are signed under */
    int64_t from, to;
    tl_head head;
    uint8_t t[P1_DIGEST]; /* T_e */
} p1_appraisal;

/* ---- 4. Evidence by itself, as the owner judges a boot record, too ---- */

/* The devices that a row's items are of, in its order. Points into itself: never copied. */
typedef struct p1_machine {
    size_t n;
    unsigned vendors;
    uint8_t kind[P1_ITEMS_MAX];
    span id[P1_ITEMS_MAX];
    uint8_t room[P1_ITEMS_MAX][P1_DEVICE_MAX];
} p1_machine;

/* Rejects with P1-054, P1-055, P1-057, P1-065 to P1-067, P1-081 and what chapter attestation says. */
verdict p1_judge_row(const p1_verifier *, const p1_row *, const p1_manifest *, const uint8_t report_data[64], account *, p1_machine *);

/* ---- 3 to 5. All checks in their order ---- */

/* Accepted: *memory has changed and *out is filled. Otherwise *memory is as before. */
verdict p1_verify(const p1_verifier *, const p1_expected *, span attest, p1_memory *memory, p1_appraisal *out);

#endif
