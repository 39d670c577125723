#include "x509_view.h"
#include "der.h"
#include "pubkey.h"

#include <string.h>

/* ---- parts that certificates and lists share ---- */

/* ecdsa-with-SHA256 has no parameters. */
static bool is_ecdsa_sha256(span algorithm)
{
    der_reader r = der_of(algorithm);
    return der_oid_is(der_take(&r, DER_OID), "1.2.840.10045.4.3.2") && der_done(&r);
}

/* A number of at most 32 bytes, filled up in front. */
static bool read_half(der_reader *r, uint8_t out[32])
{
    span number = der_take(r, DER_INTEGER);
    const bool padded = number.n > 1 && number.p[0] == 0;
    if (r->failed || number.n == 0 || number.p[0] & 0x80 || (padded && !(number.p[1] & 0x80)))
        return false;
    number = span_from(number, padded);
    if (number.n > 32)
        return false;
    memset(out, 0, 32 - number.n);
    memcpy(out + 32 - number.n, number.p, number.n);
    return true;
}

static bool read_signature(span bits, uint8_t out[P256_SIGNATURE])
{
    span pair;
    if (!der_bits(bits, &pair))
        return false;
    der_reader outer = der_of(pair), inner = der_enter(&outer, DER_SEQUENCE);
    return read_half(&inner, out) && read_half(&inner, out + 32) && der_done(&inner) && der_done(&outer);
}

/* SEQUENCE { signed part, algorithm, signature }: the outer form. The inner reader stands at the start of the signed part. */
static bool read_outer(span der, der_reader *inner, span *signed_part, span *algorithm, span *bits)
{
    der_reader all = der_of(der), parts = der_enter(&all, DER_SEQUENCE);
    der_reader at = parts;
    *signed_part = der_next(&parts).whole;
    *algorithm = der_take(&parts, DER_SEQUENCE);
    *bits = der_take(&parts, DER_BIT_STRING);
    *inner = der_enter(&at, DER_SEQUENCE);
    return der_done(&all) && der_done(&parts) && !inner->failed;
}

/* ---- names ---- */

