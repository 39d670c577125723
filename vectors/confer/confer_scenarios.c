/* Tokens signed by the issuer's key, evidence signed by the simulated vendor, frames as a sender may write them; each wrong one is wrong in
 * one respect and signed over it. */
#include "base64.h"
#include "chapter.h"
#include "confer.h"
#include "confer_chat_vectors.h"
#include "no_memory.h"
#include "noise_run.h"
#include "tee_lies.h"
#include "json.h"
#include "sim_sigstore.h"
#include "tee_pack.h"
#include "tee_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1780272000L /* 2026-06-01 00:00:00 UTC, as the simulated vendor's evidence */

/* ---- tokens ---- */

typedef struct token_row {
    const char *slug, *site, *mutation; /* site NULL: accepted */
    const char *header, *claims;        /* NULL: the honest ones */
    const char *target;                 /* with one %s for the token; NULL: the honest one */
    bool subscribed;
} token_row;

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define EXP    "\"exp\":1780272900"
#define CLAIMS "{\"iss\":\"kerf\"," EXP ",\"sub\":\"6f2c\",\"subscribed\":false}"
#define TARGET "/websocket?token=%s"

static const token_row tokens[] = {
    {"ok", NULL, NULL, NULL, NULL, NULL, false},
    {"subscriber", NULL, NULL, NULL, "{\"iss\":\"kerf\"," EXP ",\"subscribed\":true}", NULL, true},
    {"subscribed-text", NULL, NULL, NULL, "{\"iss\":\"kerf\"," EXP ",\"subscribed\":\"true\"}", NULL, false},
    {"subscribed-one", NULL, NULL, NULL, "{\"iss\":\"kerf\"," EXP ",\"subscribed\":1}", NULL, false},
    {"times-that-fit", NULL, NULL, NULL, "{\"iss\":\"kerf\",\"exp\":1780272001,\"nbf\":1780272000,\"iat\":1780272000}", NULL, false},
    {"first-value", NULL, NULL, NULL, NULL, "/websocket?a=b&token=%s&token=x", false},
    {"path-longer", "CF-001", "another path", NULL, NULL, "/websockets?token=%s", false},
    {"path-slash", "CF-001", "a slash behind the path", NULL, NULL, "/websocket/?token=%s", false},
    {"path-case", "CF-001", "the path in another case", NULL, NULL, "/WebSocket?token=%s", false},
    {"parameter-other", "CF-002", "the parameter has another name", NULL, NULL, "/websocket?tokem=%s", false},
    {"parameter-case", "CF-002", "the parameter in another case", NULL, NULL, "/websocket?Token=%s", false},
    {"four-parts", "CF-003", "a fourth part", NULL, NULL, "/websocket?token=%s.x", false},
    {"alg-none", "CF-004", "alg none, signed all the same", "{\"alg\":\"none\"}", NULL, NULL, false},
    {"alg-lower", "CF-004", "alg in lower case", "{\"alg\":\"hs256\"}", NULL, NULL, false},
    {"alg-512", "CF-004", "alg HS512, signed as HS256", "{\"alg\":\"HS512\"}", NULL, NULL, false},
    {"alg-absent", "CF-004", "no alg", "{\"typ\":\"JWT\"}", NULL, NULL, false},
    {"crit", "CF-005", "a critical extension", "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}", NULL, NULL, false},
    {"claims-twice", "CF-007", "a claim stands twice", NULL, "{\"iss\":\"kerf\"," EXP "," EXP "}", NULL, false},
    {"claims-behind", "CF-007", "something stands behind the claims", NULL, "{\"iss\":\"kerf\"," EXP "} {}", NULL, false},
    {"issuer-other", "CF-008", "another issuer", NULL, "{\"iss\":\"kerg\"," EXP "}", NULL, false},
    {"issuer-absent", "CF-008", "no issuer", NULL, "{" EXP "}", NULL, false},
    {"exp-absent", "CF-009", "no exp", NULL, "{\"iss\":\"kerf\"}", NULL, false},
    {"exp-text", "CF-009", "exp as text", NULL, "{\"iss\":\"kerf\",\"exp\":\"1780272900\"}", NULL, false},
    {"exp-now", "CF-010", "exp is now", NULL, "{\"iss\":\"kerf\",\"exp\":1780272000}", NULL, false},
    {"exp-past", "CF-010", "exp is past", NULL, "{\"iss\":\"kerf\",\"exp\":1780271999}", NULL, false},
    {"nbf-future", "CF-011", "nbf in the next second", NULL, "{\"iss\":\"kerf\"," EXP ",\"nbf\":1780272001}", NULL, false},
    {"nbf-text", "CF-011", "nbf as text", NULL, "{\"iss\":\"kerf\"," EXP ",\"nbf\":\"0\"}", NULL, false},
    {"iat-future", "CF-012", "iat in the next second", NULL, "{\"iss\":\"kerf\"," EXP ",\"iat\":1780272001}", NULL, false},
    {"iat-text", "CF-012", "iat as text", NULL, "{\"iss\":\"kerf\"," EXP ",\"iat\":\"0\"}", NULL, false},
};

