#include "der.h"
#include "prim.h"
#include "x509.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/x509.h>

/* ---- the mint: certificates and lists with chosen faults ---- */

enum { NOON = 1780272000, DAY = 86400 };

typedef struct order {
    const char *subject, *second_name;
    uint64_t version; /* 2 is version 3 */
    const char *curve, *inner, *outer;
    const char *extensions[8]; /* DER of each in hexadecimal */
    span serial;
    bool flip_point, cut_point, unsigned_id;
} order;

static const uint8_t scalar[P256_SCALAR] = {[31] = 7};
static uint8_t room[4096], body[4096];

static order honest(void)
{
    return (order){
        .subject = "Leaf",
        .version = 2,
        .curve = "1.2.840.10045.3.1.7",
        .inner = "1.2.840.10045.4.3.2",
        .outer = "1.2.840.10045.4.3.2",
        .extensions = {"300e0603551d0f0101ff0404030206c0", "300c0603551d130101ff04023000", "30090603551d0e04020500"},
        .serial = span_of("\x01\x02", 2),
    };
}

static void put_algorithm(writer *w, const char *oid)
{
    const der_mark m = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_close(w, m);
}

static void put_common_name(writer *w, const char *text)
{
    const der_mark set = der_open(w, DER_SET), pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "2.5.4.3");
    der_put(w, DER_UTF8, span_text(text));
    der_close(w, pair);
    der_close(w, set);
}

static void put_name(writer *w, const char *text, const char *second)
{
    const der_mark m = der_open(w, DER_SEQUENCE);
    put_common_name(w, text);
    if (second)
        put_common_name(w, second);
    der_close(w, m);
}

static void put_key(writer *w, const order *o)
{
    uint8_t point[1 + P256_KEY] = {0x04};
    p256_public(scalar, point + 1);
    point[0] = o->flip_point ? 0x03 : 0x04;
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.10045.2.1");
    der_put_oid(w, o->curve);
    der_close(w, algorithm);
    der_put_bits(w, span_of(point, sizeof point - o->cut_point));
    der_close(w, info);
}

static void put_extensions(writer *w, const order *o)
{
    const der_mark context = der_open(w, DER_CONTEXT(3)), list = der_open(w, DER_SEQUENCE);
    for (size_t i = 0; i < 8 && o->extensions[i]; i++)
        assert_true(read_hex(span_text(o->extensions[i]), w));
    der_close(w, list);
    der_close(w, context);
}

static span sealed(writer *signed_part, const char *outer)
{
    uint8_t raw[P256_SIGNATURE], pair[80];
    p256_sign(scalar, EMPTY, written(signed_part), raw);
    writer w = WRITER(room), p = WRITER(pair);
    const der_mark sequence = der_open(&p, DER_SEQUENCE);
    for (size_t half = 0; half < 64; half += 32) {
        uint8_t number[33] = {0};
        memcpy(number + 1, raw + half, 32);
        size_t skip = 0;
        while (skip < 32 && number[skip] == 0 && !(number[skip + 1] & 0x80))
            skip++;
        der_put(&p, DER_INTEGER, span_of(number + skip, 33 - skip));
    }
    der_close(&p, sequence);
    const der_mark whole = der_open(&w, DER_SEQUENCE);
    write_span(&w, written(signed_part));
    put_algorithm(&w, outer);
    der_put_bits(&w, written(&p));
    der_close(&w, whole);
    assert_true(writer_ok(&w));
    return written(&w);
}

static span mint(const order *o)
{
    writer w = WRITER(body);
    const der_mark m = der_open(&w, DER_SEQUENCE), version = der_open(&w, DER_CONTEXT(0));
    der_put_uint(&w, o->version);
    der_close(&w, version);
    der_put(&w, DER_INTEGER, o->serial);
    put_algorithm(&w, o->inner);
    put_name(&w, "Issuer", NULL);
    const der_mark validity = der_open(&w, DER_SEQUENCE);
    der_put_time(&w, NOON - DAY);
    der_put_time(&w, NOON + DAY);
    der_close(&w, validity);
    put_name(&w, o->subject, o->second_name);
    put_key(&w, o);
    if (o->unsigned_id)
        der_put(&w, DER_CONTEXT_PRIMITIVE(1), span_of("\x00\x01", 2));
    put_extensions(&w, o);
    der_close(&w, m);
    return sealed(&w, o->outer);
}

typedef struct list_order {
    uint64_t version;
    const char *entries[4], *extensions; /* DER in hexadecimal; NULL: none */
    bool no_next_update;
} list_order;

