#include "p256.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void unhex(const char *digits, uint8_t *out, size_t n)
{
    writer w = writer_of(out, n);
    assert_true(read_hex(span_text(digits), &w) && w.n == n);
}

/* RFC 6979 A.2.5 */
static const char scalar_digits[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char key_digits[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                 "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char sample_digits[] = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                                    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char test_digits[] = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                                  "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";
/* the order of the group */
static const char order_digits[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static uint8_t scalar[P256_SCALAR], key[P256_KEY], signature[P256_SIGNATURE];

static int ready(void **state)
{
    (void)state;
    unhex(scalar_digits, scalar, sizeof scalar);
    p256_public(scalar, key);
    p256_sign(scalar, EMPTY, span_text("sample"), signature);
    return 0;
}

static void the_published_answers_come_out(void **state)
{
    (void)state;
    uint8_t expected[64];
    unhex(key_digits, expected, sizeof expected);
    assert_memory_equal(key, expected, sizeof expected);
    unhex(sample_digits, expected, sizeof expected);
    assert_memory_equal(signature, expected, sizeof expected);
    p256_sign(scalar, EMPTY, span_text("test"), signature);
    unhex(test_digits, expected, sizeof expected);
    assert_memory_equal(signature, expected, sizeof expected);
}

static void a_seed_gives_another_signature_that_verifies_too(void **state)
{
    (void)state;
    uint8_t other[P256_SIGNATURE];
    p256_sign(scalar, span_text("seed"), span_text("sample"), other);
    assert_memory_not_equal(other, signature, sizeof other);
    assert_true(p256_verify(key, span_text("sample"), other));
}

static void only_the_key_the_message_and_the_signature_together_verify(void **state)
{
    (void)state;
    assert_true(p256_verify(key, span_text("sample"), signature));
    assert_false(p256_verify(key, span_text("simple"), signature));
    for (size_t i = 0; i < 64; i++) {
        signature[i] ^= 1;
        assert_false(p256_verify(key, span_text("sample"), signature));
        signature[i] ^= 1;
        key[i] ^= 1;
        assert_false(p256_verify(key, span_text("sample"), signature)); /* no longer on the curve, as a rule */
        key[i] ^= 1;
    }
    assert_true(p256_verify(key, span_text("sample"), signature));
}

static void r_and_s_are_in_range(void **state)
{
    (void)state;
    uint8_t wrong[P256_SIGNATURE];
    for (size_t half = 0; half < 64; half += 32) {
        memcpy(wrong, signature, sizeof wrong);
        memset(wrong + half, 0, 32);
        assert_false(p256_verify(key, span_text("sample"), wrong));
        unhex(order_digits, wrong + half, 32);
        assert_false(p256_verify(key, span_text("sample"), wrong));
        memset(wrong + half, 0xff, 32);
        assert_false(p256_verify(key, span_text("sample"), wrong));
    }
    memset(wrong, 0, sizeof wrong);
    assert_false(p256_verify(key, span_text("sample"), wrong));
}

static void zeros_are_no_key(void **state)
{
    (void)state;
    static const uint8_t zeros[P256_KEY];
    assert_false(p256_verify(zeros, span_text("sample"), signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_published_answers_come_out, ready),
        cmocka_unit_test_setup(a_seed_gives_another_signature_that_verifies_too, ready),
        cmocka_unit_test_setup(only_the_key_the_message_and_the_signature_together_verify, ready),
        cmocka_unit_test_setup(r_and_s_are_in_range, ready),
        cmocka_unit_test_setup(zeros_are_no_key, ready),
    };
    prim_start();
    return cmocka_run_group_tests_name("p256", tests, NULL, NULL);
}
