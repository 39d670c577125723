#include "tee_token.h"
#include "base64.h"
#include "certificate_parts.h"
#include "der.h"
#include "tee_kept.h"
#include "tee_secret.h"

#include <stdio.h>
#include <string.h>

#define OID_RSA_SHA256 "1.2.840.113549.1.1.11"

enum { DAY = 86400, TEST_SERIAL = 0x54455354 /* "TEST" */, SIGN = 0x80, ISSUE = 0x06, DECODED = 25000 };

/* ---- keys ---- */

static bool is_point(tee_token_key key) { return key >= TEE_TOKEN_POINT; }

static void scalar_of(tee_token_key key, uint8_t scalar[P256_SCALAR])
{
    uint8_t material[64];
    tee_derive(span_text("token test service"), key == TEE_TOKEN_POINT ? "point" : "foreign point", EMPTY, material);
    memcpy(scalar, material, P256_SCALAR);
}

static span rsa_info(tee_token_key key, uint8_t room[PUBKEY_MAX])
{
    uint8_t secret[TEE_TOKEN_KEY_MAX];
    const size_t n = tee_token_private_key(key, secret);
    return span_of(room, kept_rsa_public(span_of(secret, n), room, PUBKEY_MAX));
}

static span point_info(tee_token_key key, uint8_t room[PUBKEY_MAX])
{
    uint8_t scalar[P256_SCALAR], point[1 + P256_KEY] = {0x04};
    writer w = writer_of(room, PUBKEY_MAX);
    scalar_of(key, scalar);
    kept_p256_public(scalar, point + 1);
    certificate_put_point(&w, "1.2.840.10045.3.1.7", SPAN(point));
    return written(&w);
}

static span key_info(tee_token_key key, uint8_t room[PUBKEY_MAX]) { return is_point(key) ? point_info(key, room) : rsa_info(key, room); }

static span sign_rsa(const tee_token_scene *s, at_jws algorithm, tee_token_key key, span message, uint8_t room[PUBKEY_SIGNATURE_MAX])
{
    uint8_t secret[TEE_TOKEN_KEY_MAX];
    const span private_key = span_of(secret, tee_token_private_key(key, secret));
    const size_t n = algorithm == AT_PS384
                         ? kept_rsa_pss_sign(private_key, span_text("token"), s->salt, message, room, PUBKEY_SIGNATURE_MAX)
                         : kept_rsa_sha256_sign(private_key, message, room, PUBKEY_SIGNATURE_MAX);
    must(n > 0);
    return span_of(room, n);
}

static span sign_point(const tee_token_scene *s, span message, uint8_t room[PUBKEY_SIGNATURE_MAX])
{
    uint8_t scalar[P256_SCALAR], signature[P256_SIGNATURE];
    writer w = writer_of(room, PUBKEY_SIGNATURE_MAX);
    scalar_of(s->signer, scalar);
    p256_sign(scalar, span_text("token"), message, signature);
    if (!s->as_der) {
        write_span(&w, SPAN(signature));
        return written(&w);
    }
    certificate_put_ecdsa(&w, signature, P256_SCALAR);
    return written(&w);
}

/* ---- certificates ---- */

static void put_algorithm(writer *w)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, OID_RSA_SHA256);
    der_put(w, DER_NULL, EMPTY);
    der_close(w, algorithm);
}

static void put_name(writer *w, const char *common_name)
{
    const der_mark name = der_open(w, DER_SEQUENCE);
    certificate_put_attribute(w, "2.5.4.3", DER_UTF8, common_name);
    der_close(w, name);
}

static void put_extensions(writer *w, const tee_token_certificate *c)
{
    der_mark outer;
    const der_mark list = certificate_open_extensions(w, 3, &outer);
    if (c->usage)
        certificate_put_usage(w, c->usage);
    certificate_put_constraints(w, c->is_ca, -1);
    if (c->unknown_critical)
        certificate_put_extension(w, "2.5.29.36", true, span_of("\x30\x00", 2));
    certificate_close_both(w, list, outer);
}

static void put_signed_part(writer *w, const tee_token_certificate *c)
{
    uint8_t room[PUBKEY_MAX];
    const der_mark body = certificate_open_body(w, (uint64_t)TEST_SERIAL << 8 | c->key);
    put_algorithm(w);
    put_name(w, c->issuer);
    certificate_put_validity(w, c->not_before, c->not_after);
    put_name(w, c->subject);
    write_span(w, key_info(c->key, room));
    put_extensions(w, c);
    der_close(w, body);
}

