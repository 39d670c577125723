#include "tee_token_lies.h"

#include <string.h>

enum { INTEL_1, INTEL_2, GOOGLE_CHAIN, GOOGLE_SET };

const tee_token_twin tee_token_twins[TEE_TOKEN_TWINS] = {
    [INTEL_1] = {AT_INTEL, 1, AT_PS384, TEE_TOKEN_SET},
    [INTEL_2] = {AT_INTEL, 2, AT_PS384, TEE_TOKEN_SET_UNDER_ROOT},
    [GOOGLE_CHAIN] = {AT_GOOGLE, 1, AT_RS256, TEE_TOKEN_CHAIN},
    [GOOGLE_SET] = {AT_GOOGLE, 1, AT_ES256, TEE_TOKEN_SET},
};

const char *const tee_token_twin_names[TEE_TOKEN_TWINS] = {"intel-v1", "intel-v2", "google-x5c", "google-set"};

/* ---- how a lie is played ---- */

static intel_text *text_of(tee_token_scene *s, tee_token_where where)
{
    switch (where) {
    case IN_HEADER: return &s->header;
    case IN_CLAIMS: return &s->claims;
    case IN_KEYS: return &s->keys;
    default: return &s->policy;
    }
}

static void other_digit(intel_text *t, const char *before)
{
    char *at = strstr(t->text, before);
    must(at);
    at += strlen(before);
    *at = *at == '0' ? '1' : '0';
}

void tee_token_apply(tee_token_scene *s, const tee_token_edit *e)
{
    if (e->where == IN_NONE)
        return;
    if (e->to)
        intel_text_replace(text_of(s, e->where), e->from, e->nth, e->to);
    else
        other_digit(text_of(s, e->where), e->from);
}

void tee_token_lie_play(tee_token_scene *s, const tee_token_lie *l)
{
    tee_token_begin(s, &tee_token_twins[l->twin]);
    if (l->world)
        l->world(s);
    tee_token_write(s);
    tee_token_apply(s, &l->edit[0]);
    tee_token_apply(s, &l->edit[1]);
    tee_token_seal(s);
    if (l->after)
        l->after(s);
}

/* ---- twists ---- */

static void padded(tee_token_scene *s) { s->behind = "="; }
static void with_a_line_break(tee_token_scene *s) { s->behind = "\n"; }
static void with_a_fourth_part(tee_token_scene *s) { s->behind = ".e30"; }
static void foreign_without_root(tee_token_scene *s)
{
    s->no_root = true;
    s->certificate[0].signer = TEE_TOKEN_FOREIGN;
}
static void certified_is_the_other(tee_token_scene *s) { s->certificate[0].key = TEE_TOKEN_AUTHORITY; }
static void without_keys_and_root(tee_token_scene *s) { s->no_root = true; }
static void by_somebody_else(tee_token_scene *s) { s->signer = TEE_TOKEN_FOREIGN; }
static void by_another_point(tee_token_scene *s) { s->signer = TEE_TOKEN_FOREIGN_POINT; }
static void salt_of_32(tee_token_scene *s) { s->salt = 32; }
static void without_salt(tee_token_scene *s) { s->salt = 0; }
static void signature_in_der(tee_token_scene *s) { s->as_der = true; }
static void leaf_by_an_impostor(tee_token_scene *s) { s->certificate[0].signer = TEE_TOKEN_FOREIGN; }
static void authority_by_an_impostor(tee_token_scene *s) { s->certificate[1].signer = TEE_TOKEN_FOREIGN; }
static void authority_without_authority(tee_token_scene *s) { s->certificate[1].is_ca = false; }
static void authority_without_usage(tee_token_scene *s) { s->certificate[1].usage = 0; }
static void leaf_of_another_name(tee_token_scene *s) { s->certificate[0].issuer = "test token authority 2"; }
static void leaf_is_late(tee_token_scene *s) { s->certificate[0].not_after = s->now - 1; }
static void leaf_is_early(tee_token_scene *s) { s->certificate[0].not_before = s->now + 1; }
static void authority_is_late(tee_token_scene *s) { s->certificate[1].not_after = s->now - 1; }
static void root_is_late(tee_token_scene *s) { s->certificate[2].not_after = s->now - 1; }
static void leaf_is_critical(tee_token_scene *s) { s->certificate[0].unknown_critical = true; }
static void authority_is_critical(tee_token_scene *s) { s->certificate[1].unknown_critical = true; }
static void leaf_agrees_only(tee_token_scene *s) { s->certificate[0].usage = 0x08; }
static void leaf_is_an_authority(tee_token_scene *s)
{
    s->certificate[0].is_ca = true;
    s->certificate[0].usage = 0x86;
}
static void leaf_of_somebody_else(tee_token_scene *s) { s->certified = s->signer = TEE_TOKEN_FOREIGN; }
static void late_by_a_second(tee_token_scene *s) { s->now = s->now + 240; }
static void late_by_a_year(tee_token_scene *s) { s->now = s->now + 31536000; }
static void one_byte_too_long(tee_token_scene *s) { s->spaces = 22300; }
static void much_too_long(tee_token_scene *s) { s->spaces = 24500; }

