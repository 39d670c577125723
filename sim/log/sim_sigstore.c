#include "base64.h"
#include "certificate_parts.h"
#include "der.h"
#include "json.h"
#include "sim_log.h"
#include "sim_sigstore_parts.h"

#include <stdio.h>
#include <string.h>

#define OID_SAN   "2.5.29.17"
#define OID_EKU   "2.5.29.37"
#define OID_SCT   "1.3.6.1.4.1.11129.2.4.2"
#define OID_ECDSA "1.2.840.10045.4.3.2"
#define OID_CODE  "1.3.6.1.5.5.7.3.3"
#define OID_STAMP "1.3.6.1.5.5.7.3.8"
#define HOST      "log.example:3000"

enum { FIRST_STAMP = 77, SECOND_STAMP }; /* serial numbers */
enum { DAY = 86400, TREE = 3 /* leaves before ours */ };

/* ---- certificates ---- */

typedef struct certificate {
    const char *subject, *issuer; /* common names; "": an empty subject */
    maker key, signer;
    int64_t from, to;
    bool is_ca, no_ca;
    uint8_t usage; /* first byte of keyUsage; 0: no such extension */
    const char *eku[3];
    bool eku_critical;
    const char *name, *second_name, *issuer_new, *issuer_old; /* NULL: absent */
    uint8_t name_tag, second_tag;
    bool user_name;
    bool unknown_critical, unknown_critical_other;
    span sct; /* content of the list's extension; empty: absent */
} certificate;

static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    if (*common_name)
        certificate_put_attribute(w, "2.5.4.3", DER_UTF8, common_name);
    der_close(w, name);
}

static void put_eku(writer *w, const certificate *c)
{
    piece value;
    writer v = piece_writer(&value);
    const der_mark list = der_open(&v, DER_SEQUENCE);
    for (size_t i = 0; c->eku[i]; i++)
        der_put_oid(&v, c->eku[i]);
    der_close(&v, list);
    certificate_put_extension(w, OID_EKU, c->eku_critical, written(&v));
}

/* otherName with the type that Fulcio gives to the names of users. */
static void put_user_name(writer *w, const char *name)
{
    const der_mark other = der_open(w, DER_CONTEXT(0));
    der_put_oid(w, "1.3.6.1.4.1.57264.1.7");
    const der_mark value = der_open(w, DER_CONTEXT(0));
    der_put(w, DER_UTF8, span_text(name));
    der_close(w, value);
    der_close(w, other);
}

static void put_san(writer *w, const certificate *c)
{
    piece value;
    writer v = piece_writer(&value);
    const der_mark list = der_open(&v, DER_SEQUENCE);
    if (c->user_name)
        put_user_name(&v, c->name);
    else
        der_put(&v, c->name_tag, span_text(c->name));
    if (c->second_name)
        der_put(&v, c->second_tag, span_text(c->second_name));
    der_close(&v, list);
    certificate_put_extension(w, OID_SAN, true, written(&v));
}

static void put_issuers(writer *w, const certificate *c)
{
    piece value;
    writer v = piece_writer(&value);
    if (c->issuer_old)
        certificate_put_extension(w, "1.3.6.1.4.1.57264.1.1", false, span_text(c->issuer_old));
    if (!c->issuer_new)
        return;
    der_put(&v, DER_UTF8, span_text(c->issuer_new));
    certificate_put_extension(w, "1.3.6.1.4.1.57264.1.8", false, written(&v));
}

static void put_extensions(writer *w, const certificate *c)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 3, &outer);
    if (c->usage)
        certificate_put_usage(w, c->usage);
    if (c->is_ca)
        certificate_put_constraints(w, !c->no_ca, -1);
    if (c->eku[0])
        put_eku(w, c);
    if (c->name)
        put_san(w, c);
    put_issuers(w, c);
    if (c->unknown_critical)
        certificate_put_extension(w, "2.5.29.36", true, span_of("\x30\x00", 2));
    if (c->unknown_critical_other)
        certificate_put_extension(w, "1.3.6.1.4.1.57264.1.99", true, span_of("\x05\x00", 2));
    if (c->sct.n)
        certificate_put_extension(w, OID_SCT, false, c->sct);
    certificate_close_both(w, list, outer);
}

static piece signed_part(const prim *lib, const certificate *c)
{
    piece out;
    writer w = piece_writer(&out);
    const der_mark body = certificate_open_body(&w, 0x7e57 + (uint64_t)c->key.key);
    certificate_put_algorithm(&w, OID_ECDSA);
    put_name(&w, c->issuer);
    certificate_put_validity(&w, c->from, c->to);
    put_name(&w, c->subject);
    maker_put_key(lib, c->key, &w);
    put_extensions(&w, c);
    der_close(&w, body);
    piece_keep(&out, &w);
    return out;
}

static piece mint_certificate(const prim *lib, const certificate *c)
{
    piece out;
    const piece body = signed_part(lib, c), signature = maker_sign(lib, c->signer, piece_view(&body));
    writer w = piece_writer(&out);
    certificate_put_sealed(&w, piece_view(&body), OID_ECDSA, piece_view(&signature));
    piece_keep(&out, &w);
    return out;
}

/* ---- what one minting has at hand ---- */

typedef struct mint {
    const prim *lib;
    const sim_recipe *recipe;
    piece authority, intermediate, leaf, stamping_authority, stamper; /* certificates */
    piece payload, message;                                           /* what is signed: the artifact or the encoded envelope */
    piece signature, body, promise, checkpoint, proof, stamp, second_stamp;
    uint8_t root[TL_HASH], log_id[TL_HASH];
    uint64_t size;
    int64_t integrated;
} mint;

static bool lies(const mint *m, sim_lie lie) { return m->recipe->lie == lie; }
static maker by(const mint *m, key_name key)
{
    return (maker){key, key == KEY_LEAF ? m->recipe->signer : key == KEY_LOG ? m->recipe->log : SIM_P256};
}

/* Another key of the same algorithm. */
static maker other_than(const mint *m, key_name key) { return (maker){KEY_OTHER, by(m, key).algorithm}; }
static maker lied(const mint *m, sim_lie lie, key_name key) { return lies(m, lie) ? other_than(m, key) : by(m, key); }

static int64_t signed_at(const mint *m) { return m->recipe->at ? m->recipe->at : SIM_SIGNED_AT; }
static span artifact_of(const mint *m) { return m->recipe->artifact.n ? m->recipe->artifact : span_text(SIM_ARTIFACT); }

/* "20260601000000", of this century's first half. */
static void date_of(int64_t at, char out[15])
{
    uint8_t room[32];
    writer w = WRITER(room);
    der_put_time(&w, at);
    must(room[1] == 13); /* UTCTime */
    memcpy(out, "20", 2);
    memcpy(out + 2, room + 2, 12);
    out[14] = 0;
}