static const char token_key[] = "a key that the issuer and the server share";

static void write_signed(const prim *p, span key, const char *header, const char *claims, writer *out)
{
    uint8_t mac[32];
    size_t from = out->n;
    base64url_write(out, span_text(header));
    write_text(out, ".");
    base64url_write(out, span_text(claims));
    const span text = span_from(written(out), from);
    p->hmac(PRIM_SHA256, key, &text, 1, mac);
    write_text(out, ".");
    base64url_write(out, SPAN(mac));
}

static const char *target_of(const sheet *s, const token_row *row, span key, char room[1200])
{
    char token[1024];
    writer w = writer_of(token, sizeof token - 1);
    write_signed(s->prim, key, row->header ? row->header : HEADER, row->claims ? row->claims : CLAIMS, &w);
    token[w.n] = 0;
    const char *target = row->target ? row->target : TARGET, *hole = strstr(target, "%s");
    snprintf(room, 1200, "%.*s%s%s", (int)(hole - target), target, token, hole + 2);
    return room;
}

static long expires_of(const token_row *row)
{
    const char *at = strstr(row->claims ? row->claims : CLAIMS, "\"exp\":");
    return strtol(at + 6, NULL, 10);
}

static void wrong_token(sheet *s, const char *slug, const char *site, const char *mutation, const char *target)
{
    sheet_rejects(s, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = "BadToken"});
    sheet_in(s, TEXT("target", target));
}

static void add_token(sheet *s, const token_row *row)
{
    char target[1200];
    target_of(s, row, span_text(token_key), target);
    if (row->site) {
        wrong_token(s, row->slug, row->site, row->mutation, target);
        return;
    }
    sheet_accepts(s, row->slug, "CF-013");
    sheet_out(s, NUMBER("expires", expires_of(row)));
    sheet_out(s, BOOLEAN("subscribed", row->subscribed));
    sheet_in(s, TEXT("target", target));
}

static void add_forged_tokens(sheet *s)
{
    char target[1200];
    wrong_token(s, "other-key", "CF-006", "signed with another key", target_of(s, &tokens[0], span_text("another key"), target));
    target_of(s, &tokens[0], span_text(token_key), target);
    char *tag = strrchr(target, '.') + 1;
    *tag = *tag == 'A' ? 'B' : 'A';
    wrong_token(s, "tag-changed", "CF-006", "the signature's first character is another", target);
}

static void make_tokens(sheet *s)
{
    sheet_note(s, "BadToken", "AUTH_BYPASS", "Lets somebody in whom the issuer did not let in, or no longer does.", "CF-006");
    sheet_group(s, "tokens", "cf:token", "");
    sheet_in(s, BYTES("key", span_text(token_key)));
    sheet_in(s, NUMBER("now", NOW));
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        add_token(s, &tokens[i]);
    add_forged_tokens(s);
}

/* ---- evidence ---- */

enum { EVIDENCE_ROOM = 64 * 1024 };