/* ---- the lies ---- */

/* clang-format off */
const tee_token_lie tee_token_lies[] = {
    {"too-long", INTEL_1, REQ_AT_200, "a token of more than 32768 bytes", {{0}}, one_byte_too_long, NULL},
    {"much-too-long", GOOGLE_SET, REQ_AT_200, "a token of about 34000 bytes", {{0}}, much_too_long, NULL},
    {"padded-signature", INTEL_1, REQ_AT_201, "one `=` behind the signature", {{0}}, padded, NULL},
    {"line-break", INTEL_2, REQ_AT_201, "a line break behind the signature", {{0}}, with_a_line_break, NULL},
    {"four-parts", GOOGLE_SET, REQ_AT_201, "a fourth part", {{0}}, with_a_fourth_part, NULL},
    {"issuer-twice", INTEL_1, REQ_AT_202, "the claims have `iss` twice", {{IN_CLAIMS, "\"jti\"", "\"iss\":\"https://other.example\",\"jti\"", 0}}, NULL, NULL},
    {"text-behind-claims", GOOGLE_SET, REQ_AT_202, "a brace behind the claims", {{IN_CLAIMS, "[\"proxy@example\"]}", "[\"proxy@example\"]}}", 0}}, NULL, NULL},
    {"algorithm-twice", INTEL_2, REQ_AT_202, "the header has `alg` twice", {{IN_HEADER, "\"typ\"", "\"alg\":\"RS256\",\"typ\"", 0}}, NULL, NULL},
    {"alg-none", GOOGLE_CHAIN, REQ_AT_203, "`alg` is none", {{IN_HEADER, "RS256", "none", 0}}, NULL, NULL},
    {"alg-hmac", GOOGLE_CHAIN, REQ_AT_203, "`alg` is HS256", {{IN_HEADER, "RS256", "HS256", 0}}, NULL, NULL},
    {"alg-lower-case", GOOGLE_CHAIN, REQ_AT_203, "`alg` is written rs256", {{IN_HEADER, "RS256", "rs256", 0}}, NULL, NULL},
    {"alg-not-listed", INTEL_1, REQ_AT_203, "the policy lists RS256, the token has PS384", {{IN_POLICY, "\"algorithms\":[\"PS384\"]", "\"algorithms\":[\"RS256\",\"ES256\"]", 0}}, NULL, NULL},
    {"typ-jws", INTEL_1, REQ_AT_204, "`typ` is at+jwt", {{IN_HEADER, "\"typ\":\"JWT\"", "\"typ\":\"at+jwt\"", 0}}, NULL, NULL},
    {"typ-number", GOOGLE_SET, REQ_AT_204, "`typ` is a number", {{IN_HEADER, "\"typ\":\"JWT\"", "\"typ\":1", 0}}, NULL, NULL},
    {"crit", INTEL_1, REQ_AT_205, "`crit` names b64", {{IN_HEADER, "\"typ\":\"JWT\"", "\"typ\":\"JWT\",\"crit\":[\"b64\"],\"b64\":true", 0}}, NULL, NULL},
    {"crit-empty", GOOGLE_CHAIN, REQ_AT_205, "`crit` is an empty array", {{IN_HEADER, "\"typ\":\"JWT\"", "\"typ\":\"JWT\",\"crit\":[]", 0}}, NULL, NULL},

    {"iss-slash", INTEL_1, REQ_AT_206, "a slash behind the issuer", {{IN_CLAIMS, "\"iss\":\"https://trust.example\"", "\"iss\":\"https://trust.example/\"", 0}}, NULL, NULL},
    {"iss-absent", INTEL_2, REQ_AT_206, "no `iss`", {{IN_CLAIMS, "\"iss\"", "\"issuer\"", 0}}, NULL, NULL},
    {"iss-other", GOOGLE_CHAIN, REQ_AT_206, "another instance of the service", {{IN_CLAIMS, "confidentialcomputing.example", "confidentialcomputing2.example", 0}}, NULL, NULL},
    {"exp-reached", INTEL_1, REQ_AT_207, "the time given is `exp`", {{IN_POLICY, "\"max_age\":300", "\"max_age\":3000", 0}}, NULL, late_by_a_second},
    {"exp-a-year-ago", GOOGLE_SET, REQ_AT_207, "expired a year ago", {{IN_POLICY, "\"max_age\":300", "\"max_age\":31622400", 0}}, NULL, late_by_a_year},
    {"exp-absent", INTEL_1, REQ_AT_207, "no `exp`", {{IN_CLAIMS, "\"exp\"", "\"expires\"", 0}}, NULL, NULL},
    {"exp-text", GOOGLE_CHAIN, REQ_AT_207, "`exp` is a text", {{IN_CLAIMS, "\"exp\":1780272240", "\"exp\":\"1780272240\"", 0}}, NULL, NULL},
    {"exp-fraction", INTEL_2, REQ_AT_207, "`exp` has a fraction", {{IN_CLAIMS, "\"exp\":1780272240", "\"exp\":1780272240.5", 0}}, NULL, NULL},
    {"nbf-ahead", INTEL_1, REQ_AT_208, "`nbf` is 31 s ahead", {{IN_CLAIMS, "\"nbf\":1780271940", "\"nbf\":1780272031", 0}}, NULL, NULL},
    {"nbf-text", GOOGLE_SET, REQ_AT_208, "`nbf` is a text", {{IN_CLAIMS, "\"nbf\":1780271940", "\"nbf\":\"1780271940\"", 0}}, NULL, NULL},
    {"iat-ahead", INTEL_1, REQ_AT_209, "`iat` is 31 s ahead", {{IN_CLAIMS, "\"iat\":1780271940", "\"iat\":1780272031", 0}}, NULL, NULL},
    {"iat-absent", GOOGLE_CHAIN, REQ_AT_209, "no `iat`", {{IN_CLAIMS, "\"iat\"", "\"issued\"", 0}}, NULL, NULL},
    {"old", INTEL_1, REQ_AT_210, "issued 301 s ago", {{IN_CLAIMS, "\"iat\":1780271940", "\"iat\":1780271699", 0}}, NULL, NULL},
    {"age-not-given", GOOGLE_SET, REQ_AT_210, "the policy has no age and does not waive it", {{IN_POLICY, "\"max_age\":300,", "", 0}}, NULL, NULL},
    {"aud-other", GOOGLE_CHAIN, REQ_AT_211, "another audience", {{IN_CLAIMS, "\"aud\":\"https://client.example\"", "\"aud\":\"https://client.example.org\"", 0}}, NULL, NULL},
    {"aud-absent", GOOGLE_SET, REQ_AT_211, "no audience", {{IN_CLAIMS, "\"aud\":\"https://client.example\",", "", 0}}, NULL, NULL},
    {"aud-not-expected", INTEL_1, REQ_AT_211, "an audience where the policy has none", {{IN_CLAIMS, "\"jti\"", "\"aud\":\"https://client.example\",\"jti\"", 0}}, NULL, NULL},
    {"aud-array-without", GOOGLE_SET, REQ_AT_211, "an array of other audiences", {{IN_CLAIMS, "\"aud\":\"https://client.example\"", "\"aud\":[\"a\",\"b\"]", 0}}, NULL, NULL},
    {"nonce-other", INTEL_1, REQ_AT_212, "another nonce", {{IN_CLAIMS, "bm9uY2UgMQ==", "bm9uY2UgMg==", 0}}, NULL, NULL},
    {"nonce-absent", INTEL_2, REQ_AT_212, "no nonce", {{IN_CLAIMS, "\"verifier_nonce\"", "\"nonce\"", 0}}, NULL, NULL},
    {"nonce-array-of-one", GOOGLE_CHAIN, REQ_AT_212, "an array with one nonce", {{IN_CLAIMS, "[\"first nonce\",\"another nonce\"]", "[\"first nonce\"]", 0}}, NULL, NULL},
    {"nonce-mixed", GOOGLE_SET, REQ_AT_212, "an array with a number", {{IN_CLAIMS, "[\"first nonce\",\"another nonce\"]", "[\"first nonce\",2]", 0}}, NULL, NULL},

    {"no-anchor", GOOGLE_CHAIN, REQ_AT_213, "neither a set nor a root, the header has a chain", {{0}}, without_keys_and_root, NULL},
    {"no-anchor-foreign", GOOGLE_CHAIN, REQ_AT_213, "the same with a chain of somebody else", {{0}}, foreign_without_root, NULL},
    {"set-text-behind", INTEL_1, REQ_AT_214, "a brace behind the set", {{IN_KEYS, "\"use\":\"sig\"}]}", "\"use\":\"sig\"}]}}", 0}}, NULL, NULL},
    {"set-keys-twice", GOOGLE_SET, REQ_AT_214, "the set has `keys` twice", {{IN_KEYS, "\"use\":\"sig\"}]}", "\"use\":\"sig\"}],\"keys\":[]}", 0}}, NULL, NULL},
    {"set-with-a-text", INTEL_2, REQ_AT_214, "one of the keys is a text", {{IN_KEYS, "{\"keys\":[{", "{\"keys\":[\"\",{", 0}}, NULL, NULL},
    {"kid-unknown", INTEL_1, REQ_AT_215, "`kid` names no key of the set", {{IN_HEADER, "5ab0c1e7f2", "5ab0c1e7f3", 0}}, NULL, NULL},
    {"kid-absent", GOOGLE_SET, REQ_AT_215, "no `kid`", {{IN_HEADER, "\"kid\":\"c7d09e\",", "", 0}}, NULL, NULL},
    {"kid-twice", INTEL_1, REQ_AT_215, "two keys of the set have this name", {{IN_KEYS, "\"kid\":\"next\"", "\"kid\":\"5ab0c1e7f2\"", 0}}, NULL, NULL},
    {"kid-with-jwk", GOOGLE_SET, REQ_AT_215, "an unknown `kid`, and the key in the header", {{IN_HEADER, "\"kid\":\"c7d09e\"", "\"jwk\":{\"kty\":\"EC\"},\"kid\":\"mine\"", 0}}, NULL, NULL},
    {"key-for-encryption", INTEL_1, REQ_AT_216, "the key's `use` is enc", {{IN_KEYS, "\"use\":\"sig\"", "\"use\":\"enc\"", 0}}, NULL, NULL},
    {"key-of-other-alg", INTEL_2, REQ_AT_216, "the key's `alg` is RS256", {{IN_KEYS, "\"alg\":\"PS384\"", "\"alg\":\"RS256\"", 0}}, NULL, NULL},
    {"key-use-number", GOOGLE_SET, REQ_AT_216, "the key's `use` is a number", {{IN_KEYS, "\"use\":\"sig\"", "\"use\":1", 0}}, NULL, NULL},
    {"x5c-absent", INTEL_2, REQ_AT_218, "no `x5c`, and a root is pinned", {{IN_KEYS, "\"x5c\"", "\"x5t\"", 0}}, NULL, NULL},
    {"x5c-text", INTEL_2, REQ_AT_218, "an `x5c` that is a text", {{IN_KEYS, "\"x5c\":[", "\"x5c\":\"\",\"x5d\":[", 0}}, NULL, NULL},
    {"x5c-with-garbage", GOOGLE_CHAIN, REQ_AT_218, "a text behind the certificates that is none", {{IN_HEADER, "\"]}", "\",\"AAAA\"]}", 0}}, NULL, NULL},
    {"x5c-with-five", GOOGLE_CHAIN, REQ_AT_218, "five certificates, the last two no certificates", {{IN_HEADER, "\"]}", "\",\"\",\"\"]}", 0}}, NULL, NULL},
    {"leaf-by-an-impostor", GOOGLE_CHAIN, REQ_AT_219, "the first certificate was signed by somebody else", {{0}}, leaf_by_an_impostor, NULL},
    {"authority-by-an-impostor", INTEL_2, REQ_AT_219, "the authority's certificate was signed by somebody else", {{0}}, authority_by_an_impostor, NULL},
    {"authority-is-none", GOOGLE_CHAIN, REQ_AT_219, "the second certificate is no authority's", {{0}}, authority_without_authority, NULL},
    {"authority-may-not-sign", INTEL_2, REQ_AT_219, "the second certificate has no key usage", {{0}}, authority_without_usage, NULL},
    {"leaf-of-another-name", GOOGLE_CHAIN, REQ_AT_219, "the first certificate names another issuer", {{0}}, leaf_of_another_name, NULL},
    {"leaf-late", GOOGLE_CHAIN, REQ_AT_220, "the first certificate ended a second ago", {{0}}, leaf_is_late, NULL},
    {"leaf-early", INTEL_2, REQ_AT_220, "the first certificate begins in a second", {{0}}, leaf_is_early, NULL},
    {"authority-late", GOOGLE_CHAIN, REQ_AT_220, "the authority's certificate ended a second ago", {{0}}, authority_is_late, NULL},
    {"root-late", INTEL_2, REQ_AT_220, "the root's certificate ended a second ago", {{0}}, root_is_late, NULL},
    {"leaf-critical", GOOGLE_CHAIN, REQ_AT_221, "a critical extension of the first certificate", {{0}}, leaf_is_critical, NULL},
    {"authority-critical", INTEL_2, REQ_AT_221, "a critical extension of the authority's certificate", {{0}}, authority_is_critical, NULL},
    {"leaf-agrees-only", INTEL_2, REQ_AT_222, "the first certificate is for key agreement", {{0}}, leaf_agrees_only, NULL},
    {"leaf-is-an-authority", GOOGLE_CHAIN, REQ_AT_222, "the first certificate is an authority's", {{0}}, leaf_is_an_authority, NULL},
    {"key-not-certified", INTEL_2, REQ_AT_223, "the set's key is another than the certificate's", {{0}}, leaf_of_somebody_else, NULL},
    {"other-key-certified", INTEL_2, REQ_AT_223, "the certificate is for the other key of the set", {{0}}, certified_is_the_other, NULL},

    {"signed-by-another", INTEL_1, REQ_AT_225, "signed with another key", {{0}}, by_somebody_else, NULL},
    {"signed-by-another-point", GOOGLE_SET, REQ_AT_225, "signed with another point", {{0}}, by_another_point, NULL},
    {"salt-32", INTEL_1, REQ_AT_225, "a salt of 32 bytes", {{0}}, salt_of_32, NULL},
    {"salt-0", INTEL_2, REQ_AT_225, "no salt", {{0}}, without_salt, NULL},
    {"signature-der", GOOGLE_SET, REQ_AT_225, "the signature is in DER", {{0}}, signature_in_der, NULL},
    {"key-too-weak", INTEL_1, REQ_AT_225, "the set has no modulus", {{IN_KEYS, "\"n\":", "\"m\":", 0}}, NULL, NULL},
    {"key-is-a-point", GOOGLE_SET, REQ_AT_225, "the set names another curve", {{IN_KEYS, "\"crv\":\"P-256\"", "\"crv\":\"P-384\"", 0}}, NULL, NULL},

    {"ver-3", INTEL_1, REQ_AT_230, "`ver` is 3.0.0", {{IN_CLAIMS, "\"ver\":\"1.0.0\"", "\"ver\":\"3.0.0\"", 0}}, NULL, NULL},
    {"ver-absent", INTEL_1, REQ_AT_230, "no `ver`", {{IN_CLAIMS, "\"ver\":\"1.0.0\"", "\"version\":\"1.0.0\"", 0}}, NULL, NULL},
    {"both-flat", INTEL_1, REQ_AT_231, "version 1 with an object `tdx`", {{IN_CLAIMS, "\"ver\":\"1.0.0\"", "\"tdx\":{\"attester_type\":\"TDX\"},\"ver\":\"1.0.0\"", 0}}, NULL, NULL},
    {"both-nested", INTEL_2, REQ_AT_231, "version 2 with `attester_type` outside of `tdx`", {{IN_CLAIMS, "\"ver\":\"2.0.0\"", "\"attester_type\":\"TDX\",\"ver\":\"2.0.0\"", 0}}, NULL, NULL},
    {"both-report-data", INTEL_2, REQ_AT_231, "version 2 with `tdx_report_data` outside of `tdx`", {{IN_CLAIMS, "\"ver\":\"2.0.0\"", "\"tdx_report_data\":\"00\",\"ver\":\"2.0.0\"", 0}}, NULL, NULL},
    {"attester-sgx", INTEL_1, REQ_AT_232, "the attester is an enclave", {{IN_CLAIMS, "\"attester_type\":\"TDX\"", "\"attester_type\":\"SGX\"", 0}}, NULL, NULL},
    {"attester-absent", INTEL_2, REQ_AT_232, "no `attester_type`", {{IN_CLAIMS, "\"attester_type\"", "\"attester\"", 0}}, NULL, NULL},
    {"register-absent", INTEL_1, REQ_AT_233, "no MRCONFIGID", {{IN_CLAIMS, "\"tdx_mrconfigid\"", "\"mrconfigid\"", 0}}, NULL, NULL},
    {"register-short", INTEL_2, REQ_AT_233, "an MROWNER of 47 bytes", {{IN_CLAIMS, "\"tdx_mrowner\":\"00", "\"tdx_mrowner\":\"", 0}}, NULL, NULL},
    {"register-no-digits", INTEL_1, REQ_AT_233, "an x in MROWNERCONFIG", {{IN_CLAIMS, "\"tdx_mrownerconfig\":\"00", "\"tdx_mrownerconfig\":\"0x", 0}}, NULL, NULL},
    {"status-unknown", INTEL_1, REQ_AT_234, "the status is written uptodate", {{IN_CLAIMS, "UpToDate", "uptodate", 0}}, NULL, NULL},
    {"status-absent", INTEL_2, REQ_AT_234, "no status", {{IN_CLAIMS, "\"attester_tcb_status\"", "\"tcb_status\"", 0}}, NULL, NULL},
    {"status-date", GOOGLE_SET, REQ_AT_234, "the status has no date but a year", {{IN_CLAIMS, "\"2025-08-13T00:00:00Z\"", "\"2025\"", 0}}, NULL, NULL},
    {"status-google", GOOGLE_CHAIN, REQ_AT_234, "an empty status", {{IN_CLAIMS, "\"UpToDate\"", "\"\"", 0}}, NULL, NULL},
    {"advisories-text", INTEL_1, REQ_AT_234, "the advisories are one text", {{IN_CLAIMS, "\"attester_type\"", "\"attester_advisory_ids\":\"INTEL-SA-99901\",\"attester_type\"", 0}}, NULL, NULL},
    {"debug-enabled", INTEL_1, REQ_AT_235, "`dbgstat` is enabled", {{IN_CLAIMS, "\"dbgstat\":\"disabled\"", "\"dbgstat\":\"enabled\"", 0}}, NULL, NULL},
    {"debuggable", INTEL_2, REQ_AT_235, "`tdx_is_debuggable` is true", {{IN_CLAIMS, "\"tdx_is_debuggable\":false", "\"tdx_is_debuggable\":true", 0}}, NULL, NULL},
    {"debuggable-text", INTEL_1, REQ_AT_235, "`tdx_is_debuggable` is the text false", {{IN_CLAIMS, "\"tdx_is_debuggable\":false", "\"tdx_is_debuggable\":\"false\"", 0}}, NULL, NULL},
    {"policy-not-matched", INTEL_1, REQ_AT_236, "another policy of the service matched", {{IN_CLAIMS, "d970fa2b", "d970fa2c", 0}}, NULL, NULL},
    {"policy-unmatched", INTEL_2, REQ_AT_236, "a second policy did not match", {{IN_CLAIMS, "\"policy_ids_unmatched\":null", "\"policy_ids_unmatched\":[{\"id\":\"x\"}]", 0}}, NULL, NULL},

    {"hardware-not-listed", GOOGLE_CHAIN, REQ_AT_240, "the policy lists other hardware", {{IN_POLICY, "GCP_INTEL_TDX", "GCP_AMD_SEV", 0}}, NULL, NULL},
    {"hardware-unknown", GOOGLE_SET, REQ_AT_240, "hardware that no table has", {{IN_CLAIMS, "GCP_INTEL_TDX", "GCP_SHIELDED_VM", 0}}, NULL, NULL},
    {"software-other", GOOGLE_CHAIN, REQ_AT_241, "another image than Confidential Space", {{IN_CLAIMS, "\"CONFIDENTIAL_SPACE\"", "\"GCE\"", 0}}, NULL, NULL},
    {"software-absent", GOOGLE_SET, REQ_AT_241, "no `swname`", {{IN_CLAIMS, "\"swname\"", "\"sw\"", 0}}, NULL, NULL},
    {"debug-image", GOOGLE_CHAIN, REQ_AT_242, "the debug image", {{IN_CLAIMS, "disabled-since-boot", "enabled", 0}}, NULL, NULL},
    {"debug-disabled-later", GOOGLE_SET, REQ_AT_242, "debugging was on after boot", {{IN_CLAIMS, "disabled-since-boot", "disabled", 0}}, NULL, NULL},
    {"no-secure-boot", GOOGLE_CHAIN, REQ_AT_243, "without secure boot", {{IN_CLAIMS, "\"secboot\":true", "\"secboot\":false", 0}}, NULL, NULL},
    {"secure-boot-text", GOOGLE_SET, REQ_AT_243, "secure boot is the text true", {{IN_CLAIMS, "\"secboot\":true", "\"secboot\":\"true\"", 0}}, NULL, NULL},
    {"old-software", GOOGLE_CHAIN, REQ_AT_244, "an older image", {{IN_CLAIMS, "[\"250301\"]", "[\"250101\"]", 0}}, NULL, NULL},
    {"software-of-no-version", GOOGLE_SET, REQ_AT_244, "an empty array of versions", {{IN_CLAIMS, "[\"250301\"]", "[]", 0}}, NULL, NULL},
    {"one-old-version", GOOGLE_CHAIN, REQ_AT_244, "a second version that is older", {{IN_CLAIMS, "[\"250301\"]", "[\"250301\",\"9\"]", 0}}, NULL, NULL},
    {"not-stable", GOOGLE_CHAIN, REQ_AT_245, "the image is not stable", {{IN_CLAIMS, "\"STABLE\",", "", 0}}, NULL, NULL},
    {"stable-as-text", GOOGLE_SET, REQ_AT_245, "the attributes are a text", {{IN_CLAIMS, "[\"LATEST\",\"STABLE\",\"USABLE\"]", "\"STABLE\"", 0}}, NULL, NULL},
    {"other-image", GOOGLE_CHAIN, REQ_AT_246, "another image", {{IN_CLAIMS, "\"image_digest\":\"sha256:", NULL, 0}}, NULL, NULL},
    {"image-absent", GOOGLE_SET, REQ_AT_246, "no digest of the image", {{IN_CLAIMS, "\"image_digest\"", "\"image_id\"", 0}}, NULL, NULL},
    {"no-images", GOOGLE_CHAIN, REQ_AT_246, "the policy has an empty list of images", {{IN_POLICY, "\"image_digests\":[\"sha256:", "\"image_digests\":[],\"policy_ids\":[\"", 0}}, NULL, NULL},
    {"pin-other", GOOGLE_CHAIN, REQ_AT_247, "another project", {{IN_CLAIMS, "\"project_id\":\"proxies\"", "\"project_id\":\"proxies2\"", 0}}, NULL, NULL},
    {"pin-absent", INTEL_1, REQ_AT_247, "no `intuse`", {{IN_CLAIMS, "\"intuse\"", "\"use\"", 0}}, NULL, NULL},
    {"pin-type", GOOGLE_SET, REQ_AT_247, "a truth value as a text", {{IN_CLAIMS, "{\"memory\":false}", "{\"memory\":\"false\"}", 0}}, NULL, NULL},
    {"pin-number", GOOGLE_SET, REQ_AT_247, "another number", {{IN_CLAIMS, "\"oemid\":11129", "\"oemid\":1112", 0}}, NULL, NULL},

    {"status-revoked", INTEL_1, REQ_AT_161, "the status is Revoked", {{IN_CLAIMS, "UpToDate", "Revoked", 0}, {IN_POLICY, "[\"UpToDate\"]", "[\"UpToDate\",\"Revoked\"]", 0}}, NULL, NULL},
    {"status-not-listed", INTEL_2, REQ_AT_162, "the status is OutOfDate", {{IN_CLAIMS, "UpToDate", "OutOfDate", 0}}, NULL, NULL},
    {"status-google-not-listed", GOOGLE_SET, REQ_AT_162, "the status is SWHardeningNeeded", {{IN_CLAIMS, "UpToDate", "SWHardeningNeeded", 0}}, NULL, NULL},
    {"advisory-not-listed", INTEL_1, REQ_AT_163, "an advisory that the policy does not list", {{IN_CLAIMS, "\"UpToDate\"", "\"SWHardeningNeeded\",\"attester_advisory_ids\":[\"INTEL-SA-99902\"]", 0}, {IN_POLICY, "[\"UpToDate\"]", "[\"UpToDate\",\"SWHardeningNeeded\"]", 0}}, NULL, NULL},
    {"baseline", INTEL_2, REQ_AT_164, "a date before the baseline", {{IN_CLAIMS, "2025-08-13", "2024-12-31", 0}}, NULL, NULL},
    {"baseline-absent", GOOGLE_SET, REQ_AT_164, "no date, and the policy has a baseline", {{IN_CLAIMS, "\"gcp_attester_tcb_date\"", "\"date\"", 0}}, NULL, NULL},
    {"td-debug", INTEL_1, REQ_AT_170, "DEBUG in the attributes", {{IN_CLAIMS, "\"0000001000000000\"", "\"0100001000000000\"", 0}}, NULL, NULL},
    {"td-sept-ve", INTEL_2, REQ_AT_171, "SEPT_VE_DISABLE is clear", {{IN_CLAIMS, "\"0000001000000000\"", "\"0000000000000000\"", 0}}, NULL, NULL},
    {"td-migratable", INTEL_1, REQ_AT_172, "MIGRATABLE in the attributes", {{IN_CLAIMS, "\"0000001000000000\"", "\"0000003000000000\"", 0}}, NULL, NULL},
    {"td-attributes", INTEL_2, REQ_AT_173, "PERFMON in the attributes", {{IN_CLAIMS, "\"0000001000000000\"", "\"0000001000000080\"", 0}}, NULL, NULL},
    {"td-xfam", INTEL_1, REQ_AT_174, "another XFAM", {{IN_CLAIMS, "\"tdx_xfam\":\"e7", "\"tdx_xfam\":\"e6", 0}}, NULL, NULL},
    {"td-mrtd", INTEL_1, REQ_AT_175, "another MRTD", {{IN_CLAIMS, "\"tdx_mrtd\":\"", NULL, 0}}, NULL, NULL},
    {"td-rtmr2", INTEL_2, REQ_AT_175, "another RTMR2", {{IN_CLAIMS, "\"tdx_rtmr2\":\"", NULL, 0}}, NULL, NULL},
    {"td-mrowner", INTEL_1, REQ_AT_176, "an MROWNER that nobody expects", {{IN_CLAIMS, "\"tdx_mrowner\":\"", NULL, 0}}, NULL, NULL},
    {"td-platform", INTEL_2, REQ_AT_185, "the policy has a list of platforms; a token names none", {{IN_POLICY, "\"advisories\":[]", "\"advisories\":[],\"platforms\":[\"22706821b222bbee1f147cba639071e6\"]", 0}}, NULL, NULL},
    {"td-other-key", INTEL_1, REQ_AT_186, "report data for another key", {{IN_CLAIMS, "\"tdx_report_data\":\"", NULL, 0}}, NULL, NULL},
    {"td-report-data-tail", INTEL_2, REQ_AT_186, "report data whose last byte is not zero", {{IN_CLAIMS, "00\",\"tdx_is_debuggable\"", "01\",\"tdx_is_debuggable\"", 0}}, NULL, NULL},
};

