#include "tee.h"
#include "certificate_parts.h"
#include "der.h"
#include "tee_kept.h"
#include "tee_secret.h"
#include "x509.h"

#include <string.h>

#define OID_RSASSA_PSS "1.2.840.113549.1.1.10"
#define OID_MGF1       "1.2.840.113549.1.1.8"
#define OID_SHA384     "2.16.840.1.101.3.4.2.2"
#define OID_P384       "1.3.132.0.34"
#define OID_KEY_USAGE  "2.5.29.15"
#define OID_SKI        "2.5.29.14"
#define OID_BASIC      "2.5.29.19"
#define OID_CRL_NUMBER "2.5.29.20"
#define OID_AKI        "2.5.29.35"

enum { DAY = 86400, YEAR = 365 * DAY, CA_SINCE = 1640995200 /* 2022-01-01 */, TEST_SERIAL = 0x54455354 /* "TEST" */ };

/* ---- names, algorithms, keys ---- */

/* The six attributes that all of the vendor's certificates have, in this order. */
static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    certificate_put_attribute(w, "2.5.4.11", DER_UTF8, "Engineering");
    certificate_put_attribute(w, "2.5.4.6", DER_PRINTABLE, "US");
    certificate_put_attribute(w, "2.5.4.7", DER_UTF8, "Santa Clara");
    certificate_put_attribute(w, "2.5.4.8", DER_UTF8, "CA");
    certificate_put_attribute(w, "2.5.4.10", DER_UTF8, "Advanced Micro Devices");
    certificate_put_attribute(w, "2.5.4.3", DER_UTF8, common_name);
    der_close(w, name);
}

static void put_sha384(writer *w)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_SHA384);
    der_put(w, DER_NULL, EMPTY);
    der_close(w, algorithm);
}

static void put_mgf1(writer *w)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_MGF1);
    put_sha384(w);
    der_close(w, algorithm);
}

static size_t salt_of(tee_signature s) { return s == TEE_PSS_48 ? 48 : 32; }

static void put_pss(writer *w, tee_signature s)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_RSASSA_PSS);
    const der_mark parameters = der_open(w, DER_SEQUENCE), hash = der_open(w, DER_CONTEXT(0));
    put_sha384(w);
    der_close(w, hash);
    const der_mark mask = der_open(w, DER_CONTEXT(1));
    put_mgf1(w);
    der_close(w, mask);
    const der_mark salt = der_open(w, DER_CONTEXT(2));
    der_put_uint(w, salt_of(s));
    der_close(w, salt);
    der_close(w, parameters);
    der_close(w, algorithm);
}

static void put_rsa_key(writer *w, tee_key key)
{
    uint8_t private_key[TEE_KEY_MAX], public_key[TEE_KEY_MAX];
    const size_t n = tee_private_key(key, private_key);
    write_span(w, span_of(public_key, kept_rsa_public(span_of(private_key, n), public_key, sizeof public_key)));
}

static void put_p384_key(writer *w, const uint8_t scalar[48])
{
    uint8_t point[97];
    kept_p384_public(scalar, point);
    certificate_put_point(w, OID_P384, SPAN(point));
}

/* RFC 7093, method 1: the first 160 bits of the SHA-256 of the key. */
static void key_identifier(tee_key key, uint8_t id[20])
{
    uint8_t room[TEE_KEY_MAX], digest[32];
    writer w = WRITER(room);
    put_rsa_key(&w, key);
    prim_digest(&prim_sodium, PRIM_SHA256, written(&w), digest);
    memcpy(id, digest, 20);
}

/* ---- extensions ---- */

tee_extension *tee_extension_add(tee_certificate *c, const char *oid, bool critical, span value)
{
    must(c->n_extensions < TEE_EXTENSIONS_MAX && value.n <= TEE_EXTENSION_MAX);
    tee_extension *e = &c->extension[c->n_extensions++];
    *e = (tee_extension){.oid = oid, .critical = critical, .n = value.n};
    span_take(value, e->value, value.n);
    return e;
}

tee_extension *tee_extension_of(tee_certificate *c, const char *oid)
{
    for (size_t i = 0; i < c->n_extensions; i++)
        if (strcmp(c->extension[i].oid, oid) == 0)
            return &c->extension[i];
    must(!"the certificate has this extension");
    return NULL;
}

void tee_extension_remove(tee_certificate *c, const char *oid)
{
    tee_extension *e = tee_extension_of(c, oid);
    const size_t behind = (size_t)(c->extension + c->n_extensions - (e + 1));
    memmove(e, e + 1, behind * sizeof *e);
    c->n_extensions--;
}

static void add_value(tee_certificate *c, const char *oid, uint8_t tag, span value)
{
    uint8_t room[TEE_EXTENSION_MAX];
    writer w = WRITER(room);
    der_put(&w, tag, value);
    tee_extension_add(c, oid, false, written(&w));
}

