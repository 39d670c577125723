#include "quote_policy.h"
#include "calendar.h"
#include "json.h"

#include <string.h>

typedef const char *member_reader(span value, quote_policy *out);

static bool read_digits(span value, uint8_t *out, size_t n)
{
    span digits = EMPTY;
    writer w = writer_of(out, n);
    return json_raw(value, &digits) && read_hex(digits, &w) && w.n == n;
}

/* An array of values of n bytes each, at most `most`; says whether it is one. */
static bool read_list(span value, uint8_t *out, size_t n, size_t most, size_t *n_out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); ++*n_out)
        if (*n_out == most || !read_digits(c.value, out + *n_out * n, n))
            return false;
    return true;
}

/* As many bytes as the quote has, least significant first. */
static bool read_flags(span value, uint64_t *out)
{
    uint8_t bytes[8];
    const bool good = read_digits(value, bytes, sizeof bytes);
    reader r = reader_of(SPAN(bytes));
    *out = good ? read_le(&r, sizeof bytes) : 0;
    return good;
}

static void give(quote_policy *out, at_quote_comparison c) { out->given |= AT_QUOTE_WAIVES(c); }

static const char *read_statuses(span value, quote_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`tcb_statuses` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        at_tcb_status s = AT_UP_TO_DATE;
        while (s < AT_TCB_STATUSES && !json_string_is(c.value, at_tcb_status_names[s]))
            s++;
        if (s == AT_TCB_STATUSES)
            return "`tcb_statuses` names an unknown status; they are written as in Intel's documents";
        out->statuses |= 1u << s;
    }
    return NULL;
}

static const char *read_advisories(span value, quote_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`advisories` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        writer w = writer_of(out->advisory_text[out->n_advisories % QUOTE_POLICY_ADVISORIES_MAX], sizeof out->advisory_text[0]);
        if (out->n_advisories == QUOTE_POLICY_ADVISORIES_MAX || !json_string(c.value, &w) || w.n == 0)
            return "`advisories` is not an array of at most 64 texts of 1 to 32 bytes";
        out->advisories[out->n_advisories++] = written(&w);
    }
    give(out, AT_ADVISORIES);
    return NULL;
}

static const char *read_mrenclave(span value, quote_policy *out)
{
    give(out, AT_MRENCLAVE);
    return read_list(value, out->mrenclaves[0], AT_MRENCLAVE_BYTES, QUOTE_POLICY_VALUES_MAX, &out->n_mrenclaves)
               ? NULL
               : "`mrenclave` is not an array of at most 16 values of 64 lower-case hexadecimal digits";
}

static const char *read_mrsigner(span value, quote_policy *out)
{
    give(out, AT_ENCLAVE_SIGNER);
    out->has_mrsigner = true;
    return read_digits(value, out->mrsigner, sizeof out->mrsigner) ? NULL : "`mrsigner` is not 64 lower-case hexadecimal digits";
}

static const char *read_prod_id(span value, quote_policy *out)
{
    return json_uint(value, 65535, &out->isv_prod_id) ? NULL : "`isv_prod_id` is not a number from 0 to 65535";
}

static const char *read_isv_svn(span value, quote_policy *out)
{
    return json_uint(value, 65535, &out->least_isv_svn) ? NULL : "`min_isv_svn` is not a number from 0 to 65535";
}

static const char *read_report_data(span value, quote_policy *out)
{
    give(out, AT_QUOTE_DATA);
    out->has_report_data = true;
    return read_digits(value, out->report_data, AT_REPORT_DATA) ? NULL : "`report_data` is not 128 lower-case hexadecimal digits";
}

static const char *read_sept_ve(span value, quote_policy *out)
{
    return json_bool(value, &out->allow_sept_ve) ? NULL : "`allow_sept_ve` is neither true nor false";
}

static const char *read_evaluation(span value, quote_policy *out)
{
    return json_uint(value, UINT32_MAX, &out->least_evaluation) ? NULL : "`min_evaluation` is not a number from 0 to 4294967295";
}

static const char *read_baseline(span value, quote_policy *out)
{
    span text;
    return json_raw(value, &text) && calendar_read(text, &out->baseline) ? NULL
                                                                         : "`baseline_date` is not a date such as 2025-01-01T00:00:00Z";
}

static const char *read_td_attributes(span value, quote_policy *out)
{
    span mask = EMPTY, expected = EMPTY;
    size_t n = 0;
    for (json_cursor c = json_enter(value); json_next(&c);)
        n++;
    give(out, AT_TD_ATTRIBUTES);
    return json_member(value, "mask", &mask) && json_member(value, "value", &expected) && n == 2 &&
                   read_flags(mask, &out->td_attributes_mask) && read_flags(expected, &out->td_attributes)
               ? NULL
               : "`td_attributes` is not an object of `mask` and `value`, 16 lower-case hexadecimal digits each";
}

static const char *read_xfam(span value, quote_policy *out)
{
    give(out, AT_XFAM);
    return read_flags(value, &out->xfam) ? NULL : "`xfam` is not 16 lower-case hexadecimal digits";
}

