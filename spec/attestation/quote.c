#include "quote.h"
#include "der.h"
#include "pem.h"

#include <string.h>

/* ---- 1. The quote ---- */

/* Lengths are judged before a table is used (AT-100, AT-105). */
#define TABLE(name_, T, rows)                                                                                                          \
    {                                                                                                                                  \
        .name = (name_), .encoding = LAYOUT_BINARY, .fields = (rows), .n_fields = sizeof(rows) / sizeof *(rows), .n_struct = sizeof(T) \
    }

#define H at_quote_header
static const field header_fields[] = {ROW_UINT_LE(H, version, 2), ROW_UINT_LE(H, key_type, 2), ROW_UINT_LE(H, tee_type, 4),
                                      ROW_UINT_LE(H, svns, 4),    ROW_BYTES(H, vendor, 16),    ROW_BYTES(H, user_data, 20)};
#undef H

#define D at_td_report
#define TD_REPORT_10                                                                                                                  \
    ROW_BYTES(D, tee_tcb_svn, AT_SVNS), ROW_BYTES(D, mrseam, AT_REGISTER), ROW_BYTES(D, mrsignerseam, AT_REGISTER),                   \
        ROW_BYTES(D, seam_attributes, 8), ROW_UINT_LE(D, td_attributes, 8), ROW_UINT_LE(D, xfam, 8), ROW_BYTES(D, mrtd, AT_REGISTER), \
        ROW_BYTES(D, mrconfigid, AT_REGISTER), ROW_BYTES(D, mrowner, AT_REGISTER), ROW_BYTES(D, mrownerconfig, AT_REGISTER),          \
        ROW_BYTES(D, rtmr0, AT_REGISTER), ROW_BYTES(D, rtmr1, AT_REGISTER), ROW_BYTES(D, rtmr2, AT_REGISTER),                         \
        ROW_BYTES(D, rtmr3, AT_REGISTER), ROW_BYTES(D, report_data, AT_REPORT_DATA)
static const field td_fields[] = {TD_REPORT_10};
static const field td_15_fields[] = {TD_REPORT_10, ROW_BYTES(D, tee_tcb_svn2, AT_SVNS), ROW_BYTES(D, mrservicetd, AT_REGISTER)};
#undef D

#define E at_enclave_report
static const field enclave_fields[] = {ROW_BYTES(E, cpu_svn, AT_SVNS),  ROW_UINT_LE(E, misc_select, 4),
                                       ROW_BYTES(E, reserved_014, 12),  ROW_BYTES(E, isv_ext_prod_id, 16),
                                       ROW_BYTES(E, attributes, 16),    ROW_BYTES(E, mrenclave, 32),
                                       ROW_BYTES(E, reserved_060, 32),  ROW_BYTES(E, mrsigner, 32),
                                       ROW_BYTES(E, reserved_0a0, 32),  ROW_BYTES(E, config_id, 64),
                                       ROW_UINT_LE(E, isv_prod_id, 2),  ROW_UINT_LE(E, isv_svn, 2),
                                       ROW_UINT_LE(E, config_svn, 2),   ROW_BYTES(E, reserved_106, 42),
                                       ROW_BYTES(E, isv_family_id, 16), ROW_BYTES(E, report_data, AT_REPORT_DATA)};
#undef E

const layout at_quote_header_layout = TABLE("quote_header", at_quote_header, header_fields);
const layout at_td_report_layout = TABLE("td_report", at_td_report, td_fields);
const layout at_td_report_15_layout = TABLE("td_report_15", at_td_report, td_15_fields);
const layout at_enclave_report_layout = TABLE("enclave_report", at_enclave_report, enclave_fields);

enum { TEE_SGX = 0, TEE_TDX = 0x81, TYPED_SINCE = 5, WRAPPED_SINCE = 4, CHAIN_DATA = 5, QE_REPORT_DATA = 6 };

/* The table of section 1; `type` and `size` as version 5 states them. */
static const struct body_kind {
    at_tee tee;
    uint64_t type, size;
} body_kinds[] = {{AT_TDX, 2, AT_TD_REPORT}, {AT_TDX, 3, AT_TD_REPORT_15}, {AT_SGX, 1, AT_ENCLAVE_REPORT}};

/* What the first bytes say of the rest. */
typedef struct frame {
    at_quote_header header;
    uint64_t type, size; /* of the body: stated since version 5, before that as the TEE type has it */
    span body, signature_data;
    bool whole; /* the quote reaches to the end of both */
} frame;

