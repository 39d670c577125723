#include "eventlog.h"
#include "gpu.h"
#include "id_block.h"
#include "inspect.h"
#include "json.h"
#include "pubkey.h"
#include "quote.h"
#include "rfc3339.h"
#include "tdx.h"

#include <string.h>

/* ---- what fields mean: the tables of the text, by the path of a field ---- */

/* The bits that are set, by name; others by number. */
static void write_bits(writer *w, const at_bit *names, uint64_t value)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        char number[16];
        const at_bit *n = names;
        if (!(value >> bit & 1))
            continue;
        while (*n->name && n->bit != bit)
            n++;
        snprintf(number, sizeof number, "bit %u", bit);
        write_text(w, w->n ? ", " : "");
        write_text(w, *n->name ? n->name : number);
    }
}

static void policy_bits(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_bits(w, at_policy_bits, value);
}

static void platform_bits(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_bits(w, at_platform_bits, value);
}

static void key_info(writer *w, uint64_t value, span whole)
{
    const uint64_t key = value >> 2 & 7;
    (void)whole;
    write_text(w, key == AT_SIGNED_BY_VCEK   ? "signed by the VCEK"
                  : key == AT_SIGNED_BY_VLEK ? "signed by the VLEK"
                                             : "signing key unknown");
    write_text(w, value & AT_KEY_INFO_AUTHOR ? ", author key" : "");
}

static at_product product_of(span report)
{
    at_snp_report r;
    (void)layout_read(&at_snp_report_layout, report, &r, NULL);
    return at_product_of_cpuid(r.cpuid_family, r.cpuid_model);
}

static void product(writer *w, uint64_t value, span whole)
{
    const at_product p = product_of(whole);
    (void)value;
    write_text(w, p < AT_PRODUCTS  ? at_tcb_layouts[p].product
                  : p == AT_VENICE ? "Venice: its layout is not public"
                                   : "no known product line");
}

static void tee_type(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_text(w, value == 0x81 ? "TDX" : value == 0 ? "SGX" : "unknown");
}

static void td_attributes(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_text(w, value & AT_TD_DEBUG ? "debug" : "no debug");
}

static void block_type(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_text(w, value & AT_SPDM_RAW ? "raw" : "digest");
}

static void spdm_code(writer *w, uint64_t value, span whole)
{
    (void)whole;
    write_text(w, value == 0xe0 ? "GET_MEASUREMENTS" : value == 0x60 ? "MEASUREMENTS" : "another message");
}

static const struct annotator {
    const char *path;
    void (*say)(writer *, uint64_t value, span whole);
} annotators[] = {
    {"snp_report.policy", policy_bits},
    {"snp_report.platform_info", platform_bits},
    {"snp_report.key_info", key_info},
    {"snp_report.cpuid_model", product},
    {"quote_header.tee_type", tee_type},
    {"td_report.td_attributes", td_attributes},
    {"td_report_15.td_attributes", td_attributes},
    {"spdm_block.type", block_type},
    {"spdm_request.code", spdm_code},
    {"spdm_response.code", spdm_code},
};

/* The components of a TCB version, by the report's product line. */
static void write_tcb(writer *w, span value, span whole)
{
    const at_product p = product_of(whole);
    for (size_t i = 0; p < AT_PRODUCTS && i < value.n && i < AT_TCB; i++) {
        char number[16];
        const char *name = at_tcb_layouts[p].part[i].name;
        if (!*name)
            continue;
        snprintf(number, sizeof number, " %u", value.p[i]);
        write_text(w, w->n ? ", " : "");
        write_text(w, name);
        write_text(w, number);
    }
}

static bool ends_with(const char *path, const char *end)
{
    const size_t n = strlen(path), k = strlen(end);
    return n >= k && strcmp(path + n - k, end) == 0;
}

static void write_meaning(writer *w, const char *path, const field *f, span value, span whole)
{
    reader r = reader_of(value);
    const uint64_t number = value.n <= 8 ? f->kind == FIELD_UINT_BE ? read_be(&r, value.n) : read_le(&r, value.n) : 0;
    for (size_t i = 0; i < sizeof annotators / sizeof *annotators; i++)
        if (strcmp(path, annotators[i].path) == 0)
            annotators[i].say(w, number, whole);
    if (strncmp(path, "snp_report.", 11) == 0 && ends_with(path, "_tcb") && f->kind == FIELD_BYTES)
        write_tcb(w, value, whole);
    if (f->req) {
        write_text(w, w->n ? "; " : "");
        write_text(w, requirement_rows[f->req].id);
    }
}

typedef struct walk {
    inspection *i;
    span bytes;
    size_t at;
} walk;

