#include "sim_sigstore.h"
#include "base64.h"
#include "der.h"
#include "json.h"
#include "p256.h"
#include "sim_log.h"

#include <stdio.h>
#include <string.h>

#define OID_SAN   "2.5.29.17"
#define OID_EKU   "2.5.29.37"
#define OID_SCT   "1.3.6.1.4.1.11129.2.4.2"
#define OID_ECDSA "1.2.840.10045.4.3.2"
#define HOST      "log.example:3000"

enum { DAY = 86400, ROOM = 4096, TREE = 3 /* leaves before ours */ };

typedef enum key_name { KEY_CA, KEY_LEAF, KEY_LOG, KEY_CT, KEY_TSA_CA, KEY_TSA, KEY_OTHER, KEYS } key_name;

/* A piece of bytes under way. */
typedef struct piece {
    size_t n;
    uint8_t bytes[ROOM];
} piece;

static span view_of(const piece *p) { return span_of(p->bytes, p->n); }
static writer onto(piece *p) { return writer_of(p->bytes, sizeof p->bytes); }

static void keep(piece *p, const writer *w)
{
    must(writer_ok(w));
    p->n = w->n;
}

/* ---- keys ---- */

static void scalar_of(const prim *lib, key_name key, uint8_t scalar[32])
{
    static const char *const names[KEYS] = {"authority", "leaf", "log", "certificate log", "stamping authority", "stamper", "other"};
    const span parts[] = {span_text("sigstore test "), span_text(names[key])};
    lib->hash(PRIM_SHA256, parts, 2, scalar);
}

static void put_key(const prim *lib, writer *w, key_name key)
{
    uint8_t scalar[32], point[1 + P256_KEY] = {0x04};
    scalar_of(lib, key, scalar);
    p256_public(scalar, point + 1);
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.10045.2.1");
    der_put_oid(w, "1.2.840.10045.3.1.7");
    der_close(w, algorithm);
    der_put_bits(w, SPAN(point));
    der_close(w, info);
}

static piece key_info(const prim *lib, key_name key)
{
    piece out;
    writer w = onto(&out);
    put_key(lib, &w, key);
    keep(&out, &w);
    return out;
}

static void put_half(writer *w, const uint8_t *half)
{
    size_t skip = 0;
    uint8_t number[33] = {0};
    memcpy(number + 1, half, 32);
    while (skip < 32 && number[skip] == 0 && !(number[skip + 1] & 0x80))
        skip++;
    der_put(w, DER_INTEGER, span_of(number + skip, sizeof number - skip));
}

static piece sign(const prim *lib, key_name key, span message)
{
    uint8_t scalar[32], signature[P256_SIGNATURE];
    piece out;
    writer w = onto(&out);
    scalar_of(lib, key, scalar);
    p256_sign(scalar, EMPTY, message, signature);
    const der_mark sequence = der_open(&w, DER_SEQUENCE);
    put_half(&w, signature);
    put_half(&w, signature + 32);
    der_close(&w, sequence);
    keep(&out, &w);
    return out;
}

/* ---- certificates ---- */

typedef struct certificate {
    const char *subject, *issuer; /* common names; "": an empty subject */
    key_name key, signer;
    int64_t from, to;
    bool is_ca, no_ca;
    uint8_t usage; /* first byte of keyUsage; 0: no such extension */
    const char *eku[3];
    bool eku_critical;
    const char *name, *issuer_new, *issuer_old; /* NULL: absent */
    uint8_t name_tag;
    bool unknown_critical, unknown_critical_other;
    span sct; /* content of the list's extension; empty: absent */
} certificate;

static void put_algorithm(writer *w, const char *oid)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_close(w, algorithm);
}

static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    if (*common_name) {
        const der_mark set = der_open(w, DER_SET), pair = der_open(w, DER_SEQUENCE);
        der_put_oid(w, "2.5.4.3");
        der_put(w, DER_UTF8, span_text(common_name));
        der_close(w, pair);
        der_close(w, set);
    }
    der_close(w, name);
}

static void put_extension(writer *w, const char *oid, bool critical, span value)
{
    const der_mark outer = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    if (critical)
        der_put(w, DER_BOOLEAN, span_of("\xff", 1));
    der_put(w, DER_OCTET_STRING, value);
    der_close(w, outer);
}