static frame read_frame(span in, at_tee tee)
{
    frame f = {.type = tee == AT_TDX ? 2 : 1, .size = tee == AT_TDX ? AT_TD_REPORT : AT_ENCLAVE_REPORT};
    reader r = reader_of(in);
    (void)layout_read(&at_quote_header_layout, read_bytes(&r, AT_QUOTE_HEADER), &f.header, NULL);
    if (f.header.version >= TYPED_SINCE) {
        f.type = read_le(&r, 2);
        f.size = read_le(&r, 4);
    }
    f.body = read_bytes(&r, f.size);
    const uint64_t length = read_le(&r, 4);
    f.whole = !r.failed && r.rest.n >= length;
    f.signature_data = EMIT_OR(AT_106, span_first(r.rest, length), r.rest);
    return f;
}

static bool version_is_known(uint64_t version, at_tee tee) { return version >= (tee == AT_TDX ? 4 : 3) && version <= 5; }

static bool vendor_is_intel(span vendor)
{
    static const uint8_t intel[] = {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
    return span_same(vendor, SPAN(intel));
}

static bool body_is_known(const frame *f, at_tee tee)
{
    for (size_t i = 0; i < sizeof body_kinds / sizeof *body_kinds; i++)
        if (body_kinds[i].tee == tee && body_kinds[i].type == f->type && body_kinds[i].size == f->size)
            return true;
    return false;
}

static verdict judge_frame(const frame *f, at_tee tee, account *a)
{
    CHECK(a, f->whole, AT_100);
    CHECK(a, version_is_known(f->header.version, tee), AT_101);
    CHECK(a, f->header.tee_type == (tee == AT_TDX ? TEE_TDX : TEE_SGX), AT_102);
    CHECK(a, f->header.key_type == 2, AT_103);
    CHECK(a, vendor_is_intel(f->header.vendor), AT_104);
    CHECK(a, body_is_known(f, tee), AT_105);
    return ACCEPT;
}

/* The body has the length of its table; where that line is weakened, what is missing is zeros. */
static span body_of(span body, size_t n)
{
    reader r = reader_of(body);
    return WEAKENED(AT_105) ? read_bytes(&r, n) : body;
}

static void read_body(const frame *f, at_quote *q)
{
    q->is_15 = q->tee == AT_TDX && f->size >= AT_TD_REPORT_15;
    if (q->tee == AT_SGX)
        (void)layout_read(&at_enclave_report_layout, body_of(f->body, AT_ENCLAVE_REPORT), &q->enclave, NULL);
    else if (q->is_15)
        (void)layout_read(&at_td_report_15_layout, body_of(f->body, AT_TD_REPORT_15), &q->td, NULL);
    else
        (void)layout_read(&at_td_report_layout, body_of(f->body, AT_TD_REPORT), &q->td, NULL);
}

static verdict read_signature_data(const frame *f, at_quote *q, account *a)
{
    const bool wrapped = q->tee == AT_TDX || f->header.version >= WRAPPED_SINCE;
    reader r = reader_of(f->signature_data);
    q->signature = read_bytes(&r, P256_SIGNATURE);
    q->key = read_bytes(&r, P256_KEY);
    const uint64_t outer = wrapped ? read_le(&r, 2) : QE_REPORT_DATA, outer_size = wrapped ? read_le(&r, 4) : r.rest.n;
    const bool outer_fills = outer_size == r.rest.n;
    q->qe_report = read_bytes(&r, AT_ENCLAVE_REPORT);
    q->qe_signature = read_bytes(&r, P256_SIGNATURE);
    q->auth_data = read_bytes(&r, read_le(&r, 2));
    const uint64_t inner = read_le(&r, 2), inner_size = read_le(&r, 4);
    q->chain = span_first(r.rest, inner_size);
    (void)layout_read(&at_enclave_report_layout, q->qe_report, &q->qe, NULL);
    CHECK(a, outer == QE_REPORT_DATA && inner == CHAIN_DATA, AT_107);
    CHECK(a, outer_fills && !r.failed && inner_size == r.rest.n, AT_108);
    return ACCEPT;
}

verdict at_quote_read(span in, at_tee tee, at_quote *q, account *a)
{
    const frame f = read_frame(in, tee);
    *q = (at_quote){.tee = tee, .header = f.header};
    TRY(judge_frame(&f, tee, a));
    q->signed_part = span_first(in, AT_QUOTE_HEADER + (f.header.version >= TYPED_SINCE ? 6 : 0) + f.size);
    read_body(&f, q);
    return read_signature_data(&f, q, a);
}

/* ---- 2. The certificates ---- */

static void skip_line_ends(span *text)
{
    while (text->n && (text->p[0] == '\n' || text->p[0] == '\r'))
        *text = span_from(*text, 1);
}

static bool starts_block(span text) { return span_is(span_first(text, 11), "-----BEGIN "); }

bool at_certificates_read(span text, size_t n, writer *room, x509_view *out)
{
    bool all = true;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n && all; i++) {
        const size_t from = room->n;
        skip_line_ends(&text);
        all = starts_block(text) && pem_next(&text, "CERTIFICATE", room) == PEM_BLOCK;
        if (all)
            (void)x509_view_read(span_from(written(room), from), &out[i]);
    }
    skip_line_ends(&text);
    return all && (text.n == 0 || (text.n == 1 && text.p[0] == 0));
}

