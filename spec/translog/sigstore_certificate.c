#include "der.h"
#include "sigstore_parts.h"

#include <string.h>

#define OID_SAN         "2.5.29.17"
#define OID_EKU         "2.5.29.37"
#define OID_ANY_USAGE   "2.5.29.37.0"
#define OID_USER        "1.3.6.1.4.1.57264.1.7"
#define OID_SCT         "1.3.6.1.4.1.11129.2.4.2"
#define OID_ISSUER      "1.3.6.1.4.1.57264.1.8"
#define OID_ISSUER_BARE "1.3.6.1.4.1.57264.1.1"

/* ---- chains ---- */

static bool is_sound_authority(const x509_view *view)
{
    static const char *const understood[] = {OID_EKU, NULL};
    return x509_view_understood(view, understood);
}

/* Not limited, or to usages that include this one. */
static bool may_be_used(const x509_view *view, const char *usage)
{
    span value;
    bool found = false;
    if (!x509_view_extension(view, OID_EKU, &value))
        return true;
    der_reader all = der_of(value), list = der_enter(&all, DER_SEQUENCE);
    while (!list.failed && !der_done(&list)) {
        const span one = der_take(&list, DER_OID);
        found |= der_oid_is(one, usage) || der_oid_is(one, OID_ANY_USAGE);
    }
    return found && der_done(&list) && der_done(&all);
}

bool sg_chain_holds(const x509_view *leaf, const tl_authority *a, size_t from, int64_t at, const char *usage)
{
    const x509_view *child = leaf;
    if (from >= a->n || !sg_within(a->valid, at))
        return false;
    for (size_t i = from; i < a->n; child = &a->chain[i++])
        if (!x509_view_issued(child, &a->chain[i], i - from) || !x509_view_within(&a->chain[i], at) || !is_sound_authority(&a->chain[i]) ||
            !may_be_used(&a->chain[i], usage))
            return false;
    return true;
}

bool sg_has_usage(const x509_view *view, const char *oid, bool critical)
{
    span value;
    static const char *const none[] = {NULL}, *const others[] = {"2.5.29.17", NULL};
    if (!x509_view_extension(view, OID_EKU, &value) ||
        (critical && (x509_view_understood(view, none) || x509_view_understood(view, others))))
        return false;
    der_reader all = der_of(value), list = der_enter(&all, DER_SEQUENCE);
    const span only = der_take(&list, DER_OID);
    return der_oid_is(only, oid) && der_done(&list) && der_done(&all);
}

/* The authority whose chain holds at every signing time; NULL: none. *named is then one that the leaf names as its issuer, if there is. */
static const tl_authority *issuer_of(const tl_sigstore *s, const x509_view **named)
{
    for (size_t i = 0; i < s->root.n_authorities; i++) {
        bool holds = true;
        for (size_t k = 0; k < s->n_times; k++)
            holds = holds && sg_chain_holds(&s->leaf, &s->root.authority[i], 0, s->time[k], SG_CODE);
        const tl_authority *a = &s->root.authority[i];
        if (a->n && span_same(a->chain[0].subject, s->leaf.issuer))
            *named = &a->chain[0];
        if (holds && a->n)
            return *named = &a->chain[0], a;
    }
    return NULL;
}

static bool is_within_leaf(const tl_sigstore *s)
{
    for (size_t k = 0; k < s->n_times; k++)
        if (!x509_view_within(&s->leaf, s->time[k]))
            return false;
    return true;
}

static bool is_understood(const x509_view *leaf)
{
    static const char *const understood[] = {OID_SAN, OID_EKU, NULL};
    return x509_view_understood(leaf, understood);
}

/* ---- the signed certificate timestamp ---- */

typedef struct sct {
    uint64_t version, time;
    span id, extensions, signature;
    uint64_t hash, algorithm;
} sct;

static span read_sized(reader *r) { return read_bytes(r, (size_t)read_be(r, 2)); }