static void mint_intermediate(mint *m, certificate ca)
{
    ca.subject = "test intermediate";
    ca.key = by(m, KEY_INTERMEDIATE);
    ca.no_ca = lies(m, LIE_INTERMEDIATE_NO_CA);
    ca.eku[0] = lies(m, LIE_INTERMEDIATE_USAGE) ? "1.3.6.1.5.5.7.3.1" : OID_CODE;
    m->intermediate = mint_certificate(m->lib, &ca);
}

static void mint_stampers(mint *m, certificate ca)
{
    ca.subject = ca.issuer = "test stamping authority";
    ca.key = ca.signer = by(m, KEY_TSA_CA);
    ca.eku[0] = lies(m, LIE_STAMPING_USAGE) ? OID_CODE : NULL;
    m->stamping_authority = mint_certificate(m->lib, &ca);
    ca.subject = "test stamper";
    ca.key = by(m, KEY_TSA);
    ca.is_ca = false;
    ca.usage = 0x80;
    ca.eku[0] = OID_STAMP;
    ca.eku[1] = lies(m, LIE_STAMP_USAGE_MORE) ? OID_CODE : NULL;
    ca.eku_critical = !lies(m, LIE_STAMP_USAGE_UNCRITICAL);
    m->stamper = mint_certificate(m->lib, &ca);
}

static void mint_authorities(mint *m)
{
    certificate ca = {.subject = "test authority",
                      .issuer = "test authority",
                      .key = by(m, KEY_CA),
                      .signer = by(m, KEY_CA),
                      .from = signed_at(m) - 365 * DAY,
                      .to = signed_at(m) + 365 * DAY,
                      .is_ca = true,
                      .no_ca = lies(m, LIE_CA_NO_CA),
                      .usage = 0x06};
    m->authority = mint_certificate(m->lib, &ca);
    ca.no_ca = false;
    mint_intermediate(m, ca);
    mint_stampers(m, ca);
}

/* The key that signs leaves. */
static key_name issuer_key(const mint *m) { return m->recipe->intermediate ? KEY_INTERMEDIATE : KEY_CA; }

/* RFC 6962 3.2 and 3.3. */
static piece mint_scts(const mint *m, span tbs)
{
    piece out, input;
    uint8_t id[32], issuer[32];
    const uint64_t time = ((uint64_t)signed_at(m) - 60) * 1000;
    const piece log = maker_key(m->lib, by(m, KEY_CT)), ca = maker_key(m->lib, lied(m, LIE_SCT_ISSUER, issuer_key(m)));
    prim_digest(m->lib, PRIM_SHA256, piece_view(&log), id);
    prim_digest(m->lib, PRIM_SHA256, piece_view(&ca), issuer);
    writer w = piece_writer(&input);
    write_be(&w, 0, 2);
    write_be(&w, time, 8);
    write_be(&w, 1, 2);
    write_span(&w, SPAN(issuer));
    write_be(&w, tbs.n, 3);
    write_span(&w, tbs);
    write_be(&w, 3, 2);
    write_text(&w, "ext");
    const piece signature = maker_sign(m->lib, lied(m, LIE_SCT_KEY, KEY_CT), written(&w));
    const size_t one = 1 + 32 + 8 + 2 + 3 + 4 + signature.n;
    uint8_t room[512];
    writer list = WRITER(room);
    write_be(&list, one + 2 + lies(m, LIE_LEAF_SCT_FORM), 2);
    write_be(&list, one, 2);
    write_be(&list, 0, 1);
    write_span(&list, SPAN(id));
    write_be(&list, time + lies(m, LIE_SCT_TIME), 8);
    write_be(&list, 3, 2);
    write_text(&list, "ext");
    write_be(&list, 4, 1);
    write_be(&list, 3, 1);
    write_be(&list, signature.n, 2);
    write_span(&list, piece_view(&signature));
    writer o = piece_writer(&out);
    der_put(&o, DER_OCTET_STRING, written(&list));
    piece_keep(&out, &o);
    return out;
}

static void name_leaf(const mint *m, certificate *c)
{
    c->name = lies(m, LIE_SAN_PREFIX) ? "https://build.example/pipeline" : lies(m, LIE_SAN_LONGER) ? SIM_IDENTITY "2" : SIM_IDENTITY;
    c->name_tag = lies(m, LIE_SAN_TYPE) ? DER_CONTEXT_PRIMITIVE(1) : DER_CONTEXT_PRIMITIVE(6);
    c->user_name = m->recipe->user_name && !lies(m, LIE_SAN_TYPE);
    if (m->recipe->user_name)
        c->name = lies(m, LIE_SAN_PREFIX) ? "builder!build" : SIM_USER;
    if (lies(m, LIE_SAN_TWO) || lies(m, LIE_SAN_TWO_TYPES))
        c->second_name = lies(m, LIE_SAN_TWO) ? "https://build.example/another" : "somebody@build.example";
    c->second_tag = lies(m, LIE_SAN_TWO) ? DER_CONTEXT_PRIMITIVE(6) : DER_CONTEXT_PRIMITIVE(1);
    c->issuer_new = lies(m, LIE_ISSUER_OTHER) ? "https://issuer.example.org" : lies(m, LIE_ISSUER_NONE) ? NULL : SIM_ISSUER;
    c->issuer_old = lies(m, LIE_ISSUERS_DISAGREE)         ? "https://other.example"
                    : lies(m, LIE_ISSUERS_DISAGREE_SLASH) ? SIM_ISSUER "/"
                                                          : c->issuer_new;
}

static void mint_leaf(mint *m)
{
    const int64_t shift = lies(m, LIE_LEAF_EARLIER) ? -700 : lies(m, LIE_LEAF_LATER) ? 120 : 0;
    certificate c = {.subject = "",
                     .issuer = m->recipe->intermediate ? "test intermediate" : "test authority",
                     .key = by(m, KEY_LEAF),
                     .signer = by(m, issuer_key(m)),
                     .from = signed_at(m) - 60 + shift,
                     .to = signed_at(m) + 540 + shift,
                     .usage = lies(m, LIE_LEAF_NO_USAGE)      ? 0
                              : lies(m, LIE_LEAF_OTHER_USAGE) ? 0x06
                                                              : 0x80,
                     .unknown_critical = lies(m, LIE_LEAF_CRITICAL),
                     .unknown_critical_other = lies(m, LIE_LEAF_CRITICAL_OTHER)};
    if (!lies(m, LIE_LEAF_NO_EKU))
        c.eku[0] = lies(m, LIE_LEAF_OTHER_EKU) ? "1.3.6.1.5.5.7.3.1" : OID_CODE;
    name_leaf(m, &c);
    certificate logged = c;
    logged.to += lies(m, LIE_SCT_PRECERTIFICATE);
    const piece tbs = signed_part(m->lib, &logged), scts = mint_scts(m, piece_view(&tbs));
    if (!lies(m, LIE_LEAF_NO_SCT))
        c.sct = piece_view(&scts);
    m->leaf = mint_certificate(m->lib, &c);
}

