#include "intel.h"
#include "base64.h"
#include "certificate_parts.h"
#include "der.h"
#include "json.h"
#include "tee_kept.h"
#include "tee_secret.h"

#include <string.h>

#define OID_P256         "1.2.840.10045.3.1.7"
#define OID_ECDSA_SHA256 "1.2.840.10045.4.3.2"
#define OID_SGX          "1.2.840.113741.1.13.1"

enum { DAY = 86400, YEAR = 365 * DAY, CA_SINCE = 1640995200 /* 2022-01-01 */, TEST_SERIAL = 0x54455354 /* "TEST" */ };
enum { SIGN = 0xc0, ISSUE = 0x06 /* first bytes of keyUsage: digitalSignature and nonRepudiation; keyCertSign and cRLSign */ };

/* ---- keys ---- */

static void scalar_of(intel_key key, const uint8_t seed[32], uint8_t scalar[P256_SCALAR])
{
    static const char *const names[INTEL_KEYS] = {"root", "ca", "signer", "foreign root", "foreign ca", "pck", "attestation", "other"};
    uint8_t material[64];
    tee_derive(key < INTEL_PCK ? span_text("intel test vendor") : span_of(seed, 32), names[key], EMPTY, material);
    memcpy(scalar, material, P256_SCALAR);
    wipe(material, sizeof material);
}

static void sign(intel_key key, const uint8_t seed[32], span message, uint8_t signature[P256_SIGNATURE])
{
    uint8_t scalar[P256_SCALAR];
    scalar_of(key, seed, scalar);
    p256_sign(scalar, span_text("intel"), message, signature);
    wipe(scalar, sizeof scalar);
}

/* What is signed again and again: certificates and collateral. */
static void sign_kept(intel_key key, const uint8_t seed[32], span message, uint8_t signature[P256_SIGNATURE])
{
    uint8_t scalar[P256_SCALAR];
    scalar_of(key, seed, scalar);
    kept_p256_sign(scalar, span_text("intel"), message, signature);
    wipe(scalar, sizeof scalar);
}

static void public_of(intel_key key, const uint8_t seed[32], uint8_t out[P256_KEY])
{
    uint8_t scalar[P256_SCALAR];
    scalar_of(key, seed, scalar);
    kept_p256_public(scalar, out);
}

/* ---- certificates ---- */

/* The five attributes that all of the vendor's certificates have, in this order. */
static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    certificate_put_attribute(w, "2.5.4.3", DER_UTF8, common_name);
    certificate_put_attribute(w, "2.5.4.10", DER_UTF8, "Intel Corporation");
    certificate_put_attribute(w, "2.5.4.7", DER_UTF8, "Santa Clara");
    certificate_put_attribute(w, "2.5.4.8", DER_UTF8, "CA");
    certificate_put_attribute(w, "2.5.4.6", DER_PRINTABLE, "US");
    der_close(w, name);
}

static void put_key(writer *w, const intel_certificate *c, const uint8_t seed[32])
{
    uint8_t point[1 + P256_KEY] = {0x04};
    public_of(c->key, seed, point + 1);
    certificate_put_point(w, c->curve, SPAN(point));
}

/* A pair of the SGX extension: an identifier below `prefix`, and a value that `content` holds whole. */
static void put_member(writer *w, const char *prefix, unsigned arc, uint8_t tag, span content)
{
    char oid[64] = {0};
    writer name = writer_of(oid, sizeof oid - 1);
    write_text(&name, prefix);
    write_text(&name, ".");
    json_write_int(&name, (int64_t)arc);
    const der_mark pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_put(w, tag, content);
    der_close(w, pair);
}

static void put_number(writer *w, const char *prefix, unsigned arc, uint8_t tag, uint64_t value)
{
    uint8_t room[16];
    writer number = WRITER(room);
    der_put_uint(&number, value);
    put_member(w, prefix, arc, tag, span_from(written(&number), 2));
}