static bool read_chain(span text, size_t n, at_chain *out)
{
    writer room = WRITER(out->bytes);
    out->n = n;
    return at_certificates_read(text, n, &room, out->cert);
}

static bool are_well_formed(const at_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < c->n; i++)
        all = all && c->cert[i].der.n > 0 && !c->cert[i].critical;
    return all;
}

static bool are_ecdsa_p256(const at_chain *c)
{
    bool all = true;
    for (size_t i = 0; i < c->n; i++)
        all = all && c->cert[i].is_p256 && c->cert[i].is_ecdsa_sha256;
    return all;
}

static bool root_is_pinned(const at_chain *c, const x509_view *pinned)
{
    return pinned->is_p256 && bytes_equal(pinned->key, at_chain_root(c)->key, P256_KEY);
}

static bool is_named(const x509_view *cert, const char *name) { return strcmp(cert->common_name, name) == 0; }

static bool leaf_is_named(const at_chain *c, at_chain_kind kind)
{
    if (kind == AT_CHAIN_OF_SIGNER)
        return is_named(&c->cert[0], "Intel SGX TCB Signing");
    return is_named(&c->cert[0], "Intel SGX PCK Certificate") &&
           (is_named(&c->cert[1], "Intel SGX PCK Platform CA") || is_named(&c->cert[1], "Intel SGX PCK Processor CA"));
}

static bool names_fit_places(const at_chain *c, at_chain_kind kind)
{
    bool all = leaf_is_named(c, kind) && is_named(at_chain_root(c), "Intel SGX Root CA");
    for (size_t i = 0; i < c->n; i++)
        all = all && span_same(c->cert[i].issuer, c->cert[i + 1 < c->n ? i + 1 : i].subject);
    return all;
}

/* The i-th of a chain, i > 0, has i - 1 authorities below it. */
static bool may_issue(const x509_view *cert, size_t i)
{
    return cert->is_ca && cert->usage & 1u << X509_CERT_SIGN && (cert->path_length < 0 || (size_t)cert->path_length >= i - 1);
}

static bool roles_fit_places(const at_chain *c)
{
    bool all = !c->cert[0].is_ca && c->cert[0].usage & 1u << X509_DIGITAL_SIGNATURE;
    for (size_t i = 1; i < c->n; i++)
        all = all && may_issue(&c->cert[i], i);
    return all;
}

/* The root's own signature proves nothing: it is pinned. */
static bool are_signed(const at_chain *c)
{
    bool all = true;
    for (size_t i = 0; i + 1 < c->n; i++)
        all = all && p256_verify(c->cert[i + 1].key, c->cert[i].signed_part, c->cert[i].signature);
    return all;
}

static bool are_valid(const at_chain *c, int64_t now)
{
    bool all = true;
    for (size_t i = 0; i < c->n; i++)
        all = all && x509_view_within(&c->cert[i], now);
    return all;
}

verdict at_chain_judge(span text, at_chain_kind kind, const x509_view *root, int64_t now, at_chain *c, account *a)
{
    CHECK(a, read_chain(text, kind == AT_CHAIN_OF_PCK ? 3 : 2, c), AT_110);
    CHECK(a, are_well_formed(c), AT_111);
    CHECK(a, are_ecdsa_p256(c), AT_112);
    CHECK(a, root_is_pinned(c, root), AT_113);
    CHECK(a, names_fit_places(c, kind), AT_114);
    CHECK(a, roles_fit_places(c), AT_115);
    CHECK(a, are_signed(c), AT_116);
    CHECK(a, are_valid(c, now), AT_117);
    return ACCEPT;
}

/* ---- 3. What the PCK certificate says ---- */

