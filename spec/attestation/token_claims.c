/* Sections 5 to 7, what the issuers say. */
#include "token_parts.h"

#include "calendar.h"

#include <stddef.h>
#include <string.h>

const char *const at_hardware_names[AT_HARDWARES + 1] = {
    [AT_GCP_INTEL_TDX] = "GCP_INTEL_TDX",
    [AT_GCP_AMD_SEV] = "GCP_AMD_SEV",
    [AT_GCP_AMD_SEV_ES] = "GCP_AMD_SEV_ES",
    [AT_GCP_AMD_SEV_SNP] = "GCP_AMD_SEV_SNP",
};

static span member(span object, const char *name)
{
    span value;
    json_member(object, name, &value);
    return value;
}

/* ---- the status of the TCB ---- */

typedef struct status_claims {
    span status, date, advisories; /* JSON; empty: absent */
} status_claims;

static at_tcb_status status_named(span value)
{
    at_tcb_status s = AT_UP_TO_DATE;
    while (s < AT_TCB_STATUSES && !json_string_is(value, at_tcb_status_names[s]))
        s++;
    return s;
}

static bool read_date(span value, int64_t *out)
{
    span text;
    return value.n == 0 || (json_raw(value, &text) && calendar_read(text, out));
}

static bool read_advisories(span value, at_tcb_result *out)
{
    span text;
    const json_kind kind = json_kind_of(value);
    for (json_cursor c = json_enter(value); kind == JSON_ARRAY && json_next(&c);) {
        if (out->n_advisories == AT_ADVISORIES_MAX || !json_raw(c.value, &text))
            return false;
        out->advisory[out->n_advisories++] = text;
    }
    return value.n == 0 || kind == JSON_NULL || kind == JSON_ARRAY;
}

/* An absent date is before every baseline. */
static verdict judge_status(token_appraisal *a, const status_claims *claims, const at_tcb_terms *terms)
{
    account *const to = a->account;
    at_tcb_result *const r = &a->out->tcb;
    at_tcb_terms own = *terms;
    const at_tcb_status status = status_named(claims->status);
    r->date = claims->date.n ? INT64_MAX : 0;
    const bool dated = read_date(claims->date, &r->date), listed = read_advisories(claims->advisories, r);
    CHECK(to, status < AT_TCB_STATUSES && dated && listed, AT_234);
    r->status = WEAKENED(AT_234) && status == AT_TCB_STATUSES ? AT_UP_TO_DATE : status;
    r->known = true;
    if (own.waives_advisories)
        account_leave_out(to, AT_ADVISORIES);
    return at_tcb_judge(r, &own, to);
}

static at_tcb_terms terms_of(const at_quote_policy *td)
{
    at_tcb_terms terms = td->tcb;
    terms.waives_advisories = (td->waived & AT_QUOTE_WAIVES(AT_ADVISORIES)) != 0;
    return terms;
}

/* ---- 5. Intel Trust Authority ---- */

/* The claims about a trust domain: their names, sizes in bytes, and places. */
static const struct td_claim {
    const char *name;
    size_t n, at;
} td_claims[] = {
    {"tdx_mrtd", AT_REGISTER, offsetof(at_td_report, mrtd)},
    {"tdx_rtmr0", AT_REGISTER, offsetof(at_td_report, rtmr0)},
    {"tdx_rtmr1", AT_REGISTER, offsetof(at_td_report, rtmr1)},
    {"tdx_rtmr2", AT_REGISTER, offsetof(at_td_report, rtmr2)},
    {"tdx_rtmr3", AT_REGISTER, offsetof(at_td_report, rtmr3)},
    {"tdx_mrseam", AT_REGISTER, offsetof(at_td_report, mrseam)},
    {"tdx_mrconfigid", AT_REGISTER, offsetof(at_td_report, mrconfigid)},
    {"tdx_mrowner", AT_REGISTER, offsetof(at_td_report, mrowner)},
    {"tdx_mrownerconfig", AT_REGISTER, offsetof(at_td_report, mrownerconfig)},
};

enum { TD_CLAIMS = sizeof td_claims / sizeof *td_claims };

static bool take_flags(span value, uint64_t *out)
{
    uint8_t bytes[8] = {0};
    const bool good = json_bytes(value, bytes, sizeof bytes);
    reader r = reader_of(SPAN(bytes));
    *out = read_le(&r, sizeof bytes);
    return good;
}

