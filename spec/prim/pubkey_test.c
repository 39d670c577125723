#include "pubkey.h"
#include "prim.h"

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
        cmocka_unit_test(a_salt_of_another_length_is_refused),
        cmocka_unit_test(a_key_is_whole_and_nothing_stands_behind_it),
        cmocka_unit_test(a_point_off_the_curve_and_a_small_modulus_are_refused),
        cmocka_unit_test(algorithm_identifiers_are_known_in_their_exact_form),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