const tee_token_lie tee_token_truths[] = {
    {"typ-absent", INTEL_1, REQ_AT_204, "no `typ`", {{IN_HEADER, ",\"typ\":\"JWT\"", "", 0}}, NULL, NULL},
    {"nbf-absent", GOOGLE_SET, REQ_AT_208, "no `nbf`", {{IN_CLAIMS, "\"nbf\"", "\"not_before\"", 0}}, NULL, NULL},
    {"iat-skew", INTEL_1, REQ_AT_209, "`iat` is 30 s ahead", {{IN_CLAIMS, "\"iat\":1780271940", "\"iat\":1780272030", 0}}, NULL, NULL},
    {"age-limit", INTEL_2, REQ_AT_210, "issued 300 s ago", {{IN_CLAIMS, "\"iat\":1780271940", "\"iat\":1780271700", 0}}, NULL, NULL},
    {"aud-array", GOOGLE_CHAIN, REQ_AT_211, "the audience is one of an array", {{IN_CLAIMS, "\"aud\":\"https://client.example\"", "\"aud\":[\"a\",\"https://client.example\"]", 0}}, NULL, NULL},
    {"nonce-text", GOOGLE_SET, REQ_AT_212, "one nonce, as a text", {{IN_CLAIMS, "[\"first nonce\",\"another nonce\"]", "\"first nonce\"", 0}}, NULL, NULL},
    {"nonce-escaped", GOOGLE_CHAIN, REQ_AT_212, "the nonce is written with an escape", {{IN_CLAIMS, "[\"first nonce\",", "[\"fir\\u0073t nonce\",", 0}}, NULL, NULL},
    {"key-without-use", INTEL_1, REQ_AT_216, "the key has no `use`", {{IN_KEYS, ",\"use\":\"sig\"", "", 0}}, NULL, NULL},
    {"upper-case", INTEL_1, REQ_AT_233, "upper-case digits", {{IN_CLAIMS, "\"tdx_xfam\":\"e702060000000000\"", "\"tdx_xfam\":\"E702060000000000\"", 0}}, NULL, NULL},
    {"hardening-accepted", INTEL_2, REQ_AT_163, "a status and an advisory that the policy lists", {{IN_CLAIMS, "\"UpToDate\"", "\"SWHardeningNeeded\",\"attester_advisory_ids\":[\"INTEL-SA-99902\"]", 0}, {IN_POLICY, "[\"UpToDate\"],\"advisories\":[]", "[\"SWHardeningNeeded\"],\"advisories\":[\"INTEL-SA-99902\"]", 0}}, NULL, NULL},
    {"amd", GOOGLE_CHAIN, REQ_AT_240, "AMD hardware, which has no status", {{IN_CLAIMS, "\"hwmodel\":\"GCP_INTEL_TDX\"", "\"hwmodel\":\"GCP_AMD_SEV\"", 0}, {IN_POLICY, "GCP_INTEL_TDX", "GCP_AMD_SEV", 0}}, NULL, NULL},
    {"image-waived", GOOGLE_SET, REQ_AT_191, "the policy does not compare the image", {{IN_POLICY, "\"image_digests\":[\"sha256:", "\"not_compared\":[\"image_digest\"],\"policy_ids\":[\"", 0}}, NULL, NULL},
    {"matched-as-text", INTEL_1, REQ_AT_236, "the matched policies are texts", {{IN_CLAIMS, "[{\"id\":\"d970fa2b-34bc-476d-ad8f-7a1b78f2885e\",\"version\":\"v1\"}]", "[\"d970fa2b-34bc-476d-ad8f-7a1b78f2885e\"]", 0}}, NULL, NULL},
};
/* clang-format on */

const size_t tee_token_n_lies = sizeof tee_token_lies / sizeof *tee_token_lies;
const size_t tee_token_n_truths = sizeof tee_token_truths / sizeof *tee_token_truths;
