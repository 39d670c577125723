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
            return json_string_is(c.value, "Venice")
                       ? "`products`: reports of the Venice line can't be appraised: their layout is not public"
                       : "`products` names an unknown product line; known are Milan, Genoa and Turin";
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

static const char *read_measurements(span value, appraisal_policy *out)
{
    out->given |= AT_WAIVES(AT_REFERENCE_VALUE);
    return read_list(value, out->measurements[0], AT_MEASUREMENT, APPRAISAL_MEASUREMENTS_MAX, &out->n_measurements)
               ? NULL
               : "`measurements` is not an array of at most 32 values of 96 lower-case hexadecimal digits";
}

static const char *read_report_data(span value, appraisal_policy *out)
{
    out->has_report_data = true;
    out->given |= AT_WAIVES(AT_REPORT_DATA_VALUE);
    return read_digits(value, out->report_data, AT_REPORT_DATA) ? NULL : "`report_data` is not 128 lower-case hexadecimal digits";
}

static const char *read_vmpl(span value, appraisal_policy *out)
{
    uint64_t vmpl = 0;
    if (!json_uint(value, UINT32_MAX, &vmpl))
        return "`vmpl` is not a number from 0 to 4294967295";
    out->vmpl = (uint32_t)vmpl;
    out->given |= AT_WAIVES(AT_VMPL);
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
    out->floors |= 1u << product;
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
    out->given |= AT_WAIVES(AT_CSP_ID);
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
            return "`not_compared` names something that no appraisal compares, or hwid, which allow_masked_chip decides";
        out->waived |= AT_WAIVES(k);
    }
    return NULL;
}

/* ---- pins ---- */

static void pin(appraisal_policy *out, at_comparison c) { out->pinned |= AT_PINS(c); }

static bool read_bits(span list, const at_bit *names, uint64_t *out)
{
    if (json_kind_of(list) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(list); json_next(&c);) {
        size_t i = 0;
        while (*names[i].name && !json_string_is(c.value, names[i].name))
            i++;
        if (!*names[i].name)
            return false;
        *out |= UINT64_C(1) << names[i].bit;
    }
    return true;
}

static bool read_wanted(span value, const at_bit *names, at_wanted_bits *out)
{
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const bool required = json_string_is(c.name, "required");
        if (!(required || json_string_is(c.name, "forbidden")) || !read_bits(c.value, names, required ? &out->required : &out->forbidden))
            return false;
    }
    return !(out->required & out->forbidden);
}

static const char *read_guest_policy(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_GUEST_POLICY);
    return read_wanted(value, at_policy_bits, &out->guest_policy)
               ? NULL
               : "`guest_policy` is not `required` and `forbidden` with names of POLICY bits, no name in both";
}

static const char *read_platform_info(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_PLATFORM);
    return read_wanted(value, at_platform_bits, &out->platform_info)
               ? NULL
               : "`platform_info` is not `required` and `forbidden` with names of PLATFORM_INFO bits, no name in both";
}

static const char *read_host_data(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_HOST_DATA);
    return read_digits(value, out->host_data, sizeof out->host_data) ? NULL : "`host_data` is not 64 lower-case hexadecimal digits";
}

static const char *read_family_id(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_FAMILY_ID);
    return read_digits(value, out->family_id, sizeof out->family_id) ? NULL : "`family_id` is not 32 lower-case hexadecimal digits";
}

static const char *read_image_id(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_IMAGE_ID);
    return read_digits(value, out->image_id, sizeof out->image_id) ? NULL : "`image_id` is not 32 lower-case hexadecimal digits";
}

static const char *read_id_keys(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_ID_KEY);
    return read_list(value, out->id_keys[0], AT_KEY_DIGEST, APPRAISAL_KEYS_MAX, &out->n_id_keys)
               ? NULL
               : "`id_key_digests` is not an array of at most 32 values of 96 lower-case hexadecimal digits";
}