static void add_uint(tee_certificate *c, const char *oid, uint64_t value)
{
    uint8_t room[16];
    writer w = WRITER(room);
    der_put_uint(&w, value);
    tee_extension_add(c, oid, false, written(&w));
}

static void add_subject_key(tee_certificate *c, tee_key key)
{
    uint8_t id[20];
    key_identifier(key, id);
    add_value(c, OID_SKI, DER_OCTET_STRING, SPAN(id));
}

static void write_authority_key(writer *w, tee_key key)
{
    uint8_t id[20];
    key_identifier(key, id);
    const der_mark sequence = der_open(w, DER_SEQUENCE);
    der_put(w, DER_CONTEXT_PRIMITIVE(0), SPAN(id));
    der_close(w, sequence);
}

static void add_authority_key(tee_certificate *c, tee_key key)
{
    uint8_t room[32];
    writer w = WRITER(room);
    write_authority_key(&w, key);
    tee_extension_add(c, OID_AKI, false, written(&w));
}

static void add_root_constraints(tee_certificate *c)
{
    static const uint8_t sign_both[] = {0x03, 0x02, 0x01, 0x06}, is_ca[] = {0x30, 0x03, 0x01, 0x01, 0xff};
    tee_extension_add(c, OID_KEY_USAGE, true, SPAN(sign_both));
    add_subject_key(c, c->key);
    tee_extension_add(c, OID_BASIC, true, SPAN(is_ca));
}

static void add_intermediate_constraints(tee_certificate *c)
{
    static const uint8_t sign[] = {0x03, 0x02, 0x02, 0x04}, is_last_ca[] = {0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x00};
    add_subject_key(c, c->key);
    add_authority_key(c, c->signer);
    tee_extension_add(c, OID_BASIC, true, SPAN(is_last_ca));
    tee_extension_add(c, OID_KEY_USAGE, true, SPAN(sign));
}

/* ---- what an honest vendor issues ---- */

static void name_after(char out[TEE_NAME_MAX], const char *prefix, at_product product)
{
    writer w = writer_of(out, TEE_NAME_MAX - 1);
    write_text(&w, prefix);
    write_text(&w, at_tcb_layouts[product].product);
    must(writer_ok(&w));
    out[w.n] = 0;
}

static tee_key ark_key(at_product p) { return p == AT_MILAN ? TEE_MILAN_ARK : TEE_GENOA_ARK; }
static tee_key ask_key(at_product p) { return p == AT_MILAN ? TEE_MILAN_ASK : TEE_GENOA_ASK; }

static tee_certificate honest_ark(at_product p)
{
    tee_certificate c = {
        .serial = (uint64_t)TEST_SERIAL << 24 | (uint64_t)(p + 1) << 16, .not_before = CA_SINCE, .not_after = CA_SINCE + 25LL * YEAR};
    c.key = c.signer = ark_key(p);
    name_after(c.subject, "ARK-", p);
    name_after(c.issuer, "ARK-", p);
    add_root_constraints(&c);
    return c;
}

static tee_certificate honest_intermediate(at_product p, bool vlek)
{
    tee_certificate c = {
        .not_before = CA_SINCE, .not_after = CA_SINCE + 25LL * YEAR, .signer = ark_key(p), .key = vlek ? TEE_ASVK : ask_key(p)};
    c.serial = (uint64_t)TEST_SERIAL << 24 | (uint64_t)(p + 1) << 16 | (vlek ? 0x101 : 1);
    name_after(c.subject, vlek ? "SEV-VLEK-" : "SEV-", p);
    name_after(c.issuer, "ARK-", p);
    add_intermediate_constraints(&c);
    return c;
}

static void add_vek_values(tee_certificate *c, const tee_chip *chip)
{
    const at_tcb_layout *line = &at_tcb_layouts[chip->product];
    const char *name = chip->product == AT_MILAN && !chip->vlek ? "Milan-B0" : line->product;
    add_uint(c, AT_OID_STRUCT_VERSION, chip->product == AT_TURIN);
    add_value(c, AT_OID_PRODUCT_NAME, DER_IA5, span_text(name));
    for (size_t i = 0; i < AT_TCB; i++)
        add_uint(c, line->part[i].oid, chip->reported[i]);
    if (chip->vlek)
        add_value(c, AT_OID_CSP_ID, DER_IA5, span_text("CN=simulator"));
    else
        tee_extension_add(c, AT_OID_HW_ID, false, span_of(chip->hw_id, line->hw_id));
}