/* The next character, in lower case, a run of spaces as one; -1 at the end, which spaces do not put off. */
static int next_folded(span *s)
{
    size_t spaces = 0;
    while (spaces < s->n && s->p[spaces] == ' ')
        spaces++;
    *s = span_from(*s, spaces);
    if (s->n == 0)
        return -1;
    if (spaces > 0)
        return ' ';
    const uint8_t c = s->p[0];
    *s = span_from(*s, 1);
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static span from_text(span s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = span_from(s, 1);
    return s;
}

static bool is_same_text(span a, span b)
{
    a = from_text(a), b = from_text(b);
    for (;;) {
        const int x = next_folded(&a), y = next_folded(&b);
        if (x != y || x < 0)
            return x == y;
    }
}

static bool is_text(uint8_t tag) { return tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_IA5; }

static bool is_same_attribute(der_reader *a, der_reader *b)
{
    der_reader x = der_enter(a, DER_SEQUENCE), y = der_enter(b, DER_SEQUENCE);
    const bool same_type = span_same(der_take(&x, DER_OID), der_take(&y, DER_OID));
    const der_item v = der_next(&x), w = der_next(&y);
    const bool same = is_text(v.tag) && is_text(w.tag) ? is_same_text(v.content, w.content) : span_same(v.whole, w.whole);
    return same_type && same && der_done(&x) && der_done(&y);
}

/* One RDN: a SET of attributes, in DER's order. */
static bool is_same_set(der_reader *a, der_reader *b)
{
    der_reader x = der_enter(a, DER_SET), y = der_enter(b, DER_SET);
    while (x.rest.n > 0 && y.rest.n > 0)
        if (!is_same_attribute(&x, &y))
            return false;
    return der_done(&x) && der_done(&y);
}

bool x509_names_match(span a, span b)
{
    der_reader whole_a = der_of(a), whole_b = der_of(b), x = der_enter(&whole_a, DER_SEQUENCE), y = der_enter(&whole_b, DER_SEQUENCE);
    if (span_same(a, b))
        return true;
    while (x.rest.n > 0 && y.rest.n > 0)
        if (!is_same_set(&x, &y))
            return false;
    return der_done(&x) && der_done(&y) && der_done(&whole_a) && der_done(&whole_b);
}

void x509_common_name(span name, char out[X509_NAME_MAX + 1])
{
    unsigned found = 0;
    der_reader whole = der_of(name);
    memset(out, 0, X509_NAME_MAX + 1);
    for (der_reader rdns = der_enter(&whole, DER_SEQUENCE); !rdns.failed && !der_done(&rdns);)
        for (der_reader set = der_enter(&rdns, DER_SET); !set.failed && !der_done(&set);) {
            der_reader pair = der_enter(&set, DER_SEQUENCE);
            const bool is_common_name = der_oid_is(der_take(&pair, DER_OID), "2.5.4.3");
            const der_item value = der_next(&pair);
            if (!is_common_name)
                continue;
            bool plain = value.content.n <= X509_NAME_MAX && (value.tag == DER_UTF8 || value.tag == DER_PRINTABLE);
            for (size_t i = 0; i < value.content.n; i++)
                plain = plain && value.content.p[i] >= 0x20 && value.content.p[i] < 0x7f;
            if (++found == 1 && plain)
                span_take(value.content, out, value.content.n);
        }
    if (found != 1)
        memset(out, 0, X509_NAME_MAX + 1);
}

typedef struct extension {
    span oid, value;
    bool critical;
} extension;

/* DER leaves out a default, so a BOOLEAN that stands here says true. */
static bool next_extension(der_reader *list, extension *out)
{
    der_reader r = der_enter(list, DER_SEQUENCE);
    out->oid = der_take(&r, DER_OID);
    out->critical = der_peek(&r) == DER_BOOLEAN;
    const bool said = !out->critical || span_same(der_take(&r, DER_BOOLEAN), span_of("\xff", 1));
    out->value = der_take(&r, DER_OCTET_STRING);
    return said && der_done(&r);
}

/* Calls `take` for each extension; false when one is malformed, there are too many, or `take` says no. `repeated`: one stands more than once. */
static bool read_extensions(span list, bool *repeated, bool (*take)(void *, const extension *), void *ctx)
{
    span seen[X509_VIEW_EXTENSIONS];
    size_t n = 0;
    *repeated = false;
    for (der_reader r = der_of(list); !der_done(&r);) {
        extension e;
        if (n == X509_VIEW_EXTENSIONS || !next_extension(&r, &e) || !take(ctx, &e))
            return false;
        for (size_t i = 0; i < n; i++)
            *repeated |= span_same(seen[i], e.oid);
        seen[n++] = e.oid;
    }
    return true;
}

/* ---- certificates ---- */

static bool read_key(span info, x509_view *out)
{
    span point;
    der_reader r = der_of(info), algorithm = der_enter(&r, DER_SEQUENCE);
    const bool is_ec = der_oid_is(der_take(&algorithm, DER_OID), "1.2.840.10045.2.1");
    const bool on_p256 = is_ec && der_peek(&algorithm) == DER_OID && der_oid_is(der_take(&algorithm, DER_OID), "1.2.840.10045.3.1.7");
    const bool whole = der_bits(der_take(&r, DER_BIT_STRING), &point);
    if (!der_done(&r) || algorithm.failed)
        return false;
    const bool is_point = whole && point.n == 1 + P256_KEY && point.p[0] == 0x04;
    out->is_p256 = on_p256 && der_done(&algorithm) && is_point;
    if (is_point)
        memcpy(out->key, point.p + 1, P256_KEY);
    return true;
}

static bool read_usage(span value, unsigned *usage)
{
    der_reader r = der_of(value);
    const span bits = der_take(&r, DER_BIT_STRING);
    if (!der_done(&r) || bits.n < 1 || bits.n > 3 || bits.p[0] > 7)
        return false;
    for (size_t i = 0; i < 8 * (bits.n - 1); i++)
        *usage |= (bits.p[1 + i / 8] >> (7 - i % 8) & 1u) << i;
    return true;
}

static bool read_constraints(span value, x509_view *out)
{
    uint64_t length = 0;
    der_reader r = der_of(value), inside = der_enter(&r, DER_SEQUENCE);
    if (der_peek(&inside) == DER_BOOLEAN)
        out->is_ca = span_same(der_take(&inside, DER_BOOLEAN), span_of("\xff", 1));
    if (der_peek(&inside) == DER_INTEGER) {
        if (!der_uint(der_take(&inside, DER_INTEGER), &length) || length > 255)
            return false;
        out->path_length = (int)length;
    }
    return der_done(&inside) && der_done(&r);
}

static bool take_extension(void *ctx, const extension *e)
{
    x509_view *out = ctx;
    if (der_oid_is(e->oid, "2.5.29.15")) {
        out->has_usage = true;
        return read_usage(e->value, &out->usage);
    }
    if (der_oid_is(e->oid, "2.5.29.19"))
        return read_constraints(e->value, out);
    out->critical |= e->critical;
    return true;
}

static bool is_version_3(der_reader *r)
{
    uint64_t version = 0;
    der_reader context = der_enter(r, DER_CONTEXT(0));
    return der_uint(der_take(&context, DER_INTEGER), &version) && version == 2 && der_done(&context);
}

/* There may be none. */
static bool take_extensions(der_reader *r, span *out)
{
    if (der_peek(r) != DER_CONTEXT(3))
        return true;
    der_reader context = der_enter(r, DER_CONTEXT(3));
    *out = der_take(&context, DER_SEQUENCE);
    return der_done(&context) && out->n > 0;
}

/* The fields of the signed part, from the serial number on. */
static bool read_fields(der_reader *r, x509_view *out, span *algorithm)
{
    out->serial = der_take(r, DER_INTEGER);
    *algorithm = der_take(r, DER_SEQUENCE);
    out->issuer = der_next(r).whole;
    der_reader validity = der_enter(r, DER_SEQUENCE);
    const der_item from = der_next(&validity), to = der_next(&validity);
    const bool dated = der_time(from, &out->not_before) && der_time(to, &out->not_after) && der_done(&validity);
    out->subject = der_next(r).whole;
    const der_item key = der_next(r);
    out->key_info = key.whole;
    return dated && take_extensions(r, &out->extensions) && der_done(r) && out->serial.n > 0 && key.tag == DER_SEQUENCE &&
           read_key(key.content, out);
}

static bool read_certificate(span der, x509_view *out, bool *repeated)
{
    span outer = EMPTY, inner = EMPTY, bits = EMPTY;
    der_reader r;
    out->der = der;
    out->path_length = -1;
    if (der.n > X509_MAX || !read_outer(der, &r, &out->signed_part, &outer, &bits) || !is_version_3(&r) || !read_fields(&r, out, &inner) ||
        !read_extensions(out->extensions, repeated, take_extension, out))
        return false;
    x509_common_name(out->subject, out->common_name);
    out->algorithm = span_same(outer, inner) ? outer : EMPTY;
    (void)der_bits(bits, &out->signature_bits);
    out->is_ecdsa_sha256 = read_signature(bits, out->signature) && is_ecdsa_sha256(outer) && is_ecdsa_sha256(inner);
    return true;
}

static bool read_view(span der, bool may_repeat, x509_view *out)
{
    bool repeated = false;
    memset(out, 0, sizeof *out);
    const bool good = read_certificate(der, out, &repeated) && (may_repeat || !repeated);
    if (!good)
        memset(out, 0, sizeof *out);
    return good;
}

bool x509_view_read(span der, x509_view *out) { return read_view(der, false, out); }
bool x509_view_read_repeated(span der, x509_view *out) { return read_view(der, true, out); }

bool x509_view_extension(const x509_view *view, const char *oid, span *out)
{
    extension e;
    for (der_reader r = der_of(view->extensions); !der_done(&r) && next_extension(&r, &e);)
        if (der_oid_is(e.oid, oid)) {
            *out = e.value;
            return true;
        }
    *out = EMPTY;
    return false;
}

size_t x509_view_count(const x509_view *view, const char *oid)
{
    size_t n = 0;
    extension e;
    for (der_reader r = der_of(view->extensions); !der_done(&r) && next_extension(&r, &e);)
        n += der_oid_is(e.oid, oid);
    return n;
}

static bool is_one_of(span oid, const char *const *oids)
{
    for (; *oids; oids++)
        if (der_oid_is(oid, *oids))
            return true;
    return false;
}

bool x509_view_understood(const x509_view *view, const char *const *oids)
{
    static const char *const known[] = {"2.5.29.15", "2.5.29.19", NULL};
    extension e;
    for (der_reader r = der_of(view->extensions); !der_done(&r) && next_extension(&r, &e);)
        if (e.critical && !is_one_of(e.oid, known) && !is_one_of(e.oid, oids))
            return false;
    return true;
}

bool x509_view_within(const x509_view *view, int64_t at) { return view->not_before <= at && at <= view->not_after; }

bool x509_view_issued(const x509_view *child, const x509_view *parent, size_t below)
{
    const bool may = parent->is_ca && parent->usage & 1u << X509_CERT_SIGN &&
                     (parent->path_length < 0 || (size_t)parent->path_length >= below);
    return may && span_same(child->issuer, parent->subject) &&
           pubkey_verify(parent->key_info, pubkey_scheme_of(child->algorithm), child->signed_part, child->signature_bits);
}

/* ---- lists ---- */

static bool note_critical(void *ctx, const extension *e)
{
    x509_list *out = ctx;
    out->critical |= e->critical;
    return true;
}

/* The serial number of the next entry; its date and extensions are read for their form. */
static bool next_entry(der_reader *list, span *serial, x509_list *out)
{
    int64_t revoked_at;
    bool repeated = false;
    der_reader r = der_enter(list, DER_SEQUENCE);
    *serial = der_take(&r, DER_INTEGER);
    if (!der_time(der_next(&r), &revoked_at))
        return false;
    if (der_peek(&r) == DER_SEQUENCE && !read_extensions(der_take(&r, DER_SEQUENCE), &repeated, note_critical, out))
        return false;
    return der_done(&r) && !repeated;
}

static bool entries_are_well_formed(x509_list *out)
{
    span serial;
    for (der_reader r = der_of(out->revoked); !der_done(&r);)
        if (!next_entry(&r, &serial, out))
            return false;
    return true;
}

static bool read_list_fields(der_reader *r, x509_list *out, span *algorithm)
{
    uint64_t version = 0;
    const bool is_version_2 = der_uint(der_take(r, DER_INTEGER), &version) && version == 1;
    *algorithm = der_take(r, DER_SEQUENCE);
    out->issuer = der_next(r).whole;
    const der_item from = der_next(r), to = der_next(r);
    const bool dated = der_time(from, &out->this_update) && der_time(to, &out->next_update);
    if (der_peek(r) == DER_SEQUENCE)
        out->revoked = der_take(r, DER_SEQUENCE);
    if (der_peek(r) == DER_CONTEXT(0)) {
        bool repeated;
        der_reader context = der_enter(r, DER_CONTEXT(0));
        if (!read_extensions(der_take(&context, DER_SEQUENCE), &repeated, note_critical, out) || repeated || !der_done(&context))
            return false;
    }
    return is_version_2 && dated && der_done(r);
}

static bool read_list(span der, x509_list *out)
{
    span outer = EMPTY, inner = EMPTY, bits = EMPTY;
    der_reader r;
    if (der.n > X509_LIST_MAX || !read_outer(der, &r, &out->signed_part, &outer, &bits) || !read_list_fields(&r, out, &inner) ||
        !entries_are_well_formed(out))
        return false;
    out->algorithm = span_same(outer, inner) ? outer : EMPTY;
    (void)der_bits(bits, &out->signature_bits);
    out->is_ecdsa_sha256 = read_signature(bits, out->signature) && is_ecdsa_sha256(outer) && is_ecdsa_sha256(inner);
    return true;
}

bool x509_list_read(span der, x509_list *out)
{
    memset(out, 0, sizeof *out);
    const bool good = read_list(der, out);
    if (!good)
        memset(out, 0, sizeof *out);
    return good;
}

bool x509_list_names(const x509_list *list, span serial)
{
    span one;
    x509_list ignored = {0};
    for (der_reader r = der_of(list->revoked); !der_done(&r) && next_entry(&r, &one, &ignored);)
        if (span_same(one, serial))
            return true;
    return false;
}