typedef struct enclave {
    tee_scene scene;
    char manifest[TEE_MANIFEST_MAX + 1], bundle[TEE_BUNDLE_MAX + 1];
    char policy[1024], payload[EVIDENCE_ROOM];
    size_t n_payload;
} enclave;

static void put_json(writer *w, const char *text)
{
    cJSON *item = cJSON_CreateString(text);
    char *printed = cJSON_PrintUnformatted(item);
    write_text(w, printed);
    cJSON_free(printed);
    cJSON_Delete(item);
}

static void write_report(writer *w, span report)
{
    write_text(w, "\"");
    base64_write(w, report);
    write_text(w, "\"");
}

/* One object out of the members as they are given, each a JSON value. */
static span payload_of(enclave *e, const char *platform, const char *attestation, const char *manifest, const char *bundle,
                       const char *after)
{
    writer w = writer_of(e->payload, sizeof e->payload);
    write_text(&w, "{\"platform\":");
    write_text(&w, platform);
    write_text(&w, ",\"attestation\":");
    write_text(&w, attestation);
    write_text(&w, ",\"manifest\":");
    write_text(&w, manifest);
    write_text(&w, bundle ? ",\"manifestBundle\":" : "");
    write_text(&w, bundle ? bundle : "");
    write_text(&w, "}");
    write_text(&w, after);
    must(writer_ok(&w));
    return written(&w);
}

typedef struct members {
    char report[2048], manifest[2048], bundle[1024];
} members;

static void quote(const char *text, char *out, size_t room)
{
    writer w = writer_of(out, room - 1);
    put_json(&w, text);
    must(writer_ok(&w));
    out[w.n] = 0;
}

static void quote_report(span report, char out[2048])
{
    writer w = writer_of(out, 2047);
    write_report(&w, report);
    must(writer_ok(&w));
    out[w.n] = 0;
}

static void start_enclave(const prim *p, enclave *e)
{
    static const tee_release release = {"1.4.0", "0.1.14"};
    writer manifest = writer_of(e->manifest, TEE_MANIFEST_MAX), bundle = writer_of(e->bundle, TEE_BUNDLE_MAX),
           policy = writer_of(e->policy, sizeof e->policy - 1);
    tee_scene_play(&e->scene, AT_MILAN, 3, false, span_text("confer vectors"));
    tee_manifest(p, &release, &manifest);
    tee_bundle(&bundle);
    e->manifest[manifest.n] = e->bundle[bundle.n] = 0;
    write_text(&policy, "{\"products\":[\"Milan\"],\"measurements\":[\"");
    write_hex(&policy, SPAN(e->scene.measurements[0]));
    write_text(&policy, "\"],\"not_compared\":[\"report_data\"]}");
    e->policy[policy.n] = 0;
}

static void put_enclave(sheet *s, const enclave *e)
{
    sheet_in(s, BYTES("vek", e->scene.evidence.vek));
    sheet_in(s, BYTES("intermediate", e->scene.evidence.intermediate));
    sheet_in(s, BYTES("ark", e->scene.root.ark));
    sheet_in(s, BYTES("crl", e->scene.root.crl));
    sheet_in(s, TEXT("product", "Milan"));
    sheet_in(s, TEXT("policy", e->policy));
    sheet_in(s, BYTES("rs", span_of(e->scene.report_data, 32)));
    sheet_in(s, NUMBER("now", (long)e->scene.now));
    sheet_in(s, BOOLEAN("manifest_on_trust", true));
}

static void wrong_evidence(sheet *s, const rejection *r, span payload)
{
    sheet_rejects(s, r);
    sheet_in(s, BYTES("payload", payload));
}

#define WRONG(name, sentence, what, ...) \
    (&(rejection){.slug = (name), .site = (sentence), .mutation = (what), .flag = "BadEvidence", __VA_ARGS__})