static tee_certificate honest_vek(const tee_chip *chip, const tee_certificate *issuer, int64_t at)
{
    const int64_t since = at - 180 * DAY;
    tee_certificate c = {
        .is_vek = true, .signer = issuer->key, .not_before = since, .not_after = since + (chip->vlek ? 1 : 7) * (int64_t)YEAR};
    writer w = writer_of(c.subject, TEE_NAME_MAX - 1);
    write_text(&w, chip->vlek ? "SEV-VLEK" : "SEV-VCEK");
    memcpy(c.issuer, issuer->subject, TEE_NAME_MAX);
    tee_vek_scalar(chip, c.scalar);
    add_vek_values(&c, chip);
    return c;
}

tee_issue tee_issue_honest(const tee_chip *chip, int64_t at)
{
    tee_issue i = {.ark = honest_ark(chip->product), .intermediate = honest_intermediate(chip->product, chip->vlek)};
    i.vek = honest_vek(chip, &i.intermediate, at);
    i.crl = (tee_list){.this_update = at - 30 * DAY, .next_update = at + 335 * DAY, .signer = i.ark.key};
    memcpy(i.crl.issuer, i.ark.subject, TEE_NAME_MAX);
    return i;
}

/* ---- minting ---- */

static void put_extensions(writer *w, const tee_certificate *c)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 3, &outer);
    for (size_t i = 0; i < c->n_extensions; i++) {
        const tee_extension *e = &c->extension[i];
        certificate_put_extension(w, e->oid, e->critical, span_of(e->value, e->n));
    }
    certificate_close_both(w, list, outer);
}

static void put_certificate_body(writer *w, const tee_certificate *c)
{
    const der_mark body = certificate_open_body(w, c->serial);
    put_pss(w, c->signature);
    put_name(w, c->issuer);
    certificate_put_validity(w, c->not_before, c->not_after);
    put_name(w, c->subject);
    if (c->is_vek)
        put_p384_key(w, c->scalar);
    else
        put_rsa_key(w, c->key);
    put_extensions(w, c);
    der_close(w, body);
}

static void put_revoked(writer *w, const tee_list *l)
{
    const der_mark list = der_open(w, DER_SEQUENCE), entry = der_open(w, DER_SEQUENCE);
    der_put_uint(w, l->revoked);
    der_put_time(w, l->this_update);
    der_close(w, entry);
    der_close(w, list);
}

static void put_list_extensions(writer *w, const tee_list *l)
{
    uint8_t room[32];
    writer authority = WRITER(room);
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 0, &outer);
    write_authority_key(&authority, l->signer);
    certificate_put_extension(w, OID_AKI, false, written(&authority));
    certificate_put_extension(w, OID_CRL_NUMBER, false, span_of("\x02\x01\x01", 3));
    certificate_close_both(w, list, outer);
}

static void put_list_body(writer *w, const tee_list *l)
{
    const der_mark body = der_open(w, DER_SEQUENCE);
    der_put_uint(w, 1);
    put_pss(w, TEE_PSS_48);
    put_name(w, l->issuer);
    der_put_time(w, l->this_update);
    der_put_time(w, l->next_update);
    if (l->revoked)
        put_revoked(w, l);
    put_list_extensions(w, l);
    der_close(w, body);
}

/* SEQUENCE { body, algorithm, signature }: the outer form of certificates and lists. */
static size_t seal(span body, tee_key signer, tee_signature s, uint8_t out[TEE_CERTIFICATE_MAX])
{
    uint8_t key[TEE_KEY_MAX], signature[512];
    const size_t n_key = tee_private_key(signer, key);
    const size_t n = kept_rsa_pss_sign(span_of(key, n_key), span_text("tee"), salt_of(s), body, signature, sizeof signature);
    writer w = writer_of(out, TEE_CERTIFICATE_MAX);
    const der_mark whole = der_open(&w, DER_SEQUENCE);
    write_span(&w, body);
    put_pss(&w, s);
    der_put_bits(&w, span_of(signature, n));
    der_close(&w, whole);
    must(n == sizeof signature && writer_ok(&w));
    return w.n;
}

static size_t mint_certificate(const tee_certificate *c, uint8_t out[TEE_CERTIFICATE_MAX])
{
    uint8_t room[TEE_CERTIFICATE_MAX];
    writer w = WRITER(room);
    put_certificate_body(&w, c);
    must(writer_ok(&w));
    return seal(written(&w), c->signer, c->signature, out);
}

static size_t mint_list(const tee_list *l, uint8_t out[TEE_CERTIFICATE_MAX])
{
    uint8_t room[TEE_CERTIFICATE_MAX];
    writer w = WRITER(room);
    put_list_body(&w, l);
    must(writer_ok(&w));
    return seal(written(&w), l->signer, TEE_PSS_48, out);
}

void tee_issue_mint(const tee_issue *i, tee_endorsements *out)
{
    out->n[0] = mint_certificate(&i->ark, out->bytes[0]);
    out->n[1] = mint_certificate(&i->intermediate, out->bytes[1]);
    out->n[2] = mint_certificate(&i->vek, out->bytes[2]);
    out->n[3] = mint_list(&i->crl, out->bytes[3]);
}