static void put_eku(writer *w, const certificate *c)
{
    piece value;
    writer v = onto(&value);
    const der_mark list = der_open(&v, DER_SEQUENCE);
    for (size_t i = 0; c->eku[i]; i++)
        der_put_oid(&v, c->eku[i]);
    der_close(&v, list);
    put_extension(w, OID_EKU, c->eku_critical, written(&v));
}

static void put_san(writer *w, const certificate *c)
{
    piece value;
    writer v = onto(&value);
    const der_mark list = der_open(&v, DER_SEQUENCE);
    der_put(&v, c->name_tag, span_text(c->name));
    der_close(&v, list);
    put_extension(w, OID_SAN, true, written(&v));
}

static void put_issuers(writer *w, const certificate *c)
{
    piece value;
    writer v = onto(&value);
    if (c->issuer_old)
        put_extension(w, "1.3.6.1.4.1.57264.1.1", false, span_text(c->issuer_old));
    if (!c->issuer_new)
        return;
    der_put(&v, DER_UTF8, span_text(c->issuer_new));
    put_extension(w, "1.3.6.1.4.1.57264.1.8", false, written(&v));
}

static void put_extensions(writer *w, const certificate *c)
{
    const uint8_t usage[] = {0x03, 0x02, c->usage & 0x80 ? 7 : 1, c->usage};
    const der_mark context = der_open(w, DER_CONTEXT(3)), list = der_open(w, DER_SEQUENCE);
    if (c->usage)
        put_extension(w, "2.5.29.15", true, SPAN(usage));
    if (c->is_ca)
        put_extension(w, "2.5.29.19", true, c->no_ca ? span_of("\x30\x00", 2) : span_of("\x30\x03\x01\x01\xff", 5));
    if (c->eku[0])
        put_eku(w, c);
    if (c->name)
        put_san(w, c);
    put_issuers(w, c);
    if (c->unknown_critical)
        put_extension(w, "2.5.29.36", true, span_of("\x30\x00", 2));
    if (c->unknown_critical_other)
        put_extension(w, "1.3.6.1.4.1.57264.1.99", true, span_of("\x05\x00", 2));
    if (c->sct.n)
        put_extension(w, OID_SCT, false, c->sct);
    der_close(w, list);
    der_close(w, context);
}

static piece signed_part(const prim *lib, const certificate *c)
{
    piece out;
    writer w = onto(&out);
    const der_mark body = der_open(&w, DER_SEQUENCE), version = der_open(&w, DER_CONTEXT(0));
    der_put_uint(&w, 2);
    der_close(&w, version);
    der_put_uint(&w, 0x7e57 + (uint64_t)c->key);
    put_algorithm(&w, OID_ECDSA);
    put_name(&w, c->issuer);
    const der_mark validity = der_open(&w, DER_SEQUENCE);
    der_put_time(&w, c->from);
    der_put_time(&w, c->to);
    der_close(&w, validity);
    put_name(&w, c->subject);
    put_key(lib, &w, c->key);
    put_extensions(&w, c);
    der_close(&w, body);
    keep(&out, &w);
    return out;
}

static piece mint_certificate(const prim *lib, const certificate *c)
{
    piece out;
    const piece body = signed_part(lib, c), signature = sign(lib, c->signer, view_of(&body));
    writer w = onto(&out);
    const der_mark whole = der_open(&w, DER_SEQUENCE);
    write_span(&w, view_of(&body));
    put_algorithm(&w, OID_ECDSA);
    der_put_bits(&w, view_of(&signature));
    der_close(&w, whole);
    keep(&out, &w);
    return out;
}

/* ---- what one minting has at hand ---- */

typedef struct mint {
    const prim *lib;
    const sim_recipe *recipe;
    piece authority, leaf, stamping_authority, stamper; /* certificates */
    piece payload, message;                             /* what is signed: the artifact or the encoded envelope */
    piece signature, body, promise, checkpoint, proof, stamp;
    uint8_t root[TL_HASH], log_id[TL_HASH];
    uint64_t size;
    int64_t integrated;
} mint;

static bool lies(const mint *m, sim_lie lie) { return m->recipe->lie == lie; }
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