static void put_tcb(writer *w, const intel_sgx *s)
{
    static const char prefix[] = OID_SGX ".2";
    const der_mark pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, prefix);
    const der_mark tcb = der_open(w, DER_SEQUENCE);
    for (unsigned i = 0; i < INTEL_COMPONENTS; i++)
        put_number(w, prefix, i + 1, DER_INTEGER, s->svn[i]);
    put_number(w, prefix, 17, DER_INTEGER, s->pce_svn);
    put_member(w, prefix, 18, DER_OCTET_STRING, SPAN(s->cpu_svn));
    der_close(w, tcb);
    der_close(w, pair);
}

static void put_configuration(writer *w)
{
    static const char prefix[] = OID_SGX ".7";
    const der_mark pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, prefix);
    const der_mark list = der_open(w, DER_SEQUENCE);
    for (unsigned i = 1; i <= 3; i++)
        put_member(w, prefix, i, DER_BOOLEAN, span_of("\xff", 1));
    der_close(w, list);
    der_close(w, pair);
}

static void put_sgx_member(writer *w, const intel_sgx *s, unsigned arc)
{
    switch (arc) {
    case 1: put_member(w, OID_SGX, arc, DER_OCTET_STRING, SPAN(s->ppid)); break;
    case 2: put_tcb(w, s); break;
    case 3: put_member(w, OID_SGX, arc, DER_OCTET_STRING, SPAN(s->pce_id)); break;
    case 4: put_member(w, OID_SGX, arc, DER_OCTET_STRING, span_of(s->fmspc, s->n_fmspc)); break;
    case 5: put_number(w, OID_SGX, arc, DER_ENUMERATED, 1); break;
    case 6: put_member(w, OID_SGX, arc, DER_OCTET_STRING, SPAN(s->instance)); break;
    default: put_configuration(w);
    }
}

static void put_sgx(writer *w, const intel_sgx *s)
{
    der_mark outer;
    const der_mark inner = certificate_open_extension(w, OID_SGX, false, &outer), list = der_open(w, DER_SEQUENCE);
    for (unsigned arc = 1; arc <= 7; arc++) {
        if (arc != s->absent)
            put_sgx_member(w, s, arc);
        if (arc == s->twice)
            put_sgx_member(w, s, arc);
    }
    der_close(w, list);
    certificate_close_both(w, inner, outer);
}

static void put_extensions(writer *w, const intel_certificate *c)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 3, &outer);
    certificate_put_usage(w, c->usage);
    certificate_put_constraints(w, c->is_ca, c->path_length);
    if (c->sgx)
        put_sgx(w, c->sgx);
    if (c->unknown_critical)
        certificate_put_extension(w, "2.5.29.36", true, span_of("\x30\x00", 2));
    certificate_close_both(w, list, outer);
}

static size_t seal(span body, intel_key signer, const uint8_t seed[32], uint8_t *out, size_t cap)
{
    uint8_t signature[P256_SIGNATURE], room[80];
    writer pair = WRITER(room), w = writer_of(out, cap);
    sign_kept(signer, seed, body, signature);
    certificate_put_ecdsa(&pair, signature, P256_SCALAR);
    certificate_put_sealed(&w, body, OID_ECDSA_SHA256, written(&pair));
    must(writer_ok(&w));
    return w.n;
}

static size_t mint_certificate(const intel_certificate *c, const uint8_t seed[32], uint8_t out[INTEL_CERTIFICATE_MAX])
{
    uint8_t room[INTEL_CERTIFICATE_MAX];
    writer w = WRITER(room);
    const der_mark body = certificate_open_body(&w, c->serial);
    certificate_put_algorithm(&w, c->algorithm);
    put_name(&w, c->issuer);
    certificate_put_validity(&w, c->not_before, c->not_after);
    put_name(&w, c->subject);
    put_key(&w, c, seed);
    put_extensions(&w, c);
    der_close(&w, body);
    must(writer_ok(&w));
    return seal(written(&w), c->signer, seed, out, INTEL_CERTIFICATE_MAX);
}

