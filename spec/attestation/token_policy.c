#include "token_policy.h"

#include <stddef.h>
#include <string.h>

#define PLACE(member)   offsetof(token_policy, member)
#define BIT(comparison) (UINT64_C(1) << (comparison))

enum { GIVEN_ISSUER = 63 };

/* ---- pinned claims ---- */

static bool take_pin_value(span value, policy_pool *pool, at_pin_value *out)
{
    out->kind = json_kind_of(value);
    out->text = value;
    if (out->kind == JSON_STRING)
        return policy_take_text(value, pool, &out->text);
    /* kept as written: the document may be gone when it is used */
    if ((out->kind != JSON_NUMBER && out->kind != JSON_TRUE && out->kind != JSON_FALSE) || value.n > POLICY_POOL_MAX - pool->n)
        return false;
    memcpy(pool->bytes + pool->n, value.p, value.n);
    out->text = span_of(pool->bytes + pool->n, value.n);
    pool->n += value.n;
    return true;
}

static bool take_pin(const json_cursor *claim, policy_pool *pool, at_pin *pin, at_pin_value *values)
{
    pin->value = values;
    if (json_kind_of(claim->value) != JSON_ARRAY || !policy_take_text(claim->name, pool, &pin->path))
        return false;
    for (json_cursor c = json_enter(claim->value); json_next(&c); pin->n++)
        if (pin->n == TOKEN_POLICY_VALUES || !take_pin_value(c.value, pool, &values[pin->n]))
            return false;
    return true;
}

static bool take_pins(const policy_member *m, span value, void *at, void *whole, policy_pool *pool)
{
    token_policy *const out = whole;
    (void)m;
    (void)at;
    if (json_kind_of(value) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); out->n_pins++)
        if (out->n_pins == TOKEN_POLICY_PINS || !take_pin(&c, pool, &out->pins[out->n_pins], out->values[out->n_pins]))
            return false;
    return true;
}

/* ---- the document ---- */

/* clang-format off */
static const policy_member rows[] = {
    {.name = "issuer", .take = policy_name, .wrong = "is not intel or google", .at = PLACE(issuer), .names = at_issuer_names, .given = BIT(GIVEN_ISSUER)},
    {.name = "iss", .take = policy_text_value, .wrong = "is not a text of 1 to 512 bytes", .at = PLACE(iss)},
    {.name = "algorithms", .take = policy_names, .wrong = "is not an array of RS256, PS384 and ES256", .at = PLACE(algorithms), .names = at_jws_names},
    {.name = "audience", .take = policy_text_value, .wrong = "is not a text of 1 to 512 bytes", .at = PLACE(audience), .given = BIT(AT_TOKEN_AUDIENCE)},
    {.name = "nonce", .take = policy_text_value, .wrong = "is not a text of 1 to 512 bytes", .at = PLACE(nonce), .given = BIT(AT_TOKEN_NONCE)},
    {.name = "max_age", .take = policy_number, .wrong = "is not a number of seconds up to a year", .at = PLACE(max_age), .most = 31622400, .given = BIT(AT_TOKEN_AGE)},
    {.name = "skew", .take = policy_number, .wrong = "is not a number of seconds up to an hour", .at = PLACE(skew), .most = 3600},
    {.name = "image_digests", .take = policy_text_list, .wrong = "is not an array of at most 32 texts", .at = PLACE(images), .most = TOKEN_POLICY_IMAGES, .count_at = PLACE(n_images), .given = BIT(AT_TOKEN_IMAGE)},
    {.name = "not_compared", .take = policy_comparisons, .wrong = "names something that is always compared, never compared, or unknown", .at = PLACE(waived), .names = at_token_comparison_names, .most = AT_TOKEN_WAIVABLE},
    {.name = "policy_ids", .take = policy_text_list, .wrong = "is not an array of at most 16 texts", .at = PLACE(policy_ids), .most = TOKEN_POLICY_TEXTS, .count_at = PLACE(n_policy_ids)},
    {.name = "hardware", .take = policy_names, .wrong = "is not an array of Google's names of hardware", .at = PLACE(hardware), .names = at_hardware_names},
    {.name = "support_attributes", .take = policy_text_list, .wrong = "is not an array of at most 16 texts", .at = PLACE(support), .most = TOKEN_POLICY_TEXTS, .count_at = PLACE(n_support)},
    {.name = "min_swversion", .take = policy_number, .wrong = "is not a number from 0 to 4294967295", .at = PLACE(least_version), .most = UINT32_MAX},
    {.name = "claims", .take = take_pins, .wrong = "is not an object of at most 16 paths, each with an array of at most 8 texts, numbers or truth values"},
};
/* clang-format on */

const policy_section token_policy_section = {POLICY_ROWS(rows), PLACE(given)};

static const char *what_is_missing(const token_policy *p)
{
    if (!(p->given & BIT(GIVEN_ISSUER)) || p->iss.n == 0)
        return "names no `issuer` or no `iss`, so it trusts nobody";
    if (!p->algorithms)
        return "lists no algorithm under `algorithms`, so it asks nothing that could be met";
    return p->issuer == AT_GOOGLE && !p->hardware ? "lists no `hardware`, so it asks nothing that could be met" : NULL;
}

bool token_policy_take(span object, token_policy *out, policy_fault *fault)
{
    memset(out, 0, sizeof *out);
    policy_read_members(&token_policy_section, object, out, &out->pool, fault);
    const char *missing = what_is_missing(out);
    if (missing)
        policy_empty(fault, missing);
    out->waived &= ~out->given;
    return policy_is_sound(fault);
}

at_token_policy token_policy_of(const token_policy *d, span root, const at_quote_policy *td)
{
    return (at_token_policy){
        .issuer = (at_issuer)d->issuer,
        .iss = d->iss,
        .algorithms = d->algorithms,
        .root = root,
        .skew = (int64_t)d->skew,
        .max_age = (int64_t)d->max_age,
        .audience = d->audience,
        .nonce = d->nonce,
        .td = td,
        .policy_ids = {d->policy_ids, d->n_policy_ids},
        .hardware = d->hardware,
        .least_version = d->least_version,
        .support = {d->support, d->n_support},
        .images = {d->images, d->n_images},
        .pins = d->pins,
        .n_pins = d->n_pins,
        .waived = d->waived,
    };
}

void token_policy_built_in(at_issuer issuer, span iss, token_policy *out)
{
    memset(out, 0, sizeof *out);
    out->issuer = issuer;
    out->iss = iss;
    out->algorithms = (1u << AT_JWS_ALGORITHMS) - 1;
    out->hardware = (1u << AT_HARDWARES) - 1;
    out->waived = AT_TOKEN_WAIVABLE;
}