/* A claim that is not what it has to be leaves its field empty. */
static bool read_td(span claims, at_token_claims *out)
{
    bool all = true;
    for (size_t i = 0; i < TD_CLAIMS; i++) {
        const bool good = json_bytes(member(claims, td_claims[i].name), out->bytes[i], td_claims[i].n);
        *(span *)((uint8_t *)&out->td + td_claims[i].at) = span_of(out->bytes[i], good ? td_claims[i].n : 0);
        all &= good;
    }
    all &= take_flags(member(claims, "tdx_td_attributes"), &out->td.td_attributes);
    all &= take_flags(member(claims, "tdx_xfam"), &out->td.xfam);
    all &= json_bytes(member(claims, "tdx_report_data"), out->report_data, AT_REPORT_DATA);
    out->td.report_data = SPAN(out->report_data);
    out->is_td = true;
    return all;
}

/* The object with the claims of the device. */
static bool find_device(const token_appraisal *a, bool nested, span *device)
{
    const span tdx = member(a->claims, "tdx");
    const bool flat = member(a->claims, "tdx_report_data").n || member(a->claims, "attester_type").n;
    *device = nested ? tdx : a->claims;
    return nested ? json_kind_of(tdx) == JSON_OBJECT && !flat : tdx.n == 0;
}

/* In the object of the device, or beside it. */
static span near(const token_appraisal *a, span device, const char *name)
{
    const span inner = member(device, name);
    return inner.n ? inner : member(a->claims, name);
}

static bool debugging_is_off(const token_appraisal *a, span device)
{
    bool debuggable = true;
    const span status = near(a, device, "dbgstat"), flag = member(device, "tdx_is_debuggable");
    const bool good_status = status.n == 0 || json_string_is(status, "disabled");
    const bool good_flag = flag.n == 0 || (json_bool(flag, &debuggable) && !debuggable);
    return good_status && good_flag && (status.n || flag.n);
}

/* An entry is the policy's id, or an object with it. */
static bool names_policy(span matched, span id)
{
    bool found = false;
    for (json_cursor c = json_enter(matched); json_kind_of(matched) == JSON_ARRAY && json_next(&c);)
        found |= token_says(json_kind_of(c.value) == JSON_OBJECT ? member(c.value, "id") : c.value, id);
    return found;
}

static bool is_empty(span list)
{
    json_cursor c = json_enter(list);
    return list.n == 0 || json_kind_of(list) == JSON_NULL || (json_kind_of(list) == JSON_ARRAY && !json_next(&c));
}

static bool policies_matched(const token_appraisal *a, span device)
{
    const at_texts *ids = &a->policy->policy_ids;
    bool all = ids->n == 0 || is_empty(near(a, device, "policy_ids_unmatched"));
    for (size_t i = 0; i < ids->n; i++)
        all &= names_policy(near(a, device, "policy_ids_matched"), ids->text[i]);
    return all;
}

static verdict judge_intel_td(token_appraisal *a, span device, const at_quote_policy *td)
{
    account *const to = a->account;
    const status_claims status = {member(device, "attester_tcb_status"), member(device, "attester_tcb_date"),
                                  member(device, "attester_advisory_ids")};
    const at_tcb_terms terms = terms_of(td);
    CHECK(to, read_td(device, a->out), AT_233);
    TRY(judge_status(a, &status, &terms));
    CHECK(to, debugging_is_off(a, device), AT_235);
    TRY(at_td_judge(&a->out->td, td, to));
    return at_guest_judge(NULL, a->out->td.report_data, td, to);
}

static verdict judge_intel(token_appraisal *a)
{
    static const at_quote_policy nothing;
    account *const to = a->account;
    const span ver = member(a->claims, "ver");
    const bool nested = json_string_is(ver, "2.0.0");
    span device;
    CHECK(to, nested || json_string_is(ver, "1.0.0"), AT_230);
    CHECK(to, find_device(a, nested, &device), AT_231);
    CHECK(to, json_string_is(member(device, "attester_type"), "TDX") && a->policy->td, AT_232);
    TRY(judge_intel_td(a, device, WEAKENED(AT_232) && !a->policy->td ? &nothing : a->policy->td));
    CHECK(to, policies_matched(a, device), AT_236);
    return ACCEPT;
}

/* ---- 6. Google Confidential Space ---- */