static bool read_sct(span bytes, sct *out)
{
    reader r = reader_of(bytes);
    out->version = read_be(&r, 1);
    out->id = read_bytes(&r, TL_HASH);
    out->time = read_be(&r, 8);
    out->extensions = read_sized(&r);
    out->hash = read_be(&r, 1);
    out->algorithm = read_be(&r, 1);
    out->signature = read_sized(&r);
    return reader_done(&r) && out->version == 0;
}

/* The list inside the extension: an OCTET STRING of its own, then RFC 6962 3.3. */
static bool scts_of(const x509_view *leaf, reader *list)
{
    span value;
    *list = reader_of(EMPTY);
    if (!x509_view_extension(leaf, OID_SCT, &value))
        return false;
    der_reader all = der_of(value);
    reader outer = reader_of(der_take(&all, DER_OCTET_STRING));
    *list = reader_of(read_sized(&outer));
    return der_done(&all) && reader_done(&outer) && list->rest.n > 0;
}

static void put_other_extensions(writer *w, span extensions)
{
    for (der_reader r = der_of(extensions); !r.failed && !der_done(&r);) {
        const der_item e = der_next(&r);
        der_reader inside = der_of(e.content);
        if (!der_oid_is(der_take(&inside, DER_OID), OID_SCT))
            write_span(w, e.whole);
    }
}

/* The leaf's signed part without the list: what the log was given before there was one. */
static span precertificate(const x509_view *leaf, writer *room)
{
    const size_t from = room->n;
    der_reader all = der_of(leaf->signed_part), parts = der_enter(&all, DER_SEQUENCE);
    const der_mark whole = der_open(room, DER_SEQUENCE);
    while (!parts.failed && !der_done(&parts)) {
        const der_item part = der_next(&parts);
        if (part.tag != DER_CONTEXT(3))
            write_span(room, part.whole);
    }
    const der_mark context = der_open(room, DER_CONTEXT(3)), list = der_open(room, DER_SEQUENCE);
    put_other_extensions(room, leaf->extensions);
    der_close(room, list);
    der_close(room, context);
    der_close(room, whole);
    return sg_keep(room, from);
}

/* RFC 6962 3.2: what the signature is over. */
static span sct_input(const prim *lib, const sct *t, const x509_view *issuer, span tbs, writer *room)
{
    uint8_t key_hash[TL_HASH];
    const size_t from = room->n;
    prim_digest(lib, PRIM_SHA256, issuer->key_info, key_hash);
    write_be(room, 0, 1);
    write_be(room, 0, 1);
    write_be(room, t->time, 8);
    write_be(room, 1, 2);
    write_span(room, SPAN(key_hash));
    write_be(room, tbs.n, 3);
    write_span(room, tbs);
    write_be(room, t->extensions.n, 2);
    write_span(room, t->extensions);
    return sg_keep(room, from);
}

static bool sct_holds(tl_sigstore *s, const tl_sigstore_world *w, const sct *t, const x509_view *issuer)
{
    writer room = s->room;
    const span tbs = precertificate(&s->leaf, &room), input = sct_input(w->prim, t, issuer, tbs, &room);
    for (size_t i = 0; writer_ok(&room) && i < s->root.n_ct_logs; i++) {
        const tl_trusted_log *log = &s->root.ct_log[i];
        if (span_same(log->id, t->id) && sg_within(log->valid, (int64_t)(t->time / 1000)) &&
            pubkey_verify(log->key, log->scheme, input, t->signature))
            return true;
    }
    return false;
}

static bool has_scts(const x509_view *leaf)
{
    reader list;
    sct one;
    bool good = scts_of(leaf, &list);
    while (good && list.rest.n)
        good = read_sct(read_sized(&list), &one) && !list.failed;
    return good;
}

/* One that verifies is enough: the others may be of logs that we do not know. */
static bool some_sct_holds(tl_sigstore *s, const tl_sigstore_world *w, const x509_view *issuer)
{
    reader list;
    sct one;
    bool holds = false;
    (void)scts_of(&s->leaf, &list);
    while (list.rest.n && !list.failed)
        holds |= read_sct(read_sized(&list), &one) && sct_holds(s, w, &one, issuer);
    return holds;
}