/* ---- what is signed ---- */

static void put_digest(const prim *lib, prim_hash hash, span message, writer *w, bool as_hex)
{
    uint8_t digest[PRIM_HASH_MAX];
    prim_digest(lib, hash, message, digest);
    const span bytes = span_of(digest, prim_hash_len(hash));
    if (as_hex)
        write_hex(w, bytes);
    else
        base64_write(w, bytes);
}

static const char *payload_type(const mint *m) { return lies(m, LIE_PAYLOAD_TYPE) ? "application/json" : "application/vnd.in-toto+json"; }

static void put_subjects(const mint *m, writer *w)
{
    const span about = lies(m, LIE_SUBJECT) ? span_text("another") : artifact_of(m);
    if (m->recipe->more_subjects)
        write_text(w, "{\"name\":\"b\",\"digest\":{\"sha1\":\"00\"}},");
    write_text(w, m->recipe->more_subjects ? "{\"name\":\"a\",\"digest\":{\"sha512\":\"" : "{\"name\":\"a\",\"digest\":{\"sha256\":\"");
    put_digest(m->lib, m->recipe->more_subjects ? PRIM_SHA512 : PRIM_SHA256, about, w, true);
    write_text(w, "\"}}");
}

static void mint_payload(mint *m)
{
    writer w = piece_writer(&m->payload);
    write_text(&w, lies(m, LIE_STATEMENT_TYPE) ? "{\"_type\":\"https://in-toto.io/Statement/v2\""
                                               : "{\"_type\":\"https://in-toto.io/Statement/v1\"");
    write_text(&w, ",\"predicate\":{},\"predicateType\":\"https://test.example/p\",\"subject\":[");
    if (!lies(m, LIE_SUBJECT_NONE))
        put_subjects(m, &w);
    write_text(&w, "]}");
    piece_keep(&m->payload, &w);
}

static void mint_message(mint *m)
{
    char head[128];
    writer e = piece_writer(&m->message);
    mint_payload(m);
    snprintf(head, sizeof head, "DSSEv1 %zu %s %zu ", strlen(payload_type(m)), payload_type(m), m->payload.n);
    if (m->recipe->envelope) {
        write_text(&e, head);
        write_span(&e, piece_view(&m->payload));
    } else
        write_span(&e, artifact_of(m));
    piece_keep(&m->message, &e);
    m->signature = maker_sign(m->lib, lied(m, LIE_SIGNATURE_KEY, KEY_LEAF),
                              lies(m, LIE_SIGNATURE_MESSAGE) ? span_text("another artifact\n") : piece_view(&m->message));
}

/* ---- the log ---- */

/* PEM with lines of 64 characters, in base64 once more. */
static void put_pem(writer *w, const char *label, span der)
{
    piece text, digits;
    writer t = piece_writer(&text), d = piece_writer(&digits);
    base64_write(&d, der);
    write_text(&t, "-----BEGIN ");
    write_text(&t, label);
    write_text(&t, "-----\n");
    for (size_t at = 0; at < d.n; at += 64) {
        write_span(&t, span_first(span_from(written(&d), at), 64));
        write_text(&t, "\n");
    }
    write_text(&t, "-----END ");
    write_text(&t, label);
    write_text(&t, "-----\n");
    must(writer_ok(&t) && writer_ok(&d));
    base64_write(w, written(&t));
}

static bool is_bare(const mint *m) { return m->recipe->managed || lies(m, LIE_BODY_BARE_KEY); }

/* The certificate or key that the log has. */
static piece logged_verifier(const mint *m)
{
    if (is_bare(m))
        return maker_key(m->lib, m->recipe->managed ? lied(m, LIE_BODY_VERIFIER, KEY_LEAF) : by(m, KEY_LEAF));
    return lies(m, LIE_BODY_VERIFIER) ? m->authority : m->leaf;
}

static void put_verifier(const mint *m, writer *w)
{
    const piece verifier = logged_verifier(m);
    put_pem(w, is_bare(m) ? "PUBLIC KEY" : "CERTIFICATE", piece_view(&verifier));
}

static void put_logged_signature(const mint *m, writer *w)
{
    const piece other = maker_sign(m->lib, by(m, KEY_LEAF), span_text("another artifact\n"));
    base64_write(w, lies(m, LIE_BODY_SIGNATURE)         ? piece_view(&other)
                    : lies(m, LIE_BODY_SIGNATURE_SHORT) ? span_first(piece_view(&m->signature), m->signature.n - 1)
                                                        : piece_view(&m->signature));
}

/* What a digest of the body is of, of the usual things: `honest`. */
static span digested(const mint *m, span honest)
{
    return lies(m, LIE_BODY_DIGEST) ? span_text("another artifact\n") : lies(m, LIE_BODY_DIGEST_EMPTY) ? EMPTY : honest;
}

/* {algorithm, value in hexadecimal} of Rekor v1, or {algorithm, digest in base64} of Rekor v2. */
static void put_logged_digest(const mint *m, writer *w, prim_hash hash, span of)
{
    static const char *const names[][2] = {
        [PRIM_SHA256] = {"sha256", "SHA2_256"}, [PRIM_SHA384] = {"sha384", "SHA2_384"}, [PRIM_SHA512] = {"sha512", "SHA2_512"}};
    write_text(w, "{\"algorithm\":\"");
    write_text(w, names[hash][m->recipe->tiled]);
    write_text(w, m->recipe->tiled ? "\",\"digest\":\"" : "\",\"value\":\"");
    put_digest(m->lib, hash, of, w, !m->recipe->tiled);
    write_text(w, "\"}");
}

static void put_payload_digest(const mint *m, writer *w) { put_logged_digest(m, w, PRIM_SHA256, digested(m, piece_view(&m->payload))); }

static void put_envelope(const mint *m, writer *w);

/* The digest of an envelope as it was sent, which nobody can recompute from another's JSON. */
static void put_envelope_digest(const mint *m, writer *w)
{
    static piece text;
    uint8_t digest[32];
    writer e = piece_writer(&text);
    put_envelope(m, &e);
    prim_digest(m->lib, PRIM_SHA256, written(&e), digest);
    write_text(w, "{\"algorithm\":\"sha256\",\"value\":\"");
    write_hex(w, span_of(digest, sizeof digest - lies(m, LIE_BODY_ENVELOPE_HASH)));
    write_text(w, "\"}");
}