static void wrong_forms(sheet *s, enclave *e, const members *m)
{
    static char long_bundle[CF_MANIFEST_MAX + 8];
    static const char *const layers[] = {"CF-038", "AT-002", NULL};
    uint8_t longer[AT_REPORT + 1] = {0};
    char text[2048];
    wrong_evidence(s, WRONG("behind", "CF-034", "a byte behind the object"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, m->bundle, "x"));
    wrong_evidence(s, WRONG("twice", "CF-034", "a member stands twice"),
                   payload_of(e, "\"SEV-SNP\",\"platform\":\"SEV-SNP\"", m->report, m->manifest, m->bundle, ""));
    wrong_evidence(s, WRONG("bundle-absent", "CF-035", "no manifestBundle"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, NULL, ""));
    wrong_evidence(s, WRONG("bundle-null", "CF-035", "manifestBundle null"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, "null", ""));
    wrong_evidence(s, WRONG("bundle-empty", "CF-035", "manifestBundle empty"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, "\"\"", ""));
    wrong_evidence(s, WRONG("platform-other", "CF-036", "platform SGX"), payload_of(e, "\"SGX\"", m->report, m->manifest, m->bundle, ""));
    wrong_evidence(s, WRONG("platform-lower", "CF-036", "platform in lower case"),
                   payload_of(e, "\"sev-snp\"", m->report, m->manifest, m->bundle, ""));
    wrong_evidence(s, WRONG("platform-null", "CF-036", "platform null"), payload_of(e, "null", m->report, m->manifest, m->bundle, ""));
    memset(long_bundle, 'b', CF_MANIFEST_MAX + 3);
    long_bundle[0] = long_bundle[CF_MANIFEST_MAX + 2] = '"';
    wrong_evidence(s, WRONG("bundle-long", "CF-037", "a bundle of 32769 bytes"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, long_bundle, ""));
    memcpy(longer, e->scene.report, AT_REPORT);
    quote_report(SPAN(longer), text);
    wrong_evidence(s, WRONG("report-long", layers[0], "a byte behind the report", .layers = layers),
                   payload_of(e, "\"SEV-SNP\"", text, m->manifest, m->bundle, ""));
}

static void wrong_manifests(sheet *s, enclave *e, const members *m)
{
    static const char *const manifests[][3] = {
        {"manifest-no-json", "no JSON", "manifest"},
        {"manifest-version", "no proxyVersion", "{\"imageVersion\":\"1\",\"tdxMeasurements\":{\"rtmr1\":\"%s\",\"rtmr2\":\"%s\"}}"},
        {"manifest-register", "rtmr2 with an upper-case digit",
         "{\"imageVersion\":\"1\",\"proxyVersion\":\"1\",\"tdxMeasurements\":{\"rtmr1\":\"%s\",\"rtmr2\":\"A%.95s\"}}"},
        {"manifest-short", "rtmr1 one digit short",
         "{\"imageVersion\":\"1\",\"proxyVersion\":\"1\",\"tdxMeasurements\":{\"rtmr1\":\"%.95s\",\"rtmr2\":\"%s\"}}"},
    };
    char zeros[97], text[512], quoted[1024];
    memset(zeros, '0', 96);
    zeros[96] = 0;
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++) {
        size_t n = 0;
        for (const char *at = manifests[i][2]; *at;) { /* each hole takes zeros: 96, or 95 where it says so */
            bool whole = strncmp(at, "%s", 2) == 0, short_one = strncmp(at, "%.95s", 5) == 0;
            n += (size_t)snprintf(text + n, sizeof text - n, "%.*s", whole ? 96 : short_one ? 95 : 1, whole || short_one ? zeros : at);
            at += whole ? 2 : short_one ? 5 : 1;
        }
        quote(text, quoted, sizeof quoted);
        wrong_evidence(s, WRONG(manifests[i][0], "CF-043", manifests[i][1]),
                       payload_of(e, "\"SEV-SNP\"", m->report, quoted, m->bundle, ""));
    }
}

/* The report of the same guest over other data, signed by the same chip. */
static span resealed(enclave *e, const members *m, size_t at, uint8_t by)
{
    uint8_t data[AT_REPORT_DATA], report[AT_REPORT];
    char text[2048];
    memcpy(data, e->scene.report_data, sizeof data);
    data[at] ^= by;
    tee_report(&e->scene.chip, &e->scene.launch, data, report);
    quote_report(SPAN(report), text);
    return payload_of(e, "\"SEV-SNP\"", text, m->manifest, m->bundle, "");
}