static span mint(const tee_token_scene *s, const tee_token_certificate *c, uint8_t room[INTEL_CERTIFICATE_MAX])
{
    uint8_t body[INTEL_CERTIFICATE_MAX], signature[PUBKEY_SIGNATURE_MAX];
    writer b = WRITER(body), w = writer_of(room, INTEL_CERTIFICATE_MAX);
    put_signed_part(&b, c);
    const span signed_part = written(&b);
    const der_mark whole = der_open(&w, DER_SEQUENCE);
    write_span(&w, signed_part);
    put_algorithm(&w);
    der_put_bits(&w, sign_rsa(s, AT_RS256, c->signer, signed_part, signature));
    der_close(&w, whole);
    must(writer_ok(&b) && writer_ok(&w));
    return written(&w);
}

/* ---- texts ---- */

static writer onto(intel_text *t) { return writer_of(t->text, INTEL_TEXT_MAX - 1); }

static void keep(intel_text *t, const writer *w)
{
    must(writer_ok(w));
    t->n = w->n;
    t->text[w->n] = 0;
}

static const char *kid_of(const tee_token_scene *s) { return s->twin.issuer == AT_INTEL ? "5ab0c1e7f2" : "c7d09e"; }

static void write_x5c(const tee_token_scene *s, writer *w)
{
    write_text(w, ",\"x5c\":[");
    for (size_t i = 0; i < TEE_TOKEN_CERTIFICATES; i++) {
        write_text(w, i ? ",\"" : "\"");
        base64_write(w, s->der[i]);
        write_text(w, "\"");
    }
    write_text(w, "]");
}

static void write_header(tee_token_scene *s)
{
    writer w = onto(&s->header);
    write_text(&w, "{\"alg\":\"");
    write_text(&w, at_jws_names[s->twin.algorithm]);
    write_text(&w, "\",\"kid\":\"");
    write_text(&w, kid_of(s));
    write_text(&w, "\",\"typ\":\"JWT\"");
    if (s->twin.issuer == AT_INTEL)
        write_text(&w, ",\"jku\":\"https://trust.example/certs\"");
    if (s->twin.source == TEE_TOKEN_CHAIN)
        write_x5c(s, &w);
    write_text(&w, "}");
    keep(&s->header, &w);
}

static void write_number(writer *w, const char *name, span number)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":\"");
    base64url_write(w, span_from(number, number.n > 0 && number.p[0] == 0));
    write_text(w, "\"");
}

static void write_key(writer *w, tee_token_key key)
{
    uint8_t room[PUBKEY_MAX];
    const span info = key_info(key, room);
    if (is_point(key)) {
        write_text(w, "\"kty\":\"EC\",\"crv\":\"P-256\"");
        write_number(w, "x", span_first(span_from(info, info.n - 64), 32));
        write_number(w, "y", span_from(info, info.n - 32));
        return;
    }
    span bits = EMPTY;
    der_reader all = der_of(info), parts = der_enter(&all, DER_SEQUENCE);
    (void)der_next(&parts);
    must(der_bits(der_take(&parts, DER_BIT_STRING), &bits));
    der_reader whole = der_of(bits), numbers = der_enter(&whole, DER_SEQUENCE);
    write_text(w, "\"kty\":\"RSA\"");
    write_number(w, "n", der_take(&numbers, DER_INTEGER));
    write_number(w, "e", der_take(&numbers, DER_INTEGER));
}

static void write_entry(const tee_token_scene *s, writer *w, const char *kid, tee_token_key key, bool certified)
{
    write_text(w, "{");
    write_key(w, key);
    write_text(w, ",\"kid\":\"");
    write_text(w, kid);
    write_text(w, "\",\"alg\":\"");
    write_text(w, at_jws_names[s->twin.algorithm]);
    write_text(w, "\",\"use\":\"sig\"");
    if (certified)
        write_x5c(s, w);
    write_text(w, "}");
}

/* The key, and another one behind it, as services publish the next one before it is used. */
static void write_keys(tee_token_scene *s)
{
    writer w = onto(&s->keys);
    write_text(&w, "{\"keys\":[");
    write_entry(s, &w, kid_of(s), s->certified, s->twin.source == TEE_TOKEN_SET_UNDER_ROOT);
    write_text(&w, ",");
    write_entry(s, &w, "next", is_point(s->signer) ? TEE_TOKEN_FOREIGN_POINT : TEE_TOKEN_AUTHORITY, false);
    write_text(&w, "]}");
    keep(&s->keys, &w);
}

