#include "pubkey.h"
#include "prim.h"
#include "x509.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* One key of each kind, made by OpenSSL; its wrapping; and a signature of a message for each scheme that fits. */
typedef struct maker {
    EVP_PKEY *key;
    uint8_t bytes[2 * PUBKEY_MAX];
    span info;
} maker;

static maker makers[5]; /* P-256, P-384, P-521, RSA, Ed25519 */

static const struct {
    pubkey_scheme scheme;
    const char *digest;
    bool pss;
} schemes[] = {{PUBKEY_ECDSA_SHA256, "SHA256", false}, {PUBKEY_ECDSA_SHA384, "SHA384", false}, {PUBKEY_ECDSA_SHA512, "SHA512", false},
               {PUBKEY_RSA_SHA256, "SHA256", false},   {PUBKEY_RSA_SHA384, "SHA384", false},   {PUBKEY_RSA_SHA512, "SHA512", false},
               {PUBKEY_PSS_SHA256, "SHA256", true},    {PUBKEY_PSS_SHA384, "SHA384", true},    {PUBKEY_PSS_SHA512, "SHA512", true},
               {PUBKEY_PURE_ED25519, NULL, false}};

static const span message = {(const uint8_t *)"a message", 9};

static bool belongs(size_t i, pubkey_scheme s)
{
    return i == 4 ? s == PUBKEY_PURE_ED25519 : i == 3 ? s >= PUBKEY_RSA_SHA256 && s <= PUBKEY_PSS_SHA512 : s <= PUBKEY_ECDSA_SHA512;
}

static span wrap(EVP_PKEY *key, uint8_t *room)
{
    unsigned char *at = room;
    const int n = i2d_PUBKEY(key, &at);
    assert_true(n > 0);
    return span_of(room, (size_t)n);
}

static int make_keys(void **state)
{
    (void)state;
    makers[0].key = EVP_EC_gen("P-256");
    makers[1].key = EVP_EC_gen("P-384");
    makers[2].key = EVP_EC_gen("P-521");
    makers[3].key = EVP_RSA_gen(2048);
    makers[4].key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    for (size_t i = 0; i < 5; i++)
        makers[i].info = wrap(makers[i].key, makers[i].bytes);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++)
        EVP_PKEY_free(makers[i].key);
    return 0;
}

static span sign(size_t i, size_t k, int salt, uint8_t room[PUBKEY_SIGNATURE_MAX])
{
    EVP_PKEY_CTX *p = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = PUBKEY_SIGNATURE_MAX;
    assert_int_equal(EVP_DigestSignInit_ex(ctx, &p, schemes[k].digest, NULL, NULL, makers[i].key, NULL), 1);
    if (schemes[k].pss) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(p, salt), 1);
    }
    assert_int_equal(EVP_DigestSign(ctx, room, &n, message.p, message.n), 1);
    EVP_MD_CTX_free(ctx);
    return span_of(room, n);
}

static void each_key_verifies_by_the_schemes_that_fit_and_by_no_other(void **state)
{
    (void)state;
    static const pubkey_kind kinds[] = {PUBKEY_P256, PUBKEY_P384, PUBKEY_P521, PUBKEY_RSA, PUBKEY_ED25519};
    uint8_t room[PUBKEY_SIGNATURE_MAX];
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(pubkey_kind_of(makers[i].info), kinds[i]);
        assert_int_equal(pubkey_rsa_bits(makers[i].info), i == 3 ? 2048 : 0);
        for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++) {
            if (!belongs(i, schemes[k].scheme)) {
                assert_false(pubkey_verify(makers[i].info, schemes[k].scheme, message, SPAN(room)));
                continue;
            }
            const span s = sign(i, k, RSA_PSS_SALTLEN_DIGEST, room);
            for (size_t other = 0; other < sizeof schemes / sizeof *schemes; other++)
                assert_int_equal(pubkey_verify(makers[i].info, schemes[other].scheme, message, s), other == k);
            assert_false(pubkey_verify(makers[i].info, schemes[k].scheme, span_text("a massage"), s));
            assert_false(pubkey_verify(makers[i].info, schemes[k].scheme, message, span_first(s, s.n - 1)));
            assert_false(pubkey_verify(makers[i].info, schemes[k].scheme, message, EMPTY));
            room[s.n / 2] ^= 1;
            assert_false(pubkey_verify(makers[i].info, schemes[k].scheme, message, s));
        }
    }
}

/* RFC 6979 A.2.6 and A.2.7: P-384 with the hash of P-256, and P-521, whose scalars are longer than the hash. */
static void ecdsa_gives_the_answers_of_rfc_6979(void **state)
{
    (void)state;
    static const struct {
        pubkey_kind curve;
        prim_hash hash;
        const char *scalar, *pair;
    } tests[] = {
        {PUBKEY_P384, PRIM_SHA256, "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
         "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d92fa2b3c36d8fb2cd"
         "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0"},
        {PUBKEY_P521, PRIM_SHA512,
         "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
         "3538",
         "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3"
         "77fa"
         "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4"
         "a67a"},
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        uint8_t scalar[ECDSA_SCALAR_MAX], expected[2 * ECDSA_SCALAR_MAX], pair[2 * ECDSA_SCALAR_MAX];
        writer d = WRITER(scalar), e = WRITER(expected);
        assert_true(read_hex(span_text(tests[i].scalar), &d) && read_hex(span_text(tests[i].pair), &e));
        assert_int_equal(ecdsa_sign(tests[i].curve, tests[i].hash, scalar, span_text("sample"), pair), e.n);
        assert_memory_equal(pair, expected, e.n);
    }
}