#define OID_SGX "1.2.840.113741.1.13.1"
enum { MEMBERS_MAX = 32, PPID = 1, TCB = 2, PCE_ID = 3, FMSPC = 4, SGX_TYPE = 5, INSTANCE = 6, PCE_SVN = 17, CPU_SVN = 18 };

/* The arc of an identifier below this one, with `prefix` in front: a number from 1 to 127, else 0. */
static uint8_t arc_below(span oid, span prefix)
{
    return oid.n == prefix.n + 1 && span_same(span_first(oid, prefix.n), prefix) && oid.p[prefix.n] < 0x80 ? oid.p[prefix.n] : 0;
}

/* A sequence of pairs of an identifier below `prefix` and a value. False when it is malformed or a member stands twice; of those the first
 * is kept. Members with a larger number are not ours to read. */
static bool read_members(span content, span prefix, der_item member[MEMBERS_MAX])
{
    bool good = true;
    memset(member, 0, MEMBERS_MAX * sizeof *member);
    for (der_reader r = der_of(content); !der_done(&r);) {
        der_reader pair = der_enter(&r, DER_SEQUENCE);
        const uint8_t arc = arc_below(der_take(&pair, DER_OID), prefix);
        const der_item value = der_next(&pair);
        if (r.failed || !der_done(&pair))
            return false;
        if (arc == 0 || arc >= MEMBERS_MAX)
            continue;
        good &= member[arc].tag == 0;
        if (member[arc].tag == 0)
            member[arc] = value;
    }
    return good;
}

static bool take_octets(const der_item *member, uint8_t *out, size_t n)
{
    span_take(member->content, out, n);
    return member->tag == DER_OCTET_STRING && member->content.n == n;
}

static bool take_number(const der_item *member, uint8_t tag, uint64_t most, uint64_t *out)
{
    return member->tag == tag && der_uint(member->content, out) && *out <= most;
}

static bool read_tcb(const der_item *tcb, at_pck *out)
{
    static const uint8_t prefix[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, TCB};
    der_item member[MEMBERS_MAX];
    bool all = read_members(tcb->content, SPAN(prefix), member) && tcb->tag == DER_SEQUENCE;
    for (size_t i = 0; i < AT_SVNS; i++) {
        uint64_t svn = 0;
        all &= take_number(&member[1 + i], DER_INTEGER, 255, &svn);
        out->svn[i] = (uint8_t)svn;
    }
    all &= take_number(&member[PCE_SVN], DER_INTEGER, 65535, &out->pce_svn);
    return all & take_octets(&member[CPU_SVN], out->cpu_svn, sizeof out->cpu_svn);
}

static bool read_extension(span raw, at_pck *out)
{
    static const uint8_t prefix[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};
    der_item member[MEMBERS_MAX];
    der_reader r = der_of(raw);
    bool all = read_members(der_take(&r, DER_SEQUENCE), SPAN(prefix), member) && der_done(&r);
    all &= take_octets(&member[PPID], out->ppid, sizeof out->ppid);
    all &= take_octets(&member[PCE_ID], out->pce_id, sizeof out->pce_id);
    all &= take_octets(&member[FMSPC], out->fmspc, sizeof out->fmspc);
    all &= take_number(&member[SGX_TYPE], DER_ENUMERATED, 255, &out->sgx_type);
    out->has_instance = member[INSTANCE].tag != 0;
    if (out->has_instance)
        all &= take_octets(&member[INSTANCE], out->instance, sizeof out->instance);
    return all & read_tcb(&member[TCB], out);
}

verdict at_pck_read(const x509_view *leaf, at_pck *out, account *a)
{
    span raw;
    memset(out, 0, sizeof *out);
    const bool present = x509_view_extension(leaf, OID_SGX, &raw);
    CHECK(a, read_extension(raw, out) && present, AT_120);
    return ACCEPT;
}

/* ---- 4. The signatures ---- */

static bool qe_names_key(const prim *p, const at_quote *q)
{
    uint8_t expected[AT_REPORT_DATA] = {0};
    const span parts[] = {q->key, q->auth_data};
    p->hash(PRIM_SHA256, parts, 2, expected);
    return span_same(q->qe.report_data, SPAN(expected));
}

verdict at_quote_judge_signatures(const prim *p, const at_quote *q, const x509_view *leaf, account *a)
{
    CHECK(a, p256_verify(leaf->key, q->qe_report, q->qe_signature.p), AT_122);
    CHECK(a, qe_names_key(p, q), AT_123);
    CHECK(a, p256_verify(q->key.p, q->signed_part, q->signature.p), AT_124);
    return ACCEPT;
}