static at_hardware hardware_named(span value)
{
    at_hardware h = AT_GCP_INTEL_TDX;
    while (h < AT_HARDWARES && !json_string_is(value, at_hardware_names[h]))
        h++;
    return h;
}

static bool is_true(span value)
{
    bool truth = false;
    return json_bool(value, &truth) && truth;
}

/* Digits without a zero in front. */
static bool read_version(span value, uint64_t *out)
{
    span digits;
    return json_raw(value, &digits) && json_kind_of(digits) == JSON_NUMBER && json_uint(digits, UINT32_MAX, out);
}

static bool is_recent(span versions, uint64_t least)
{
    bool all = json_kind_of(versions) == JSON_ARRAY;
    size_t n = 0;
    for (json_cursor c = json_enter(versions); all && json_next(&c); n++) {
        uint64_t version = 0;
        all = read_version(c.value, &version) && version >= least;
    }
    return all && n > 0;
}

static bool is_supported(const token_appraisal *a, span submods)
{
    const span attributes = member(member(submods, "confidential_space"), "support_attributes");
    bool all = true;
    for (size_t i = 0; i < a->policy->support.n; i++)
        all &= token_contains(attributes, a->policy->support.text[i]);
    return all;
}

static verdict judge_google_tcb(token_appraisal *a)
{
    static const at_quote_policy nothing;
    const span tdx = member(a->claims, "tdx");
    const status_claims status = {member(tdx, "gcp_attester_tcb_status"), member(tdx, "gcp_attester_tcb_date"), EMPTY};
    const at_tcb_terms terms = terms_of(a->policy->td ? a->policy->td : &nothing);
    if (!token_holds_or_waived(a, AT_TOKEN_STATUS, false))
        TRY(judge_status(a, &status, &terms));
    return ACCEPT;
}

static verdict judge_google(token_appraisal *a)
{
    account *const to = a->account;
    const span submods = member(a->claims, "submods");
    const at_hardware hardware = hardware_named(member(a->claims, "hwmodel"));
    CHECK(to, hardware < AT_HARDWARES && a->policy->hardware & 1u << hardware, AT_240);
    if (hardware == AT_GCP_INTEL_TDX)
        TRY(judge_google_tcb(a));
    CHECK(to, json_string_is(member(a->claims, "swname"), "CONFIDENTIAL_SPACE"), AT_241);
    CHECK(to, json_string_is(member(a->claims, "dbgstat"), "disabled-since-boot"), AT_242);
    CHECK(to, is_true(member(a->claims, "secboot")), AT_243);
    CHECK(to, a->policy->least_version == 0 || is_recent(member(a->claims, "swversion"), a->policy->least_version), AT_244);
    CHECK(to, is_supported(a, submods), AT_245);
    const bool is_image = token_lists(&a->policy->images, member(member(submods, "container"), "image_digest"));
    CHECK(to, token_holds_or_waived(a, AT_TOKEN_IMAGE, is_image), AT_246);
    return ACCEPT;
}

/* ---- 7. Both ---- */

/* The member whose name says these bytes once decoded. */
static span member_said(span object, span name)
{
    for (json_cursor c = json_enter(object); json_kind_of(object) == JSON_OBJECT && json_next(&c);)
        if (token_says(c.name, name))
            return c.value;
    return EMPTY;
}

static span at_path(span claims, span path)
{
    span value = claims;
    while (path.n) {
        size_t n = 0;
        while (n < path.n && path.p[n] != '.')
            n++;
        value = member_said(value, span_first(path, n));
        path = span_from(path, n + 1);
    }
    return value;
}

static bool is_pinned(const at_pin_value *v, span value)
{
    const json_kind kind = json_kind_of(value);
    return kind == v->kind && (kind == JSON_STRING ? token_says(value, v->text) : span_same(value, v->text));
}

static bool pins_hold(const token_appraisal *a)
{
    bool all = true;
    for (size_t i = 0; i < a->policy->n_pins; i++) {
        const at_pin *pin = &a->policy->pins[i];
        const span value = at_path(a->claims, pin->path);
        bool found = false;
        for (size_t k = 0; k < pin->n; k++)
            found |= is_pinned(&pin->value[k], value);
        all &= found;
    }
    return all;
}

verdict token_judge_claims(token_appraisal *a)
{
    TRY(a->policy->issuer == AT_INTEL ? judge_intel(a) : judge_google(a));
    CHECK(a->account, pins_hold(a), AT_247);
    return ACCEPT;
}