static void visit(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    const walk *const k = ctx;
    char room[1024] = {0};
    writer meaning = writer_of(room, sizeof room - 1);
    const char *name = strchr(path, '.');
    const span value = span_first(span_from(k->bytes, at), n);
    name = name ? name + 1 : path;
    if (!f) {
        inspect_bytes(k->i, name, k->at + at, value, "behind the last field");
        return;
    }
    write_meaning(&meaning, path, f, value, k->bytes);
    reader r = reader_of(value);
    if ((f->kind == FIELD_UINT_LE || f->kind == FIELD_UINT_BE) && n == f->size)
        inspect_number(k->i, name, k->at + at, n, f->kind == FIELD_UINT_LE ? read_le(&r, n) : read_be(&r, n), room);
    else
        inspect_bytes(k->i, name, k->at + at, value, room);
}

void inspect_layout(inspection *i, const layout *l, span bytes, size_t at)
{
    walk k = {i, bytes, at};
    layout_walk(l, bytes, visit, &k);
    if (bytes.n < layout_size(l))
        inspect_fault(i, "it ends before its last field");
}

/* ---- SEV-SNP ---- */

static bool is_report(span s)
{
    reader r = reader_of(s);
    const uint64_t version = read_le(&r, 4);
    return s.n > 64 && s.n <= AT_REPORT && version >= 2 && version <= 5 && span_from(s, 52).p[0] == 1 &&
           all_zero(span_first(span_from(s, 53), 3));
}

static void show_report(inspection *i, span s, size_t at)
{
    inspect_begin(i, "report", "snp-report", at, s, false);
    inspect_layout(i, &at_snp_report_layout, s, 0);
}

static void show_wrapper(inspection *i, span s, size_t at)
{
    at_wrapper w;
    inspect_begin(i, "wrapper", "azure-wrapper", at, s, false);
    inspect_layout(i, &at_wrapper_layout, s, 0);
    (void)layout_read(&at_wrapper_layout, s, &w, NULL);
    if (s.n < AT_WRAPPER_HEAD)
        return;
    const span claims = span_first(w.rest, w.claims_size);
    show_report(i, w.report, (size_t)(w.report.p - s.p));
    span value;
    if (!json_read(claims, &value)) {
        inspect_fault(i, "the claims are no JSON");
        return;
    }
    inspect_begin(i, "claims", "json", (size_t)(claims.p - s.p), claims, false);
    inspect_json(i, "", value);
}

static bool is_id_block(span s)
{
    at_id_block b;
    return s.n == layout_size(&at_id_block_layout) && accepted(layout_read(&at_id_block_layout, s, &b, NULL)) &&
           !span_is(span_first(s, 1), "{");
}

static void show_id_block(inspection *i, span s, size_t at)
{
    inspect_begin(i, "id_block", "snp-id-block", at, s, false);
    inspect_layout(i, &at_id_block_layout, s, 0);
}

/* ---- quotes ---- */

static bool is_quote(span s)
{
    static const uint8_t vendor[] = {0x93, 0x9a, 0x72, 0x33};
    reader r = reader_of(s);
    const uint64_t version = read_le(&r, 2);
    (void)read_le(&r, 2);
    const uint64_t tee = read_le(&r, 4);
    return !r.failed && version >= 3 && version <= 5 && (tee == 0 || tee == 0x81) && s.n > 16 &&
           span_same(span_first(span_from(s, 12), 4), SPAN(vendor));
}

static void show_body(inspection *i, const at_quote *q, span s, size_t at)
{
    const layout *l = q->tee == AT_SGX ? &at_enclave_report_layout : q->is_15 ? &at_td_report_15_layout : &at_td_report_layout;
    inspect_begin(i, "body", l->name, at, span_first(span_from(s, at), layout_size(l)), false);
    inspect_layout(i, l, i->part, 0);
}

static void show_signature_data(inspection *i, const at_quote *q, span s)
{
    const size_t at = (size_t)(q->signature.p - s.p);
    inspect_begin(i, "signature_data", "ecdsa-p256", at, span_from(s, at), false);
    inspect_bytes(i, "signature", 0, q->signature, "over header and body, by the attestation key");
    inspect_bytes(i, "attestation_key", inspect_at(i, q->key), q->key, "the QE's report names it");
    inspect_bytes(i, "qe_signature", inspect_at(i, q->qe_signature), q->qe_signature, "over the QE's report, by the PCK");
    inspect_bytes(i, "authentication_data", inspect_at(i, q->auth_data), q->auth_data, NULL);
    inspect_begin(i, "qe_report", at_enclave_report_layout.name, (size_t)(q->qe_report.p - s.p), q->qe_report, false);
    inspect_layout(i, &at_enclave_report_layout, q->qe_report, 0);
    inspect_blocks(i, "pck_chain", q->chain, (size_t)(q->chain.p - s.p));
}

