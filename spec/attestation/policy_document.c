#include "policy_document.h"

#include <stddef.h>
#include <string.h>

const char *const at_kind_names[AT_KINDS + 1] = {
    [AT_KIND_SNP] = "snp", [AT_KIND_TDX] = "tdx", [AT_KIND_SGX] = "sgx", [AT_KIND_TOKEN] = "token"};

/* ---- machines ---- */

/* The list of each part at once; the first part of a kind that reads it copies it to the others. */
static void share_platforms(const quote_policy *from, quote_policy *to)
{
    memcpy(to->platforms, from->platforms, sizeof to->platforms);
    to->n_platforms = from->n_platforms;
    to->given |= AT_QUOTE_WAIVES(AT_PLATFORM);
    to->waived &= ~AT_QUOTE_WAIVES(AT_PLATFORM);
}

typedef struct machines {
    appraisal_policy snp;
    quote_policy quote;
} machines;

static bool lists_machines(const policy_document *d)
{
    const uint64_t quotes = (policy_has(d, AT_KIND_TDX) ? d->tdx.given : 0) | (policy_has(d, AT_KIND_SGX) ? d->sgx.given : 0);
    return (policy_has(d, AT_KIND_SNP) && d->snp.given & AT_PINS(AT_PIN_CHIP)) || quotes & AT_QUOTE_WAIVES(AT_PLATFORM);
}

/* Every part gets its list, an empty one where the document has none: a registry that names no machine of a vendor has none. */
static void take_machines(const json_cursor *c, policy_document *out, policy_fault *fault)
{
    static const char wrong[] = "is not an object of `chip_ids` and `platforms`, or stands beside such a list in a part";
    static const policy_member chips = {.name = "chip_ids",
                                        .take = policy_bytes_list,
                                        .at = offsetof(appraisal_policy, chips),
                                        .n = AT_CHIP_ID,
                                        .most = APPRAISAL_CHIPS_MAX,
                                        .count_at = offsetof(appraisal_policy, n_chips)},
                               platforms = {.name = "platforms",
                                            .take = policy_bytes_list,
                                            .at = offsetof(quote_policy, platforms),
                                            .n = AT_PPID,
                                            .most = QUOTE_POLICY_PLATFORMS_MAX,
                                            .count_at = offsetof(quote_policy, n_platforms)};
    span list;
    size_t n = 0;
    bool good = json_kind_of(c->value) == JSON_OBJECT && !lists_machines(out);
    for (json_cursor m = json_enter(c->value); json_next(&m); n++)
        if (!json_string_is(m.name, "chip_ids") && !json_string_is(m.name, "platforms"))
            policy_unknown(fault, m.name);
    out->snp.n_chips = out->tdx.n_platforms = 0;
    if (json_member(c->value, "chip_ids", &list))
        good = policy_bytes_list(&chips, list, out->snp.chips, &out->snp, &out->snp.pool) && good;
    if (json_member(c->value, "platforms", &list))
        good = policy_bytes_list(&platforms, list, out->tdx.platforms, &out->tdx, &out->tdx.pool) && good;
    out->snp.given |= AT_PINS(AT_PIN_CHIP);
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

/* By whose word: AMD, Intel, Google. */
static unsigned vendors_of(const policy_document *d, unsigned kinds)
{
    const bool token = kinds >> AT_KIND_TOKEN & 1;
    const bool amd = kinds >> AT_KIND_SNP & 1, google = token && d->token.issuer == AT_GOOGLE;
    const bool intel = kinds & (1u << AT_KIND_TDX | 1u << AT_KIND_SGX) || (token && d->token.issuer == AT_INTEL);
    return (unsigned)amd + intel + google;
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