static void wrong_reports(sheet *s, enclave *e, const members *m)
{
    uint8_t report[AT_REPORT];
    char text[2048];
    wrong_evidence(s, WRONG("other-key", "CF-041", "report data for another key, re-sealed"), resealed(e, m, 0, 1));
    wrong_evidence(s, WRONG("other-key-last-byte", "CF-041", "report data whose 32nd byte is another, re-sealed"),
                   resealed(e, m, 31, 0x80));
    wrong_evidence(s, WRONG("tail", "CF-042", "a byte behind the key in the report data, re-sealed"), resealed(e, m, 63, 1));
    memcpy(report, e->scene.report, sizeof report);
    report[0x2a0] ^= 1;
    quote_report(SPAN(report), text);
    wrong_evidence(s, WRONG("report-signature", "AT-029", "one bit of the report's signature", .also = "CF-040"),
                   payload_of(e, "\"SEV-SNP\"", text, m->manifest, m->bundle, ""));
}

/* What the client's own policy takes on trust, or cannot do. */
static void add_trust(sheet *s, enclave *e, const members *m)
{
    sheet_group(s, "trust", "at:snp cf:evidence", "");
    sheet_in(s, NUMBER("now", (long)e->scene.now));
    sheet_in(s, BYTES("rs", span_of(e->scene.report_data, 32)));
    sheet_in(s, BYTES("payload", payload_of(e, "\"TDX\"", "\"a.token.x\"", m->manifest, m->bundle, "")));
    sheet_accepts(s, "tdx-on-trust", "CF-039 CF-044");
    sheet_in(s, BOOLEAN("tdx_on_trust", true));
    sheet_in(s, BOOLEAN("manifest_on_trust", true));
    sheet_out(s, TEXT("not_verified", "tdx manifest"));
    sheet_rejects(s, WRONG("tdx-not-on-trust", "CF-039", "the policy does not take TDX on trust", .base = "tdx-on-trust"));
    sheet_in(s, BOOLEAN("manifest_on_trust", true));
    sheet_rejects(s, WRONG("manifest-not-on-trust", "CF-044", "the policy does not take the manifest on trust", .base = "tdx-on-trust"));
    sheet_in(s, BOOLEAN("tdx_on_trust", true));
    wrong_evidence(s, WRONG("nobody-to-appraise", "CF-039", "SEV-SNP without anybody to appraise it", .base = "tdx-on-trust"),
                   payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, m->bundle, ""));
    sheet_in(s, BOOLEAN("manifest_on_trust", true));
}

/* ---- a trust domain and its release ---- */

typedef struct domain {
    tee_token_scene scene;
    sim_minted minted;
    char manifest[TEE_MANIFEST_MAX + 1];
} domain;

/* Takes a member out of a document; it is an array or a text, and not the last one. */
static void cut_member(intel_text *t, const char *start)
{
    char member[400];
    const char *from = strstr(t->text, start),
               *to = from ? strstr(from + strlen(start), *(from + strlen(start) - 1) == '[' ? "]," : "\"") : NULL;
    must(from && to);
    snprintf(member, sizeof member, "%.*s", (int)(to - from) + (*to == ']' ? 2 : 1), from);
    intel_text_replace(t, member, 0, *to == ']' ? "" : "\"not_compared\":[\"report_data\",\"rtmr1\",\"rtmr2\"]");
}

static span register_of_manifest(const domain *d, const char *name)
{
    span manifest, registers, value;
    must(json_read(span_text(d->manifest), &manifest) && json_member(manifest, "tdxMeasurements", &registers) &&
         json_member(registers, name, &value));
    return value;
}

static void sign_manifest(const prim *p, domain *d, span manifest, unsigned version, bool envelope, sim_lie lie)
{
    const sim_recipe recipe = {.version = version, .envelope = envelope, .lie = lie, .artifact = manifest};
    sigstore_mint(p, &recipe, &d->minted);
}