static prim_hash logged_hash(const mint *m)
{
    return lies(m, LIE_BODY_HASH_LONGER) ? PRIM_SHA512 : lies(m, LIE_BODY_HASH_SHORTER) ? PRIM_SHA256 : maker_hash(m->recipe->signer);
}

/* hashedrekord or rekord 0.0.1 */
static void put_hashedrekord(const mint *m, writer *w)
{
    write_text(w,
               m->recipe->kind == SIM_REKORD ? "rekord\",\"spec\":{\"data\":{\"hash\":" : "hashedrekord\",\"spec\":{\"data\":{\"hash\":");
    put_logged_digest(m, w, logged_hash(m), digested(m, artifact_of(m)));
    write_text(w, "},\"signature\":{\"content\":\"");
    put_logged_signature(m, w);
    write_text(w,
               m->recipe->kind == SIM_REKORD ? "\",\"format\":\"x509\",\"publicKey\":{\"content\":\"" : "\",\"publicKey\":{\"content\":\"");
    put_verifier(m, w);
    write_text(w, "\"}}}}");
}

/* dsse 0.0.1 */
static void put_dsse(const mint *m, writer *w)
{
    write_text(w, "dsse\",\"spec\":{\"envelopeHash\":");
    put_envelope_digest(m, w);
    write_text(w, ",\"payloadHash\":");
    put_payload_digest(m, w);
    write_text(w, ",\"signatures\":[{\"signature\":\"");
    put_logged_signature(m, w);
    write_text(w, "\",\"verifier\":\"");
    put_verifier(m, w);
    write_text(w, "\"}]}}");
}

/* intoto 0.0.2, where the signature is in base64 once more; or 0.0.1, which has none. */
static void put_intoto(const mint *m, writer *w)
{
    piece digits;
    writer d = piece_writer(&digits);
    const bool is_old = lies(m, LIE_BODY_INTOTO_1);
    put_logged_signature(m, &d);
    write_text(w, is_old ? "intoto\",\"spec\":{\"content\":{\"hash\":"
                         : "intoto\",\"spec\":{\"content\":{\"envelope\":{\"payloadType\":\"application/"
                           "vnd.in-toto+json\",\"signatures\":[{\"publicKey\":\"");
    if (!is_old) {
        put_verifier(m, w);
        write_text(w, "\",\"sig\":\"");
        base64_write(w, written(&d));
        write_text(w, "\"}]},\"hash\":");
    }
    put_envelope_digest(m, w);
    write_text(w, ",\"payloadHash\":");
    put_payload_digest(m, w);
    write_text(w, is_old ? "},\"publicKey\":\"" : "}}}");
    if (is_old) {
        put_verifier(m, w);
        write_text(w, "\"}}");
    }
}

/* {content, verifier: {keyDetails, x509Certificate or publicKey}} of Rekor v2 */
static void put_tiled_signature(const mint *m, writer *w)
{
    const piece verifier = logged_verifier(m);
    write_text(w, "{\"content\":\"");
    put_logged_signature(m, w);
    write_text(w, "\",\"verifier\":{\"keyDetails\":\"");
    write_text(w, maker_details(m->recipe->signer));
    write_text(w, is_bare(m) ? "\",\"publicKey\":{\"rawBytes\":\"" : "\",\"x509Certificate\":{\"rawBytes\":\"");
    base64_write(w, piece_view(&verifier));
    write_text(w, "\"}}}");
}

/* hashedrekord 0.0.2, of an envelope too; or dsse 0.0.2, of the first Rekor v2 */
static void put_tiled(const mint *m, writer *w)
{
    const bool is_dsse = m->recipe->kind == SIM_DSSE;
    write_text(w, is_dsse ? "dsse\",\"spec\":{\"dsseV002\":{\"payloadHash\":" : "hashedrekord\",\"spec\":{\"hashedRekordV002\":{\"data\":");
    if (is_dsse)
        put_payload_digest(m, w);
    else
        put_logged_digest(m, w, logged_hash(m), digested(m, piece_view(&m->message)));
    write_text(w, is_dsse ? ",\"signatures\":[" : ",\"signature\":");
    put_tiled_signature(m, w);
    write_text(w, is_dsse ? "]}}}" : "}}}");
}

static bool is_version_2(const mint *m) { return m->recipe->tiled || (m->recipe->kind == SIM_INTOTO && !lies(m, LIE_BODY_INTOTO_1)); }

static void mint_body(mint *m)
{
    writer w = piece_writer(&m->body);
    write_text(&w, is_version_2(m) ? "{\"apiVersion\":\"0.0.2\",\"kind\":\"" : "{\"apiVersion\":\"0.0.1\",\"kind\":\"");
    if (m->recipe->tiled)
        put_tiled(m, &w);
    else if (!m->recipe->envelope)
        put_hashedrekord(m, &w);
    else if (m->recipe->kind == SIM_INTOTO)
        put_intoto(m, &w);
    else
        put_dsse(m, &w);
    piece_keep(&m->body, &w);
}

static void mint_promise(mint *m)
{
    piece text;
    writer w = piece_writer(&text);
    char rest[64];
    write_text(&w, "{\"body\":\"");
    base64_write(&w, piece_view(&m->body));
    snprintf(rest, sizeof rest, "\",\"integratedTime\":%lld,\"logID\":\"", (long long)m->integrated + lies(m, LIE_PROMISE_TIME));
    write_text(&w, rest);
    write_hex(&w, SPAN(m->log_id));
    snprintf(rest, sizeof rest, "\",\"logIndex\":%d}", 1000 + TREE + lies(m, LIE_PROMISE_INDEX));
    write_text(&w, rest);
    must(writer_ok(&w));
    m->promise = maker_sign(m->lib, lied(m, LIE_PROMISE_KEY, KEY_LOG), written(&w));
}

/* The identifier of a key that signs notes (C2SP signed-note): of Ed25519 over its name, of RSA too, of ECDSA over the key alone. Rekor v1 takes
 * the last of them for all. */
static void note_id(const mint *m, uint8_t id[32])
{
    static const uint8_t ed25519[] = {'\n', 0x01}, rsa[] = {'\n', 0xff};
    const piece info = maker_key(m->lib, by(m, KEY_LOG));
    const span key = piece_view(&info);
    const sim_algorithm a = m->recipe->tiled ? m->recipe->log : SIM_P256;
    const span whole[] = {key};
    const span ed[] = {span_text(HOST), SPAN(ed25519), span_from(key, key.n - 32)};
    const span pkcs1[] = {span_text(HOST), SPAN(rsa), span_text("PKIX-RSA-PKCS#1v1.5"), key};
    m->lib->hash(PRIM_SHA256, a == SIM_ED25519 ? ed : a == SIM_RSA ? pkcs1 : whole, a == SIM_ED25519 ? 3 : a == SIM_RSA ? 4 : 1, id);
}