static void mint_authorities(mint *m)
{
    certificate ca = {.subject = "test authority",
                      .issuer = "test authority",
                      .key = KEY_CA,
                      .signer = KEY_CA,
                      .from = signed_at(m) - 365 * DAY,
                      .to = signed_at(m) + 365 * DAY,
                      .is_ca = true,
                      .no_ca = lies(m, LIE_CA_NO_CA),
                      .usage = 0x06};
    m->authority = mint_certificate(m->lib, &ca);
    ca.no_ca = false;
    ca.subject = ca.issuer = "test stamping authority";
    ca.key = ca.signer = KEY_TSA_CA;
    m->stamping_authority = mint_certificate(m->lib, &ca);
    ca.subject = "test stamper";
    ca.key = KEY_TSA;
    ca.is_ca = false;
    ca.usage = 0x80;
    ca.eku[0] = "1.3.6.1.5.5.7.3.8";
    ca.eku[1] = lies(m, LIE_STAMP_USAGE_MORE) ? "1.3.6.1.5.5.7.3.3" : NULL;
    ca.eku_critical = !lies(m, LIE_STAMP_USAGE_UNCRITICAL);
    m->stamper = mint_certificate(m->lib, &ca);
}

/* RFC 6962 3.2 and 3.3. */
static piece mint_scts(const mint *m, span tbs)
{
    piece out, input;
    uint8_t id[32], issuer[32];
    const uint64_t time = ((uint64_t)signed_at(m) - 60) * 1000;
    const piece log = key_info(m->lib, KEY_CT), ca = key_info(m->lib, lies(m, LIE_SCT_ISSUER) ? KEY_OTHER : KEY_CA);
    prim_digest(m->lib, PRIM_SHA256, view_of(&log), id);
    prim_digest(m->lib, PRIM_SHA256, view_of(&ca), issuer);
    writer w = onto(&input);
    write_be(&w, 0, 2);
    write_be(&w, time, 8);
    write_be(&w, 1, 2);
    write_span(&w, SPAN(issuer));
    write_be(&w, tbs.n, 3);
    write_span(&w, tbs);
    write_be(&w, 3, 2);
    write_text(&w, "ext");
    const piece signature = sign(m->lib, lies(m, LIE_SCT_KEY) ? KEY_OTHER : KEY_CT, written(&w));
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
    write_span(&list, view_of(&signature));
    writer o = onto(&out);
    der_put(&o, DER_OCTET_STRING, written(&list));
    keep(&out, &o);
    return out;
}

static void name_leaf(const mint *m, certificate *c)
{
    c->name = lies(m, LIE_SAN_PREFIX) ? "https://build.example/pipeline" : lies(m, LIE_SAN_LONGER) ? SIM_IDENTITY "2" : SIM_IDENTITY;
    c->name_tag = lies(m, LIE_SAN_TYPE) ? DER_CONTEXT_PRIMITIVE(1) : DER_CONTEXT_PRIMITIVE(6);
    c->issuer_new = lies(m, LIE_ISSUER_OTHER) ? "https://issuer.example.org" : lies(m, LIE_ISSUER_NONE) ? NULL : SIM_ISSUER;
    c->issuer_old = lies(m, LIE_ISSUERS_DISAGREE)         ? "https://other.example"
                    : lies(m, LIE_ISSUERS_DISAGREE_SLASH) ? SIM_ISSUER "/"
                                                          : c->issuer_new;
}

static void mint_leaf(mint *m)
{
    const int64_t shift = lies(m, LIE_LEAF_EARLIER) ? -700 : lies(m, LIE_LEAF_LATER) ? 120 : 0;
    certificate c = {.subject = "",
                     .issuer = "test authority",
                     .key = KEY_LEAF,
                     .signer = KEY_CA,
                     .from = signed_at(m) - 60 + shift,
                     .to = signed_at(m) + 540 + shift,
                     .usage = lies(m, LIE_LEAF_NO_USAGE)      ? 0
                              : lies(m, LIE_LEAF_OTHER_USAGE) ? 0x06
                                                              : 0x80,
                     .unknown_critical = lies(m, LIE_LEAF_CRITICAL),
                     .unknown_critical_other = lies(m, LIE_LEAF_CRITICAL_OTHER)};
    if (!lies(m, LIE_LEAF_NO_EKU))
        c.eku[0] = lies(m, LIE_LEAF_OTHER_EKU) ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.3";
    name_leaf(m, &c);
    certificate logged = c;
    logged.to += lies(m, LIE_SCT_PRECERTIFICATE);
    const piece tbs = signed_part(m->lib, &logged), scts = mint_scts(m, view_of(&tbs));
    if (!lies(m, LIE_LEAF_NO_SCT))
        c.sct = view_of(&scts);
    m->leaf = mint_certificate(m->lib, &c);
}

/* ---- what is signed ---- */

static void digest_hex(const prim *lib, span message, writer *w)
{
    uint8_t digest[32];
    prim_digest(lib, PRIM_SHA256, message, digest);
    write_hex(w, SPAN(digest));
}

