#include "wrapper.h"
#include "json.h"

#include <string.h>

/* ---- 9. The wrapper of Azure ---- */

enum { RUNTIME_HEAD = 20, SHA_256 = 1, SHA_512 = 3 };

#define W at_wrapper
static const field wrapper_fields[] = {
    ROW_BYTES(W, mark, 4),
    ROW_UINT_LE(W, version, 4),
    ROW_UINT_LE(W, size, 4),
    ROW_UINT_LE(W, request, 4),
    ROW_UINT_LE(W, status, 4),
    ROW_BYTES(W, reserved, 12),
    ROW_BYTES(W, report, AT_WRAPPED_REPORT),
    ROW_UINT_LE(W, data_size, 4),
    ROW_UINT_LE_IN(W, data_version, 4, 1, 1, AT_072),
    ROW_UINT_LE_IN(W, report_type, 4, 2, 2, AT_073),
    ROW_UINT_LE_IN(W, hash_type, 4, SHA_256, SHA_512, AT_074),
    ROW_UINT_LE(W, claims_size, 4),
    ROW_REST(W, rest),
};
#undef W

const layout at_wrapper_layout = LAYOUT("wrapper", LAYOUT_BINARY, at_wrapper, wrapper_fields, AT_070);

bool at_is_wrapper(span s) { return span_is(span_first(s, 4), "HCLA"); }

verdict at_read_wrapper(span in, account *noted, at_wrapper *out)
{
    TRY(layout_read_noting(&at_wrapper_layout, in, out, noted));
    CHECK(noted, at_is_wrapper(out->mark), AT_071);
    CHECK(noted, out->data_size == RUNTIME_HEAD + out->claims_size && out->claims_size <= out->rest.n, AT_075);
    out->claims = span_first(out->rest, (size_t)out->claims_size);
    return ACCEPT;
}

static bool is_digest(const prim *p, const at_wrapper *w, span report_data)
{
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    static const size_t sizes[] = {32, 48, 64};
    const size_t i = w->hash_type >= SHA_256 && w->hash_type <= SHA_512 ? w->hash_type - SHA_256 : 0;
    uint8_t want[AT_USER_DATA] = {0};
    prim_digest(p, hashes[i], w->claims, want);
    memset(want + sizes[i], 0, sizeof want - sizes[i]);
    return span_same(report_data, SPAN(want));
}

verdict at_judge_wrapper(const prim *p, const at_wrapper *w, span report_data, account *noted)
{
    CHECK(noted, is_digest(p, w, report_data), AT_076);
    return ACCEPT;
}

/* Azure writes upper-case digits, others need not. */
static bool read_any_hex(span digits, uint8_t out[AT_USER_DATA])
{
    uint8_t lower[2 * AT_USER_DATA];
    writer w = writer_of(out, AT_USER_DATA);
    if (digits.n != sizeof lower)
        return false;
    for (size_t i = 0; i < digits.n; i++)
        lower[i] = digits.p[i] >= 'A' && digits.p[i] <= 'F' ? (uint8_t)(digits.p[i] - 'A' + 'a') : digits.p[i];
    return read_hex(SPAN(lower), &w);
}

bool at_user_data(const at_wrapper *w, uint8_t out[AT_USER_DATA])
{
    span whole, value, digits;
    return json_read(w->claims, &whole) && json_kind_of(whole) == JSON_OBJECT && json_member(whole, "user-data", &value) &&
           json_raw(value, &digits) && read_any_hex(digits, out);
}