static void put_line(const mint *m, writer *w, span text)
{
    uint8_t id[32];
    uint8_t room[SIM_KEY_MAX];
    writer bytes = WRITER(room);
    const piece signature = maker_sign(m->lib, lied(m, LIE_LINE_KEY, KEY_LOG),
                                       lies(m, LIE_LINE_TEXT) ? span_first(text, text.n - 1) : text);
    note_id(m, id);
    id[0] ^= lies(m, LIE_LINE_HINT);
    write_span(&bytes, span_of(id, 4));
    write_span(&bytes, piece_view(&signature));
    write_text(w, "\xe2\x80\x94 ");
    write_text(w, lies(m, LIE_LINE_NAME) ? "log.example" : lies(m, LIE_LINE_PATTERN) ? ".*" : HOST);
    write_text(w, " ");
    base64_write(w, written(&bytes));
    write_text(w, "\n");
}

/* Two cosignatures whose keys no trusted root has, and a line of an algorithm that nobody knows yet. */
static void put_witnesses(const mint *m, writer *w, span text)
{
    static const log_signer witnesses[] = {{"witness.example/w1", TL_COSIGNATURE, {1}}, {"witness.example/w2", TL_COSIGNATURE, {2}}};
    for (size_t i = 0; i < 2; i++)
        log_write_line(m->lib, &witnesses[i], text, (uint64_t)signed_at(m), w);
    write_text(w, "\xe2\x80\x94 witness.example/w3 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
}

static void mint_checkpoint(mint *m, const tl_head *head)
{
    writer c = piece_writer(&m->checkpoint);
    log_write_checkpoint_of(m->recipe->tiled ? HOST : HOST " - 42", head, &c);
    const span text = written(&c);
    write_text(&c, "\n");
    if (m->recipe->tiled)
        put_witnesses(m, &c, text);
    put_line(m, &c, text);
    piece_keep(&m->checkpoint, &c);
}

static void mint_proof(mint *m)
{
    static sim_log log;
    tl_head head = {.size = TREE + 2};
    log = (sim_log){.prim = m->lib};
    for (unsigned i = 0; i < TREE; i++)
        log_add(&log, span_text("an entry before"));
    log_add(&log, piece_view(&m->body));
    log_add(&log, span_text("an entry after"));
    log_root(&log, log.n, head.root);
    writer p = piece_writer(&m->proof);
    log_inclusion(&log, TREE, log.n, &p);
    piece_keep(&m->proof, &p);
    mint_checkpoint(m, &head);
    memcpy(m->root, lies(m, LIE_PROOF_ROOT_OF_LEAF) ? log.leaf[TREE] : head.root, TL_HASH);
    m->root[31 - m->recipe->place % 32] ^= lies(m, LIE_PROOF_ROOT);
    m->size = head.size + lies(m, LIE_PROOF_SIZE) - lies(m, LIE_PROOF_SIZE_LESS);
}

/* ---- the time stamp ---- */

static void put_hash_name(writer *w) { certificate_put_algorithm(w, "2.16.840.1.101.3.4.2.1"); }

static piece mint_info(const mint *m, unsigned serial)
{
    piece out;
    uint8_t digest[32];
    writer w = piece_writer(&out);
    prim_digest(m->lib, PRIM_SHA256,
                lies(m, LIE_STAMP_IMPRINT)            ? span_text("another signature")
                : lies(m, LIE_STAMP_IMPRINT_ARTIFACT) ? artifact_of(m)
                                                      : piece_view(&m->signature),
                digest);
    const der_mark info = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, lies(m, LIE_STAMP_VERSION) ? 2 : 1);
    der_put_oid(&w, "1.3.6.1.4.1.57264.2");
    const der_mark imprint = der_open(&w, DER_SEQUENCE);
    put_hash_name(&w);
    der_put(&w, DER_OCTET_STRING, SPAN(digest));
    der_close(&w, imprint);
    der_put_uint(&w, serial);
    char date[16];
    date_of(signed_at(m) + (serial == SECOND_STAMP), date);
    strcat(date, "Z");
    der_put(&w, DER_GENERALIZED_TIME, span_text(date));
    der_close(&w, info);
    piece_keep(&out, &w);
    return out;
}

static void put_attribute(writer *w, const char *oid, uint8_t tag, span value, const char *value_oid)
{
    const der_mark one = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    const der_mark set = der_open(w, DER_SET);
    if (value_oid)
        der_put_oid(w, value_oid);
    else
        der_put(w, tag, value);
    der_close(w, set);
    der_close(w, one);
}

/* SigningCertificateV2 (RFC 5035 3) with the digest of one certificate, SHA-256 by default. */
static void put_signing_certificate(const mint *m, writer *w)
{
    piece value;
    uint8_t digest[32];
    writer v = piece_writer(&value);
    prim_digest(m->lib, PRIM_SHA256, piece_view(lies(m, LIE_STAMP_NAMES_OTHER) ? &m->stamping_authority : &m->stamper), digest);
    const der_mark list = der_open(&v, DER_SEQUENCE), one = der_open(&v, DER_SEQUENCE);
    der_put(&v, DER_OCTET_STRING, SPAN(digest));
    der_close(&v, one);
    der_close(&v, list);
    put_attribute(w, "1.2.840.113549.1.9.16.2.47", DER_SEQUENCE, written(&v), NULL);
}

/* Under the tag that the signature covers; a signer info has them under [0]. */
static piece mint_attributes(const mint *m, span info)
{
    piece out;
    uint8_t digest[32];
    writer w = piece_writer(&out);
    prim_digest(m->lib, PRIM_SHA256, info, digest);
    digest[0] ^= lies(m, LIE_STAMP_DIGEST);
    const der_mark set = der_open(&w, DER_SET);
    put_attribute(&w, "1.2.840.113549.1.9.3", 0, EMPTY, "1.2.840.113549.1.9.16.1.4");
    put_attribute(&w, "1.2.840.113549.1.9.4", DER_OCTET_STRING, SPAN(digest), NULL);
    if (!lies(m, LIE_STAMP_NAMES_NOBODY))
        put_signing_certificate(m, &w);
    der_close(&w, set);
    piece_keep(&out, &w);
    return out;
}