static void write_chain(const intel_certificate *const *certs, size_t n, const uint8_t seed[32], char *chain)
{
    uint8_t der[INTEL_CERTIFICATE_MAX];
    writer w = writer_of(chain, INTEL_CHAIN_MAX - 1);
    memset(chain, 0, INTEL_CHAIN_MAX);
    for (size_t i = 0; i < n; i++)
        certificate_put_text(&w, span_of(der, mint_certificate(certs[i], seed, der)));
    must(writer_ok(&w));
}

/* ---- lists ---- */

static void put_list_extensions(writer *w, const intel_list *l)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 0, &outer);
    certificate_put_extension(w, "2.5.29.20", false, span_of("\x02\x01\x01", 3));
    if (l->unknown_critical)
        certificate_put_extension(w, "2.5.29.28", true, span_of("\x30\x00", 2));
    certificate_close_both(w, list, outer);
}

static void put_entry(writer *w, const intel_list *l, uint64_t serial)
{
    const der_mark entry = der_open(w, DER_SEQUENCE);
    der_put_uint(w, serial);
    der_put_time(w, l->this_update);
    const der_mark extensions = der_open(w, DER_SEQUENCE);
    certificate_put_extension(w, "2.5.29.21", l->entry_critical, span_of("\x0a\x01\x01", 3));
    der_close(w, extensions);
    der_close(w, entry);
}

static size_t mint_list(const intel_list *l, const uint8_t seed[32], uint8_t out[INTEL_CERTIFICATE_MAX])
{
    uint8_t room[INTEL_CERTIFICATE_MAX];
    writer w = WRITER(room);
    const der_mark body = der_open(&w, DER_SEQUENCE);
    der_put_uint(&w, 1);
    certificate_put_algorithm(&w, OID_ECDSA_SHA256);
    put_name(&w, l->issuer);
    der_put_time(&w, l->this_update);
    der_put_time(&w, l->next_update);
    if (l->revoked || l->entry_critical) {
        const der_mark list = der_open(&w, DER_SEQUENCE);
        put_entry(&w, l, 7); /* some other certificate */
        if (l->revoked)
            put_entry(&w, l, l->revoked);
        der_close(&w, list);
    }
    put_list_extensions(&w, l);
    der_close(&w, body);
    must(writer_ok(&w));
    return seal(written(&w), l->signer, seed, out, INTEL_CERTIFICATE_MAX);
}

/* ---- what an honest vendor issues ---- */

static void name(char out[INTEL_NAME_MAX], const char *text)
{
    memset(out, 0, INTEL_NAME_MAX);
    span_take(span_text(text), out, INTEL_NAME_MAX - 1);
}

static intel_certificate honest_certificate(const char *subject, const char *issuer, uint64_t number, intel_key key, intel_key signer)
{
    intel_certificate c = {
        .serial = (uint64_t)TEST_SERIAL << 16 | number,
        .not_before = CA_SINCE,
        .not_after = CA_SINCE + 15LL * YEAR,
        .key = key,
        .signer = signer,
        .path_length = -1,
        .usage = SIGN,
        .curve = OID_P256,
        .algorithm = OID_ECDSA_SHA256,
    };
    name(c.subject, subject);
    name(c.issuer, issuer);
    return c;
}

static intel_certificate honest_authority(const char *subject, uint64_t number, intel_key key, int path_length)
{
    intel_certificate c = honest_certificate(subject, "Intel SGX Root CA", number, key, INTEL_ROOT);
    c.is_ca = true;
    c.path_length = path_length;
    c.usage = ISSUE;
    return c;
}