static span mint_list(const list_order *o)
{
    writer w = WRITER(body);
    const der_mark m = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, o->version);
    put_algorithm(&w, "1.2.840.10045.4.3.2");
    put_name(&w, "Issuer", NULL);
    der_put_time(&w, NOON - DAY);
    if (!o->no_next_update)
        der_put_time(&w, NOON + DAY);
    if (o->entries[0]) {
        const der_mark list = der_open(&w, DER_SEQUENCE);
        for (size_t i = 0; i < 4 && o->entries[i]; i++)
            assert_true(read_hex(span_text(o->entries[i]), &w));
        der_close(&w, list);
    }
    if (o->extensions)
        assert_true(read_hex(span_text(o->extensions), &w));
    der_close(&w, m);
    return sealed(&w, "1.2.840.10045.4.3.2");
}

/* ---- certificates ---- */

static void a_certificate_says_what_it_was_made_of(void **state)
{
    (void)state;
    uint8_t key[P256_KEY];
    x509_view v;
    span value;
    const order o = honest();
    const span der = mint(&o);
    p256_public(scalar, key);
    assert_true(x509_view_read(der, &v));
    assert_string_equal(v.common_name, "Leaf");
    assert_true(v.is_p256 && v.is_ecdsa_sha256 && !v.is_ca && !v.critical);
    assert_int_equal(v.path_length, -1);
    assert_memory_equal(v.key, key, sizeof key);
    assert_int_equal(v.not_before, NOON - DAY);
    assert_int_equal(v.not_after, NOON + DAY);
    assert_int_equal(v.usage, 1u << X509_DIGITAL_SIGNATURE | 1u << 1);
    assert_true(span_same(v.serial, o.serial));
    assert_true(p256_verify(key, v.signed_part, v.signature));
    assert_true(x509_view_extension(&v, "2.5.29.14", &value));
    assert_true(span_same(value, span_of("\x05\x00", 2)));
    assert_false(x509_view_extension(&v, "2.5.29.35", &value));
    assert_int_equal(value.n, 0);
}

static void both_ends_of_the_validity_belong_to_it(void **state)
{
    (void)state;
    x509_view v;
    const order o = honest();
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(x509_view_within(&v, NOON - DAY - 1));
    assert_true(x509_view_within(&v, NOON - DAY));
    assert_true(x509_view_within(&v, NOON + DAY));
    assert_false(x509_view_within(&v, NOON + DAY + 1));
}

static bool reads(order o)
{
    x509_view v;
    const bool good = x509_view_read(mint(&o), &v);
    assert_true(good || v.der.n == 0);
    return good;
}

static void a_malformed_certificate_is_none(void **state)
{
    (void)state;
    order o = honest();
    assert_true(reads(o));
    o.version = 1;
    assert_false(reads(o));
    o = honest();
    o.serial = EMPTY;
    assert_false(reads(o));
    o = honest();
    o.unsigned_id = true;
    assert_false(reads(o));
    static const char *const wrong[] = {
        "300e0603551d0f0101ff0404030206c0", /* keyUsage again */
        "30090603551d0e04020500",           /* an unknown one again */
        "300b0603551d1f010100040100",       /* a default written out */
        "300a0603551d1f0101ff0500",         /* no OCTET STRING */
        "300b0603551d1f0101ff04010000",     /* something behind the value */
        "3000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o = honest();
        o.extensions[3] = wrong[i];
        assert_false(reads(o));
    }
}

static void what_is_not_understood_is_said(void **state)
{
    (void)state;
    x509_view v;
    order o = honest();
    o.extensions[3] = "300a0603551d240101ff0400"; /* policy constraints, critical */
    assert_true(x509_view_read(mint(&o), &v));
    assert_true(v.critical);
    o = honest();
    o.curve = "1.3.132.0.34";
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(v.is_p256);
    o = honest();
    o.flip_point = true;
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(v.is_p256);
    o = honest();
    o.cut_point = true;
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(v.is_p256);
    o = honest();
    o.inner = "1.2.840.10045.4.3.3";
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(v.is_ecdsa_sha256);
    o = honest();
    o.outer = "1.2.840.10045.4.3.3";
    assert_true(x509_view_read(mint(&o), &v));
    assert_false(v.is_ecdsa_sha256);
}

static void a_name_counts_when_there_is_one_plain_one(void **state)
{
    (void)state;
    static const char *const none[] = {"", "a\nb", "\xc3\xa9", "0123456789012345678901234567890123456789012345678901234567890123456789"};
    x509_view v;
    order o = honest();
    o.second_name = "Other";
    assert_true(x509_view_read(mint(&o), &v));
    assert_string_equal(v.common_name, "");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        o = honest();
        o.subject = none[i];
        assert_true(x509_view_read(mint(&o), &v));
        assert_string_equal(v.common_name, "");
    }
}

