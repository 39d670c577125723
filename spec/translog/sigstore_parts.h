/* What the files of sigstore.md share, inside this room only. */
#ifndef PARLEY_SIGSTORE_PARTS_H
#define PARLEY_SIGSTORE_PARTS_H

#include "json.h"
#include "sigstore.h"

/* A member that an object may have. */
typedef struct sg_member {
    const char *name;
    bool needed;
    span value; /* empty when it is absent or null */
} sg_member;

/* Fills the values. False for what is no object, has another member or lacks a needed one; the values that are there are filled anyway. */
bool sg_members(span object, sg_member *, size_t n);
#define SG_MEMBERS(object, list) sg_members((object), (list), sizeof(list) / sizeof *(list))

bool sg_text(span value, writer *room, span *out);  /* a string, decoded; empty when the value is absent */
bool sg_bytes(span value, writer *room, span *out); /* a string in base64 */
bool sg_uint(span value, uint64_t *out);            /* digits, as a number or as a string; 0 when absent */
span sg_keep(writer *room, size_t from);            /* what was written since */

/* The blocks of a text in PEM: exactly one, with either label. */
bool sg_pem(span text, writer *room, span *der, bool *is_certificate);

/* What was signed and by whom: what the body of a log entry has to say. */
typedef struct sg_signed {
    span artifact; /* the message, or the encoded envelope */
    span payload;  /* of an envelope */
    bool is_envelope;
    prim_hash hash;
    span signature; /* empty: not compared */
    span verifier;  /* certificate or key, DER; empty: not compared */
    span key;       /* the signer's, SubjectPublicKeyInfo; empty: not known */
} sg_signed;

bool sg_read_root(const prim *, span text, writer *room, tl_trusted_root *out);
bool sg_read_bundle(span text, writer *room, tl_bundle *out);
bool sg_read_entry(span text, writer *room, tl_entry *out); /* as Rekor v1 answers it */

bool sg_within(tl_period, int64_t at);

/* Whether the authority's chain, without its first `from`, leads from this certificate, all of it valid then and for this extended key usage. */
bool sg_chain_holds(const x509_view *leaf, const tl_authority *, size_t from, int64_t at, const char *usage);
#define SG_CODE  "1.3.6.1.5.5.7.3.3"
#define SG_STAMP "1.3.6.1.5.5.7.3.8"
bool sg_has_usage(const x509_view *, const char *oid, bool critical); /* exactly this extended key usage */

/* The identifier of the log's key in the note format, under this name (C2SP signed-note). */
void sg_note_id(const prim *, const tl_trusted_log *, span name, uint8_t id[TL_HASH]);
/* The checkpoint's origin is one of a log with this host; an empty host is any. */
bool sg_is_origin_of(span origin, span host);
span sg_first_line(span text);

verdict sg_judge_certificate(tl_sigstore *, const tl_sigstore_world *, const tl_signer *, account *);
verdict sg_judge_stamp(tl_sigstore *, const tl_sigstore_world *, span stamp, account *, int64_t *time);
verdict sg_judge_entry(tl_sigstore *, const tl_sigstore_world *, const tl_entry *, const tl_trusted_log *, account *);
verdict sg_judge_body(tl_sigstore *, const tl_sigstore_world *, const tl_entry *, const sg_signed *, account *);

#endif
