#include "policy_document.h"

#include <stddef.h>
#include <string.h>

const char *const at_kind_names[AT_KINDS + 1] = {
    [AT_KIND_SNP] = "snp", [AT_KIND_TDX] = "tdx", [AT_KIND_SGX] = "sgx", [AT_KIND_TOKEN] = "token", [AT_KIND_GPU] = "gpu"};

/* ---- machines ---- */

/* The list of each part at once; the first part of a kind that reads it copies it to the others. */
static void share_platforms(const quote_policy *from, quote_policy *to)
{
    memcpy(to->platforms, from->platforms, sizeof to->platforms);
    to->n_platforms = from->n_platforms;
    to->given |= AT_QUOTE_WAIVES(AT_PLATFORM);
    to->waived &= ~AT_QUOTE_WAIVES(AT_PLATFORM);
}

static bool lists_machines(const policy_document *d)
{
    const uint64_t quotes = (policy_has(d, AT_KIND_TDX) ? d->tdx.given : 0) | (policy_has(d, AT_KIND_SGX) ? d->sgx.given : 0);
    return (policy_has(d, AT_KIND_SNP) && d->snp.given & AT_PINS(AT_PIN_CHIP)) || quotes & AT_QUOTE_WAIVES(AT_PLATFORM) ||
           (policy_has(d, AT_KIND_GPU) && d->gpu.given & AT_GPU_BIT(AT_GPU_DEVICE_KEY));
}

/* A list of `machines` into the part that has a member of the same name; empty when it is absent. */
static bool take_list(const policy_section *s, const char *name, span object, void *part, policy_pool *pool)
{
    const policy_member *m = s->member;
    span list;
    while (strcmp(m->name, name) != 0)
        m++;
    *(size_t *)(void *)((uint8_t *)part + m->count_at) = 0;
    *(uint64_t *)(void *)((uint8_t *)part + s->given_at) |= m->given;
    return !json_member(object, name, &list) || m->take(m, list, (uint8_t *)part + m->at, part, pool);
}

static void name_strangers(span object, policy_fault *fault, size_t *n)
{
    for (json_cursor m = json_enter(object); json_next(&m); ++*n)
        if (!json_string_is(m.name, "chip_ids") && !json_string_is(m.name, "platforms") && !json_string_is(m.name, "devices"))
            policy_unknown(fault, m.name);
}

/* Every part gets its list, an empty one where the document has none: a registry that names no machine of a vendor has none. */
static void take_machines(const json_cursor *c, policy_document *out, policy_fault *fault)
{
    static const char wrong[] = "is not an object of `chip_ids`, `platforms` and `devices`, or stands beside such a list in a part";
    size_t n = 0;
    bool good = json_kind_of(c->value) == JSON_OBJECT && !lists_machines(out);
    name_strangers(c->value, fault, &n);
    good &= take_list(&appraisal_policy_section, "chip_ids", c->value, &out->snp, &out->snp.pool);
    good &= take_list(&quote_policy_section, "platforms", c->value, &out->tdx, &out->tdx.pool);
    good &= take_list(&gpu_policy_section, "devices", c->value, &out->gpu, &out->gpu.pool);
    share_platforms(&out->tdx, &out->tdx);
    share_platforms(&out->tdx, &out->sgx);
    if (!good || n == 0)
        policy_misformed(fault, c->name, wrong);
}

/* ---- the document ---- */

static void take_part(const json_cursor *c, at_kind kind, policy_document *out, policy_fault *fault)
{
    out->kinds |= 1u << kind;
    if (json_kind_of(c->value) != JSON_OBJECT)
        policy_misformed(fault, c->name, "is not an object");
    switch (kind) {
    case AT_KIND_SNP: appraisal_policy_take(c->value, &out->snp, fault); break;
    case AT_KIND_TDX: quote_policy_take(c->value, &out->tdx, fault); break;
    case AT_KIND_SGX: quote_policy_take(c->value, &out->sgx, fault); break;
    case AT_KIND_GPU: gpu_policy_take(c->value, &out->gpu, fault); break;
    default: token_policy_take(c->value, &out->token, fault);
    }
}

static at_kind kind_named(span name)
{
    at_kind k = AT_KIND_SNP;
    while (k < AT_KINDS && !json_string_is(name, at_kind_names[k]))
        k++;
    return k;
}

/* Parts first: `machines` is about all of them, wherever it stands. */
static void take_parts(span object, policy_document *out, policy_fault *fault)
{
    for (json_cursor c = json_enter(object); json_next(&c);) {
        const at_kind kind = kind_named(c.name);
        if (kind < AT_KINDS)
            take_part(&c, kind, out, fault);
        else if (!json_string_is(c.name, "machines") && !json_string_is(c.name, "vendors"))
            policy_unknown(fault, c.name);
    }
}

static void take_rest(span object, policy_document *out, policy_fault *fault)
{
    for (json_cursor c = json_enter(object); json_next(&c);) {
        if (json_string_is(c.name, "machines"))
            take_machines(&c, out, fault);
        if (json_string_is(c.name, "vendors") && !json_uint(c.value, 8, &out->vendors))
            policy_misformed(fault, c.name, "is not a number from 0 to 8");
    }
}

/* By whose word: AMD, Intel, Google, NVIDIA. */
static unsigned vendors_of(const policy_document *d, unsigned kinds)
{
    const bool token = kinds >> AT_KIND_TOKEN & 1;
    const bool amd = kinds >> AT_KIND_SNP & 1, google = token && d->token.issuer == AT_GOOGLE;
    const bool intel = kinds & (1u << AT_KIND_TDX | 1u << AT_KIND_SGX) || (token && d->token.issuer == AT_INTEL);
    return (unsigned)amd + intel + google + (kinds >> AT_KIND_GPU & 1);
}

static verdict judge_document(span text, policy_document *out, policy_fault *fault, account *to)
{
    span object;
    const bool reads = policy_read_text(text, &object, fault);
    CHECK(to, reads, AT_260);
    take_parts(object, out, fault);
    take_rest(object, out, fault);
    if (!out->kinds)
        policy_empty(fault, "has no part for any evidence, so it accepts none");
    CHECK(to, !fault->unknown, AT_261);
    CHECK(to, !fault->misformed, AT_262);
    CHECK(to, !fault->empty, AT_263);
    if (out->vendors > vendors_of(out, out->kinds))
        policy_misformed(fault, span_text("\"vendors\""), "is more than the vendors that the policy names");
    CHECK(to, out->vendors <= vendors_of(out, out->kinds), AT_264);
    return ACCEPT;
}

verdict policy_document_judge(span text, policy_document *out, policy_fault *fault, account *to)
{
    memset(out, 0, sizeof *out);
    const verdict v = judge_document(text, out, fault, to);
    if (!accepted(v))
        memset(out, 0, sizeof *out);
    return v;
}

bool policy_document_read(span text, policy_document *out, policy_fault *fault)
{
    return accepted(policy_document_judge(text, out, fault, NULL));
}

verdict policy_kind_judge(const policy_document *d, at_kind kind, account *to)
{
    CHECK(to, policy_has(d, kind), AT_265);
    return ACCEPT;
}

verdict policy_vendors_judge(const policy_document *d, unsigned kinds, account *to)
{
    CHECK(to, vendors_of(d, kinds) >= d->vendors, AT_266);
    return ACCEPT;
}