static intel_list honest_list(const char *issuer, intel_key signer, int64_t now)
{
    intel_list l = {.this_update = now - 10 * DAY, .next_update = now + 20 * DAY, .signer = signer};
    name(l.issuer, issuer);
    return l;
}

static intel_vendor honest_vendor(const intel_sgx *sgx, int64_t now)
{
    intel_vendor v = {
        .root = honest_authority("Intel SGX Root CA", 1, INTEL_ROOT, 1),
        .ca = honest_authority("Intel SGX PCK Platform CA", 2, INTEL_CA, 0),
        .tcb_signer = honest_certificate("Intel SGX TCB Signing", "Intel SGX Root CA", 3, INTEL_SIGNER, INTEL_ROOT),
        .pck = honest_certificate("Intel SGX PCK Certificate", "Intel SGX PCK Platform CA", 4, INTEL_PCK, INTEL_CA),
        .root_list = honest_list("Intel SGX Root CA", INTEL_ROOT, now),
        .pck_list = honest_list("Intel SGX PCK Platform CA", INTEL_CA, now),
    };
    v.qe_signer = v.tcb_signer;
    v.pck.not_before = now - 180 * DAY;
    v.pck.not_after = now + 6 * (int64_t)YEAR;
    v.pck.sgx = sgx;
    return v;
}

/* ---- the platform and its guest ---- */

/* Components as on current machines. Component 7 is far above what any level asks for. */
static const uint64_t platform_svn[INTEL_COMPONENTS] = {3, 3, 2, 2, 4, 1, 0, 5};
enum { PLATFORM_PCE_SVN = 11, QE_SVN = 8, MODULE_SVN = 6 };

static void derive(const intel_scene *s, const char *purpose, uint8_t *out, size_t n)
{
    uint8_t material[64];
    tee_derive(SPAN(s->seed), purpose, EMPTY, material);
    memcpy(out, material, n);
}

static void make_platform(intel_scene *s)
{
    intel_sgx *p = &s->sgx;
    static const uint8_t fmspc[AT_FMSPC] = {0x90, 0xc0, 0x6f, 0x00, 0x00, 0x00};
    memcpy(p->svn, platform_svn, sizeof platform_svn);
    p->pce_svn = PLATFORM_PCE_SVN;
    memcpy(p->fmspc, fmspc, sizeof fmspc);
    p->n_fmspc = sizeof fmspc;
    derive(s, "intel ppid", p->ppid, sizeof p->ppid);
    derive(s, "intel instance", p->instance, sizeof p->instance);
}

