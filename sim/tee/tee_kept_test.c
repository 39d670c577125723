#include "tee_kept.h"
#include "p256.h"
#include "tee.h"
#include "x509.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t key_bytes[TEE_KEY_MAX];
static span key;

static void same(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
    assert_int_equal(n_a, n_b);
    assert_true(n_a > 0);
    assert_memory_equal(a, b, n_a);
}

static void an_answer_is_the_same_when_it_is_kept(void **state)
{
    uint8_t kept[640], fresh[640];
    (void)state;
    for (int round = 0; round < 2; round++) {
        same(kept, kept_rsa_public(key, kept, sizeof kept), fresh, rsa_public(key, fresh, sizeof fresh));
        same(kept, kept_rsa_sha256_sign(key, span_text("one"), kept, sizeof kept), fresh,
             rsa_sha256_sign(key, span_text("one"), fresh, sizeof fresh));
        for (size_t n_salt = 32; n_salt <= 48; n_salt += 16)
            same(kept, kept_rsa_pss_sign(key, span_text("seed"), n_salt, span_text("one"), kept, sizeof kept), fresh,
                 rsa_pss_sign_salted(key, span_text("seed"), n_salt, span_text("one"), fresh, sizeof fresh));
    }
}

static void another_question_has_another_answer(void **state)
{
    uint8_t kept[640], fresh[640];
    char message[16];
    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(message, sizeof message, "%d", i);
        same(kept, kept_rsa_sha256_sign(key, span_text(message), kept, sizeof kept), fresh,
             rsa_sha256_sign(key, span_text(message), fresh, sizeof fresh));
    }
    const size_t n = kept_rsa_pss_sign(key, span_text("ab"), 48, span_text("c"), kept, sizeof kept);
    assert_int_equal(kept_rsa_pss_sign(key, span_text("a"), 48, span_text("bc"), fresh, sizeof fresh), n);
    assert_memory_not_equal(kept, fresh, n);
}

static void what_does_not_fit_or_is_no_key_has_no_answer(void **state)
{
    uint8_t out[640];
    (void)state;
    assert_int_equal(kept_rsa_sha256_sign(key, span_text("one"), out, 16), 0);
    assert_true(kept_rsa_sha256_sign(key, span_text("one"), out, sizeof out) > 16);
    assert_int_equal(kept_rsa_public(span_text("no key"), out, sizeof out), 0);
    assert_int_equal(kept_rsa_public(span_text("no key"), out, sizeof out), 0);
}

static void the_same_holds_on_the_curves(void **state)
{
    uint8_t kept[97], fresh[97];
    const uint8_t scalar[48] = {1, 2, 3};
    (void)state;
    for (int round = 0; round < 2; round++) {
        kept_p384_sign(scalar, span_text("seed"), span_text("one"), kept);
        ecdsa_p384_sign(scalar, span_text("seed"), span_text("one"), fresh, fresh + 48);
        assert_memory_equal(kept, fresh, 96);
        kept_p384_public(scalar, kept);
        ecdsa_p384_public(scalar, fresh);
        assert_memory_equal(kept, fresh, 97);
        kept_p256_sign(scalar, span_text("seed"), span_text("one"), kept);
        p256_sign(scalar, span_text("seed"), span_text("one"), fresh);
        assert_memory_equal(kept, fresh, P256_SIGNATURE);
        kept_p256_public(scalar, kept);
        p256_public(scalar, fresh);
        assert_memory_equal(kept, fresh, P256_KEY);
    }
}

static int take_key(void **state)
{
    (void)state;
    prim_start();
    key = span_of(key_bytes, tee_private_key(TEE_MILAN_ARK, key_bytes));
    return key.n ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_the_same_when_it_is_kept),
        cmocka_unit_test(another_question_has_another_answer),
        cmocka_unit_test(the_same_holds_on_the_curves),
        cmocka_unit_test(what_does_not_fit_or_is_no_key_has_no_answer),
    };
    return cmocka_run_group_tests(tests, take_key, NULL);
}