static void write_times(const tee_token_scene *s, writer *w)
{
    char text[160];
    snprintf(text, sizeof text, "\"exp\":%lld,\"iat\":%lld,\"nbf\":%lld", (long long)s->now + 240, (long long)s->now - 60,
             (long long)s->now - 60);
    write_text(w, text);
}

static void write_register(writer *w, const char *name, size_t n)
{
    uint8_t material[64];
    tee_derive(span_text("token guest"), name, EMPTY, material);
    write_hex(w, span_of(material, n));
}

static void write_zeros_hex(writer *w, size_t n)
{
    while (n--)
        write_text(w, "00");
}

static void write_text_claim(writer *w, const char *name, const char *value)
{
    write_text(w, "\"");
    write_text(w, name);
    write_text(w, "\":\"");
    write_text(w, value);
    write_text(w, "\",");
}

static void write_device(writer *w)
{
    static const char *const measured[] = {"tdx_mrtd", "tdx_rtmr0", "tdx_rtmr1", "tdx_rtmr2", "tdx_rtmr3", "tdx_mrseam"};
    static const char *const unused[] = {"tdx_mrconfigid", "tdx_mrowner", "tdx_mrownerconfig", "tdx_mrsignerseam"};
    write_text_claim(w, "attester_type", "TDX");
    write_text_claim(w, "attester_tcb_status", "UpToDate");
    write_text_claim(w, "attester_tcb_date", "2025-08-13T00:00:00Z");
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        write_text(w, "\"");
        write_text(w, measured[i]);
        write_text(w, "\":\"");
        write_register(w, measured[i], AT_REGISTER);
        write_text(w, "\",");
    }
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++) {
        write_text(w, "\"");
        write_text(w, unused[i]);
        write_text(w, "\":\"");
        write_zeros_hex(w, AT_REGISTER);
        write_text(w, "\",");
    }
    write_text(w, "\"tdx_report_data\":\"");
    write_register(w, "report data", 32);
    write_zeros_hex(w, 32);
    write_text(w, "\",\"tdx_is_debuggable\":false,\"tdx_td_attributes\":\"0000001000000000\",\"tdx_xfam\":\"e702060000000000\","
                  "\"tdx_seamsvn\":6");
}

static void write_intel(const tee_token_scene *s, writer *w)
{
    write_text(
        w, "{\"eat_profile\":\"https://trust.example/eat_profile.html\",\"intuse\":\"generic\",\"dbgstat\":\"disabled\","
           "\"policy_ids_matched\":[{\"id\":\"d970fa2b-34bc-476d-ad8f-7a1b78f2885e\",\"version\":\"v1\"}],\"policy_ids_unmatched\":null,"
           "\"verifier_nonce\":{\"val\":\"bm9uY2UgMQ==\",\"iat\":\"MjAyNg==\"},");
    if (s->twin.version == 2)
        write_text(w, "\"appraisal\":{\"method\":\"default\",\"ver\":2},\"tdx\":{");
    write_device(w);
    write_text(w, s->twin.version == 2 ? "},\"ver\":\"2.0.0\"," : ",\"ver\":\"1.0.0\",");
    write_text_claim(w, "iss", "https://trust.example");
    write_text_claim(w, "jti", "c70a56fa-cf15-4721-b606-c36c364ff1cb");
    write_times(s, w);
    write_text(w, "}");
}

static void write_google(const tee_token_scene *s, writer *w)
{
    write_text(w, "{\"aud\":\"https://client.example\",\"iss\":\"https://confidentialcomputing.example\",");
    write_times(s, w);
    write_text(
        w, ",\"eat_nonce\":[\"first nonce\",\"another nonce\"],\"secboot\":true,\"oemid\":11129,\"hwmodel\":\"GCP_INTEL_TDX\","
           "\"swname\":\"CONFIDENTIAL_SPACE\",\"swversion\":[\"250301\"],\"dbgstat\":\"disabled-since-boot\","
           "\"submods\":{\"confidential_space\":{\"monitoring_enabled\":{\"memory\":false},\"support_attributes\":[\"LATEST\",\"STABLE\","
           "\"USABLE\"]},\"container\":{\"image_reference\":\"registry.example/proxy@sha256:67682b\",\"image_digest\":\"sha256:");
    write_register(w, "image", 32);
    write_text(w, "\",\"restart_policy\":\"Never\"},\"gce\":{\"zone\":\"test-1\",\"project_id\":\"proxies\",\"project_number\":\"7\"}},"
                  "\"tdx\":{\"gcp_attester_tcb_status\":\"UpToDate\",\"gcp_attester_tcb_date\":\"2025-08-13T00:00:00Z\"},"
                  "\"google_service_accounts\":[\"proxy@example\"]}");
}