static const char *payload_type(const mint *m) { return lies(m, LIE_PAYLOAD_TYPE) ? "application/json" : "application/vnd.in-toto+json"; }

static void mint_message(mint *m)
{
    char head[128];
    writer w = onto(&m->payload), e = onto(&m->message);
    write_text(&w, lies(m, LIE_STATEMENT_TYPE) ? "{\"_type\":\"https://in-toto.io/Statement/v2\""
                                               : "{\"_type\":\"https://in-toto.io/Statement/v1\"");
    write_text(&w, ",\"predicate\":{},\"predicateType\":\"https://test.example/p\",\"subject\":[");
    if (!lies(m, LIE_SUBJECT_NONE)) {
        write_text(&w, "{\"name\":\"a\",\"digest\":{\"sha256\":\"");
        digest_hex(m->lib, lies(m, LIE_SUBJECT) ? span_text("another") : artifact_of(m), &w);
        write_text(&w, "\"}}");
    }
    write_text(&w, "]}");
    keep(&m->payload, &w);
    snprintf(head, sizeof head, "DSSEv1 %zu %s %zu ", strlen(payload_type(m)), payload_type(m), m->payload.n);
    if (m->recipe->envelope) {
        write_text(&e, head);
        write_span(&e, view_of(&m->payload));
    } else
        write_span(&e, artifact_of(m));
    keep(&m->message, &e);
    m->signature = sign(m->lib, lies(m, LIE_SIGNATURE_KEY) ? KEY_OTHER : KEY_LEAF,
                        lies(m, LIE_SIGNATURE_MESSAGE) ? span_text("another artifact\n") : view_of(&m->message));
}

/* ---- the log ---- */