static void rsa_pss_of_our_own_verifies_by_its_hash_alone(void **state)
{
    (void)state;
    unsigned char *der = NULL;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(makers[3].key);
    const int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    uint8_t room[PUBKEY_SIGNATURE_MAX];
    const span s = span_of(room, rsa_pss_sha256_sign(span_of(der, (size_t)n), span_text("seed"), message, room, sizeof room));
    for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++)
        assert_int_equal(pubkey_verify(makers[3].info, schemes[k].scheme, message, s), schemes[k].scheme == PUBKEY_PSS_SHA256);
    OPENSSL_free(der);
    PKCS8_PRIV_KEY_INFO_free(info);
}

static void a_salt_of_another_length_is_refused(void **state)
{
    (void)state;
    uint8_t room[PUBKEY_SIGNATURE_MAX];
    for (size_t k = 6; k < 9; k++)
        assert_false(pubkey_verify(makers[3].info, schemes[k].scheme, message, sign(3, k, 20, room)));
}

static void a_key_is_whole_and_nothing_stands_behind_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t n = 0; n < makers[i].info.n; n++)
            assert_int_equal(pubkey_kind_of(span_first(makers[i].info, n)), PUBKEY_OTHER);
        assert_int_equal(pubkey_kind_of(span_of(makers[i].bytes, makers[i].info.n + 1)), PUBKEY_OTHER);
    }
}

static void a_point_off_the_curve_and_a_small_modulus_are_refused(void **state)
{
    (void)state;
    uint8_t room[PUBKEY_SIGNATURE_MAX], copy[2 * PUBKEY_MAX];
    memcpy(copy, makers[0].bytes, makers[0].info.n);
    copy[makers[0].info.n - 1] ^= 1;
    const span s = sign(0, 0, 0, room);
    assert_false(pubkey_verify(span_of(copy, makers[0].info.n), PUBKEY_ECDSA_SHA256, message, s));
    EVP_PKEY *small = EVP_RSA_gen(1024);
    assert_int_equal(pubkey_kind_of(wrap(small, copy)), PUBKEY_OTHER);
    EVP_PKEY_free(small);
    EVP_PKEY *other = EVP_EC_gen("secp256k1");
    assert_int_equal(pubkey_kind_of(wrap(other, copy)), PUBKEY_OTHER);
    EVP_PKEY_free(other);
}

/* RFC 5758 3.2, RFC 4055 5, RFC 8410 3, RFC 4055 3.1. */
static void algorithm_identifiers_are_known_in_their_exact_form(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        pubkey_scheme scheme;
    } rows[] = {{"06082a8648ce3d040302", PUBKEY_ECDSA_SHA256},
                {"06082a8648ce3d040303", PUBKEY_ECDSA_SHA384},
                {"06082a8648ce3d040304", PUBKEY_ECDSA_SHA512},
                {"06092a864886f70d01010b0500", PUBKEY_RSA_SHA256},
                {"06092a864886f70d01010c0500", PUBKEY_RSA_SHA384},
                {"06092a864886f70d01010d0500", PUBKEY_RSA_SHA512},
                {"06032b6570", PUBKEY_PURE_ED25519},
                {"06092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500"
                 "a203020120",
                 PUBKEY_PSS_SHA256},
                {"06092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402020500"
                 "a203020120",
                 PUBKEY_UNKNOWN},
                {"06092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500"
                 "a203020114",
                 PUBKEY_UNKNOWN},
                {"06092a864886f70d01010a", PUBKEY_UNKNOWN},
                {"06092a864886f70d0101050500", PUBKEY_UNKNOWN}, /* SHA-1 */
                {"06082a8648ce3d0403020500", PUBKEY_UNKNOWN},
                {"06092a864886f70d01010b", PUBKEY_UNKNOWN},
                {"06096086480165030403110500", PUBKEY_UNKNOWN}, /* ML-DSA */
                {"", PUBKEY_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[128];
        writer w = WRITER(bytes);
        assert_true(read_hex(span_text(rows[i].digits), &w));
        assert_int_equal(pubkey_scheme_of(written(&w)), rows[i].scheme);
    }
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_verifies_by_the_schemes_that_fit_and_by_no_other),
        cmocka_unit_test(ecdsa_gives_the_answers_of_rfc_6979),
        cmocka_unit_test(rsa_pss_of_our_own_verifies_by_its_hash_alone),
        cmocka_unit_test(a_salt_of_another_length_is_refused),
        cmocka_unit_test(a_key_is_whole_and_nothing_stands_behind_it),
        cmocka_unit_test(a_point_off_the_curve_and_a_small_modulus_are_refused),
        cmocka_unit_test(algorithm_identifiers_are_known_in_their_exact_form),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