static void write_claims(tee_token_scene *s)
{
    writer w = onto(&s->claims);
    if (s->twin.issuer == AT_INTEL)
        write_intel(s, &w);
    else
        write_google(s, &w);
    keep(&s->claims, &w);
}

/* ---- the policy of the relying party ---- */

static void write_reference(writer *w, const char *member, const char *purpose)
{
    write_text(w, "\"");
    write_text(w, member);
    write_text(w, "\":[\"");
    write_register(w, purpose, AT_REGISTER);
    write_text(w, "\"],");
}

static void write_intel_policy(writer *w)
{
    static const char *const measured[][2] = {{"mrtd", "tdx_mrtd"},   {"rtmr0", "tdx_rtmr0"}, {"rtmr1", "tdx_rtmr1"},
                                              {"rtmr2", "tdx_rtmr2"}, {"rtmr3", "tdx_rtmr3"}, {"mrseam", "tdx_mrseam"}};
    write_text(w, "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"advisories\":[],\"baseline_date\":\"2025-01-01T00:00:00Z\",");
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++)
        write_reference(w, measured[i][0], measured[i][1]);
    write_text(w, "\"td_attributes\":{\"mask\":\"000000c000000080\",\"value\":\"0000000000000000\"},\"xfam\":\"e702060000000000\",\"report_"
                  "data\":\"");
    write_register(w, "report data", 32);
    write_zeros_hex(w, 32);
    write_text(w, "\"},\"token\":{\"issuer\":\"intel\",\"iss\":\"https://trust.example\",\"nonce\":\"bm9uY2UgMQ==\","
                  "\"policy_ids\":[\"d970fa2b-34bc-476d-ad8f-7a1b78f2885e\"],\"claims\":{\"intuse\":[\"generic\"]},");
}

static void write_google_policy(writer *w)
{
    write_text(w,
               "{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"advisories\":[],\"baseline_date\":\"2025-01-01T00:00:00Z\"},"
               "\"token\":{\"issuer\":\"google\",\"iss\":\"https://confidentialcomputing.example\",\"audience\":\"https://client.example\","
               "\"nonce\":\"first nonce\",\"hardware\":[\"GCP_INTEL_TDX\"],\"support_attributes\":[\"STABLE\"],\"min_swversion\":250200,"
               "\"image_digests\":[\"sha256:");
    write_register(w, "image", 32);
    write_text(w, "\"],\"claims\":{\"submods.gce.project_id\":[\"staging\",\"proxies\"],"
                  "\"submods.confidential_space.monitoring_enabled.memory\":[false],\"oemid\":[11129]},");
}

static void write_policy(tee_token_scene *s)
{
    writer w = onto(&s->policy);
    if (s->twin.issuer == AT_INTEL)
        write_intel_policy(&w);
    else
        write_google_policy(&w);
    write_text(&w, "\"algorithms\":[\"");
    write_text(&w, at_jws_names[s->twin.algorithm]);
    write_text(&w, "\"],\"max_age\":300,\"skew\":30}}");
    keep(&s->policy, &w);
}

/* ---- claims ---- */

span tee_token_claim(const intel_text *t, const char *name)
{
    char start[80];
    snprintf(start, sizeof start, "\"%s\":\"", name);
    const char *at = strstr(t->text, start);
    must(at);
    at += strlen(start);
    return span_of(at, strcspn(at, "\""));
}

void tee_token_set(intel_text *t, const char *name, span json_text)
{
    char from[300], to[300];
    const span old = tee_token_claim(t, name);
    snprintf(from, sizeof from, "\"%s\":\"%.*s\"", name, (int)old.n, (const char *)old.p);
    snprintf(to, sizeof to, "\"%s\":%.*s", name, (int)json_text.n, (const char *)json_text.p);
    intel_text_replace(t, from, 0, to);
}

void tee_token_set_digits(intel_text *t, const char *name, span bytes)
{
    char text[200];
    writer w = WRITER(text);
    write_text(&w, "\"");
    write_hex(&w, bytes);
    write_text(&w, "\"");
    must(writer_ok(&w));
    tee_token_set(t, name, written(&w));
}

