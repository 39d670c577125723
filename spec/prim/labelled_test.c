/* The labelled hash and key, spelled out with the plain ones. */
#include "labelled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const prim *const libs[] = {&prim_sodium, &prim_openssl};

static void a_labelled_hash_is_the_hash_of_label_zero_and_data(void **state)
{
    static const char whole[] = "parley/1 step\0data"; /* without its own terminating zero */
    uint8_t want[64], got[64];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prim_digest(libs[i], PRIM_SHA256, span_of(whole, sizeof whole - 1), want);
        labelled_hash(libs[i], "step", span_text("data"), got);
        assert_memory_equal(got, want, 32);
        prim_digest(libs[i], PRIM_SHA512, span_of(whole, sizeof whole - 1), want);
        labelled_hash512(libs[i], "step", span_text("data"), got);
        assert_memory_equal(got, want, 64);
    }
}

static void a_labelled_key_is_expanded_over_label_zero_and_data(void **state)
{
    static const char info[] = "parley/1 leaf\0\0\0\0\7";
    static const uint8_t key[32] = {9};
    uint8_t want[70], got[70];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prim_hkdf_expand(libs[i], PRIM_SHA256, SPAN(key), span_of(info, sizeof info - 1), want, sizeof want);
        labelled_key(libs[i], SPAN(key), "leaf", span_of("\0\0\0\7", 4), got, sizeof got);
        assert_memory_equal(got, want, sizeof want);
    }
}

static void a_label_that_begins_another_is_another(void **state)
{
    uint8_t a[32], b[32];
    (void)state;
    labelled_hash(&prim_sodium, "seal", span_text("ed"), a);
    labelled_hash(&prim_sodium, "sealed", EMPTY, b);
    assert_memory_not_equal(a, b, 32);
}

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_labelled_hash_is_the_hash_of_label_zero_and_data),
        cmocka_unit_test(a_labelled_key_is_expanded_over_label_zero_and_data),
        cmocka_unit_test(a_label_that_begins_another_is_another),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