static void start_domain(const prim *p, domain *d, const uint8_t report_data[AT_REPORT_DATA])
{
    static const tee_token_twin twin = {AT_INTEL, 1, AT_PS384, TEE_TOKEN_SET};
    static const tee_release release = {"1.4.0", "0.1.14"};
    writer manifest = writer_of(d->manifest, TEE_MANIFEST_MAX);
    tee_manifest(p, &release, &manifest);
    d->manifest[manifest.n] = 0;
    sign_manifest(p, d, span_text(d->manifest), 3, false, SIM_HONEST);
    tee_token_begin(&d->scene, &twin);
    tee_token_write(&d->scene);
    tee_token_set_digits(&d->scene.claims, "tdx_report_data", span_of(report_data, AT_REPORT_DATA));
    tee_token_set(&d->scene.claims, "tdx_rtmr1", register_of_manifest(d, "rtmr1"));
    tee_token_set(&d->scene.claims, "tdx_rtmr2", register_of_manifest(d, "rtmr2"));
    cut_member(&d->scene.policy, "\"rtmr1\":[");
    cut_member(&d->scene.policy, "\"rtmr2\":[");
    cut_member(&d->scene.policy, "\"report_data\":\"");
}

static span domain_payload(domain *d, const char *manifest)
{
    static uint8_t room[EVIDENCE_ROOM];
    writer w = WRITER(room);
    tee_token_seal(&d->scene);
    const cf_evidence e = {CF_TDX, d->scene.token.text, span_text(manifest), span_text(d->minted.bundle)};
    cf_write_evidence(&e, &w);
    must(writer_ok(&w));
    return written(&w);
}

static void wrong_registers(sheet *s, domain *d)
{
    static const char *const names[][2] = {{"tdx_rtmr1", "rtmr1"}, {"tdx_rtmr2", "rtmr2"}};
    for (int i = 0; i < 2; i++) {
        char digits[100];
        const span honest = register_of_manifest(d, names[i][1]);
        snprintf(digits, sizeof digits, "%.*s", (int)honest.n, (const char *)honest.p);
        digits[honest.n - 2] = digits[honest.n - 2] == '0' ? '1' : '0';
        tee_token_set(&d->scene.claims, names[i][0], span_text(digits));
        wrong_evidence(s, WRONG(names[i][1], "CF-122", "another register than the manifest's"), domain_payload(d, d->manifest));
        tee_token_set(&d->scene.claims, names[i][0], honest);
    }
}

static void wrong_tokens(sheet *s, domain *d, const uint8_t report_data[AT_REPORT_DATA])
{
    uint8_t data[AT_REPORT_DATA];
    d->scene.signer = TEE_TOKEN_FOREIGN;
    wrong_evidence(s, WRONG("token-signature", "AT-225", "a token signed by somebody else", .also = "CF-120"),
                   domain_payload(d, d->manifest));
    d->scene.signer = TEE_TOKEN_ISSUER;
    memcpy(data, report_data, sizeof data);
    data[31] ^= 1;
    tee_token_set_digits(&d->scene.claims, "tdx_report_data", SPAN(data));
    wrong_evidence(s, WRONG("token-other-key", "CF-041", "a token for another key"), domain_payload(d, d->manifest));
    data[31] ^= 1;
    data[32] ^= 1;
    tee_token_set_digits(&d->scene.claims, "tdx_report_data", SPAN(data));
    wrong_evidence(s, WRONG("token-tail", "CF-042", "a byte behind the key in the token"), domain_payload(d, d->manifest));
    tee_token_set_digits(&d->scene.claims, "tdx_report_data", span_of(report_data, AT_REPORT_DATA));
}

static void wrong_bundles(sheet *s, domain *d)
{
    static const struct {
        const char *slug, *site, *also, *what;
        unsigned version;
        bool envelope;
        sim_lie lie;
    } lies[] = {
        {"signer", "TL-135", "CF-121", "signed by somebody whose name is a prefix", 3, false, LIE_SAN_PREFIX},
        {"log-entry", "TL-143", "CF-121", "the log has another digest", 3, false, LIE_BODY_DIGEST},
        {"digest", "TL-138", "CF-121", "the bundle of another digest", 3, false, LIE_DIGEST},
        {"promised", "CF-123", NULL, "a bundle of v0.1 whose log only promises", 1, false, LIE_NO_PROOF},
        {"promised-envelope", "CF-123", NULL, "the same with an envelope", 1, true, LIE_NO_PROOF},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        sign_manifest(s->prim, d, span_text(d->manifest), lies[i].version, lies[i].envelope, lies[i].lie);
        wrong_evidence(s, WRONG(lies[i].slug, lies[i].site, lies[i].what, .also = lies[i].also), domain_payload(d, d->manifest));
    }
}