/* PEM with lines of 64 characters, in base64 once more. */
static void put_pem(writer *w, const char *label, span der)
{
    piece text, digits;
    writer t = onto(&text), d = onto(&digits);
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

static void put_verifier(const mint *m, writer *w)
{
    const piece key = key_info(m->lib, lies(m, LIE_BODY_VERIFIER) && m->recipe->managed ? KEY_OTHER : KEY_LEAF);
    const bool bare = m->recipe->managed || lies(m, LIE_BODY_BARE_KEY);
    put_pem(w, bare ? "PUBLIC KEY" : "CERTIFICATE",
            bare                         ? view_of(&key)
            : lies(m, LIE_BODY_VERIFIER) ? view_of(&m->authority)
                                         : view_of(&m->leaf));
}

static void put_logged_signature(const mint *m, writer *w)
{
    const piece other = sign(m->lib, KEY_LEAF, span_text("another artifact\n"));
    base64_write(w, lies(m, LIE_BODY_SIGNATURE)         ? view_of(&other)
                    : lies(m, LIE_BODY_SIGNATURE_SHORT) ? span_first(view_of(&m->signature), m->signature.n - 1)
                                                        : view_of(&m->signature));
}

static void put_logged_digest(const mint *m, writer *w)
{
    const span honest = m->recipe->envelope ? view_of(&m->payload) : artifact_of(m);
    write_text(w, "{\"algorithm\":\"sha256\",\"value\":\"");
    digest_hex(m->lib, lies(m, LIE_BODY_DIGEST) ? span_text("another artifact\n") : lies(m, LIE_BODY_DIGEST_EMPTY) ? EMPTY : honest, w);
    write_text(w, "\"}");
}

static void mint_body(mint *m)
{
    writer w = onto(&m->body);
    if (m->recipe->envelope) {
        write_text(&w, "{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{\"envelopeHash\":{\"algorithm\":\"sha256\",\"value\":\"00\"},"
                       "\"payloadHash\":");
        put_logged_digest(m, &w);
        write_text(&w, ",\"signatures\":[{\"signature\":\"");
        put_logged_signature(m, &w);
        write_text(&w, "\",\"verifier\":\"");
        put_verifier(m, &w);
        write_text(&w, "\"}]}}");
    } else {
        write_text(&w, "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":{\"hash\":");
        put_logged_digest(m, &w);
        write_text(&w, "},\"signature\":{\"content\":\"");
        put_logged_signature(m, &w);
        write_text(&w, "\",\"publicKey\":{\"content\":\"");
        put_verifier(m, &w);
        write_text(&w, "\"}}}}");
    }
    keep(&m->body, &w);
}

static void mint_promise(mint *m)
{
    piece text;
    writer w = onto(&text);
    char rest[64];
    write_text(&w, "{\"body\":\"");
    base64_write(&w, view_of(&m->body));
    snprintf(rest, sizeof rest, "\",\"integratedTime\":%lld,\"logID\":\"", (long long)m->integrated + lies(m, LIE_PROMISE_TIME));
    write_text(&w, rest);
    write_hex(&w, SPAN(m->log_id));
    snprintf(rest, sizeof rest, "\",\"logIndex\":%d}", 1000 + TREE + lies(m, LIE_PROMISE_INDEX));
    write_text(&w, rest);
    must(writer_ok(&w));
    m->promise = sign(m->lib, lies(m, LIE_PROMISE_KEY) ? KEY_OTHER : KEY_LOG, written(&w));
}

static void put_line(const mint *m, writer *w, span text)
{
    uint8_t id[32];
    uint8_t room[128];
    writer bytes = WRITER(room);
    const piece key = key_info(m->lib, KEY_LOG);
    const piece signature = sign(m->lib, lies(m, LIE_LINE_KEY) ? KEY_OTHER : KEY_LOG,
                                 lies(m, LIE_LINE_TEXT) ? span_first(text, text.n - 1) : text);
    prim_digest(m->lib, PRIM_SHA256, view_of(&key), id);
    id[0] ^= lies(m, LIE_LINE_HINT);
    write_span(&bytes, span_of(id, 4));
    write_span(&bytes, view_of(&signature));
    write_text(w, "\xe2\x80\x94 ");
    write_text(w, lies(m, LIE_LINE_NAME) ? "log.example" : lies(m, LIE_LINE_PATTERN) ? ".*" : HOST);
    write_text(w, " ");
    base64_write(w, written(&bytes));
    write_text(w, "\n");
}

static void mint_proof(mint *m)
{
    static sim_log log;
    tl_head head = {.size = TREE + 2};
    log = (sim_log){.prim = m->lib};
    for (unsigned i = 0; i < TREE; i++)
        log_add(&log, span_text("an entry before"));
    log_add(&log, view_of(&m->body));
    log_add(&log, span_text("an entry after"));
    log_root(&log, log.n, head.root);
    writer p = onto(&m->proof), c = onto(&m->checkpoint);
    log_inclusion(&log, TREE, log.n, &p);
    log_write_checkpoint_of(HOST " - 42", &head, &c);
    const size_t n = c.n;
    write_text(&c, "\n");
    put_line(m, &c, span_first(written(&c), n));
    keep(&m->proof, &p);
    keep(&m->checkpoint, &c);
    memcpy(m->root, lies(m, LIE_PROOF_ROOT_OF_LEAF) ? log.leaf[TREE] : head.root, TL_HASH);
    m->root[31] ^= lies(m, LIE_PROOF_ROOT);
    m->size = head.size + lies(m, LIE_PROOF_SIZE) - lies(m, LIE_PROOF_SIZE_LESS);
}

/* ---- the time stamp ---- */

static void put_hash_name(writer *w) { put_algorithm(w, "2.16.840.1.101.3.4.2.1"); }

static piece mint_info(const mint *m)
{
    piece out;
    uint8_t digest[32];
    writer w = onto(&out);
    prim_digest(m->lib, PRIM_SHA256,
                lies(m, LIE_STAMP_IMPRINT)            ? span_text("another signature")
                : lies(m, LIE_STAMP_IMPRINT_ARTIFACT) ? artifact_of(m)
                                                      : view_of(&m->signature),
                digest);
    const der_mark info = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, lies(m, LIE_STAMP_VERSION) ? 2 : 1);
    der_put_oid(&w, "1.3.6.1.4.1.57264.2");
    const der_mark imprint = der_open(&w, DER_SEQUENCE);
    put_hash_name(&w);
    der_put(&w, DER_OCTET_STRING, SPAN(digest));
    der_close(&w, imprint);
    der_put_uint(&w, 77);
    char date[16];
    date_of(signed_at(m), date);
    strcat(date, "Z");
    der_put(&w, DER_GENERALIZED_TIME, span_text(date));
    der_close(&w, info);
    keep(&out, &w);
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

/* Under the tag that the signature covers; a signer info has them under [0]. */
static piece mint_attributes(const mint *m, span info)
{
    piece out;
    uint8_t digest[32];
    writer w = onto(&out);
    prim_digest(m->lib, PRIM_SHA256, info, digest);
    digest[0] ^= lies(m, LIE_STAMP_DIGEST);
    const der_mark set = der_open(&w, DER_SET);
    put_attribute(&w, "1.2.840.113549.1.9.3", 0, EMPTY, "1.2.840.113549.1.9.16.1.4");
    put_attribute(&w, "1.2.840.113549.1.9.4", DER_OCTET_STRING, SPAN(digest), NULL);
    der_close(&w, set);
    keep(&out, &w);
    return out;
}

static void put_signer(const mint *m, writer *w, span info)
{
    piece attributes = mint_attributes(m, info);
    const piece signature = sign(m->lib, lies(m, LIE_STAMP_SIGNATURE) ? KEY_OTHER : KEY_TSA, view_of(&attributes));
    attributes.bytes[0] = DER_CONTEXT(0);
    const der_mark set = der_open(w, DER_SET), signer = der_open(w, DER_SEQUENCE);
    der_put_uint(w, 1);
    const der_mark name = der_open(w, DER_SEQUENCE);
    put_name(w, "test stamping authority");
    der_put_uint(w, 0x7e57 + KEY_TSA);
    der_close(w, name);
    put_hash_name(w);
    write_span(w, view_of(&attributes));
    put_algorithm(w, OID_ECDSA);
    der_put(w, DER_OCTET_STRING, view_of(&signature));
    der_close(w, signer);
    der_close(w, set);
}

static void put_signed_data(const mint *m, writer *w)
{
    const piece info = mint_info(m);
    const der_mark data = der_open(w, DER_SEQUENCE);
    der_put_uint(w, 3);
    const der_mark hashes = der_open(w, DER_SET);
    put_hash_name(w);
    der_close(w, hashes);
    const der_mark content = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.113549.1.9.16.1.4");
    const der_mark wrapped = der_open(w, DER_CONTEXT(0));
    der_put(w, DER_OCTET_STRING, view_of(&info));
    der_close(w, wrapped);
    der_close(w, content);
    put_signer(m, w, view_of(&info));
    der_close(w, data);
}

static void mint_stamp(mint *m)
{
    writer w = onto(&m->stamp);
    const der_mark response = der_open(&w, DER_SEQUENCE), status = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, lies(m, LIE_STAMP_STATUS) ? 2 : 0);
    der_close(&w, status);
    const der_mark content = der_open(&w, DER_SEQUENCE);
    der_put_oid(&w, "1.2.840.113549.1.7.2");
    const der_mark wrapped = der_open(&w, DER_CONTEXT(0));
    put_signed_data(m, &w);
    der_close(&w, wrapped);
    der_close(&w, content);
    der_close(&w, response);
    keep(&m->stamp, &w);
}

/* ---- the texts ---- */

static void put_base64(writer *w, const char *before, span bytes, const char *after)
{
    write_text(w, before);
    base64_write(w, bytes);
    write_text(w, after);
}

static void put_trusted_log(const mint *m, writer *w, key_name key, const char *address, const char *details, const char *period)
{
    uint8_t id[32];
    const piece info = key_info(m->lib, key);
    prim_digest(m->lib, PRIM_SHA256, view_of(&info), id);
    write_text(w, "{\"baseUrl\":\"");
    write_text(w, address);
    put_base64(w, "\",\"hashAlgorithm\":\"SHA2_256\",\"publicKey\":{\"rawBytes\":\"", view_of(&info), "\",\"keyDetails\":\"");
    write_text(w, details);
    write_text(w, "\",\"validFor\":");
    write_text(w, period);
    put_base64(w, "},\"logId\":{\"keyId\":\"", SPAN(id), "\"}}");
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
    put_base64(w, "{\"certChain\":{\"certificates\":[{\"rawBytes\":\"", view_of(first), "\"}");
    if (second)
        put_base64(w, ",{\"rawBytes\":\"", view_of(second), "\"}");
    write_text(w, "]},\"validFor\":");
    write_text(w, period);
    write_text(w, "}");
}

static void write_root(const mint *m, writer *w)
{
    const periods p = periods_of(m);
    static const char details[] = "PKIX_ECDSA_P256_SHA_256";
    write_text(w, lies(m, LIE_ROOT_MEMBER) ? "{\"more\":1," : "{");
    write_text(w, lies(m, LIE_ROOT_TYPE) ? "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.9\",\"tlogs\":["
                                         : "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\",\"tlogs\":[");
    put_trusted_log(m, w, KEY_LOG, "https://" HOST, lies(m, LIE_LOG_ALGORITHM) ? "PKIX_ML_DSA_44" : details,
                    lies(m, LIE_LOG_UNDATED)       ? p.undated
                    : lies(m, LIE_LOG_ENDED)       ? p.ended
                    : lies(m, LIE_LOG_NOT_STARTED) ? p.later
                                                   : p.always);
    write_text(w, "],\"certificateAuthorities\":[");
    put_authority(w, &m->authority, NULL, lies(m, LIE_CA_UNDATED) ? p.undated : lies(m, LIE_CA_ENDED) ? p.ended : p.always);
    write_text(w, "],\"ctlogs\":[");
    put_trusted_log(m, w, KEY_CT, "https://ct.example", details, p.always);
    write_text(w, "],\"timestampAuthorities\":[");
    put_authority(w, &m->stamper, &m->stamping_authority,
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
        put_base64(w, at ? ",\"" : "\"", span_first(span_from(view_of(&m->proof), at), TL_HASH), "\"");
    write_text(w, "],\"checkpoint\":{\"envelope\":");
    json_write_string(w, view_of(&m->checkpoint));
    write_text(w, "}}");
}

static void put_entry(const mint *m, writer *w, unsigned flip)
{
    char number[96];
    uint8_t id[32];
    memcpy(id, m->log_id, sizeof id);
    id[flip == 1 ? 0 : 31] ^= flip != 0;
    snprintf(number, sizeof number, "{\"logIndex\":\"%d\"", 1000 + TREE);
    write_text(w, number);
    put_base64(w, ",\"logId\":{\"keyId\":\"", SPAN(id), "\"},\"kindVersion\":{\"kind\":\"");
    write_text(w, lies(m, LIE_KIND_SAID) ? "rekord" : m->recipe->envelope ? "dsse" : "hashedrekord");
    write_text(w, lies(m, LIE_VERSION_SAID) ? "\",\"version\":\"0.0.2\"}" : "\",\"version\":\"0.0.1\"}");
    snprintf(number, sizeof number, ",\"integratedTime\":\"%lld\"", (long long)m->integrated);
    if (!lies(m, LIE_NO_PROMISE_NO_TIME))
        write_text(w, number);
    if (!lies(m, LIE_NO_PROMISE) && !lies(m, LIE_NO_PROMISE_NO_TIME))
        put_base64(w, ",\"inclusionPromise\":{\"signedEntryTimestamp\":\"", view_of(&m->promise), "\"}");
    if (!lies(m, LIE_NO_PROOF))
        put_proof(m, w);
    put_base64(w, ",\"canonicalizedBody\":\"", view_of(&m->body), "\"}");
}

static void put_certificates(const mint *m, writer *w)
{
    if (m->recipe->managed)
        write_text(w, "\"publicKey\":{\"hint\":\"\"}");
    else if (m->recipe->version >= 3)
        put_base64(w, "\"certificate\":{\"rawBytes\":\"", view_of(&m->leaf), "\"}");
    else {
        put_base64(w, "\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"", view_of(&m->leaf), "\"}");
        for (unsigned i = 0; i < lies(m, LIE_BRINGS_ROOT) + 2u * lies(m, LIE_BRINGS_TWO_ROOTS); i++)
            put_base64(w, ",{\"rawBytes\":\"", view_of(i ? &m->stamping_authority : &m->authority), "\"}");
        write_text(w, "]}");
    }
}

static void put_material(const mint *m, writer *w)
{
    write_text(w, lies(m, LIE_MATERIAL_MEMBER) ? "\"verificationMaterial\":{\"more\":[]," : "\"verificationMaterial\":{");
    put_certificates(m, w);
    write_text(w, ",\"tlogEntries\":[");
    if (!lies(m, LIE_NO_ENTRIES))
        put_entry(m, w, 0);
    if (lies(m, LIE_SECOND_LOG) || lies(m, LIE_SECOND_LOG_ID)) {
        write_text(w, ",");
        put_entry(m, w, lies(m, LIE_SECOND_LOG) ? 1 : 2);
    }
    write_text(w, "]");
    if (m->recipe->stamped)
        put_base64(w, ",\"timestampVerificationData\":{\"rfc3161Timestamps\":[{\"signedTimestamp\":\"", view_of(&m->stamp), "\"}]}");
    write_text(w, "}");
}

static void put_message(const mint *m, writer *w, bool with_digest)
{
    uint8_t digest[32];
    prim_digest(m->lib, PRIM_SHA256, artifact_of(m), digest);
    digest[0] ^= lies(m, LIE_DIGEST);
    digest[31] ^= lies(m, LIE_DIGEST_LAST);
    write_text(w, ",\"messageSignature\":{");
    if (with_digest)
        put_base64(w, "\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"", SPAN(digest), "\"},");
    put_base64(w, "\"signature\":\"", view_of(&m->signature), "\"}");
}

static void put_envelope(const mint *m, writer *w)
{
    put_base64(w, ",\"dsseEnvelope\":{\"payload\":\"", view_of(&m->payload), "\",\"payloadType\":\"");
    write_text(w, payload_type(m));
    put_base64(w, "\",\"signatures\":[{\"sig\":\"", view_of(&m->signature), "\",\"keyid\":\"\"}");
    const piece other = sign(m->lib, lies(m, LIE_SIGNED_BY_TWO) ? KEY_OTHER : KEY_LEAF, view_of(&m->message));
    if (lies(m, LIE_SIGNED_TWICE) || lies(m, LIE_SIGNED_BY_TWO))
        put_base64(w, ",{\"sig\":\"", view_of(&other), "\",\"keyid\":\"\"}");
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
    if (m->recipe->envelope)
        put_envelope(m, w);
    write_text(w, "}");
}

/* As Rekor v1 answers it: hexadecimal where the bundle has base64. */
static void write_entry(const mint *m, writer *w)
{
    char numbers[96];
    put_base64(w, "{\"24296fb24b8ad77a\":{\"body\":\"", view_of(&m->body), "\"");
    if (lies(m, LIE_ENTRY_MEMBER) || lies(m, LIE_ENTRY_MEMBER_SECOND))
        write_text(w, lies(m, LIE_ENTRY_MEMBER) ? ",\"more\":1" : ",\"logId\":\"\"");
    snprintf(numbers, sizeof numbers, ",\"integratedTime\":%lld,\"logIndex\":%d,\"logID\":\"", (long long)m->integrated, 1000 + TREE);
    write_text(w, numbers);
    write_hex(w, SPAN(m->log_id));
    write_text(w, "\",\"verification\":{");
    if (!lies(m, LIE_NO_PROOF)) {
        write_text(w, "\"inclusionProof\":{\"checkpoint\":");
        json_write_string(w, view_of(&m->checkpoint));
        write_text(w, ",\"hashes\":[");
        for (size_t at = 0; at < m->proof.n; at += TL_HASH) {
            write_text(w, at ? ",\"" : "\"");
            write_hex(w, span_first(span_from(view_of(&m->proof), at), TL_HASH));
            write_text(w, "\"");
        }
        snprintf(numbers, sizeof numbers, "],\"logIndex\":%d,\"treeSize\":%llu,\"rootHash\":\"", TREE, (unsigned long long)m->size);
        write_text(w, numbers);
        write_hex(w, SPAN(m->root));
        write_text(w, "\"}");
    }
    if (!lies(m, LIE_NO_PROMISE))
        put_base64(w, lies(m, LIE_NO_PROOF) ? "\"signedEntryTimestamp\":\"" : ",\"signedEntryTimestamp\":\"", view_of(&m->promise), "\"");
    write_text(w, "}}}");
}

static void close_text(char *text, void (*write)(const mint *, writer *), const mint *m)
{
    writer w = writer_of(text, SIM_TEXT_MAX - 1);
    write(m, &w);
    must(writer_ok(&w));
    text[w.n] = 0;
}

static span put_key_bytes(const prim *lib, key_name key, uint8_t *bytes, size_t cap)
{
    writer w = writer_of(bytes, cap);
    put_key(lib, &w, key);
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
    out->key = put_key_bytes(lib, KEY_LEAF, out->key_bytes, sizeof out->key_bytes);
    out->log_key = put_key_bytes(lib, KEY_LOG, out->log_key_bytes, sizeof out->log_key_bytes);
    prim_digest(lib, PRIM_SHA256, out->log_key, m.log_id);
    m.log_id[0] ^= lies(&m, LIE_ENTRY_LOG_ID);
    m.log_id[31] ^= lies(&m, LIE_ENTRY_LOG_ID_LAST);
    mint_authorities(&m);
    mint_leaf(&m);
    mint_message(&m);
    mint_body(&m);
    mint_promise(&m);
    mint_proof(&m);
    mint_stamp(&m);
    close_text(out->root, write_root, &m);
    close_text(out->bundle, write_bundle, &m);
    close_text(out->entry, write_entry, &m);
}