static const char *read_platforms(span value, quote_policy *out)
{
    give(out, AT_PLATFORM);
    return read_list(value, out->platforms[0], AT_PPID, QUOTE_POLICY_PLATFORMS_MAX, &out->n_platforms)
               ? NULL
               : "`platforms` is not an array of at most 256 values of 32 lower-case hexadecimal digits";
}

/* What has a member of its own in the second block, or is never compared, is no choice here. */
static bool may_be_named(at_quote_comparison c)
{
    return c != AT_ENCLAVE_ATTRIBUTES && c != AT_MRSEAM && c != AT_TD_ATTRIBUTES && c != AT_XFAM && c != AT_PLATFORM;
}

static const char *read_not_compared(span value, quote_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`not_compared` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        at_quote_comparison k = AT_MRTD;
        while (k < AT_QUOTE_COMPARISONS && !(may_be_named(k) && json_string_is(c.value, at_quote_comparison_names[k])))
            k++;
        if (k == AT_QUOTE_COMPARISONS)
            return "`not_compared` names something that is always compared, never compared, or unknown";
        out->waived |= AT_QUOTE_WAIVES(k);
    }
    return NULL;
}

static const struct {
    const char *name;
    member_reader *read;
} members[] = {
    {"tcb_statuses", read_statuses},
    {"advisories", read_advisories},
    {"mrenclave", read_mrenclave},
    {"mrsigner", read_mrsigner},
    {"isv_prod_id", read_prod_id},
    {"min_isv_svn", read_isv_svn},
    {"report_data", read_report_data},
    {"not_compared", read_not_compared},
    {"allow_sept_ve", read_sept_ve},
    {"min_evaluation", read_evaluation},
    {"baseline_date", read_baseline},
    {"td_attributes", read_td_attributes},
    {"xfam", read_xfam},
    {"platforms", read_platforms},
};

static const char *read_member(span name, span value, quote_policy *out)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_string_is(name, members[i].name))
            return members[i].read(value, out);
    for (at_quote_comparison r = AT_MRTD; r < AT_REGISTERS; r++)
        if (json_string_is(name, at_quote_comparison_names[r])) {
            give(out, r);
            return read_list(value, out->registers[r][0], AT_REGISTER, QUOTE_POLICY_VALUES_MAX, &out->n_registers[r])
                       ? NULL
                       : "a register is not an array of at most 16 values of 96 lower-case hexadecimal digits";
        }
    return "it has a member that no policy has";
}

static const char *read_members(span whole, quote_policy *out)
{
    if (json_kind_of(whole) != JSON_OBJECT)
        return "it is not an object";
    for (json_cursor c = json_enter(whole); json_next(&c);) {
        const char *wrong = read_member(c.name, c.value, out);
        if (wrong)
            return wrong;
    }
    return out->statuses ? NULL : "it lists no status under `tcb_statuses`, so it asks nothing that could be met";
}

const char *quote_policy_take(span object, quote_policy *out)
{
    memset(out, 0, sizeof *out);
    const char *wrong = read_members(object, out);
    if (wrong) {
        memset(out, 0, sizeof *out);
        return wrong;
    }
    out->waived |= AT_QUOTE_WAIVES(AT_MRSEAM) | AT_QUOTE_WAIVES(AT_TD_ATTRIBUTES) | AT_QUOTE_WAIVES(AT_XFAM) | AT_QUOTE_WAIVES(AT_PLATFORM);
    out->waived &= ~out->given;
    return NULL;
}

const char *quote_policy_read(span text, quote_policy *out)
{
    span whole;
    memset(out, 0, sizeof *out);
    if (text.n > QUOTE_POLICY_MAX || !json_read(text, &whole))
        return "it is not JSON, has a name twice, or is larger than 65536 bytes";
    return quote_policy_take(whole, out);
}

at_quote_policy quote_policy_of(const quote_policy *d, span root)
{
    at_quote_policy p = {
        .root = root,
        .least_evaluation = d->least_evaluation,
        .tcb = {.statuses = d->statuses, .advisories = d->advisories, .n_advisories = d->n_advisories, .baseline = d->baseline},
        .allow_sept_ve = d->allow_sept_ve,
        .td_attributes_mask = d->td_attributes_mask,
        .td_attributes = d->td_attributes,
        .xfam = d->xfam,
        .mrenclaves = d->mrenclaves,
        .n_mrenclaves = d->n_mrenclaves,
        .mrsigner = span_of(d->mrsigner, d->has_mrsigner ? sizeof d->mrsigner : 0),
        .isv_prod_id = d->isv_prod_id,
        .least_isv_svn = d->least_isv_svn,
        .platforms = d->platforms,
        .n_platforms = d->n_platforms,
        .report_data = span_of(d->report_data, d->has_report_data ? AT_REPORT_DATA : 0),
        .waived = d->waived,
    };
    for (size_t i = 0; i < AT_REGISTERS; i++)
        p.references[i] = (at_references){d->registers[i], d->n_registers[i]};
    return p;
}

void quote_policy_built_in(quote_policy *out)
{
    memset(out, 0, sizeof *out);
    out->statuses = 1u << AT_UP_TO_DATE;
    out->waived = AT_QUOTE_WAIVABLE & ~AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION) & ~AT_QUOTE_WAIVES(AT_ADVISORIES);
}
