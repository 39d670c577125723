/* Section 3, Evidence. */
#include "confer_parts.h"

#include "base64.h"

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

/* The report's signature covers its report data, so the bytes are judged where they lie. */
static verdict judge_key(span report, span server_static, account *noted)
{
    const span data = span_from(report, CF_REPORT_DATA_AT);
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
    static const cf_collateral none;
    const cf_collateral *c = w->collateral ? w->collateral : &none;
    const at_evidence evidence = {.report = report, .vek = c->snp.vek, .intermediate = c->snp.intermediate};
    verdict v = ACCEPT;
    DO(CF_040, v = at_appraise_snp(&world, policy, &evidence, &out->account, &out->snp));
    TRY(v);
    return judge_key(report, server_static, &out->account);
}

static verdict appraise_platform(const cf_world *w, const cf_policy *p, const cf_evidence *e, span server_static, cf_appraisal *out)
{
    const bool snp = e->platform == CF_SEV_SNP && p->snp != NULL;
    CHECK(&out->account, snp || (e->platform == CF_TDX && p->tdx_not_verified), CF_039);
    if (snp)
        return appraise_snp(w, p->snp, e->attestation, server_static, out);
    out->not_verified |= CF_TDX_NOT_VERIFIED;
    return ACCEPT;
}

/* 48 bytes in lower-case hexadecimal. */
static bool is_register(span object, const char *name)
{
    uint8_t room[48];
    writer bytes = WRITER(room);
    span value, digits;
    return json_member(object, name, &value) && json_raw(value, &digits) && read_hex(digits, &bytes) && bytes.n == sizeof room;
}

static bool is_string(span object, const char *name)
{
    span value;
    return json_member(object, name, &value) && json_kind_of(value) == JSON_STRING;
}

static bool is_manifest(span text)
{
    span manifest, registers;
    return json_read(text, &manifest) && is_string(manifest, "imageVersion") && is_string(manifest, "proxyVersion") &&
           json_member(manifest, "tdxMeasurements", &registers) && is_register(registers, "rtmr1") && is_register(registers, "rtmr2");
}

static verdict appraise_manifest(const cf_policy *p, const cf_evidence *e, cf_appraisal *out)
{
    CHECK(&out->account, is_manifest(e->manifest), CF_043);
    CHECK(&out->account, p->manifest_not_verified, CF_044);
    out->not_verified |= CF_MANIFEST_NOT_VERIFIED;
    return ACCEPT;
}

verdict cf_appraise(const cf_world *w, span payload, span server_static, cf_appraisal *out)
{
    static const cf_policy nothing;
    const cf_policy *p = w->policy ? w->policy : &nothing;
    writer room = WRITER(w->storage->scratch->text);
    cf_evidence e;
    *out = (cf_appraisal){0};
    const verdict read = cf_read_evidence(payload, &room, &out->account, &e);
    cf_storage_used(&w->storage->scratch->text_n, &room);
    TRY(read);
    TRY(appraise_platform(w, p, &e, server_static, out));
    return appraise_manifest(p, &e, out);
}