static void put_signer(const mint *m, writer *w, span info)
{
    piece attributes = mint_attributes(m, info);
    const piece signature = maker_sign(m->lib, lied(m, LIE_STAMP_SIGNATURE, KEY_TSA), piece_view(&attributes));
    attributes.bytes[0] = DER_CONTEXT(0);
    const der_mark set = der_open(w, DER_SET), signer = der_open(w, DER_SEQUENCE);
    der_put_uint(w, 1);
    const der_mark name = der_open(w, DER_SEQUENCE);
    put_name(w, "test stamping authority");
    der_put_uint(w, 0x7e57 + KEY_TSA);
    der_close(w, name);
    put_hash_name(w);
    write_span(w, piece_view(&attributes));
    certificate_put_algorithm(w, OID_ECDSA);
    der_put(w, DER_OCTET_STRING, piece_view(&signature));
    der_close(w, signer);
    der_close(w, set);
}

static void put_signed_data(const mint *m, writer *w, unsigned serial)
{
    const piece info = mint_info(m, serial);
    const der_mark data = der_open(w, DER_SEQUENCE);
    der_put_uint(w, 3);
    const der_mark hashes = der_open(w, DER_SET);
    put_hash_name(w);
    der_close(w, hashes);
    const der_mark content = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.113549.1.9.16.1.4");
    const der_mark wrapped = der_open(w, DER_CONTEXT(0));
    der_put(w, DER_OCTET_STRING, piece_view(&info));
    der_close(w, wrapped);
    der_close(w, content);
    if (m->recipe->embedded)
        der_put(w, DER_CONTEXT(0), piece_view(&m->stamper));
    put_signer(m, w, piece_view(&info));
    der_close(w, data);
}

static void mint_stamp(mint *m, unsigned serial, piece *out)
{
    writer w = piece_writer(out);
    const der_mark response = der_open(&w, DER_SEQUENCE), status = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, lies(m, LIE_STAMP_STATUS) ? 2 : 0);
    der_close(&w, status);
    const der_mark content = der_open(&w, DER_SEQUENCE);
    der_put_oid(&w, "1.2.840.113549.1.7.2");
    const der_mark wrapped = der_open(&w, DER_CONTEXT(0));
    put_signed_data(m, &w, serial);
    der_close(&w, wrapped);
    der_close(&w, content);
    der_close(&w, response);
    piece_keep(out, &w);
}

/* ---- the texts ---- */

static void put_base64(writer *w, const char *before, span bytes, const char *after)
{
    write_text(w, before);
    base64_write(w, bytes);
    write_text(w, after);
}

static void put_log_key(const mint *m, writer *w, key_name key, const char *details)
{
    const piece info = maker_key(m->lib, by(m, key));
    put_base64(w, "\"publicKey\":{\"rawBytes\":\"", piece_view(&info), "\",\"keyDetails\":\"");
    write_text(w, details);
}

/* The identifier that entries have: of Rekor v2 the one of its checkpoints, else the digest of the key. */
static void log_id_of(const mint *m, key_name key, uint8_t id[32])
{
    const piece info = maker_key(m->lib, by(m, key));
    if (key == KEY_LOG && m->recipe->tiled)
        note_id(m, id);
    else
        prim_digest(m->lib, PRIM_SHA256, piece_view(&info), id);
}

/* By which entries name the log: in a trusted root with checkpoint key ids it is one of these. */
static size_t id_length(const mint *m) { return m->recipe->noted ? TL_KEY_ID : TL_HASH; }

static void put_trusted_log(const mint *m, writer *w, key_name key, const char *address, const char *details, const char *period)
{
    uint8_t id[32];
    log_id_of(m, key, id);
    write_text(w, "{\"baseUrl\":\"");
    write_text(w, address);
    write_text(w, "\",\"hashAlgorithm\":\"SHA2_256\",");
    put_log_key(m, w, key, details);
    write_text(w, "\",\"validFor\":");
    write_text(w, period);
    put_base64(w, "},\"logId\":{\"keyId\":\"", span_of(id, key == KEY_LOG ? id_length(m) : sizeof id), "\"}");
    id[3] ^= lies(m, LIE_ROOT_KEY_ID);
    if (m->recipe->noted && key == KEY_LOG)
        put_base64(w, ",\"checkpointKeyId\":{\"keyId\":\"", span_of(id, 4), "\"},\"operator\":\"log.example\"");
    write_text(w, "}");
}

/* Periods of the trusted root: one that holds, and those that end a millisecond before the signing time and start one after it. */
typedef struct periods {
    const char *always, *undated;
    char ended[80], later[48];
} periods;

static void put_moment(char *out, size_t n, const char *head, int64_t at, const char *tail)
{
    char d[15];
    date_of(at, d);
    snprintf(out, n, "%s%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", head, d, d + 4, d + 6, d + 8, d + 10, d + 12, tail);
}

static periods periods_of(const mint *m)
{
    const bool dated = m->recipe->at != 0;
    periods p = {.always = dated ? "{\"start\":\"1970-01-01T00:00:00Z\"}" : "{\"start\":\"2026-01-01T00:00:00Z\"}",
                 .undated = "{\"end\":\"2027-01-01T00:00:00Z\"}"};
    put_moment(p.ended, sizeof p.ended,
               dated ? "{\"start\":\"1970-01-01T00:00:00Z\",\"end\":\"" : "{\"start\":\"2026-01-01T00:00:00Z\",\"end\":\"",
               signed_at(m) - 1, ".999Z\"}");
    put_moment(p.later, sizeof p.later, "{\"start\":\"", signed_at(m), ".001Z\"}");
    return p;
}

static void put_authority(writer *w, const piece *first, const piece *second, const char *period)
{
    put_base64(w, "{\"certChain\":{\"certificates\":[{\"rawBytes\":\"", piece_view(first), "\"}");
    if (second)
        put_base64(w, ",{\"rawBytes\":\"", piece_view(second), "\"}");
    write_text(w, "]},\"validFor\":");
    write_text(w, period);
    write_text(w, "}");
}

static const char *log_details(const mint *m)
{
    return lies(m, LIE_LOG_ALGORITHM)   ? "PKIX_ML_DSA_44"
           : lies(m, LIE_ROOT_LOG_KIND) ? "PKIX_ECDSA_P384_SHA_384"
           : lies(m, LIE_ROOT_LOG_SIZE) ? "PKIX_RSA_PKCS1V15_3072_SHA256"
                                        : maker_details(m->recipe->log);
}

static const char *root_type(const mint *m)
{
    return lies(m, LIE_ROOT_TYPE) ? "application/vnd.dev.sigstore.trustedroot+json;version=0.9"
           : m->recipe->noted     ? "application/vnd.dev.sigstore.trustedroot.v0.2+json"
                                  : "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
}