static span from_hex(const char *digits, uint8_t *out, size_t cap)
{
    writer w = writer_of(out, cap);
    assert_true(read_hex(span_text(digits), &w));
    return written(&w);
}

/* RFC 5280 7.1. Attributes: CN (2.5.4.3) and O (2.5.4.10). */
static void names_match_by_their_text(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool match;
    } rows[] = {
        {"300d310b300906035504030c02416a", "300d310b300906035504030c02416a", true},
        {"300d310b300906035504030c02416a", "300d310b300906035504031302416a", true},         /* PrintableString */
        {"300d310b300906035504030c02416a", "300d310b300906035504030c02614a", true},         /* in the other case */
        {"300f310d300b06035504030c0461206220", "300f310d300b06035504030c0461202042", true}, /* a run of spaces */
        {"300d310b300906035504030c02416a", "300d310b300906035504030c02416b", false},
        {"300d310b300906035504030c02416a", "300d310b3009060355040a0c02416a", false},   /* another attribute */
        {"300d310b300906035504030c02416a", "300e310c300a06035504030c03416a6b", false}, /* longer */
        {"300d310b300906035504030c02416a", "300d310b300906035504030302416a", false},   /* no text */
        {"300d310b300906035504030c02416a", "301a310b300906035504030c02416a310b300906035504030c02416a", false},
        {"300d310b300906035504030c02416a", "3000", false},
        {"300d310b300906035504030c02416a", "", false},
        {"3000", "3000", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t x[64], y[64];
        const span a = from_hex(rows[i].a, x, sizeof x), b = from_hex(rows[i].b, y, sizeof y);
        assert_int_equal(x509_names_match(a, b), rows[i].match);
        assert_int_equal(x509_names_match(b, a), rows[i].match);
    }
}

static void an_authority_says_so(void **state)
{
    (void)state;
    x509_view v;
    order o = honest();
    o.extensions[0] = "300e0603551d0f0101ff040403020106";
    o.extensions[1] = "30120603551d130101ff040830060101ff020101";
    assert_true(x509_view_read(mint(&o), &v));
    assert_true(v.is_ca);
    assert_int_equal(v.path_length, 1);
    assert_int_equal(v.usage, 1u << X509_CERT_SIGN | 1u << X509_CRL_SIGN);
}

typedef struct facts {
    int64_t not_before, not_after;
    char common_name[256];
    bool may_be_p256; /* not a key of another kind */
} facts;

static int64_t seconds(const ASN1_TIME *t)
{
    struct tm tm;
    assert_int_equal(ASN1_TIME_to_tm(t, &tm), 1);
    return (int64_t)timegm(&tm);
}

static bool libcrypto_reads(span der, facts *out)
{
    const unsigned char *at = der.p;
    X509 *x = d2i_X509(NULL, &at, (long)der.n);
    *out = (facts){0};
    const bool dated = x && at == der.p + der.n && ASN1_TIME_check(X509_get0_notBefore(x)) && ASN1_TIME_check(X509_get0_notAfter(x));
    if (dated) {
        EVP_PKEY *key = X509_get0_pubkey(x);
        out->not_before = seconds(X509_get0_notBefore(x));
        out->not_after = seconds(X509_get0_notAfter(x));
        X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, out->common_name, sizeof out->common_name);
        out->may_be_p256 = !key || (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_bits(key) == 256);
    }
    X509_free(x);
    ERR_clear_error();
    return dated;
}

/* What we read is what libcrypto reads, byte for byte of the same certificate changed in one place. */
static void libcrypto_reads_the_same(void **state)
{
    (void)state;
    static uint8_t changed[sizeof room];
    x509_view v;
    facts theirs;
    const order o = honest();
    const span der = mint(&o);
    memcpy(changed, der.p, der.n);
    size_t both = 0;
    for (size_t i = 0; i < der.n; i++)
        for (unsigned bit = 1; bit < 256; bit <<= 1) {
            changed[i] ^= (uint8_t)bit;
            if (x509_view_read(span_of(changed, der.n), &v) && libcrypto_reads(span_of(changed, der.n), &theirs)) {
                both++;
                assert_int_equal(v.not_before, theirs.not_before);
                assert_int_equal(v.not_after, theirs.not_after);
                assert_true(!*v.common_name || strcmp(v.common_name, theirs.common_name) == 0);
                assert_true(!v.is_p256 || theirs.may_be_p256); /* without a key: not on the curve */
            }
            changed[i] ^= (uint8_t)bit;
        }
    assert_true(both > 1000);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    x509_view v;
    const order o = honest();
    const span der = mint(&o);
    for (size_t n = 0; n < der.n; n++)
        assert_false(x509_view_read(span_of(der.p, n), &v));
    assert_false(x509_view_read(span_of(der.p, der.n + 1), &v));
}