/* ---- the identity ---- */

static bool is_uri(span identity)
{
    for (size_t i = 0; i + 3 <= identity.n; i++)
        if (span_is(span_first(span_from(identity, i), 3), "://"))
            return true;
    return false;
}

static bool is_user(span identity) { return identity.n && memchr(identity.p, '!', identity.n) && !memchr(identity.p, '@', identity.n); }

/* otherName: its type, and a UTF8String. */
static bool is_user_name(span content, span identity)
{
    der_reader r = der_of(content);
    const bool is_ours = der_oid_is(der_take(&r, DER_OID), OID_USER);
    der_reader value = der_enter(&r, DER_CONTEXT(0));
    return is_ours && span_same(der_take(&value, DER_UTF8), identity) && der_done(&value) && der_done(&r);
}

/* otherName is [0], rfc822Name is [1], uniformResourceIdentifier is [6] (RFC 5280 4.2.1.6). */
static bool is_name(const der_item *name, span identity)
{
    if (!is_uri(identity) && is_user(identity))
        return name->tag == DER_CONTEXT(0) && is_user_name(name->content, identity);
    return name->tag == (is_uri(identity) ? DER_CONTEXT_PRIMITIVE(6) : DER_CONTEXT_PRIMITIVE(1)) && span_same(name->content, identity);
}

/* Of a certificate with several names any one counts; that there is one only is a sentence of its own. */
static bool is_named(const x509_view *leaf, span identity, size_t *n)
{
    span value;
    *n = 0;
    if (!x509_view_extension(leaf, OID_SAN, &value))
        return false;
    der_reader all = der_of(value), list = der_enter(&all, DER_SEQUENCE);
    bool found = false;
    while (!list.failed && !der_done(&list)) {
        const der_item name = der_next(&list);
        found |= is_name(&name, identity);
        ++*n;
    }
    return found && der_done(&list) && der_done(&all);
}

/* .1.8 is a UTF8String, .1.1 the bare text. */
static bool issuers_of(const x509_view *leaf, span *issuer, bool *agree)
{
    span wrapped, bare;
    const bool has_new = x509_view_extension(leaf, OID_ISSUER, &wrapped), has_old = x509_view_extension(leaf, OID_ISSUER_BARE, &bare);
    der_reader r = der_of(wrapped);
    const span text = has_new ? der_take(&r, DER_UTF8) : EMPTY;
    *issuer = has_new ? text : bare;
    *agree = !has_new || !has_old || span_same(text, bare);
    return has_new ? der_done(&r) : has_old;
}

/* ---- all of it ---- */

static verdict judge_issuance(tl_sigstore *s, const tl_sigstore_world *w, account *a)
{
    const x509_view *issuer = &s->leaf;
    CHECK(a, issuer_of(s, &issuer), TL_128);
    CHECK(a, is_within_leaf(s), TL_129);
    CHECK(a, s->leaf.usage & 1u << X509_DIGITAL_SIGNATURE, TL_130);
    CHECK(a, sg_has_usage(&s->leaf, SG_CODE, false), TL_131);
    CHECK(a, is_understood(&s->leaf), TL_132);
    CHECK(a, has_scts(&s->leaf), TL_133);
    CHECK(a, some_sct_holds(s, w, issuer), TL_134);
    return ACCEPT;
}

verdict sg_judge_certificate(tl_sigstore *s, const tl_sigstore_world *w, const tl_signer *signer, account *a)
{
    span issuer = EMPTY;
    bool agree = false;
    size_t names;
    TRY(judge_issuance(s, w, a));
    const bool named = is_named(&s->leaf, signer->identity, &names);
    CHECK(a, names == 1, TL_153);
    CHECK(a, named, TL_135);
    const bool has_issuer = issuers_of(&s->leaf, &issuer, &agree);
    CHECK(a, agree, TL_137);
    CHECK(a, has_issuer && span_same(issuer, signer->issuer), TL_136);
    return ACCEPT;
}
