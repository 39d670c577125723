#include "der.h"
#include "calendar.h"
#include "sigstore_parts.h"

#include <string.h>

#define OID_SIGNED_DATA           "1.2.840.113549.1.7.2"
#define OID_TST_INFO              "1.2.840.113549.1.9.16.1.4"
#define OID_CONTENT_TYPE          "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST        "1.2.840.113549.1.9.4"
#define OID_RSA                   "1.2.840.113549.1.1.1"
#define OID_SIGNING_CERTIFICATE   "1.2.840.113549.1.9.16.2.12"
#define OID_SIGNING_CERTIFICATE_2 "1.2.840.113549.1.9.16.2.47"

/* A time stamp token (RFC 3161, RFC 5652), as far as it is judged. */
typedef struct token {
    span info;         /* TSTInfo, the content that is signed */
    span certificates; /* those embedded; hints only */
    span issuer, serial;
    span attributes;                  /* the signed ones, whole DER with their context tag */
    span digest, content_type, named; /* of the attributes; named: the digest of the signer's certificate */
    prim_hash named_hash;
    bool named_sha1;
    span algorithm, signature;
    prim_hash hash, imprint_hash;
    span imprint;
    int64_t time;
} token;

static bool hash_of(der_reader *r, prim_hash *out)
{
    static const char *const oids[] = {"2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"};
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    der_reader algorithm = der_enter(r, DER_SEQUENCE);
    const span oid = der_take(&algorithm, DER_OID);
    if (der_peek(&algorithm) == DER_NULL)
        (void)der_next(&algorithm);
    for (size_t i = 0; der_done(&algorithm) && i < 3; i++)
        if (der_oid_is(oid, oids[i]))
            return *out = hashes[i], true;
    return false;
}