static void add_domain(sheet *s, const enclave *e)
{
    domain *d = calloc(1, sizeof *d);
    needs_memory(d);
    start_domain(s->prim, d, e->scene.report_data);
    sheet_group(s, "tdx", "at:token tl:sigstore cf:evidence", "tdx");
    sheet_in(s, TEXT("keys", d->scene.keys.text));
    sheet_in(s, TEXT("token_policy", d->scene.policy.text));
    sheet_in(s, TEXT("identity", SIM_IDENTITY));
    sheet_in(s, TEXT("issuer", SIM_ISSUER));
    sheet_in(s, TEXT("trusted_root", d->minted.root));
    sheet_in(s, BYTES("rs", span_of(e->scene.report_data, 32)));
    sheet_in(s, NUMBER("now", SIM_SIGNED_AT));
    sheet_accepts(s, "ok", "CF-120 CF-121 CF-122 CF-123");
    sheet_in(s, BYTES("payload", domain_payload(d, d->manifest)));
    sheet_out(s, TEXT("not_verified", ""));
    wrong_registers(s, d);
    wrong_tokens(s, d, e->scene.report_data);
    wrong_bundles(s, d);
    free(d);
}

static void make_evidence(sheet *s)
{
    enclave *e = calloc(1, sizeof *e);
    members *m = calloc(1, sizeof *m);
    needs_memory(e && m);
    start_enclave(s->prim, e);
    quote(e->manifest, m->manifest, sizeof m->manifest);
    quote(e->bundle, m->bundle, sizeof m->bundle);
    quote_report(span_of(e->scene.report, AT_REPORT), m->report);
    sheet_note(s, "BadEvidence", "BINDING", "Talks to somebody else than the enclave that the evidence describes.", "CF-041");
    sheet_group(s, "milan", "at:snp cf:evidence", "");
    put_enclave(s, e);
    sheet_accepts(s, "ok", "CF-038 CF-043");
    sheet_in(s, BYTES("payload", payload_of(e, "\"SEV-SNP\"", m->report, m->manifest, m->bundle, "")));
    sheet_out(s, TEXT("not_verified", "manifest"));
    wrong_forms(s, e, m);
    wrong_manifests(s, e, m);
    wrong_reports(s, e, m);
    add_trust(s, e, m);
    add_domain(s, e);
    free(e);
    free(m);
}

/* ---- frames ---- */

typedef struct frames_row {
    const char *slug, *req;      /* of a refused one: its site */
    const char *frames;          /* id/index/total/payload, with | between them; a total of - is left out */
    const char *message;         /* NULL: not complete, or refused */
    const char *mutation, *base; /* NULL: accepted */
} frames_row;

#define EIGHT "1/0/2/a|2/0/2/a|3/0/2/a|4/0/2/a|5/0/2/a|6/0/2/a|7/0/2/a|8/0/2/a"

