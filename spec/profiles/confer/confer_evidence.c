/* Section 3, Evidence. */
#include "confer_parts.h"

#include "base64.h"

#include <string.h>

static const char *const platform_names[] = {[CF_TDX] = "TDX", [CF_SEV_SNP] = "SEV-SNP"};

/* A string member that is not empty, decoded to `room`. */
static bool read_text(span object, const char *name, writer *room, span *out)
{
    span value;
    const size_t from = room->n;
    const bool good = json_member(object, name, &value) && json_string(value, room);
    *out = span_of(room->p + from, room->n - from);
    return good && out->n > 0;
}

static bool read_platform(span object, cf_platform *out)
{
    span value;
    json_member(object, "platform", &value);
    const bool tdx = json_string_is(value, platform_names[CF_TDX]);
    *out = tdx ? CF_TDX : CF_SEV_SNP;
    return tdx || json_string_is(value, platform_names[CF_SEV_SNP]);
}

static bool decode_report(writer *room, cf_evidence *e)
{
    const size_t from = room->n;
    const bool good = base64_read(e->attestation, room);
    e->attestation = span_of(room->p + from, room->n - from);
    return good && e->attestation.n == CF_REPORT;
}

verdict cf_read_evidence(span payload, writer *room, account *noted, cf_evidence *out)
{
    span object = payload;
    *out = (cf_evidence){0};
    CHECK(noted, json_read(payload, &object) && json_kind_of(object) == JSON_OBJECT, CF_034);
    const bool attestation = read_text(object, "attestation", room, &out->attestation);
    const bool manifest = read_text(object, "manifest", room, &out->manifest);
    const bool bundle = read_text(object, "manifestBundle", room, &out->bundle);
    CHECK(noted, attestation && manifest && bundle, CF_035);
    CHECK(noted, read_platform(object, &out->platform), CF_036);
    CHECK(noted, out->manifest.n <= CF_MANIFEST_MAX && out->bundle.n <= CF_MANIFEST_MAX, CF_037);
    CHECK(noted, out->platform == CF_TDX || decode_report(room, out), CF_038);
    return ACCEPT;
}

void cf_write_evidence(const cf_evidence *e, writer *out)
{
    write_text(out, "{\"attestation\":");
    if (e->platform == CF_SEV_SNP) {
        write_text(out, "\"");
        base64_write(out, e->attestation);
        write_text(out, "\"");
    } else {
        json_write_string(out, e->attestation);
    }
    write_text(out, ",\"manifest\":");
    json_write_string(out, e->manifest);
    write_text(out, ",\"manifestBundle\":");
    json_write_string(out, e->bundle);
    write_text(out, ",\"platform\":");
    json_write_text(out, platform_names[e->platform]);
    write_text(out, "}");
}

/* ---- appraisal ---- */

static const cf_collateral no_collateral;

static verdict judge_key(span data, span server_static, account *noted)
{
    uint8_t named[32], rest[32];
    span_take(data, named, sizeof named);
    span_take(span_from(data, 32), rest, sizeof rest);
    CHECK(noted, span_same(SPAN(named), server_static), CF_041);
    CHECK(noted, all_zero(SPAN(rest)), CF_042);
    return ACCEPT;
}

static verdict appraise_snp(const cf_world *w, const at_policy *policy, span report, span server_static, cf_appraisal *out)
{
    const at_world world = {.prim = w->prim, .now = w->now};
    const cf_collateral *c = w->collateral ? w->collateral : &no_collateral;
    const at_evidence evidence = {.report = report, .vek = c->snp.vek, .intermediate = c->snp.intermediate};
    verdict v = ACCEPT;
    DO(CF_040, v = at_appraise_snp(&world, policy, &evidence, &out->account, &out->snp));
    TRY(v);
    /* its signature covers its report data, so the bytes are judged where they lie */
    return judge_key(span_from(report, CF_REPORT_DATA_AT), server_static, &out->account);
}

/* What is compared here, with the handshake and the manifest at hand, was left to it by the policy. */
static void compared_here(account *a)
{
    a->not_compared &= ~(AT_QUOTE_WAIVES(AT_QUOTE_DATA) | AT_QUOTE_WAIVES(AT_RTMR1) | AT_QUOTE_WAIVES(AT_RTMR2));
}

static verdict appraise_token(const cf_world *w, const at_token_policy *policy, span text, span server_static, writer *room,
                              cf_appraisal *out, at_token_claims *claims)
{
    const at_world world = {.prim = w->prim, .now = w->now};
    const cf_collateral *c = w->collateral ? w->collateral : &no_collateral;
    const at_token token = {.text = text, .keys = c->token.keys};
    verdict v = ACCEPT;
    DO(CF_120, v = at_appraise_token(&world, policy, &token, room, &out->account, claims));
    TRY(v);
    TRY(judge_key(claims->td.report_data, server_static, &out->account));
    memcpy(out->token_identity, claims->identity, sizeof out->token_identity);
    return ACCEPT;
}

