#include "gpu.h"

#include <string.h>

/* ---- 1. The report ---- */

/* Lengths are judged before a table is used (AT-300, AT-305). */
#define TABLE(name_, T, rows)                                                                                                          \
    {                                                                                                                                  \
        .name = (name_), .encoding = LAYOUT_BINARY, .fields = (rows), .n_fields = sizeof(rows) / sizeof *(rows), .n_struct = sizeof(T) \
    }

#define Q at_spdm_request
static const field request_fields[] = {ROW_UINT_LE(Q, version, 1),         ROW_UINT_LE(Q, code, 1),
                                       ROW_UINT_LE(Q, attributes, 1),      ROW_UINT_LE(Q, operation, 1),
                                       ROW_BYTES(Q, nonce, AT_SPDM_NONCE), ROW_UINT_LE(Q, slot, 1)};
#undef Q

#define R at_spdm_response
static const field response_fields[] = {ROW_UINT_LE(R, version, 1), ROW_UINT_LE(R, code, 1),     ROW_UINT_LE(R, reserved, 1),
                                        ROW_UINT_LE(R, slot, 1),    ROW_UINT_LE(R, n_blocks, 1), ROW_UINT_LE(R, record_length, 3)};
#undef R

#define B at_spdm_block
static const field block_fields[] = {ROW_UINT_LE(B, index, 1), ROW_UINT_LE(B, specification, 1), ROW_UINT_LE(B, size, 2),
                                     ROW_UINT_LE(B, type, 1),  ROW_UINT_LE(B, value_size, 2),    ROW_REST(B, value)};
#undef B

const layout at_spdm_request_layout = TABLE("spdm_request", at_spdm_request, request_fields);
const layout at_spdm_response_layout = TABLE("spdm_response", at_spdm_response, response_fields);
const layout at_spdm_block_layout = TABLE("spdm_block", at_spdm_block, block_fields);

enum { SPDM_1_1 = 0x11, GET_MEASUREMENTS = 0xe0, MEASUREMENTS = 0x60, SIGNED = 1, ALL = 0xff, DMTF = 1, LAST_INDEX = 254 };

bool at_gpu_report_split(span in, at_gpu_report *out)
{
    reader r = reader_of(in);
    *out = (at_gpu_report){0};
    (void)layout_read(&at_spdm_request_layout, read_bytes(&r, AT_SPDM_REQUEST), &out->request, NULL);
    (void)layout_read(&at_spdm_response_layout, read_bytes(&r, AT_SPDM_RESPONSE), &out->response, NULL);
    out->record = read_bytes(&r, out->response.record_length);
    out->nonce = read_bytes(&r, AT_SPDM_NONCE);
    out->opaque = read_bytes(&r, read_le(&r, 2));
    out->signed_part = span_first(in, in.n - r.rest.n);
    out->signature = read_bytes(&r, AT_GPU_SIGNATURE);
    return reader_done(&r);
}

bool at_spdm_next(span *record, at_spdm_block *out)
{
    reader r = reader_of(*record);
    (void)read_le(&r, 2);
    const size_t n = AT_SPDM_BLOCK_HEAD + read_le(&r, 2);
    if (r.failed || n < AT_SPDM_BLOCK_HEAD + AT_SPDM_VALUE_HEAD || record->n < n)
        return false;
    (void)layout_read(&at_spdm_block_layout, span_first(*record, n), out, NULL);
    *record = span_from(*record, n);
    return true;
}

static bool asks_for_all(const at_spdm_request *q) { return q->attributes == SIGNED && q->operation == ALL; }

static verdict judge_frame(const at_gpu_report *r, bool whole, account *a)
{
    const at_spdm_request *q = &r->request;
    const at_spdm_response *s = &r->response;
    CHECK(a, whole, AT_300);
    CHECK(a, q->version == SPDM_1_1 && s->version == SPDM_1_1, AT_301);
    CHECK(a, q->code == GET_MEASUREMENTS && s->code == MEASUREMENTS, AT_302);
    CHECK(a, asks_for_all(q), AT_303);
    CHECK(a, q->slot == s->slot, AT_304);
    return ACCEPT;
}

