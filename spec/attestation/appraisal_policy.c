#include "appraisal_policy.h"

#include <stddef.h>
#include <string.h>

#define PLACE(member) offsetof(appraisal_policy, member)

/* ---- forms that only reports have ---- */

static at_product product_named(span value)
{
    at_product p = AT_MILAN;
    while (p < AT_PRODUCTS && !json_string_is(value, at_tcb_layouts[p].product))
        p++;
    return p;
}

static bool take_products(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)m;
    (void)whole;
    (void)pool;
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const at_product p = product_named(c.value);
        if (p == AT_PRODUCTS)
            return false;
        *(unsigned *)at |= 1u << p;
    }
    return true;
}

static bool take_floor(span value, at_product product, appraisal_policy *out)
{
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const struct at_tcb_part *part = at_tcb_layouts[product].part;
        uint64_t least = 0;
        size_t i = 0;
        while (i < AT_TCB && !(*part[i].name && json_string_is(c.name, part[i].name)))
            i++;
        if (i == AT_TCB || !json_uint(c.value, 255, &least))
            return false;
        out->least_tcb[product][i] = (uint8_t)least;
    }
    out->floors |= 1u << product;
    return true;
}

static bool take_floors(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    (void)m;
    (void)at;
    (void)pool;
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const at_product p = product_named(c.name);
        if (p == AT_PRODUCTS || !take_floor(c.value, p, whole))
            return false;
    }
    return true;
}

static bool take_bits(span list, const at_bit *names, uint64_t *out)
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

static bool take_wanted(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    at_wanted_bits *const out = at;
    (void)whole;
    (void)pool;
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const bool required = json_string_is(c.name, "required");
        if (!(required || json_string_is(c.name, "forbidden")) ||
            !take_bits(c.value, m->names, required ? &out->required : &out->forbidden))
            return false;
    }
    return !(out->required & out->forbidden);
}

static bool take_firmware(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    static const char *const parts[] = {"major", "minor", "build"};
    size_t n = 0;
    (void)m;
    (void)whole;
    (void)pool;
    for (json_cursor c = json_enter(value); json_kind_of(value) == JSON_OBJECT && json_next(&c); n++)
        continue;
    for (size_t i = 0; i < 3; i++) {
        uint64_t least = 0;
        span part;
        if (n != 3 || !json_member(value, parts[i], &part) || !json_uint(part, 255, &least))
            return false;
        ((uint8_t *)at)[i] = (uint8_t)least;
    }
    return true;
}

/* ---- the members ---- */

#define WAIVABLE \
    ((AT_WAIVES(AT_COMPARISONS) - 1) & ~AT_WAIVES(AT_HW_ID)) /* hwID is no choice here: allow_masked_chip says when it is not compared */