static void write_root(const mint *m, writer *w)
{
    const periods p = periods_of(m);
    const bool is_deep = m->recipe->intermediate, brings = m->recipe->embedded;
    write_text(w, lies(m, LIE_ROOT_MEMBER) ? "{\"more\":1,\"mediaType\":\"" : "{\"mediaType\":\"");
    write_text(w, root_type(m));
    write_text(w, "\",\"tlogs\":[");
    put_trusted_log(m, w, KEY_LOG, "https://" HOST, log_details(m),
                    lies(m, LIE_LOG_UNDATED)       ? p.undated
                    : lies(m, LIE_LOG_ENDED)       ? p.ended
                    : lies(m, LIE_LOG_NOT_STARTED) ? p.later
                                                   : p.always);
    write_text(w, "],\"certificateAuthorities\":[");
    put_authority(w, is_deep ? &m->intermediate : &m->authority, is_deep ? &m->authority : NULL,
                  lies(m, LIE_CA_UNDATED) ? p.undated
                  : lies(m, LIE_CA_ENDED) ? p.ended
                                          : p.always);
    write_text(w, "],\"ctlogs\":[");
    put_trusted_log(m, w, KEY_CT, "https://ct.example", maker_details(SIM_P256), p.always);
    write_text(w, "],\"timestampAuthorities\":[");
    put_authority(w, brings ? &m->stamping_authority : &m->stamper, brings ? NULL : &m->stamping_authority,
                  lies(m, LIE_TSA_ENDED)         ? p.ended
                  : lies(m, LIE_TSA_NOT_STARTED) ? p.later
                                                 : p.always);
    write_text(w, "]}");
}

static void put_proof(const mint *m, writer *w)
{
    char numbers[64];
    snprintf(numbers, sizeof numbers, ",\"inclusionProof\":{\"logIndex\":\"%d\",\"treeSize\":\"%llu\"", TREE, (unsigned long long)m->size);
    write_text(w, numbers);
    put_base64(w, ",\"rootHash\":\"", SPAN(m->root), "\",\"hashes\":[");
    for (size_t at = 0; at < m->proof.n; at += TL_HASH)
        put_base64(w, at ? ",\"" : "\"", span_first(span_from(piece_view(&m->proof), at), TL_HASH), "\"");
    write_text(w, "],\"checkpoint\":{\"envelope\":");
    json_write_string(w, piece_view(&m->checkpoint));
    write_text(w, "}}");
}

static const char *kind_of(const mint *m)
{
    const bool is_envelope = m->recipe->envelope && (!m->recipe->tiled || m->recipe->kind == SIM_DSSE);
    if (lies(m, LIE_KIND_SAID))
        return "rfc3161";
    return m->recipe->kind == SIM_REKORD ? "rekord" : !is_envelope ? "hashedrekord" : m->recipe->kind == SIM_INTOTO ? "intoto" : "dsse";
}

static void put_time_and_promise(const mint *m, writer *w)
{
    char number[64];
    if (m->recipe->tiled || lies(m, LIE_NO_PROMISE_NO_TIME))
        return;
    snprintf(number, sizeof number, ",\"integratedTime\":\"%lld\"", (long long)m->integrated);
    write_text(w, number);
    if (!lies(m, LIE_NO_PROMISE))
        put_base64(w, ",\"inclusionPromise\":{\"signedEntryTimestamp\":\"", piece_view(&m->promise), "\"}");
}

static void put_entry(const mint *m, writer *w, unsigned flip)
{
    char number[96];
    uint8_t id[32];
    memcpy(id, m->log_id, sizeof id);
    id[flip == 1 ? 0 : 31] ^= flip != 0;
    snprintf(number, sizeof number, "{\"logIndex\":\"%d\"", m->recipe->tiled ? TREE : 1000 + TREE);
    write_text(w, number);
    put_base64(w, ",\"logId\":{\"keyId\":\"", span_of(id, id_length(m)), "\"},\"kindVersion\":{\"kind\":\"");
    write_text(w, kind_of(m));
    write_text(w, is_version_2(m) != lies(m, LIE_VERSION_SAID) ? "\",\"version\":\"0.0.2\"}" : "\",\"version\":\"0.0.1\"}");
    put_time_and_promise(m, w);
    if (!lies(m, LIE_NO_PROOF))
        put_proof(m, w);
    put_base64(w, ",\"canonicalizedBody\":\"", piece_view(&m->body), "\"}");
}

static void put_certificates(const mint *m, writer *w)
{
    if (m->recipe->managed)
        write_text(w, "\"publicKey\":{\"hint\":\"\"}");
    else if (m->recipe->version >= 3)
        put_base64(w, "\"certificate\":{\"rawBytes\":\"", piece_view(&m->leaf), "\"}");
    else {
        put_base64(w, "\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"", piece_view(&m->leaf), "\"}");
        for (unsigned i = 0; i < lies(m, LIE_BRINGS_ROOT) + 2u * lies(m, LIE_BRINGS_TWO_ROOTS); i++)
            put_base64(w, ",{\"rawBytes\":\"", piece_view(i ? &m->stamping_authority : &m->authority), "\"}");
        write_text(w, "]}");
    }
}

static void put_entries(const mint *m, writer *w)
{
    write_text(w, ",\"tlogEntries\":[");
    if (!lies(m, LIE_NO_ENTRIES))
        put_entry(m, w, 0);
    if (lies(m, LIE_SECOND_LOG) || lies(m, LIE_SECOND_LOG_ID) || lies(m, LIE_ENTRY_TWICE)) {
        write_text(w, ",");
        put_entry(m, w, lies(m, LIE_ENTRY_TWICE) ? 0 : lies(m, LIE_SECOND_LOG) ? 1 : 2);
    }
    write_text(w, "]");
}

static void put_stamps(const mint *m, writer *w)
{
    put_base64(w, ",\"timestampVerificationData\":{\"rfc3161Timestamps\":[{\"signedTimestamp\":\"", piece_view(&m->stamp), "\"}");
    if (m->recipe->stamped_twice || lies(m, LIE_STAMP_TWICE))
        put_base64(w, ",{\"signedTimestamp\":\"", piece_view(lies(m, LIE_STAMP_TWICE) ? &m->stamp : &m->second_stamp), "\"}");
    write_text(w, "]}");
}

static void put_material(const mint *m, writer *w)
{
    write_text(w, lies(m, LIE_MATERIAL_MEMBER) ? "\"verificationMaterial\":{\"more\":[]," : "\"verificationMaterial\":{");
    put_certificates(m, w);
    put_entries(m, w);
    if (m->recipe->stamped)
        put_stamps(m, w);
    write_text(w, "}");
}

