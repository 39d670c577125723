#include "gpu_policy.h"

#include <stddef.h>
#include <string.h>

#define PLACE(member)   offsetof(gpu_policy, member)
#define BIT(comparison) AT_GPU_BIT(comparison)

/* A number from 1 to 254 without zeros in front, as the name of a member. */
static bool take_index(span name, uint8_t *out)
{
    span text;
    unsigned index = 0;
    if (!json_raw(name, &text) || text.n == 0 || text.n > 3 || text.p[0] == '0')
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        index = index * 10 + (text.p[i] - '0');
    }
    *out = (uint8_t)index;
    return index <= 254;
}

static bool take_values(uint8_t index, span list, gpu_policy *out)
{
    size_t n = 0;
    if (json_kind_of(list) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(list); json_next(&c); n++) {
        at_gpu_reference *const r = &out->references[out->n_references];
        const policy_member digest = {.n = sizeof r->value};
        if (out->n_references == GPU_POLICY_VALUES_MAX || !policy_bytes(&digest, c.value, r->value, out, NULL))
            return false;
        r->index = index;
        out->n_references++;
    }
    return n > 0;
}

static bool take_measurements(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    uint8_t index = 0;
    (void)m;
    (void)at;
    (void)pool;
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c);)
        if (!take_index(c.name, &index) || !take_values(index, c.value, whole))
            return false;
    return true;
}

#define TEXTS "is not an array of at most 16 texts of 1 to 512 bytes"

/* clang-format off */
static const policy_member rows[] = {
    {.name = "models", .take = policy_text_list, .wrong = TEXTS, .at = PLACE(models), .most = GPU_POLICY_TEXTS_MAX, .count_at = PLACE(n_models)},
    {.name = "nonce", .take = policy_bytes, .wrong = "is not 64 lower-case hexadecimal digits", .at = PLACE(nonce), .n = AT_SPDM_NONCE, .given = BIT(AT_GPU_NONCE)},
    {.name = "measurements", .take = take_measurements, .wrong = "is not an object of indexes from 1 to 254, each with an array of at least one value of 96 lower-case hexadecimal digits, at most 256 in all", .at = PLACE(references), .given = BIT(AT_GPU_MEASUREMENTS)},
    {.name = "not_compared", .take = policy_comparisons, .wrong = "names something that is always compared, never compared, or unknown", .at = PLACE(waived), .names = at_gpu_comparison_names, .most = AT_GPU_WAIVABLE},
    {.name = "tied_to_cpu", .take = policy_truth, .wrong = "is neither true nor false", .at = PLACE(ties_cpu)},
    {.name = "drivers", .take = policy_text_list, .wrong = TEXTS, .at = PLACE(drivers), .most = GPU_POLICY_TEXTS_MAX, .count_at = PLACE(n_drivers), .given = BIT(AT_GPU_DRIVER)},
    {.name = "vbios", .take = policy_text_list, .wrong = TEXTS, .at = PLACE(vbios), .most = GPU_POLICY_TEXTS_MAX, .count_at = PLACE(n_vbios), .given = BIT(AT_GPU_VBIOS)},
    {.name = "modes", .take = policy_names, .wrong = "is not an array of spt, mpt and ppcie", .at = PLACE(modes), .names = at_gpu_mode_names, .given = BIT(AT_GPU_MODE)},
    {.name = "devices", .take = policy_bytes_list, .wrong = "is not an array of at most 256 values of 96 lower-case hexadecimal digits", .at = PLACE(devices), .n = AT_GPU_DIGEST, .most = GPU_POLICY_DEVICES_MAX, .count_at = PLACE(n_devices), .given = BIT(AT_GPU_DEVICE_KEY)},
};
/* clang-format on */

const policy_section gpu_policy_section = {POLICY_ROWS(rows), PLACE(given)};

bool gpu_policy_take(span object, gpu_policy *out, policy_fault *fault)
{
    memset(out, 0, sizeof *out);
    policy_read_members(&gpu_policy_section, object, out, &out->pool, fault);
    if (!out->n_models)
        policy_empty(fault, "lists no model under `models`, so it asks nothing that could be met");
    out->waived &= ~out->given;
    return policy_is_sound(fault);
}

bool gpu_policy_read(span text, gpu_policy *out, policy_fault *fault)
{
    span object;
    const bool good = policy_read_text(text, &object, fault) && gpu_policy_take(object, out, fault);
    if (!good)
        memset(out, 0, sizeof *out);
    return good;
}

at_gpu_policy gpu_policy_of(const gpu_policy *d, span root)
{
    return (at_gpu_policy){
        .root = root,
        .models = {d->models, d->n_models},
        .nonce = span_of(d->nonce, d->given & BIT(AT_GPU_NONCE) ? sizeof d->nonce : 0),
        .ties_cpu = d->ties_cpu,
        .references = d->references,
        .n_references = d->n_references,
        .pinned = d->given,
        .drivers = {d->drivers, d->n_drivers},
        .vbios = {d->vbios, d->n_vbios},
        .modes = d->modes,
        .devices = d->devices,
        .n_devices = d->n_devices,
        .waived = d->waived,
    };
}

void gpu_policy_built_in(gpu_policy *out)
{
    memset(out, 0, sizeof *out);
    out->models[out->n_models++] = span_text("GH100");
    out->waived = AT_GPU_WAIVABLE;
}