static const char *read_author_keys(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_AUTHOR_KEY);
    return read_list(value, out->author_keys[0], AT_KEY_DIGEST, APPRAISAL_KEYS_MAX, &out->n_author_keys)
               ? NULL
               : "`author_key_digests` is not an array of at most 32 values of 96 lower-case hexadecimal digits";
}

static const char *read_guest_svn(span value, appraisal_policy *out)
{
    uint64_t svn = 0;
    pin(out, AT_PIN_GUEST_SVN);
    if (!json_uint(value, UINT32_MAX, &svn))
        return "`min_guest_svn` is not a number from 0 to 4294967295";
    out->least_guest_svn = (uint32_t)svn;
    return NULL;
}

static const char *read_firmware(span value, appraisal_policy *out)
{
    static const char *const parts[] = {"major", "minor", "build"};
    span whole = value, part;
    size_t n = 0;
    pin(out, AT_PIN_FIRMWARE);
    if (json_kind_of(whole) != JSON_OBJECT)
        return "`min_firmware` is not an object";
    for (json_cursor c = json_enter(whole); json_next(&c); n++)
        continue;
    for (size_t i = 0; i < 3; i++) {
        uint64_t least = 0;
        if (n != 3 || !json_member(whole, parts[i], &part) || !json_uint(part, 255, &least))
            return "`min_firmware` is not `major`, `minor` and `build`, each from 0 to 255";
        out->least_firmware[i] = (uint8_t)least;
    }
    return NULL;
}

static const char *read_mitigations(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_MITIGATIONS);
    return json_uint(value, INT64_MAX, &out->mitigations) ? NULL : "`mitigations` is not a number from 0 to 9223372036854775807";
}

static const char *read_chips(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_CHIP);
    return read_list(value, out->chips[0], AT_CHIP_ID, APPRAISAL_CHIPS_MAX, &out->n_chips)
               ? NULL
               : "`chip_ids` is not an array of at most 256 values of 128 lower-case hexadecimal digits";
}

static const char *read_user_data(span value, appraisal_policy *out)
{
    pin(out, AT_PIN_USER_DATA);
    return read_digits(value, out->user_data, AT_USER_DATA) ? NULL : "`user_data` is not 128 lower-case hexadecimal digits";
}

/* ---- the document ---- */

static const struct {
    const char *name;
    member_reader *read;
} members[] = {
    {"products", read_products},
    {"measurements", read_measurements},
    {"report_data", read_report_data},
    {"vmpl", read_vmpl},
    {"min_tcb", read_min_tcb},
    {"csp_id", read_csp_id},
    {"allow_migration", read_migration},
    {"allow_masked_chip", read_masked},
    {"not_compared", read_not_compared},
    {"guest_policy", read_guest_policy},
    {"platform_info", read_platform_info},
    {"host_data", read_host_data},
    {"family_id", read_family_id},
    {"image_id", read_image_id},
    {"id_key_digests", read_id_keys},
    {"author_key_digests", read_author_keys},
    {"min_guest_svn", read_guest_svn},
    {"min_firmware", read_firmware},
    {"mitigations", read_mitigations},
    {"chip_ids", read_chips},
    {"user_data", read_user_data},
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
    out->waived &= ~out->given;
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
        .pinned = d->pinned,
        .floors = d->floors,
        .guest_policy = d->guest_policy,
        .platform_info = d->platform_info,
        .host_data = SPAN(d->host_data),
        .family_id = SPAN(d->family_id),
        .image_id = SPAN(d->image_id),
        .id_keys = d->id_keys,
        .n_id_keys = d->n_id_keys,
        .author_keys = d->author_keys,
        .n_author_keys = d->n_author_keys,
        .least_guest_svn = d->least_guest_svn,
        .mitigations = d->mitigations,
        .chips = d->chips,
        .n_chips = d->n_chips,
        .user_data = SPAN(d->user_data),
    };
    memcpy(p.least_firmware, d->least_firmware, sizeof p.least_firmware);
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
