#include "quote_policy.h"

#include <stddef.h>
#include <string.h>

#define PLACE(member)   offsetof(quote_policy, member)
#define BIT(comparison) AT_QUOTE_WAIVES(comparison)

/* `mask` and `value`, and nothing else. */
static bool take_td_attributes(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    quote_policy *const out = whole;
    span mask = EMPTY, expected = EMPTY;
    size_t n = 0;
    for (json_cursor c = json_enter(value); json_next(&c);)
        n++;
    return json_member(value, "mask", &mask) && json_member(value, "value", &expected) && n == 2 &&
           policy_flags(m, mask, &out->td_attributes_mask, whole, pool) && policy_flags(m, expected, at, whole, pool);
}

/* What has a member of its own in the second block, or is never compared, is no choice. */
#define WAIVABLE (AT_QUOTE_WAIVABLE & ~(BIT(AT_MRSEAM) | BIT(AT_TD_ATTRIBUTES) | BIT(AT_XFAM) | BIT(AT_PLATFORM)))

#define REGISTER(text, which)                                                                                                           \
    {                                                                                                                                   \
        .name = (text), .take = policy_bytes_list, .wrong = "is not an array of at most 16 values of 96 lower-case hexadecimal digits", \
        .at = PLACE(registers) + (which) * sizeof((quote_policy *)0)->registers[0], .n = AT_REGISTER, .most = QUOTE_POLICY_VALUES_MAX,  \
        .count_at = PLACE(n_registers) + (which) * sizeof(size_t), .given = BIT(which)                                                  \
    }

/* clang-format off */
static const policy_member rows[] = {
    {.name = "tcb_statuses", .take = policy_names, .wrong = "is not an array of statuses as Intel's documents write them", .at = PLACE(statuses), .names = at_tcb_status_names},
    {.name = "advisories", .take = policy_text_list, .wrong = "is not an array of at most 64 texts of 1 to 512 bytes", .at = PLACE(advisories), .most = QUOTE_POLICY_ADVISORIES_MAX, .count_at = PLACE(n_advisories), .given = BIT(AT_ADVISORIES)},
    REGISTER("mrtd", AT_MRTD),
    REGISTER("rtmr0", AT_RTMR0),
    REGISTER("rtmr1", AT_RTMR1),
    REGISTER("rtmr2", AT_RTMR2),
    REGISTER("rtmr3", AT_RTMR3),
    REGISTER("mrseam", AT_MRSEAM),
    REGISTER("mrconfigid", AT_MRCONFIGID),
    REGISTER("mrowner", AT_MROWNER),
    REGISTER("mrownerconfig", AT_MROWNERCONFIG),
    REGISTER("mrservicetd", AT_MRSERVICETD),
    {.name = "mrenclave", .take = policy_bytes_list, .wrong = "is not an array of at most 16 values of 64 lower-case hexadecimal digits", .at = PLACE(mrenclaves), .n = AT_MRENCLAVE_BYTES, .most = QUOTE_POLICY_VALUES_MAX, .count_at = PLACE(n_mrenclaves), .given = BIT(AT_MRENCLAVE)},
    {.name = "mrsigner", .take = policy_bytes, .wrong = "is not 64 lower-case hexadecimal digits", .at = PLACE(mrsigner), .n = 32, .given = BIT(AT_ENCLAVE_SIGNER)},
    {.name = "isv_prod_id", .take = policy_number, .wrong = "is not a number from 0 to 65535", .at = PLACE(isv_prod_id), .most = 65535},
    {.name = "min_isv_svn", .take = policy_number, .wrong = "is not a number from 0 to 65535", .at = PLACE(least_isv_svn), .most = 65535},
    {.name = "report_data", .take = policy_bytes, .wrong = "is not 128 lower-case hexadecimal digits", .at = PLACE(report_data), .n = AT_REPORT_DATA, .given = BIT(AT_QUOTE_DATA)},
    {.name = "not_compared", .take = policy_comparisons, .wrong = "names something that is always compared, never compared, or unknown", .at = PLACE(waived), .names = at_quote_comparison_names, .most = WAIVABLE},
    {.name = "allow_sept_ve", .take = policy_truth, .wrong = "is neither true nor false", .at = PLACE(allow_sept_ve)},
    {.name = "min_evaluation", .take = policy_number, .wrong = "is not a number from 0 to 4294967295", .at = PLACE(least_evaluation), .most = UINT32_MAX},
    {.name = "baseline_date", .take = policy_date, .wrong = "is not a date such as 2025-01-01T00:00:00Z", .at = PLACE(baseline)},
    {.name = "td_attributes", .take = take_td_attributes, .wrong = "is not an object of `mask` and `value`, 16 lower-case hexadecimal digits each", .at = PLACE(td_attributes), .given = BIT(AT_TD_ATTRIBUTES)},
    {.name = "xfam", .take = policy_flags, .wrong = "is not 16 lower-case hexadecimal digits", .at = PLACE(xfam), .given = BIT(AT_XFAM)},
    {.name = "platforms", .take = policy_bytes_list, .wrong = "is not an array of at most 256 values of 32 lower-case hexadecimal digits", .at = PLACE(platforms), .n = AT_PPID, .most = QUOTE_POLICY_PLATFORMS_MAX, .count_at = PLACE(n_platforms), .given = BIT(AT_PLATFORM)},
};
/* clang-format on */

const policy_section quote_policy_section = {POLICY_ROWS(rows), PLACE(given)};

bool quote_policy_take(span object, quote_policy *out, policy_fault *fault)
{
    memset(out, 0, sizeof *out);
    policy_read_members(&quote_policy_section, object, out, &out->pool, fault);
    if (!out->statuses)
        policy_empty(fault, "lists no status under `tcb_statuses`, so it asks nothing that could be met");
    out->waived |= BIT(AT_MRSEAM) | BIT(AT_TD_ATTRIBUTES) | BIT(AT_XFAM) | BIT(AT_PLATFORM);
    out->waived &= ~out->given;
    return policy_is_sound(fault);
}

bool quote_policy_read(span text, quote_policy *out, policy_fault *fault)
{
    span object;
    const bool good = policy_read_text(text, &object, fault) && quote_policy_take(object, out, fault);
    if (!good)
        memset(out, 0, sizeof *out);
    return good;
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
        .mrsigner = span_of(d->mrsigner, d->given & BIT(AT_ENCLAVE_SIGNER) ? sizeof d->mrsigner : 0),
        .isv_prod_id = d->isv_prod_id,
        .least_isv_svn = d->least_isv_svn,
        .platforms = d->platforms,
        .n_platforms = d->n_platforms,
        .report_data = span_of(d->report_data, d->given & BIT(AT_QUOTE_DATA) ? AT_REPORT_DATA : 0),
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