static verdict appraise_platform(const cf_world *w, const cf_policy *p, const cf_evidence *e, span server_static, writer *room,
                                 cf_appraisal *out, at_token_claims *claims)
{
    const bool snp = e->platform == CF_SEV_SNP && p->snp, tdx = e->platform == CF_TDX && p->token;
    CHECK(&out->account, snp || tdx || (e->platform == CF_TDX && p->tdx_not_verified), CF_039);
    if (snp)
        return appraise_snp(w, p->snp, e->attestation, server_static, out);
    if (tdx)
        return appraise_token(w, p->token, e->attestation, server_static, room, out, claims);
    out->not_verified |= CF_TDX_NOT_VERIFIED;
    return ACCEPT;
}

/* ---- the manifest ---- */

/* 48 bytes in lower-case hexadecimal. */
static bool read_register(span object, const char *name, uint8_t out[AT_REGISTER])
{
    writer bytes = writer_of(out, AT_REGISTER);
    span value, digits;
    return json_member(object, name, &value) && json_raw(value, &digits) && read_hex(digits, &bytes) && bytes.n == AT_REGISTER;
}

static bool is_string(span object, const char *name)
{
    span value;
    return json_member(object, name, &value) && json_kind_of(value) == JSON_STRING;
}

static bool read_manifest(span text, uint8_t rtmr1[AT_REGISTER], uint8_t rtmr2[AT_REGISTER])
{
    span manifest, registers;
    return json_read(text, &manifest) && is_string(manifest, "imageVersion") && is_string(manifest, "proxyVersion") &&
           json_member(manifest, "tdxMeasurements", &registers) && read_register(registers, "rtmr1", rtmr1) &&
           read_register(registers, "rtmr2", rtmr2);
}

/* Each chapter numbers its comparisons, so the bundle has an account of its own. */
static verdict judge_bundle(const cf_world *w, const cf_policy *p, const cf_evidence *e, account *noted)
{
    const tl_sigstore_world world = {w->prim, w->now};
    account bundle = {.n_checks = 0};
    verdict v = ACCEPT;
    must(w->sigstore);
    DO(CF_121, v = tl_verify_sigstore(w->sigstore, &world, p->signer, p->trusted_root, e->bundle, e->manifest, &bundle));
    for (size_t i = 0; i < bundle.n_checks; i++)
        account_note(noted, bundle.check[i].req, bundle.check[i].ok);
    TRY(v);
    CHECK(noted, !(bundle.not_compared & 1u << TL_INCLUSION), CF_123);
    return ACCEPT;
}

static verdict appraise_bundle(const cf_world *w, const cf_policy *p, const cf_evidence *e, cf_appraisal *out)
{
    CHECK(&out->account, p->signer || p->manifest_not_verified, CF_044);
    if (p->signer)
        return judge_bundle(w, p, e, &out->account);
    out->not_verified |= CF_MANIFEST_NOT_VERIFIED;
    return ACCEPT;
}

static verdict appraise_manifest(const cf_world *w, const cf_policy *p, const cf_evidence *e, const at_token_claims *claims,
                                 cf_appraisal *out)
{
    uint8_t rtmr1[AT_REGISTER] = {0}, rtmr2[AT_REGISTER] = {0};
    CHECK(&out->account, read_manifest(e->manifest, rtmr1, rtmr2), CF_043);
    TRY(appraise_bundle(w, p, e, out));
    if (!claims->is_td)
        return ACCEPT;
    CHECK(&out->account, span_same(claims->td.rtmr1, SPAN(rtmr1)) && span_same(claims->td.rtmr2, SPAN(rtmr2)), CF_122);
    compared_here(&out->account);
    return ACCEPT;
}

static verdict appraise(const cf_world *w, span payload, span server_static, writer *room, cf_appraisal *out)
{
    static const cf_policy nothing;
    const cf_policy *p = w->policy ? w->policy : &nothing;
    cf_evidence e;
    at_token_claims claims;
    memset(&claims, 0, sizeof claims);
    TRY(cf_read_evidence(payload, room, &out->account, &e));
    out->platform = e.platform;
    TRY(appraise_platform(w, p, &e, server_static, room, out, &claims));
    return appraise_manifest(w, p, &e, &claims, out);
}

verdict cf_appraise(const cf_world *w, span payload, span server_static, cf_appraisal *out)
{
    writer room = WRITER(w->storage->scratch->text);
    *out = (cf_appraisal){0};
    const verdict v = appraise(w, payload, server_static, &room, out);
    cf_storage_used(&w->storage->scratch->text_n, &room);
    return v;
}

const char *const *cf_comparison_names(cf_platform platform, size_t *n)
{
    *n = platform == CF_SEV_SNP ? (size_t)AT_COMPARISONS : (size_t)AT_TOKEN_COMPARISONS;
    return platform == CF_SEV_SNP ? at_comparison_names : at_token_comparison_names;
}
