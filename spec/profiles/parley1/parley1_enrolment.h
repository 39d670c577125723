/* Profile parley1, enrolment: claims, manifest, boot record and statement (parley1_enrolment.md). What is read borrows from its input. */
#ifndef PARLEY_PARLEY1_ENROLMENT_H
#define PARLEY_PARLEY1_ENROLMENT_H

#include "parley1_handshake.h"

enum {
    P1_NAMES_MAX = 16,
    P1_CLAIMS_MAX = 16384,
    P1_MEASUREMENTS_MAX = 16,
    P1_MEASUREMENT = 48,
    P1_ITEMS_MAX = 16,
    P1_DEVICE_MAX = 64,
    P1_SIGNATURE = 64,
    P1_STATEMENT_MAX = 4096,
    P1_STATEMENT_LIFE = 24 * 3600, /* seconds */
    P1_STATEMENT_EARLY = 300,
};

/* ---- 1. Claims ---- */

typedef struct p1_claims {
    span name[P1_NAMES_MAX];
    size_t n_names;
    uint16_t version[P1_VERSIONS_MAX];
    size_t n_versions;
    unsigned levels; /* bits 1 << level */
    uint64_t tick;   /* milliseconds */
    uint64_t engine;
    uint8_t manifest[P1_DIGEST], model[P1_DIGEST], tokenizer[P1_DIGEST], template_[P1_DIGEST], settings[P1_DIGEST];
} p1_claims;

verdict p1_read_claims(span text, p1_claims *out); /* P1-082 */

/* ---- 2. Manifest ---- */

typedef struct p1_manifest {
    uint64_t release;
    int64_t expires;
    uint8_t snp[P1_MEASUREMENTS_MAX][P1_MEASUREMENT];
    size_t n_snp;
} p1_manifest;

verdict p1_read_manifest(span text, p1_manifest *out);     /* P1-083 */
void p1_write_signed_manifest(span manifest, writer *out); /* what its signature is over */

/* ---- 3. Boot record ---- */

/* A length of so many bytes, then the bytes. */
span p1_read_prefixed(reader *, size_t length_bytes);
void p1_write_prefixed(writer *, size_t length_bytes, span);

/* One piece of evidence. Kinds: 1 SEV-SNP, 3 GPU; 2 TDX and 4 TPM are reserved. */
typedef enum p1_kind { P1_SNP = 1, P1_GPU = 3 } p1_kind;
typedef struct p1_item {
    uint8_t kind;
    span evidence, endorsements;
} p1_item;

typedef struct p1_row {
    p1_item item[P1_ITEMS_MAX];
    size_t n;
} p1_row;

bool p1_read_row(reader *, p1_row *out); /* false with more than P1_ITEMS_MAX */
void p1_write_row(const p1_row *, writer *out);

typedef struct p1_boot {
    span nonce;
    p1_row row;
} p1_boot;

verdict p1_read_boot(span record, p1_boot *out); /* P1-043 */
void p1_boot_data(const prim *, span nonce, span s, span q, span claims, uint8_t out[64]);
verdict p1_judge_nonce(const p1_boot *, span sent); /* P1-041 */

/* ---- 4. Statement ---- */

typedef struct p1_device {
    uint8_t kind;
    span id;
} p1_device;

typedef struct p1_statement {
    span name;
    p1_device device[P1_ITEMS_MAX];
    size_t n_devices;
    span s, q, claims, boot; /* 32 bytes each; the last two are digests */
    int64_t from, to;        /* seconds since 1970 */
    span signed_part, signature;
} p1_statement;

verdict p1_read_statement(span bytes, p1_statement *out); /* P1-084 */
/* Appends everything but the signature, dated from `now`; from, to and the last two spans of *s are not looked at. */
void p1_write_statement(const p1_statement *s, int64_t now, writer *out);

#endif