static void show_quote(inspection *i, span s, size_t at)
{
    at_quote q;
    reader r = reader_of(span_from(s, 4));
    const at_tee tee = read_le(&r, 4) == 0x81 ? AT_TDX : AT_SGX;
    const verdict v = at_quote_read(s, tee, &q, NULL);
    i->format = tee == AT_TDX ? "tdx-quote" : "sgx-quote";
    inspect_begin(i, "quote", i->format, at, s, false);
    inspect_layout(i, &at_quote_header_layout, span_first(s, AT_QUOTE_HEADER), 0);
    if (!accepted(v)) {
        inspect_fault(i, requirement_rows[v.req].text);
        return;
    }
    show_body(i, &q, s, AT_QUOTE_HEADER + (q.header.version >= 5 ? 6 : 0));
    show_signature_data(i, &q, s);
}

/* ---- GPUs ---- */

static bool is_gpu(span s) { return s.n >= 4 && s.p[0] >> 4 == 1 && s.p[1] == 0xe0; }

static void show_blocks(inspection *i, const at_gpu_report *r, span s)
{
    span rest = r->record;
    at_spdm_block b;
    inspect_begin(i, "measurements", "spdm-record", (size_t)(r->record.p - s.p), r->record, false);
    for (span whole = rest; at_spdm_next(&rest, &b); whole = rest)
        inspect_layout(i, &at_spdm_block_layout, span_first(whole, whole.n - rest.n), (size_t)(whole.p - r->record.p));
}

static void show_opaque(inspection *i, const at_gpu_report *r, span s)
{
    span rest = r->opaque;
    at_opaque_field f;
    inspect_begin(i, "opaque", "spdm-opaque", (size_t)(r->opaque.p - s.p), r->opaque, false);
    while (at_opaque_next(&rest, &f)) {
        const char *name = f.row ? f.row->name : "unknown", *meaning = f.row ? f.row->meaning : requirement_rows[REQ_AT_313].text;
        reader n = reader_of(f.value);
        if (f.row && f.row->form == AT_OPAQUE_TEXT)
            inspect_text(i, name, inspect_at(i, f.value), f.value.n, f.value, meaning);
        else if (f.row && f.row->form == AT_OPAQUE_NUMBER && f.value.n <= 8)
            inspect_number(i, name, inspect_at(i, f.value), f.value.n, read_le(&n, f.value.n), meaning);
        else
            inspect_bytes(i, name, inspect_at(i, f.value), f.value, meaning);
    }
}

static void show_gpu(inspection *i, span s, size_t at)
{
    at_gpu_report r;
    const bool whole = at_gpu_report_split(s, &r);
    inspect_begin(i, "report", "nvidia-gpu-report", at, s, false);
    inspect_layout(i, &at_spdm_request_layout, span_first(s, AT_SPDM_REQUEST), 0);
    inspect_layout(i, &at_spdm_response_layout, span_first(span_from(s, AT_SPDM_REQUEST), AT_SPDM_RESPONSE), AT_SPDM_REQUEST);
    if (!whole) {
        inspect_fault(i, requirement_rows[REQ_AT_300].text);
        return;
    }
    inspect_bytes(i, "device_nonce", inspect_at(i, r.nonce), r.nonce, NULL);
    inspect_bytes(i, "signature", inspect_at(i, r.signature), r.signature, "over all before it, by the attestation key");
    show_blocks(i, &r, s);
    show_opaque(i, &r, s);
}

/* ---- event logs ---- */

static bool is_log(span s) { return s.n > 48 && span_is(span_first(span_from(s, 32), 15), "Spec ID Event03"); }

static void show_event(inspection *i, const at_event *e, unsigned n)
{
    char name[32];
    snprintf(name, sizeof name, "event[%u].rtmr", n);
    inspect_number(i, name, inspect_at(i, e->digest), 4, e->rtmr, e->rtmr < AT_RTMRS ? NULL : "extends no register");
    snprintf(name, sizeof name, "event[%u].type", n);
    inspect_number(i, name, inspect_at(i, e->digest), 4, e->type, NULL);
    snprintf(name, sizeof name, "event[%u].digest", n);
    inspect_bytes(i, name, inspect_at(i, e->digest), e->digest, e->is_measured ? "of the data" : "not of the data");
    snprintf(name, sizeof name, "event[%u].data", n);
    inspect_text(i, name, inspect_at(i, e->data), e->data.n, e->data, NULL);
}

