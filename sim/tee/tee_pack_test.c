#include "tee_pack.h"
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const tee_release release = {"1.2.3", "0.1.14"};

static void the_manifest_has_the_deployed_shape(void **state)
{
    (void)state;
    uint8_t text[TEE_MANIFEST_MAX];
    writer w = WRITER(text);
    span whole, part, digits;
    tee_manifest(&prim_sodium, &release, &w);
    assert_true(writer_ok(&w));
    assert_true(json_read(written(&w), &whole));
    assert_true(json_member(whole, "imageVersion", &part) && json_string_is(part, "1.2.3"));
    assert_true(json_member(whole, "proxyVersion", &part) && json_string_is(part, "0.1.14"));
    assert_true(json_member(whole, "tdxMeasurements", &part));
    static const char *const names[] = {"rtmr1", "rtmr2"};
    for (size_t i = 0; i < 2; i++) {
        uint8_t digest[48];
        writer d = WRITER(digest);
        span value;
        assert_true(json_member(part, names[i], &value) && json_raw(value, &digits));
        assert_true(read_hex(digits, &d) && d.n == 48);
    }
}

static void the_bundle_says_that_it_is_none(void **state)
{
    (void)state;
    uint8_t text[TEE_BUNDLE_MAX];
    writer w = WRITER(text);
    span whole, note;
    tee_bundle(&w);
    assert_true(writer_ok(&w));
    assert_true(json_read(written(&w), &whole));
    assert_true(json_member(whole, "note", &note) && json_string_is(note, "not verified in this revision"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manifest_has_the_deployed_shape),
        cmocka_unit_test(the_bundle_says_that_it_is_none),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee_pack", tests, NULL, NULL);
}