/* ---- the scene ---- */

static tee_token_key key_for(at_jws algorithm) { return algorithm == AT_ES256 ? TEE_TOKEN_POINT : TEE_TOKEN_ISSUER; }

void tee_token_begin(tee_token_scene *s, const tee_token_twin *twin)
{
    memset(s, 0, sizeof *s);
    prim_start();
    s->twin = *twin;
    s->now = INTEL_NOW;
    s->salt = 48;
    s->signer = s->certified = key_for(twin->algorithm);
    s->certificate[0] = (tee_token_certificate){
        "test token signer", "test token authority", s->now - 10 * DAY, s->now + 50 * DAY, s->signer, TEE_TOKEN_AUTHORITY, false, 0, false};
    s->certificate[1] = (tee_token_certificate){"test token authority",
                                                "test token root",
                                                s->now - 400 * DAY,
                                                s->now + 400 * DAY,
                                                TEE_TOKEN_AUTHORITY,
                                                TEE_TOKEN_ROOT,
                                                true,
                                                ISSUE,
                                                false};
    s->certificate[2] = (tee_token_certificate){
        "test token root", "test token root", s->now - 400 * DAY, s->now + 4000 * DAY, TEE_TOKEN_ROOT, TEE_TOKEN_ROOT, true, ISSUE, false};
    if (twin->source == TEE_TOKEN_SET_UNDER_ROOT)
        s->certificate[0].usage = SIGN;
    s->behind_header = s->behind_claims = s->behind = "";
}

void tee_token_write(tee_token_scene *s)
{
    for (size_t i = 0; i < TEE_TOKEN_CERTIFICATES; i++)
        s->der[i] = mint(s, &s->certificate[i], s->certificates[i]);
    write_header(s);
    write_keys(s);
    write_claims(s);
    write_policy(s);
}

static void put_part(writer *w, const intel_text *t, size_t spaces, const char *behind)
{
    static uint8_t room[INTEL_TEXT_MAX + DECODED];
    writer part = WRITER(room);
    write_span(&part, span_of(t->text, t->n));
    while (spaces--)
        write_text(&part, " ");
    must(writer_ok(&part));
    base64url_write(w, written(&part));
    write_text(w, behind);
}

void tee_token_seal(tee_token_scene *s)
{
    uint8_t room[PUBKEY_SIGNATURE_MAX];
    writer w = writer_of(s->text, sizeof s->text - 1);
    put_part(&w, &s->header, 0, s->behind_header);
    write_text(&w, ".");
    put_part(&w, &s->claims, s->spaces, s->behind_claims);
    const span message = written(&w);
    const span signature = is_point(s->signer) ? sign_point(s, message, room) : sign_rsa(s, s->twin.algorithm, s->signer, message, room);
    write_text(&w, ".");
    base64url_write(&w, signature);
    write_text(&w, s->behind);
    must(writer_ok(&w));
    s->text[w.n] = 0;
    s->token = (at_token){.text = written(&w)};
    if (s->twin.source != TEE_TOKEN_CHAIN && !s->no_set)
        s->token.keys = span_of(s->keys.text, s->keys.n);
    if (s->twin.source != TEE_TOKEN_SET && !s->no_root)
        s->root = mint(s,
                       &(tee_token_certificate){"test token root", "test token root", s->certificate[2].not_before,
                                                s->certificate[2].not_after, TEE_TOKEN_ROOT, TEE_TOKEN_ROOT, true, ISSUE, false},
                       s->root_room);
}

void tee_token_play(tee_token_scene *s, const tee_token_twin *twin)
{
    tee_token_begin(s, twin);
    tee_token_write(s);
    tee_token_seal(s);
}

verdict tee_token_judge(const tee_token_scene *s, const prim *p, account *to, at_token_claims *out)
{
    static uint8_t bytes[AT_TOKEN_ROOM];
    static policy_document document;
    writer room = WRITER(bytes);
    policy_fault fault;
    at_quote_policy td;
    must(policy_document_read(span_of(s->policy.text, s->policy.n), &document, &fault));
    td = quote_policy_of(&document.tdx, EMPTY);
    const at_token_policy policy = token_policy_of(&document.token, s->root, policy_has(&document, AT_KIND_TDX) ? &td : NULL);
    return at_appraise_token(&(at_world){.prim = p, .now = s->now}, &policy, &s->token, &room, to, out);
}