static void make_guest(intel_scene *s)
{
    static const char *const purposes[] = {"mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "mrseam"};
    const uint8_t svn[] = {s->twin.module_0 ? 3 : MODULE_SVN, !s->twin.module_0, s->twin.module_0 ? 5 : 3};
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        derive(s, purposes[i], s->registers[i], AT_REGISTER);
    memcpy(s->svn, svn, sizeof svn);
    memcpy(s->svn2, svn, sizeof svn);
    derive(s, "scene key", s->report_data, 32); /* a key, then zeros: the form that profile confer uses */
    derive(s, "mrenclave", s->mrenclave, sizeof s->mrenclave);
    derive(s, "mrsigner", s->mrsigner, sizeof s->mrsigner);
    derive(s, "user data", s->user_data, 16); /* the platform's identifier, and zeros */
}

static const uint8_t zeros[AT_REPORT_DATA], initialised[16] = {0x05, 0, 0, 0, 0, 0, 0, 0, 0xe7},
                                            qe_attributes[16] = {0x11, 0, 0, 0, 0, 0, 0, 0, 0xe7};
static const uint8_t vendor_id[] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
static const uint8_t tdx_qe_signer[] = {0xdc, 0x9e, 0x2a, 0x7c, 0x6f, 0x94, 0x8f, 0x17, 0x47, 0x4e, 0x34, 0xa7, 0xfc, 0x43, 0xed, 0x03,
                                        0x0f, 0x7c, 0x15, 0x63, 0xf1, 0xba, 0xbd, 0xdf, 0x63, 0x40, 0xc8, 0x2e, 0x0e, 0x54, 0xa8, 0xc5};
static const uint8_t auth_bytes[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static at_enclave_report enclave_fields(const intel_scene *s)
{
    return (at_enclave_report){
        .cpu_svn = SPAN(s->sgx.cpu_svn),
        .reserved_014 = span_of(zeros, 12),
        .isv_ext_prod_id = span_of(zeros, 16),
        .attributes = SPAN(initialised),
        .mrenclave = SPAN(s->mrenclave),
        .reserved_060 = span_of(zeros, 32),
        .mrsigner = SPAN(s->mrsigner),
        .reserved_0a0 = span_of(zeros, 32),
        .config_id = span_of(zeros, 64),
        .isv_prod_id = 7,
        .isv_svn = 2,
        .reserved_106 = span_of(zeros, 42),
        .isv_family_id = span_of(zeros, 16),
        .report_data = SPAN(s->report_data),
    };
}

static at_enclave_report qe_fields(const intel_scene *s)
{
    at_enclave_report qe = enclave_fields(s);
    qe.attributes = SPAN(qe_attributes);
    qe.mrenclave = span_of(tdx_qe_signer, 32);
    qe.mrsigner = SPAN(tdx_qe_signer);
    qe.isv_prod_id = s->twin.tee == AT_TDX ? 2 : 1;
    qe.isv_svn = QE_SVN;
    qe.report_data = EMPTY;
    return qe;
}

static at_td_report td_fields(const intel_scene *s)
{
    return (at_td_report){
        .tee_tcb_svn = SPAN(s->svn),
        .mrseam = SPAN(s->registers[AT_MRSEAM]),
        .mrsignerseam = span_of(zeros, AT_REGISTER),
        .seam_attributes = span_of(zeros, 8),
        .td_attributes = AT_TD_SEPT_VE_DISABLE,
        .xfam = 0x602e7,
        .mrtd = SPAN(s->registers[AT_MRTD]),
        .mrconfigid = span_of(zeros, AT_REGISTER),
        .mrowner = span_of(zeros, AT_REGISTER),
        .mrownerconfig = span_of(zeros, AT_REGISTER),
        .rtmr0 = SPAN(s->registers[AT_RTMR0]),
        .rtmr1 = SPAN(s->registers[AT_RTMR1]),
        .rtmr2 = SPAN(s->registers[AT_RTMR2]),
        .rtmr3 = SPAN(s->registers[AT_RTMR3]),
        .report_data = SPAN(s->report_data),
        .tee_tcb_svn2 = SPAN(s->svn2),
        .mrservicetd = span_of(zeros, AT_REGISTER),
    };
}

static intel_quote honest_quote(const intel_scene *s)
{
    const intel_twin *t = &s->twin;
    return (intel_quote){
        .tee = t->tee,
        .header = {t->version, 2, t->tee == AT_TDX ? 0x81 : 0, 0, SPAN(vendor_id), SPAN(s->user_data)},
        .body_type = t->tee == AT_SGX ? 1
                     : t->is_15       ? 3
                                      : 2,
        .body_size = t->tee == AT_SGX ? AT_ENCLAVE_REPORT
                     : t->is_15       ? AT_TD_REPORT_15
                                      : AT_TD_REPORT,
        .is_15 = t->is_15,
        .td = td_fields(s),
        .enclave = enclave_fields(s),
        .qe = qe_fields(s),
        .auth_data = SPAN(auth_bytes),
        .attestation = INTEL_ATTESTATION,
        .named = INTEL_ATTESTATION,
        .qe_signer = INTEL_PCK,
        .outer_type = 6,
        .inner_type = 5,
    };
}

static void expect_the_honest_guest(intel_scene *s)
{
    at_quote_policy *p = &s->policy;
    memcpy(s->expected_data, s->report_data, sizeof s->expected_data);
    memcpy(s->mrenclaves[0], s->mrenclave, sizeof s->mrenclaves[0]);
    memcpy(s->platforms[0], s->sgx.ppid, AT_PPID);
    for (size_t i = AT_MRTD; i <= AT_MRSEAM; i++) {
        memcpy(s->expected[i][0], s->registers[i], AT_REGISTER);
        p->references[i] = (at_references){s->expected[i], 1};
    }
    p->least_evaluation = 17;
    p->tcb = (at_tcb_terms){.statuses = 1u << AT_UP_TO_DATE, .baseline = 1735689600 /* 2025-01-01 */};
    p->td_attributes_mask = ~(AT_TD_DEBUG | AT_TD_RESERVED | AT_TD_SEPT_VE_DISABLE);
    p->xfam = 0x602e7;
    p->mrenclaves = s->mrenclaves;
    p->n_mrenclaves = 1;
    p->mrsigner = SPAN(s->mrsigner);
    p->isv_prod_id = 7;
    p->least_isv_svn = 2;
    p->platforms = s->platforms;
    p->n_platforms = 1;
    p->report_data = SPAN(s->expected_data);
}

void intel_scene_begin(intel_scene *s, const intel_twin *twin, span seed)
{
    uint8_t material[64];
    memset(s, 0, sizeof *s);
    s->twin = *twin;
    s->now = INTEL_NOW;
    tee_derive(seed, "intel scene", EMPTY, material);
    memcpy(s->seed, material, sizeof s->seed);
    make_platform(s);
    make_guest(s);
    s->vendor = honest_vendor(&s->sgx, s->now);
    s->fields = honest_quote(s);
    s->tcb_info_signer = s->qe_identity_signer = INTEL_SIGNER;
    expect_the_honest_guest(s);
}

void intel_scene_publish(intel_scene *s)
{
    for (size_t i = 0; i < INTEL_COMPONENTS; i++)
        s->sgx.cpu_svn[i] = (uint8_t)s->sgx.svn[i];
    intel_tcb_info(s->twin.tee, s->now, &s->tcb_info);
    intel_qe_identity(s->twin.tee, s->now, &s->qe_identity);
}

/* ---- the quote ---- */

static void write_body(const intel_quote *q, writer *w)
{
    if (q->tee == AT_SGX)
        layout_write(&at_enclave_report_layout, &q->enclave, w);
    else
        layout_write(q->is_15 ? &at_td_report_15_layout : &at_td_report_layout, &q->td, w);
}

static void write_qe_report(const intel_scene *s, writer *w)
{
    uint8_t key[P256_KEY], data[AT_REPORT_DATA] = {0};
    at_enclave_report qe = s->fields.qe;
    public_of(s->fields.named, s->seed, key);
    const span parts[] = {SPAN(key), s->fields.auth_data};
    prim_sodium.hash(PRIM_SHA256, parts, 2, data);
    if (qe.report_data.n == 0)
        qe.report_data = SPAN(data);
    const size_t from = w->n;
    layout_write(&at_enclave_report_layout, &qe, w);
    uint8_t *signature = write_room(w, P256_SIGNATURE);
    must(signature);
    sign(s->fields.qe_signer, s->seed, span_from(span_first(written(w), w->n - P256_SIGNATURE), from), signature);
}

static void write_certification(const intel_scene *s, bool wrapped, writer *w)
{
    const intel_quote *q = &s->fields;
    const span chain = span_text(s->pck_chain);
    const size_t inner = chain.n + q->behind_chain.n;
    const size_t outer = AT_ENCLAVE_REPORT + P256_SIGNATURE + 2 + q->auth_data.n + 2 + 4 + inner;
    if (wrapped) {
        write_le(w, q->outer_type, 2);
        write_le(w, outer + (size_t)(int64_t)q->outer_more, 4);
    }
    write_qe_report(s, w);
    write_le(w, q->auth_data.n, 2);
    write_span(w, q->auth_data);
    write_le(w, q->inner_type, 2);
    write_le(w, inner + (size_t)(int64_t)q->inner_more, 4);
    write_span(w, chain);
    write_span(w, q->behind_chain);
}

static void write_quote(intel_scene *s)
{
    const intel_quote *q = &s->fields;
    uint8_t signature[P256_SIGNATURE], key[P256_KEY];
    static uint8_t room[INTEL_QUOTE_MAX];
    writer w = WRITER(s->quote), rest = WRITER(room);
    layout_write(&at_quote_header_layout, &q->header, &w);
    if (q->header.version >= 5) {
        write_le(&w, q->body_type, 2);
        write_le(&w, q->body_size, 4);
    }
    write_body(q, &w);
    sign(q->attestation, s->seed, written(&w), signature);
    public_of(q->attestation, s->seed, key);
    write_span(&rest, SPAN(signature));
    write_span(&rest, SPAN(key));
    write_certification(s, q->tee == AT_TDX || q->header.version >= 4, &rest);
    write_le(&w, rest.n + (size_t)(int64_t)q->data_more, 4);
    write_span(&w, written(&rest));
    write_span(&w, q->behind);
    must(writer_ok(&w) && writer_ok(&rest));
    s->quote_bytes = written(&w);
}

void intel_scene_seal(intel_scene *s)
{
    const intel_vendor *v = &s->vendor;
    const intel_certificate *const of_pck[] = {&v->pck, &v->ca, &v->root}, *const of_tcb[] = {&v->tcb_signer, &v->root},
                                   *const of_qe[] = {v->two_signers ? &v->qe_signer : &v->tcb_signer, &v->root};
    at_collateral *c = &s->collateral;
    const intel_vendor honest = honest_vendor(&s->sgx, s->now);
    write_chain(of_pck, 3, s->seed, s->pck_chain);
    write_chain(of_tcb, 2, s->seed, s->tcb_chain);
    write_chain(of_qe, 2, s->seed, s->qe_chain);
    sign_kept(s->tcb_info_signer, s->seed, span_of(s->tcb_info.text, s->tcb_info.n), s->tcb_info_signature);
    sign_kept(s->qe_identity_signer, s->seed, span_of(s->qe_identity.text, s->qe_identity.n), s->qe_identity_signature);
    *c = (at_collateral){
        .tcb_info = span_of(s->tcb_info.text, s->tcb_info.n),
        .tcb_info_signature = span_of(s->tcb_info_signature, P256_SIGNATURE),
        .tcb_info_chain = span_text(s->tcb_chain),
        .qe_identity = span_of(s->qe_identity.text, s->qe_identity.n),
        .qe_identity_signature = span_of(s->qe_identity_signature, P256_SIGNATURE),
        .qe_identity_chain = span_text(s->qe_chain),
        .root_list = span_of(s->root_list, mint_list(&v->root_list, s->seed, s->root_list)),
        .pck_list = span_of(s->pck_list, mint_list(&v->pck_list, s->seed, s->pck_list)),
    };
    write_quote(s);
    s->policy.root = span_of(s->root, mint_certificate(&honest.root, s->seed, s->root));
}

void intel_scene_play(intel_scene *s, const intel_twin *twin, span seed)
{
    intel_scene_begin(s, twin, seed);
    intel_scene_publish(s);
    intel_scene_seal(s);
}

verdict intel_scene_judge(const intel_scene *s, const prim *p, account *to, at_quote_claims *claims)
{
    const at_world world = {.prim = p, .now = s->now};
    if (s->twin.tee == AT_SGX)
        return at_appraise_sgx(&world, &s->policy, s->quote_bytes, &s->collateral, to, claims);
    return at_appraise_tdx(&world, &s->policy, s->quote_bytes, &s->collateral, to, claims);
}