static const frames_row frames[] = {
    {"one", "CF-049", "7/0/1/whole", "whole", NULL, NULL},
    {"negative-id", "CF-049", "18446744073709551615/0/1/whole", "whole", NULL, NULL},
    {"half", "CF-052", "7/0/2/first ", NULL, NULL, NULL},
    {"two", "CF-051", "7/0/2/first |7/1/2/second", "first second", NULL, NULL},
    {"swapped", "CF-051", "7/1/2/second|7/0/2/first ", "first second", NULL, NULL},
    {"between", "CF-051", "7/0/2/first |8/0/1/another|9/1/2/half|7/1/2/second", "first second", NULL, NULL},
    {"most", "CF-053", "7/255/256/last", NULL, NULL, NULL},
    {"eight", "CF-058", EIGHT, NULL, NULL, NULL},
    {"total-zero", "CF-052", "7/0/0/whole", NULL, "total_chunks 0", "one"},
    {"total-absent", "CF-052", "7/0/-/whole", NULL, "no total_chunks", "one"},
    {"total-257", "CF-053", "7/0/257/a", NULL, "total_chunks 257", "half"},
    {"total-huge", "CF-053", "7/0/4294967295/a", NULL, "total_chunks 2^32 - 1", "half"},
    {"index-total", "CF-054", "7/1/1/whole", NULL, "chunk_index equals total_chunks", "one"},
    {"index-huge", "CF-054", "7/4294967295/2/first ", NULL, "chunk_index 2^32 - 1", "half"},
    {"total-changes", "CF-055", "7/0/2/first |7/1/3/second", NULL, "another total_chunks in the second frame", "two"},
    {"index-again", "CF-056", "7/0/2/first |7/0/2/other ", NULL, "a chunk_index again, with other bytes", "two"},
    {"index-same-again", "CF-056", "7/0/2/first |7/0/2/first ", NULL, "a frame again", "two"},
    {"ninth", "CF-058", EIGHT "|9/0/2/a", NULL, "a ninth unfinished message", "eight"},
};

static uint64_t read_number(const char **at)
{
    const uint64_t n = strtoull(*at, NULL, 10);
    *at += strcspn(*at, "/") + 1;
    return n;
}

/* The frame at *at, which then points at the next one or the end. */
static span next_frame(const char **at, uint8_t room[256])
{
    cf_frame frame = {.chunk_id.has = true, .chunk_index.has = true, .payload.has = true};
    frame.chunk_id.v = read_number(at);
    frame.chunk_index.v = read_number(at);
    frame.total_chunks.has = **at != '-';
    frame.total_chunks.v = read_number(at);
    const size_t n = strcspn(*at, "|");
    frame.payload.v = span_of(*at, n);
    *at += n + ((*at)[n] == '|');
    writer w = writer_of(room, 256);
    layout_write(&cf_frame_layout, &frame, &w);
    must(writer_ok(&w));
    return written(&w);
}

static void add_frames(sheet *s, const frames_row *row)
{
    uint8_t room[256];
    if (row->mutation)
        sheet_rejects(s,
                      &(rejection){.slug = row->slug, .site = row->req, .mutation = row->mutation, .base = row->base, .flag = "BadFrame"});
    else
        sheet_accepts(s, row->slug, row->req);
    const char *at = row->frames;
    for (char key[] = "f1"; *at; key[1]++) {
        const span frame = next_frame(&at, room);
        sheet_in(s, BYTES(*at ? key : "frame", frame));
    }
    if (!row->mutation)
        sheet_out(s, BOOLEAN("complete", row->message != NULL));
    if (row->message)
        sheet_out(s, BYTES("message", span_text(row->message)));
}

static void make_frames(sheet *s)
{
    sheet_note(s, "BadFrame", "DOS", "Keeps memory for a message that can never be complete, or puts together what nobody sent.", "CF-053");
    sheet_group(s, "frames", "cf:frame", "");
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        add_frames(s, &frames[i]);
}

/* ---- files ---- */

static cJSON *confer_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    static const struct {
        const char *op;
        void (*make)(sheet *);
    } files[] = {{"cf.token", make_tokens},
                 {"cf.evidence", make_evidence},
                 {"cf.frame", make_frames},
                 {"cf.request", make_requests},
                 {"cf.answer", make_answers}};
    sheet s = sheet_start(p, files[which].op, "vectors/confer/confer_scenarios", "00", checked_by);
    files[which].make(&s);
    return s.document;
}

const scenario_file confer_files[] = {{"cf.token.json", confer_file, 0, NULL},  {"cf.evidence.json", confer_file, 1, NULL},
                                      {"cf.frame.json", confer_file, 2, NULL},  {"cf.request.json", confer_file, 3, NULL},
                                      {"cf.answer.json", confer_file, 4, NULL}, {0}};