static void put_message(const mint *m, writer *w, bool with_digest)
{
    static const char *const names[] = {[PRIM_SHA256] = "SHA2_256", [PRIM_SHA384] = "SHA2_384", [PRIM_SHA512] = "SHA2_512"};
    uint8_t digest[PRIM_HASH_MAX];
    const prim_hash hash = maker_hash(m->recipe->signer);
    prim_digest(m->lib, hash, artifact_of(m), digest);
    digest[m->recipe->place % 32] ^= lies(m, LIE_DIGEST);
    digest[prim_hash_len(hash) - 1] ^= lies(m, LIE_DIGEST_LAST);
    write_text(w, ",\"messageSignature\":{");
    if (with_digest) {
        write_text(w, "\"messageDigest\":{\"algorithm\":\"");
        write_text(w, names[hash]);
        put_base64(w, "\",\"digest\":\"", span_of(digest, prim_hash_len(hash)), "\"},");
    }
    put_base64(w, "\"signature\":\"", piece_view(&m->signature), "\"}");
}

static void put_envelope(const mint *m, writer *w)
{
    put_base64(w, "{\"payload\":\"", piece_view(&m->payload), "\",\"payloadType\":\"");
    write_text(w, payload_type(m));
    put_base64(w, "\",\"signatures\":[{\"sig\":\"", piece_view(&m->signature), "\",\"keyid\":\"\"}");
    const piece other = maker_sign(m->lib, lied(m, LIE_SIGNED_BY_TWO, KEY_LEAF), piece_view(&m->message));
    if (lies(m, LIE_SIGNED_TWICE) || lies(m, LIE_SIGNED_BY_TWO))
        put_base64(w, ",{\"sig\":\"", piece_view(&other), "\",\"keyid\":\"\"}");
    write_text(w, "]}");
}

static void write_bundle(const mint *m, writer *w)
{
    static const char *const types[] = {"application/vnd.dev.sigstore.bundle+json;version=0.1",
                                        "application/vnd.dev.sigstore.bundle+json;version=0.2",
                                        "application/vnd.dev.sigstore.bundle.v0.3+json"};
    write_text(w, lies(m, LIE_BUNDLE_MEMBER) ? "{\"more\":1,\"mediaType\":\"" : "{\"mediaType\":\"");
    write_text(w, lies(m, LIE_TYPE_UNKNOWN)    ? "application/vnd.dev.sigstore.bundle.v0.4+json"
                  : lies(m, LIE_TYPE_SPELLING) ? "application/vnd.dev.sigstore.bundle+json"
                                               : types[m->recipe->version - 1]);
    write_text(w, "\",");
    put_material(m, w);
    if (!m->recipe->envelope || lies(m, LIE_BOTH) || lies(m, LIE_BOTH_WITHOUT_DIGEST))
        put_message(m, w, !lies(m, LIE_BOTH_WITHOUT_DIGEST));
    if (m->recipe->envelope) {
        write_text(w, ",\"dsseEnvelope\":");
        put_envelope(m, w);
    }
    write_text(w, "}");
}

/* As Rekor v1 answers it: hexadecimal where the bundle has base64. */
static void write_entry(const mint *m, writer *w)
{
    char numbers[96];
    put_base64(w, "{\"24296fb24b8ad77a\":{\"body\":\"", piece_view(&m->body), "\"");
    if (lies(m, LIE_ENTRY_MEMBER) || lies(m, LIE_ENTRY_MEMBER_SECOND))
        write_text(w, lies(m, LIE_ENTRY_MEMBER) ? ",\"more\":1" : ",\"logId\":\"\"");
    snprintf(numbers, sizeof numbers, ",\"integratedTime\":%lld,\"logIndex\":%d,\"logID\":\"", (long long)m->integrated, 1000 + TREE);
    write_text(w, numbers);
    write_hex(w, SPAN(m->log_id));
    write_text(w, "\",\"verification\":{");
    if (!lies(m, LIE_NO_PROOF)) {
        write_text(w, "\"inclusionProof\":{\"checkpoint\":");
        json_write_string(w, piece_view(&m->checkpoint));
        write_text(w, ",\"hashes\":[");
        for (size_t at = 0; at < m->proof.n; at += TL_HASH) {
            write_text(w, at ? ",\"" : "\"");
            write_hex(w, span_first(span_from(piece_view(&m->proof), at), TL_HASH));
            write_text(w, "\"");
        }
        snprintf(numbers, sizeof numbers, "],\"logIndex\":%d,\"treeSize\":%llu,\"rootHash\":\"", TREE, (unsigned long long)m->size);
        write_text(w, numbers);
        write_hex(w, SPAN(m->root));
        write_text(w, "\"}");
    }
    if (!lies(m, LIE_NO_PROMISE))
        put_base64(w, lies(m, LIE_NO_PROOF) ? "\"signedEntryTimestamp\":\"" : ",\"signedEntryTimestamp\":\"", piece_view(&m->promise),
                   "\"");
    write_text(w, "}}}");
}

static void close_text(char *text, void (*write)(const mint *, writer *), const mint *m)
{
    writer w = writer_of(text, SIM_TEXT_MAX - 1);
    write(m, &w);
    must(writer_ok(&w));
    text[w.n] = 0;
}

static span put_key_bytes(const mint *m, key_name key, uint8_t *bytes, size_t cap)
{
    writer w = writer_of(bytes, cap);
    maker_put_key(m->lib, by(m, key), &w);
    must(writer_ok(&w));
    return written(&w);
}

void sigstore_mint(const prim *lib, const sim_recipe *recipe, sim_minted *out)
{
    static mint m;
    memset(&m, 0, sizeof m);
    m.lib = lib;
    m.recipe = recipe;
    m.integrated = signed_at(&m);
    out->key = put_key_bytes(&m, KEY_LEAF, out->key_bytes, sizeof out->key_bytes);
    out->log_key = put_key_bytes(&m, KEY_LOG, out->log_key_bytes, sizeof out->log_key_bytes);
    log_id_of(&m, KEY_LOG, m.log_id);
    m.log_id[0] ^= lies(&m, LIE_ENTRY_LOG_ID);
    m.log_id[31] ^= lies(&m, LIE_ENTRY_LOG_ID_LAST);
    mint_authorities(&m);
    mint_leaf(&m);
    mint_message(&m);
    mint_body(&m);
    mint_promise(&m);
    mint_proof(&m);
    mint_stamp(&m, FIRST_STAMP, &m.stamp);
    mint_stamp(&m, SECOND_STAMP, &m.second_stamp);
    close_text(out->root, write_root, &m);
    close_text(out->bundle, write_bundle, &m);
    close_text(out->entry, write_entry, &m);
}
