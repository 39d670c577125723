#include "appraisal_policy.h"
#include "json.h"

#include <string.h>

typedef const char *member_reader(span value, appraisal_policy *out);

static const char *read_products(span value, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`products` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        at_product p = AT_MILAN;
        while (p < AT_PRODUCTS && !json_string_is(c.value, at_tcb_layouts[p].product))
            p++;
        if (p == AT_PRODUCTS)
            return "`products` names an unknown product line; known are Milan, Genoa and Turin";
        out->products |= 1u << p;
    }
    return NULL;
}

static bool read_digits(span value, uint8_t *out, size_t n)
{
    span digits = EMPTY;
    writer w = writer_of(out, n);
    return json_raw(value, &digits) && read_hex(digits, &w) && w.n == n;
}

static const char *read_measurements(span value, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`measurements` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        if (out->n_measurements == APPRAISAL_MEASUREMENTS_MAX)
            return "`measurements` has more than 32 values";
        if (!read_digits(c.value, out->measurements[out->n_measurements++], AT_MEASUREMENT))
            return "`measurements` holds something else than 96 lower-case hexadecimal digits";
    }
    return NULL;
}

static const char *read_report_data(span value, appraisal_policy *out)
{
    out->has_report_data = true;
    return read_digits(value, out->report_data, AT_REPORT_DATA) ? NULL : "`report_data` is not 128 lower-case hexadecimal digits";
}

static const char *read_vmpl(span value, appraisal_policy *out)
{
    uint64_t vmpl = 0;
    if (!json_uint(value, UINT32_MAX, &vmpl))
        return "`vmpl` is not a number from 0 to 4294967295";
    out->vmpl = (uint32_t)vmpl;
    return NULL;
}

static const char *read_floor(span value, at_product product, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_OBJECT)
        return "`min_tcb` holds something else than an object of components";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const struct at_tcb_part *part = at_tcb_layouts[product].part;
        uint64_t least = 0;
        size_t i = 0;
        while (i < AT_TCB && !(*part[i].name && json_string_is(c.name, part[i].name)))
            i++;
        if (i == AT_TCB)
            return "`min_tcb` names a component that the product line does not have";
        if (!json_uint(c.value, 255, &least))
            return "`min_tcb` holds something else than a number from 0 to 255";
        out->least_tcb[product][i] = (uint8_t)least;
    }
    return NULL;
}

static const char *read_min_tcb(span value, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_OBJECT)
        return "`min_tcb` is not an object";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        at_product p = AT_MILAN;
        while (p < AT_PRODUCTS && !json_string_is(c.name, at_tcb_layouts[p].product))
            p++;
        const char *wrong = p == AT_PRODUCTS ? "`min_tcb` names an unknown product line" : read_floor(c.value, p, out);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *read_csp_id(span value, appraisal_policy *out)
{
    writer w = WRITER(out->csp_id);
    if (!json_string(value, &w) || w.n == 0)
        return "`csp_id` is not a text of 1 to 128 bytes";
    out->n_csp_id = w.n;
    return NULL;
}

static const char *read_migration(span value, appraisal_policy *out)
{
    return json_bool(value, &out->allow_migration) ? NULL : "`allow_migration` is neither true nor false";
}

static const char *read_masked(span value, appraisal_policy *out)
{
    return json_bool(value, &out->allow_masked_chip) ? NULL : "`allow_masked_chip` is neither true nor false";
}

/* hwID is no choice here: allow_masked_chip says when it is not compared. */
static const char *read_not_compared(span value, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_ARRAY)
        return "`not_compared` is not an array";
    for (json_cursor c = json_enter(value); json_next(&c);) {
        at_comparison k = 0;
        while (k < AT_COMPARISONS && (k == AT_HW_ID || !json_string_is(c.value, at_comparison_names[k])))
            k++;
        if (k == AT_COMPARISONS)
            return "`not_compared` names something else than revocation, cspid, vmpl, report_data and measurement";
        out->waived |= AT_WAIVES(k);
    }
    return NULL;
}

static const struct {
    const char *name;
    member_reader *read;
} members[] = {
    {"products", read_products},         {"measurements", read_measurements},
    {"report_data", read_report_data},   {"vmpl", read_vmpl},
    {"min_tcb", read_min_tcb},           {"csp_id", read_csp_id},
    {"allow_migration", read_migration}, {"allow_masked_chip", read_masked},
    {"not_compared", read_not_compared},
};

static const char *read_member(span name, span value, appraisal_policy *out)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_string_is(name, members[i].name))
            return members[i].read(value, out);
    return "it has a member that no policy has";
}

static const char *read_document(span text, appraisal_policy *out)
{
    span whole;
    if (text.n > APPRAISAL_POLICY_MAX || !json_read(text, &whole))
        return "it is not JSON, has a name twice, or is larger than 65536 bytes";
    if (json_kind_of(whole) != JSON_OBJECT)
        return "it is not an object";
    for (json_cursor c = json_enter(whole); json_next(&c);) {
        const char *wrong = read_member(c.name, c.value, out);
        if (wrong)
            return wrong;
    }
    return out->products ? NULL : "it lists no product line under `products`, so it asks nothing that could be met";
}

const char *appraisal_policy_read(span text, appraisal_policy *out)
{
    memset(out, 0, sizeof *out);
    const char *wrong = read_document(text, out);
    if (wrong)
        memset(out, 0, sizeof *out);
    return wrong;
}

at_policy appraisal_policy_of(const appraisal_policy *d, const at_root *roots, size_t n_roots)
{
    at_policy p = {
        .roots = roots,
        .n_roots = n_roots,
        .products = d->products,
        .measurements = d->measurements,
        .n_measurements = d->n_measurements,
        .report_data = span_of(d->report_data, d->has_report_data ? AT_REPORT_DATA : 0),
        .vmpl = d->vmpl,
        .csp_id = span_of(d->csp_id, d->n_csp_id),
        .allow_migration = d->allow_migration,
        .allow_masked_chip = d->allow_masked_chip,
        .waived = d->waived,
    };
    memcpy(p.least_tcb, d->least_tcb, sizeof p.least_tcb);
    return p;
}

void appraisal_policy_built_in(appraisal_policy *out)
{
    memset(out, 0, sizeof *out);
    out->products = (1u << AT_PRODUCTS) - 1;
    out->waived = AT_WAIVES(AT_REVOCATION) | AT_WAIVES(AT_CSP_ID) | AT_WAIVES(AT_VMPL) | AT_WAIVES(AT_REPORT_DATA_VALUE) |
                  AT_WAIVES(AT_REFERENCE_VALUE);
}