/* clang-format off */
static const policy_member rows[] = {
    {.name = "products", .take = take_products, .wrong = "is not an array of known product lines, Milan, Genoa and Turin (reports of the Venice line can't be appraised: their layout is not public)", .at = PLACE(products)},
    {.name = "measurements", .take = policy_bytes_list, .wrong = "is not an array of at most 32 values of 96 lower-case hexadecimal digits", .at = PLACE(measurements), .n = AT_MEASUREMENT, .most = APPRAISAL_MEASUREMENTS_MAX, .count_at = PLACE(n_measurements), .given = AT_WAIVES(AT_REFERENCE_VALUE)},
    {.name = "report_data", .take = policy_bytes, .wrong = "is not 128 lower-case hexadecimal digits", .at = PLACE(report_data), .n = AT_REPORT_DATA, .given = AT_WAIVES(AT_REPORT_DATA_VALUE)},
    {.name = "vmpl", .take = policy_number, .wrong = "is not a number from 0 to 4294967295", .at = PLACE(vmpl), .most = UINT32_MAX, .given = AT_WAIVES(AT_VMPL)},
    {.name = "min_tcb", .take = take_floors, .wrong = "is not an object of product lines, each with an object of its components and numbers from 0 to 255"},
    {.name = "csp_id", .take = policy_text_value, .wrong = "is not a text of 1 to 512 bytes", .at = PLACE(csp_id), .given = AT_WAIVES(AT_CSP_ID)},
    {.name = "allow_migration", .take = policy_truth, .wrong = "is neither true nor false", .at = PLACE(allow_migration)},
    {.name = "allow_masked_chip", .take = policy_truth, .wrong = "is neither true nor false", .at = PLACE(allow_masked_chip)},
    {.name = "not_compared", .take = policy_comparisons, .wrong = "names something that no appraisal compares, or hwid, which allow_masked_chip decides", .at = PLACE(waived), .names = at_comparison_names, .most = WAIVABLE},
    {.name = "guest_policy", .take = take_wanted, .wrong = "is not `required` and `forbidden` with names of POLICY bits, no name in both", .at = PLACE(guest_policy), .names = at_policy_bits, .given = AT_PINS(AT_PIN_GUEST_POLICY)},
    {.name = "platform_info", .take = take_wanted, .wrong = "is not `required` and `forbidden` with names of PLATFORM_INFO bits, no name in both", .at = PLACE(platform_info), .names = at_platform_bits, .given = AT_PINS(AT_PIN_PLATFORM)},
    {.name = "host_data", .take = policy_bytes, .wrong = "is not 64 lower-case hexadecimal digits", .at = PLACE(host_data), .n = 32, .given = AT_PINS(AT_PIN_HOST_DATA)},
    {.name = "family_id", .take = policy_bytes, .wrong = "is not 32 lower-case hexadecimal digits", .at = PLACE(family_id), .n = 16, .given = AT_PINS(AT_PIN_FAMILY_ID)},
    {.name = "image_id", .take = policy_bytes, .wrong = "is not 32 lower-case hexadecimal digits", .at = PLACE(image_id), .n = 16, .given = AT_PINS(AT_PIN_IMAGE_ID)},
    {.name = "id_key_digests", .take = policy_bytes_list, .wrong = "is not an array of at most 32 values of 96 lower-case hexadecimal digits", .at = PLACE(id_keys), .n = AT_KEY_DIGEST, .most = APPRAISAL_KEYS_MAX, .count_at = PLACE(n_id_keys), .given = AT_PINS(AT_PIN_ID_KEY)},
    {.name = "author_key_digests", .take = policy_bytes_list, .wrong = "is not an array of at most 32 values of 96 lower-case hexadecimal digits", .at = PLACE(author_keys), .n = AT_KEY_DIGEST, .most = APPRAISAL_KEYS_MAX, .count_at = PLACE(n_author_keys), .given = AT_PINS(AT_PIN_AUTHOR_KEY)},
    {.name = "min_guest_svn", .take = policy_number, .wrong = "is not a number from 0 to 4294967295", .at = PLACE(least_guest_svn), .most = UINT32_MAX, .given = AT_PINS(AT_PIN_GUEST_SVN)},
    {.name = "min_firmware", .take = take_firmware, .wrong = "is not `major`, `minor` and `build`, each from 0 to 255", .at = PLACE(least_firmware), .given = AT_PINS(AT_PIN_FIRMWARE)},
    {.name = "mitigations", .take = policy_number, .wrong = "is not a number from 0 to 9223372036854775807", .at = PLACE(mitigations), .most = INT64_MAX, .given = AT_PINS(AT_PIN_MITIGATIONS)},
    {.name = "chip_ids", .take = policy_bytes_list, .wrong = "is not an array of at most 256 values of 128 lower-case hexadecimal digits", .at = PLACE(chips), .n = AT_CHIP_ID, .most = APPRAISAL_CHIPS_MAX, .count_at = PLACE(n_chips), .given = AT_PINS(AT_PIN_CHIP)},
    {.name = "user_data", .take = policy_bytes, .wrong = "is not 128 lower-case hexadecimal digits", .at = PLACE(user_data), .n = AT_USER_DATA, .given = AT_PINS(AT_PIN_USER_DATA)},
};
/* clang-format on */

const policy_section appraisal_policy_section = {POLICY_ROWS(rows), PLACE(given)};

bool appraisal_policy_take(span object, appraisal_policy *out, policy_fault *fault)
{
    memset(out, 0, sizeof *out);
    policy_read_members(&appraisal_policy_section, object, out, &out->pool, fault);
    if (!out->products)
        policy_empty(fault, "lists no product line under `products`, so it asks nothing that could be met");
    out->waived &= ~out->given;
    return policy_is_sound(fault);
}

bool appraisal_policy_read(span text, appraisal_policy *out, policy_fault *fault)
{
    span object;
    const bool good = policy_read_text(text, &object, fault) && appraisal_policy_take(object, out, fault);
    if (!good)
        memset(out, 0, sizeof *out);
    return good;
}

at_policy appraisal_policy_of(const appraisal_policy *d, const at_root *roots, size_t n_roots)
{
    at_policy p = {
        .roots = roots,
        .n_roots = n_roots,
        .products = d->products,
        .measurements = d->measurements,
        .n_measurements = d->n_measurements,
        .report_data = span_of(d->report_data, d->given & AT_WAIVES(AT_REPORT_DATA_VALUE) ? AT_REPORT_DATA : 0),
        .vmpl = (uint32_t)d->vmpl,
        .csp_id = d->csp_id,
        .allow_migration = d->allow_migration,
        .allow_masked_chip = d->allow_masked_chip,
        .waived = (unsigned)d->waived,
        .pinned = (unsigned)d->given & AT_ALL_PINS,
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
        .least_guest_svn = (uint32_t)d->least_guest_svn,
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