/* GeneralizedTime in UTC; a fraction is dropped. */
static bool read_time(span text, int64_t *out)
{
    unsigned year, month, day, hour, minute, second;
    const bool whole = calendar_digits(&text, 4, &year) && calendar_digits(&text, 2, &month) && calendar_digits(&text, 2, &day) &&
                       calendar_digits(&text, 2, &hour) && calendar_digits(&text, 2, &minute) && calendar_digits(&text, 2, &second);
    if (!whole || text.n == 0 || text.p[text.n - 1] != 'Z' || text.n == 2 || (text.n > 2 && text.p[0] != '.'))
        return false;
    for (size_t i = 1; i + 1 < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return calendar_seconds(year, month, day, hour, minute, second, out);
}

/* RFC 3161 2.4.2: version, policy, imprint, serial number, time; what follows is not compared. */
static bool read_info(token *t)
{
    uint64_t version = 0;
    der_reader all = der_of(t->info), parts = der_enter(&all, DER_SEQUENCE);
    const bool is_version_1 = der_uint(der_take(&parts, DER_INTEGER), &version) && version == 1;
    (void)der_take(&parts, DER_OID);
    der_reader imprint = der_enter(&parts, DER_SEQUENCE);
    const bool known = hash_of(&imprint, &t->imprint_hash);
    t->imprint = der_take(&imprint, DER_OCTET_STRING);
    (void)der_take(&parts, DER_INTEGER);
    const bool timed = read_time(der_take(&parts, DER_GENERALIZED_TIME), &t->time);
    return known && der_done(&imprint) && timed && !parts.failed && der_done(&all) && is_version_1;
}

/* SigningCertificate (RFC 2634 5.4) or SigningCertificateV2 (RFC 5035 3): the first certificate is the signer's. The hash of the former is
 * SHA-1, of the latter SHA-256 where it says none. What is malformed names nothing. */
static void read_named(der_reader *values, bool is_first_version, token *t)
{
    der_reader whole = der_enter(values, DER_SEQUENCE), list = der_enter(&whole, DER_SEQUENCE), one = der_enter(&list, DER_SEQUENCE);
    t->named_hash = PRIM_SHA256;
    t->named_sha1 = is_first_version;
    const bool known = is_first_version || der_peek(&one) != DER_SEQUENCE || hash_of(&one, &t->named_hash);
    const span digest = der_take(&one, DER_OCTET_STRING);
    t->named = known && !one.failed ? digest : EMPTY;
}

static bool read_attributes(token *t)
{
    der_reader all = der_of(t->attributes), set = der_enter(&all, DER_CONTEXT(0));
    while (!set.failed && !der_done(&set)) {
        der_reader one = der_enter(&set, DER_SEQUENCE);
        const span oid = der_take(&one, DER_OID);
        der_reader values = der_of(der_take(&one, DER_SET));
        if (!der_done(&one))
            return false;
        if (der_oid_is(oid, OID_CONTENT_TYPE))
            t->content_type = der_take(&values, DER_OID);
        if (der_oid_is(oid, OID_MESSAGE_DIGEST))
            t->digest = der_take(&values, DER_OCTET_STRING);
        if (der_oid_is(oid, OID_SIGNING_CERTIFICATE) || der_oid_is(oid, OID_SIGNING_CERTIFICATE_2))
            read_named(&values, der_oid_is(oid, OID_SIGNING_CERTIFICATE), t);
    }
    return der_done(&all) && der_done(&set);
}

/* RFC 5652 5.3, with the signer named by issuer and serial number, and with signed attributes. */
static bool read_signer(span content, token *t)
{
    uint64_t version = 0;
    der_reader r = der_of(content);
    const bool is_version_1 = der_uint(der_take(&r, DER_INTEGER), &version) && version == 1;
    der_reader name = der_enter(&r, DER_SEQUENCE);
    t->issuer = der_next(&name).whole;
    t->serial = der_take(&name, DER_INTEGER);
    const bool known = hash_of(&r, &t->hash);
    const der_item attributes = der_next(&r);
    t->attributes = attributes.whole;
    t->algorithm = der_take(&r, DER_SEQUENCE);
    t->signature = der_take(&r, DER_OCTET_STRING);
    if (der_peek(&r) == DER_CONTEXT(1))
        (void)der_next(&r);
    return is_version_1 && known && attributes.tag == DER_CONTEXT(0) && der_done(&name) && der_done(&r) && read_attributes(t);
}

static bool read_signed_data(der_reader *r, token *t)
{
    uint64_t version = 0;
    const bool is_version_3 = der_uint(der_take(r, DER_INTEGER), &version) && version == 3;
    (void)der_take(r, DER_SET);
    der_reader content = der_enter(r, DER_SEQUENCE);
    const bool is_info = der_oid_is(der_take(&content, DER_OID), OID_TST_INFO);
    der_reader wrapped = der_enter(&content, DER_CONTEXT(0));
    t->info = der_take(&wrapped, DER_OCTET_STRING);
    if (der_peek(r) == DER_CONTEXT(0))
        t->certificates = der_next(r).content;
    if (der_peek(r) == DER_CONTEXT(1))
        (void)der_next(r);
    der_reader signers = der_of(der_take(r, DER_SET));
    const span signer = der_take(&signers, DER_SEQUENCE);
    return read_signer(signer, t) && read_info(t) && is_version_3 && is_info && der_done(&content) && der_done(&wrapped) &&
           der_done(&signers) && der_done(r);
}

/* TimeStampResp: granted, and a token. */
static bool read_token(span der, token *t)
{
    uint64_t status = 2;
    *t = (token){0};
    der_reader all = der_of(der), response = der_enter(&all, DER_SEQUENCE), said = der_enter(&response, DER_SEQUENCE);
    const bool granted = der_uint(der_take(&said, DER_INTEGER), &status) && status <= 1;
    der_reader content = der_enter(&response, DER_SEQUENCE);
    const bool is_signed = der_oid_is(der_take(&content, DER_OID), OID_SIGNED_DATA);
    der_reader wrapped = der_enter(&content, DER_CONTEXT(0)), data = der_enter(&wrapped, DER_SEQUENCE);
    return read_signed_data(&data, t) && granted && is_signed && der_done(&wrapped) && der_done(&content) && der_done(&response) &&
           der_done(&all);
}

static bool is_signer(const x509_view *view, const token *t)
{
    return span_same(view->issuer, t->issuer) && span_same(view->serial, t->serial);
}

/* The embedded certificate that the token names. */
static bool embedded_signer(const token *t, x509_view *out)
{
    for (der_reader r = der_of(t->certificates); !r.failed && !der_done(&r);)
        if (x509_view_read(der_next(&r).whole, out) && is_signer(out, t))
            return true;
    return false;
}

/* The authority whose chain leads from the signer's certificate: the first of the chain, or an embedded one that the whole chain issued. */
static const tl_authority *stamper_of(const tl_trusted_root *root, const token *t, int64_t at, x509_view *signer)
{
    x509_view embedded;
    const bool has_embedded = embedded_signer(t, &embedded);
    for (size_t i = 0; i < root->n_stampers; i++) {
        const tl_authority *a = &root->stamper[i];
        const bool listed = a->n > 1 && is_signer(&a->chain[0], t);
        const x509_view *one = listed ? &a->chain[0] : has_embedded ? &embedded : NULL;
        if (!one)
            continue;
        *signer = *one;
        if (sg_chain_holds(one, a, listed ? 1 : 0, at, SG_STAMP) && x509_view_within(one, at))
            return a;
    }
    return NULL;
}

static bool is_of(const prim *lib, prim_hash hash, span message, span digest)
{
    uint8_t computed[PRIM_HASH_MAX];
    prim_digest(lib, hash, message, computed);
    return span_same(span_of(computed, prim_hash_len(hash)), digest);
}

static pubkey_scheme scheme_of(const token *t)
{
    der_reader r = der_of(t->algorithm);
    if (der_oid_is(der_take(&r, DER_OID), OID_RSA))
        return t->hash == PRIM_SHA256 ? PUBKEY_RSA_SHA256 : t->hash == PRIM_SHA384 ? PUBKEY_RSA_SHA384 : PUBKEY_RSA_SHA512;
    return pubkey_scheme_of(t->algorithm);
}

/* RFC 5652 5.4: the attributes are signed under the tag of a SET. */
static bool is_signed_by(const prim *lib, const token *t, const x509_view *signer, writer room)
{
    const size_t from = room.n;
    write_be(&room, DER_SET, 1);
    write_span(&room, span_from(t->attributes, 1));
    return writer_ok(&room) && der_oid_is(t->content_type, OID_TST_INFO) && is_of(lib, t->hash, t->info, t->digest) &&
           pubkey_verify(signer->key_info, scheme_of(t), sg_keep(&room, from), t->signature);
}

static bool is_named(const prim *lib, const token *t, span certificate)
{
    uint8_t computed[20];
    if (!t->named_sha1)
        return is_of(lib, t->named_hash, certificate, t->named);
    prim_sha1(certificate, computed);
    return span_same(SPAN(computed), t->named);
}

verdict sg_judge_stamp(tl_sigstore *s, const tl_sigstore_world *w, span stamp, account *a, int64_t *time)
{
    token t;
    x509_view signer = {0};
    CHECK(a, read_token(stamp, &t), TL_119);
    CHECK(a, is_of(w->prim, t.imprint_hash, s->bundle.signature, t.imprint), TL_120);
    CHECK(a, stamper_of(&s->root, &t, t.time, &signer), TL_121);
    CHECK(a, sg_has_usage(&signer, SG_STAMP, true), TL_122);
    CHECK(a, is_signed_by(w->prim, &t, &signer, s->room), TL_123);
    CHECK(a, is_named(w->prim, &t, signer.der), TL_152);
    *time = t.time;
    return ACCEPT;
}
