#include "tee_pack.h"
#include "base64.h"
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
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

static void the_evidence_carries_the_exact_bytes(void **state)
{
    (void)state;
    uint8_t text[TEE_EVIDENCE_MAX], manifest[TEE_MANIFEST_MAX], bundle[TEE_BUNDLE_MAX], report[AT_REPORT], back[AT_REPORT];
    writer w = WRITER(text), m = WRITER(manifest), b = WRITER(bundle), r = WRITER(back);
    span whole, part, raw;
    memset(report, 0xa5, sizeof report);
    tee_manifest(&prim_sodium, &release, &m);
    tee_bundle(&b);
    tee_evidence_json(SPAN(report), written(&m), written(&b), &w);
    assert_true(writer_ok(&w));
    assert_true(json_read(written(&w), &whole));
    assert_true(json_member(whole, "attestation", &part) && json_raw(part, &raw) && base64_read(raw, &r));
    assert_memory_equal(back, report, sizeof back);
    static const char *const order[] = {"\"attestation\"", "\"manifest\"", "\"manifestBundle\"", "\"platform\""};
    size_t i = 0;
    for (json_cursor c = json_enter(whole); json_next(&c); i++)
        assert_true(i < 4 && span_is(c.name, order[i]));
    uint8_t again[TEE_MANIFEST_MAX];
    writer a = WRITER(again);
    assert_true(json_member(whole, "manifest", &part) && json_string(part, &a));
    assert_true(span_same(written(&a), written(&m)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manifest_has_the_deployed_shape),
        cmocka_unit_test(the_evidence_carries_the_exact_bytes),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee_pack", tests, NULL, NULL);
}