/* ---- lists ---- */

#define REVOKED_5             "3012020105170d3236303630313030303030305a"
#define REVOKED_900           "301302020384170d3236303630313030303030305a"
#define REVOKED_WITH_REASON   "3020020106170d3236303630313030303030305a300c300a0603551d1504030a0101"
#define REVOKED_WITH_CRITICAL "3023020106170d3236303630313030303030305a300f300d0603551d150101ff04030a0101"
#define NUMBER                "a00e300c300a0603551d140403020101"

static void a_list_names_serial_numbers(void **state)
{
    (void)state;
    x509_list l;
    const list_order o = {.version = 1, .entries = {REVOKED_5, REVOKED_900, REVOKED_WITH_REASON}, .extensions = NUMBER};
    assert_true(x509_list_read(mint_list(&o), &l));
    assert_true(l.is_ecdsa_sha256 && !l.critical);
    assert_int_equal(l.this_update, NOON - DAY);
    assert_int_equal(l.next_update, NOON + DAY);
    assert_true(x509_list_names(&l, span_of("\x05", 1)));
    assert_true(x509_list_names(&l, span_of("\x03\x84", 2)));
    assert_true(x509_list_names(&l, span_of("\x06", 1)));
    assert_false(x509_list_names(&l, span_of("\x04", 1)));
    assert_false(x509_list_names(&l, span_of("\x84", 1)));
    assert_false(x509_list_names(&l, EMPTY));
}

static void an_empty_list_names_nothing(void **state)
{
    (void)state;
    x509_list l;
    const list_order o = {.version = 1};
    assert_true(x509_list_read(mint_list(&o), &l));
    assert_false(x509_list_names(&l, span_of("\x05", 1)));
}

static void a_critical_extension_of_a_list_or_an_entry_is_said(void **state)
{
    (void)state;
    x509_list l;
    list_order o = {.version = 1, .extensions = "a011300f300d0603551d1c0101ff0403020101"};
    assert_true(x509_list_read(mint_list(&o), &l));
    assert_true(l.critical);
    o = (list_order){.version = 1, .entries = {REVOKED_5, REVOKED_WITH_CRITICAL}};
    assert_true(x509_list_read(mint_list(&o), &l));
    assert_true(l.critical);
}

static void a_malformed_list_is_none(void **state)
{
    (void)state;
    x509_list l;
    list_order o = {.version = 0};
    assert_false(x509_list_read(mint_list(&o), &l));
    o = (list_order){.version = 1, .no_next_update = true};
    assert_false(x509_list_read(mint_list(&o), &l));
    o = (list_order){.version = 1, .entries = {"3003020105"}};
    assert_false(x509_list_read(mint_list(&o), &l));
    o = (list_order){.version = 1, .entries = {REVOKED_5}, .extensions = "a000"};
    assert_false(x509_list_read(mint_list(&o), &l));
    o = (list_order){.version = 1, .entries = {REVOKED_5}};
    const span der = mint_list(&o);
    for (size_t n = 0; n < der.n; n++)
        assert_false(x509_list_read(span_of(der.p, n), &l));
    assert_false(x509_list_read(span_of(der.p, der.n + 1), &l));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_says_what_it_was_made_of),
        cmocka_unit_test(both_ends_of_the_validity_belong_to_it),
        cmocka_unit_test(a_malformed_certificate_is_none),
        cmocka_unit_test(what_is_not_understood_is_said),
        cmocka_unit_test(a_name_counts_when_there_is_one_plain_one),
        cmocka_unit_test(names_match_by_their_text),
        cmocka_unit_test(an_authority_says_so),
        cmocka_unit_test(libcrypto_reads_the_same),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(a_list_names_serial_numbers),
        cmocka_unit_test(an_empty_list_names_nothing),
        cmocka_unit_test(a_critical_extension_of_a_list_or_an_entry_is_said),
        cmocka_unit_test(a_malformed_list_is_none),
    };
    prim_start();
    return cmocka_run_group_tests_name("x509_view", tests, NULL, NULL);
}
