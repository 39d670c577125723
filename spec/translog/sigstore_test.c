#include "sigstore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Whole bundles are under vectors/translog, made by sim/log; here is what no bundle is needed for. */

static tl_sigstore storage;
static account checks;

static const tl_sigstore_world world = {&prim_sodium, 1780272000};
static const tl_signer somebody = {.identity = {(const uint8_t *)"a@b", 3}, .issuer = {(const uint8_t *)"https://i", 9}};

#define ROOT_TYPE   "\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\""
#define BUNDLE_TYPE "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""

static uint16_t judged(const tl_signer *signer, const char *root, const char *bundle)
{
    memset(&checks, 0, sizeof checks);
    return tl_verify_sigstore(&storage, &world, signer, span_text(root), span_text(bundle), EMPTY, &checks).req;
}

static void tl_101_an_incomplete_policy_is_refused(void **state)
{
    (void)state;
    tl_signer signer = somebody;
    assert_int_equal(judged(&(tl_signer){0}, "", ""), REQ_TL_101);
    signer.issuer = EMPTY;
    assert_int_equal(judged(&signer, "", ""), REQ_TL_101);
    signer = somebody;
    signer.key = span_text("key");
    assert_int_equal(judged(&signer, "", ""), REQ_TL_101);
    assert_int_equal(judged(&somebody, "", ""), REQ_TL_102);
}

static void tl_102_a_trusted_root_is_strict(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "[]",
        "{}",
        "{" ROOT_TYPE "} ,",
        "{" ROOT_TYPE "," ROOT_TYPE "}",
        "{" ROOT_TYPE ",\"tlogs\":{}}",
        "{" ROOT_TYPE ",\"tlogs\":[1]}",
        "{" ROOT_TYPE ",\"tlogs\":[{\"logId\":{\"keyId\":\"AA==\"}}]}",
        "{" ROOT_TYPE ",\"certificateAuthorities\":[{\"certChain\":{\"certificates\":[{\"rawBytes\":\"AAAA\"}]},"
        "\"validFor\":{\"start\":\"2026-01-01T00:00:00Z\"}}]}",
        "{" ROOT_TYPE ",\"certificateAuthorities\":[{\"certChain\":{},\"validFor\":{\"start\":\"2026-13-01T00:00:00Z\"}}]}",
        "{" ROOT_TYPE ",\"certificateAuthorities\":[{\"certChain\":{},\"validFor\":{\"start\":\"2026-01-01T00:00:00.Z\"}}]}",
        "{" ROOT_TYPE ",\"certificateAuthorities\":[{\"certChain\":{},\"validFor\":{\"start\":\"2026-01-01 00:00:00Z\"}}]}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(judged(&somebody, wrong[i], ""), REQ_TL_102);
}

static void tl_103_a_period_has_a_start(void **state)
{
    (void)state;
    static const char *const undated[] = {"{\"certChain\":{}}", "{\"certChain\":{},\"validFor\":{}}",
                                          "{\"certChain\":{},\"validFor\":{\"start\":null}}",
                                          "{\"certChain\":{},\"validFor\":{\"end\":\"2026-01-01T00:00:00Z\"}}"};
    char root[512];
    for (size_t i = 0; i < sizeof undated / sizeof *undated; i++) {
        writer w = writer_of(root, sizeof root - 1);
        memset(root, 0, sizeof root);
        write_text(&w, "{" ROOT_TYPE ",\"timestampAuthorities\":[");
        write_text(&w, undated[i]);
        write_text(&w, "]}");
        assert_int_equal(judged(&somebody, root, ""), REQ_TL_103);
    }
}

static void tl_104_105_a_bundle_has_a_known_type_and_its_members(void **state)
{
    (void)state;
    static const char *const root = "{" ROOT_TYPE "}";
    static const char *const wrong[] = {
        "{" BUNDLE_TYPE "}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{}}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"publicKey\":{\"hint\":\"\"},\"certificate\":{\"rawBytes\":\"\"}}}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"certificate\":{\"rawBytes\":\"AAAA\"}}}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"x509CertificateChain\":{\"certificates\":[]}}}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"publicKey\":{},\"tlogEntries\":[{\"logIndex\":\"-1\"}]}}",
        "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"publicKey\":{}},\"messageSignature\":{\"signature\":\"AA\"}}"};
    assert_int_equal(judged(&somebody, root, ""), REQ_TL_105);
    assert_int_equal(judged(&somebody, root, "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.9+json\"}"), REQ_TL_105);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(judged(&somebody, root, wrong[i]), REQ_TL_104);
}

static void tl_106_to_108_what_is_signed_and_by_whom(void **state)
{
    (void)state;
    static const char *const root = "{" ROOT_TYPE "}";
    assert_int_equal(judged(&somebody, root, "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"publicKey\":{}}}"), REQ_TL_106);
    assert_int_equal(judged(&somebody, root,
                            "{" BUNDLE_TYPE
                            ",\"verificationMaterial\":{\"publicKey\":{}},\"dsseEnvelope\":{\"payload\":\"\",\"payloadType\":\"a\","
                            "\"signatures\":[]}}"),
                     REQ_TL_107);
    assert_int_equal(judged(&somebody, root,
                            "{" BUNDLE_TYPE ",\"verificationMaterial\":{\"publicKey\":{}},\"messageSignature\":{\"signature\":\"AA==\"}}"),
                     REQ_TL_108);
    assert_true(checks.n_checks > 0 && checks.check[checks.n_checks - 1].req == REQ_TL_108 && !checks.check[checks.n_checks - 1].ok);
}

static void tl_146_147_an_entry_is_of_its_form_and_of_the_log(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "{}", "[]", "{\"a\":{}}", "{\"a\":{},\"b\":{}}"};
    static const char *const entry =
        "{\"a\":{\"body\":\"eyJhcGlWZXJzaW9uIjoiMSIsImtpbmQiOiJhIiwic3BlYyI6e319\",\"integratedTime\":1,\"logID\":\"00\","
        "\"logIndex\":1,\"verification\":{}}}";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(tl_verify_entry(&storage, &world, span_text(wrong[i]), EMPTY, EMPTY, &checks).req, REQ_TL_146);
    assert_int_equal(tl_verify_entry(&storage, &world, span_text(entry), EMPTY, EMPTY, &checks).req, REQ_TL_147);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tl_101_an_incomplete_policy_is_refused),
        cmocka_unit_test(tl_102_a_trusted_root_is_strict),
        cmocka_unit_test(tl_103_a_period_has_a_start),
        cmocka_unit_test(tl_104_105_a_bundle_has_a_known_type_and_its_members),
        cmocka_unit_test(tl_106_to_108_what_is_signed_and_by_whom),
        cmocka_unit_test(tl_146_147_an_entry_is_of_its_form_and_of_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