/* Notes the index; false when it is none, or was met before. */
static bool is_new_index(bool seen[256], uint64_t index)
{
    const bool good = index > 0 && index <= LAST_INDEX && !seen[index];
    seen[WITHIN(index, 256)] = true;
    return good;
}

static verdict judge_record(const at_gpu_report *r, account *a)
{
    bool seen[256] = {false}, indexed = true, by_dmtf = true, sized = true;
    span rest = r->record;
    at_spdm_block b;
    uint64_t n = 0;
    for (; n < r->response.n_blocks && at_spdm_next(&rest, &b); n++) {
        indexed &= is_new_index(seen, b.index);
        by_dmtf &= b.specification == DMTF;
        sized &= b.value.n == b.value_size;
    }
    CHECK(a, n > 0 && n == r->response.n_blocks && rest.n == 0, AT_305);
    CHECK(a, indexed, AT_306);
    CHECK(a, by_dmtf, AT_307);
    CHECK(a, sized, AT_308);
    return ACCEPT;
}

/* ---- 2. The opaque data ---- */

#define ANY 65535
/* clang-format off */
const at_opaque_row at_opaque_rows[] = {
    {1, "cert_issuer_name", AT_OPAQUE_BYTES, 0, ANY, 1, "issuer of the certificate"},
    {2, "cert_authority_key_identifier", AT_OPAQUE_BYTES, 0, ANY, 1, "authority key identifier of the certificate"},
    {AT_OPAQUE_DRIVER, "driver_version", AT_OPAQUE_TEXT, 1, 64, 1, "version of the driver"},
    {4, "gpu_info", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {5, "sku", AT_OPAQUE_TEXT, 0, ANY, 1, "product"},
    {AT_OPAQUE_VBIOS, "vbios_version", AT_OPAQUE_BYTES, 8, 8, 1, "version of the firmware image"},
    {7, "manufacturer_id", AT_OPAQUE_BYTES, 0, ANY, 1, "manufacturer"},
    {8, "tamper_detection", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {9, "smc", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {10, "vpr", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {AT_OPAQUE_NVDEC0, "nvdec0_status", AT_OPAQUE_STATUS, 1, 1, 1, "whether NVDEC0 is enabled: block 36 counts only then"},
    {12, "msrscnt", AT_OPAQUE_BYTES, 0, ANY, 4, "how often each measurement was extended, 32 bits each"},
    {13, "cprinfo", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {14, "board_id", AT_OPAQUE_BYTES, 0, ANY, 1, "board"},
    {15, "chip_sku", AT_OPAQUE_TEXT, 0, ANY, 1, "part of the name of the firmware's reference values"},
    {16, "chip_sku_mod", AT_OPAQUE_TEXT, 0, ANY, 1, "variant of the chip"},
    {17, "project", AT_OPAQUE_TEXT, 0, ANY, 1, "part of the name of the firmware's reference values"},
    {18, "project_sku", AT_OPAQUE_TEXT, 0, ANY, 1, "part of the name of the firmware's reference values"},
    {19, "project_sku_mod", AT_OPAQUE_TEXT, 0, ANY, 1, "variant of the project"},
    {AT_OPAQUE_FWID, "fwid", AT_OPAQUE_BYTES, AT_GPU_DIGEST, AT_GPU_DIGEST, 1, "SHA-384 of the firmware that made the attestation key"},
    {21, "protected_pcie_status", AT_OPAQUE_BYTES, 1, 1, 1, "protected PCIe"},
    {22, "switch_pdi", AT_OPAQUE_BYTES, 0, ANY, 8, "identifiers of the switches at its links, 64 bits each"},
    {23, "floorswept_ports", AT_OPAQUE_BYTES, 0, ANY, 1, "of a switch"},
    {24, "position_id", AT_OPAQUE_BYTES, 0, ANY, 1, "of a switch"},
    {25, "lock_switch_status", AT_OPAQUE_BYTES, 0, ANY, 1, "of a switch"},
    {32, "gpu_link_conn", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {33, "sys_enable_status", AT_OPAQUE_BYTES, 0, ANY, 1, "no published meaning"},
    {AT_OPAQUE_VERSION, "opaque_data_version", AT_OPAQUE_NUMBER, 1, 8, 1, "version of these fields"},
    {35, "chip_info", AT_OPAQUE_TEXT, 1, 64, 1, "chip"},
    {AT_OPAQUE_FEATURE, "feature_flag", AT_OPAQUE_NUMBER, 1, 8, 1, "0 spt: one GPU to a guest, 1 mpt: several, 2 ppcie: protected PCIe"},
    {0}};
/* clang-format on */

static const at_opaque_row *row_of(uint64_t type)
{
    const at_opaque_row *row = at_opaque_rows;
    while (row->name && row->type != type)
        row++;
    return row->name ? row : NULL;
}

bool at_opaque_next(span *opaque, at_opaque_field *out)
{
    reader r = reader_of(*opaque);
    *out = (at_opaque_field){.type = read_le(&r, 2)};
    const size_t n = read_le(&r, 2);
    if (r.failed || r.rest.n < n)
        return false;
    out->value = span_first(r.rest, n);
    out->row = row_of(out->type);
    *opaque = span_from(r.rest, n);
    return true;
}

span at_opaque_find(span opaque, at_opaque_type type)
{
    at_opaque_field f;
    while (at_opaque_next(&opaque, &f))
        if (f.type == (uint64_t)type)
            return f.value;
    return EMPTY;
}

static bool has_its_form(const at_opaque_field *f)
{
    const at_opaque_row *row = f->row;
    if (!row)
        return true; /* AT-313 */
    const bool sized = f->value.n >= row->least && f->value.n <= row->most && f->value.n % row->step == 0;
    return sized && (row->form != AT_OPAQUE_STATUS || f->value.p[0] == 0xaa || f->value.p[0] == 0x55);
}

static bool version_is_known(span opaque)
{
    const span version = at_opaque_find(opaque, AT_OPAQUE_VERSION);
    reader r = reader_of(version);
    return version.n == 0 || read_le(&r, version.n <= 8 ? version.n : 8) == 1;
}

/* Types that are not in the table are refused whether they repeat or not. */
static bool is_new_type(uint64_t *seen, const at_opaque_field *f)
{
    const uint64_t bit = f->row ? UINT64_C(1) << f->row->type : 0;
    const bool good = !(*seen & bit);
    *seen |= bit;
    return good;
}

static verdict judge_opaque(span opaque, account *a)
{
    bool single = true, formed = true, known = true;
    uint64_t seen = 0;
    span rest = opaque;
    for (at_opaque_field f; at_opaque_next(&rest, &f);) {
        single &= is_new_type(&seen, &f);
        formed &= has_its_form(&f);
        known &= f.row != NULL;
    }
    CHECK(a, rest.n == 0, AT_310);
    CHECK(a, single, AT_311);
    CHECK(a, formed, AT_312);
    CHECK(a, known, AT_313);
    CHECK(a, version_is_known(opaque), AT_314);
    return ACCEPT;
}

/* Two numbers of 32 bits: of the first the four bytes from the highest on, of the second the lowest. */
void at_vbios_write(span version, char out[AT_VBIOS_TEXT])
{
    static const char digits[] = "0123456789ABCDEF";
    static const size_t order[] = {3, 2, 1, 0, 4};
    size_t n = 0;
    memset(out, 0, AT_VBIOS_TEXT);
    for (size_t i = 0; version.n == 8 && i < sizeof order / sizeof *order; i++) {
        const uint8_t byte = version.p[order[i]];
        if (i)
            out[n++] = '.';
        out[n++] = digits[byte >> 4];
        out[n++] = digits[byte & 15];
    }
}

verdict at_gpu_report_read(span in, at_gpu_report *out, account *a)
{
    const bool whole = at_gpu_report_split(in, out);
    TRY(judge_frame(out, whole, a));
    TRY(judge_record(out, a));
    return judge_opaque(out->opaque, a);
}