static void show_log(inspection *i, span s, size_t at)
{
    at_event_log log;
    at_event e;
    bool more = true;
    inspect_begin(i, "log", "event-log", at, s, false);
    verdict v = at_event_log_open(&prim_sodium, s, &log, NULL);
    for (unsigned n = 1; accepted(v) && more; n++) {
        v = at_event_log_next(&log, &e, &more, NULL);
        if (accepted(v) && more)
            show_event(i, &e, n);
    }
    if (!accepted(v))
        inspect_fault(i, requirement_rows[v.req].text);
}

/* ---- certificates ---- */

static void show_dates(inspection *i, int64_t from, int64_t to, const char *first, const char *second)
{
    char text[2][RFC3339_ROOM];
    rfc3339_write((instant){from, 0}, text[0], sizeof text[0]);
    rfc3339_write((instant){to, 0}, text[1], sizeof text[1]);
    inspect_text(i, first, 0, 0, span_text(text[0]), NULL);
    inspect_text(i, second, 0, 0, span_text(text[1]), NULL);
}

static const char *kind_of(pubkey_kind k)
{
    static const char *const names[] = {"of another kind", "P-256", "P-384", "P-521", "RSA", "Ed25519"};
    return names[k];
}

static void show_view(inspection *i, const x509_view *v)
{
    char issuer[X509_NAME_MAX + 1];
    at_dice dice;
    at_pck pck;
    x509_common_name(v->issuer, issuer);
    inspect_text(i, "subject", inspect_at(i, v->subject), v->subject.n, span_text(v->common_name), "common name");
    inspect_text(i, "issuer", inspect_at(i, v->issuer), v->issuer.n, span_text(issuer), "common name");
    inspect_bytes(i, "serial", inspect_at(i, v->serial), v->serial, NULL);
    show_dates(i, v->not_before, v->not_after, "not_before", "not_after");
    inspect_bytes(i, "key", inspect_at(i, v->key_info), v->key_info, kind_of(pubkey_kind_of(v->key_info)));
    inspect_number(i, "ca", 0, 0, v->is_ca, v->is_ca ? "an authority" : "no authority");
    inspect_number(i, "key_usage", 0, 0, v->usage, "bits as RFC 5280 numbers them");
    if (at_dice_read(v, &dice))
        inspect_bytes(i, "fwid", inspect_at(i, dice.fwid), dice.fwid, "firmware that made the key");
    if (accepted(at_pck_read(v, &pck, NULL))) {
        inspect_bytes(i, "fmspc", 0, SPAN(pck.fmspc), "of a PCK");
        inspect_bytes(i, "ppid", 0, SPAN(pck.ppid), "of a PCK");
        inspect_bytes(i, "tcb_components", 0, SPAN(pck.svn), "of a PCK");
    }
}

void inspect_certificate(inspection *i, const char *name, span der, size_t at, bool decoded)
{
    x509_view view;
    x509_list list;
    if (x509_view_read(der, &view)) {
        inspect_begin(i, name, "certificate", at, der, decoded);
        show_view(i, &view);
    } else if (x509_list_read(der, &list)) {
        inspect_begin(i, name, "revocation-list", at, der, decoded);
        show_dates(i, list.this_update, list.next_update, "this_update", "next_update");
        inspect_bytes(i, "revoked", inspect_at(i, list.revoked), list.revoked, list.revoked.n ? "the entries" : "none");
    } else if (pubkey_kind_of(der) != PUBKEY_OTHER) {
        inspect_begin(i, name, "public-key", at, der, decoded);
        inspect_bytes(i, "key", 0, der, kind_of(pubkey_kind_of(der)));
    } else {
        inspect_begin(i, name, "der", at, der, decoded);
        inspect_bytes(i, "bytes", 0, der, NULL);
        inspect_fault(i, "it is no certificate of version 3, no revocation list of version 2 and no public key");
    }
}

static bool is_der(span s) { return s.n > 4 && s.p[0] == 0x30 && s.p[1] >= 0x80 && s.p[1] <= 0x83; }
static void show_der(inspection *i, span s, size_t at) { inspect_certificate(i, "certificate", s, at, false); }

const inspect_format inspect_binary_formats[] = {{"azure-wrapper", at_is_wrapper, show_wrapper},
                                                 {"quote", is_quote, show_quote},
                                                 {"nvidia-gpu-report", is_gpu, show_gpu},
                                                 {"event-log", is_log, show_log},
                                                 {"x509", is_der, show_der},
                                                 {"snp-report", is_report, show_report},
                                                 {"snp-id-block", is_id_block, show_id_block},
                                                 {0}};
