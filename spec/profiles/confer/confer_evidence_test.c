#include "base64.h"
#include "confer_fixture.h"

#include <stdio.h>

#define R96      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define MANIFEST "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"" R96 "\"}}"

static uint8_t report[CF_REPORT], payload_room[CF_EVIDENCE_MAX + 4096], server_key[32];
static const at_policy no_report; /* asks for nothing that a report could meet */
static const cf_policy trusting = {.snp = &no_report, .tdx_not_verified = true, .manifest_not_verified = true};
static cf_appraisal found;

static void begin(void)
{
    start_both(&prim_openssl);
    memset(server_key, 0x5a, sizeof server_key);
    memset(report, 0x77, sizeof report);
    client_world.policy = &trusting;
}

static span honest(void)
{
    writer w = WRITER(payload_room);
    const cf_evidence e = {CF_TDX, span_text("a.b.c"), span_text(MANIFEST), span_text("{\"b\":\"\\n\"}")};
    cf_write_evidence(&e, &w);
    assert_true(writer_ok(&w));
    return written(&w);
}

static void payload_gives(span payload, uint16_t wanted)
{
    assert_verdict(cf_appraise(&client_world, payload, SPAN(server_key), &found), wanted);
    if (wanted)
        assert_false(found.account.check[found.account.n_checks - 1].ok);
    else
        assert_true(found.not_verified & CF_MANIFEST_NOT_VERIFIED);
}

/* An object of these members, each as written. */
static span members(const char *platform, const char *attestation, const char *manifest, const char *bundle)
{
    writer w = WRITER(payload_room);
    write_text(&w, "{\"platform\":");
    write_text(&w, platform);
    write_text(&w, ",\"attestation\":");
    write_text(&w, attestation);
    write_text(&w, ",\"manifest\":");
    write_text(&w, manifest);
    write_text(&w, ",\"manifestBundle\":");
    write_text(&w, bundle);
    write_text(&w, "}");
    assert_true(writer_ok(&w));
    return written(&w);
}

static const char *quoted(const char *text)
{
    static char room[4][70000];
    static int next;
    char *at = room[next++ % 4];
    writer w = writer_of(at, sizeof room[0] - 1);
    json_write_text(&w, text);
    at[w.n] = 0;
    return at;
}

static const char *report_text(size_t n)
{
    static char room[4096];
    static uint8_t longer[CF_REPORT + 16];
    memcpy(longer, report, sizeof report);
    writer w = writer_of(room, sizeof room - 1);
    write_text(&w, "\"");
    base64_write(&w, span_of(longer, n));
    write_text(&w, "\"");
    room[w.n] = 0;
    return room;
}

static void honest_evidence_is_accepted_and_says_what_is_on_trust(void **state)
{
    (void)state;
    begin();
    payload_gives(honest(), 0);
    assert_int_equal(found.not_verified, CF_TDX_NOT_VERIFIED | CF_MANIFEST_NOT_VERIFIED);
    assert_int_equal(found.account.n_checks, 8);
    assert_int_equal(found.account.check[0].req, REQ_CF_034);
    assert_int_equal(found.account.check[7].req, REQ_CF_044);
}

static void members_come_in_any_order_and_unknown_ones_are_ignored(void **state)
{
    (void)state;
    begin();
    payload_gives(members("\"TDX\"", "\"a.b.c\"", quoted(MANIFEST), "\"b\",\"more\":[1]"), 0);
}

static void evidence_is_one_strict_object(void **state)
{
    (void)state;
    begin();
    payload_gives(EMPTY, REQ_CF_034);
    payload_gives(span_text("[]"), REQ_CF_034);
    payload_gives(span_text("null"), REQ_CF_034);
    payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT), quoted(MANIFEST), "\"b\",\"platform\":\"TDX\""), REQ_CF_034);
    const span good = honest();
    payload_room[good.n] = ' ';
    payload_gives(span_of(good.p, good.n + 1), 0);
    payload_room[good.n] = '0';
    payload_gives(span_of(good.p, good.n + 1), REQ_CF_034);
    payload_gives(span_of(good.p, good.n - 1), REQ_CF_034);
}

static void each_text_is_required(void **state)
{
    (void)state;
    begin();
    static const char *const bad[] = {"null", "\"\"", "1", "{}", "[\"a\"]", "true"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        payload_gives(members("\"SEV-SNP\"", bad[i], quoted(MANIFEST), "\"b\""), REQ_CF_035);
        payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT), bad[i], "\"b\""), REQ_CF_035);
        payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT), quoted(MANIFEST), bad[i]), REQ_CF_035);
    }
    payload_gives(span_text("{\"platform\":\"SEV-SNP\"}"), REQ_CF_035);
}

static void the_platform_is_one_of_two(void **state)
{
    (void)state;
    begin();
    static const char *const bad[] = {"\"FOO\"", "null", "1", "\"sev-snp\"", "\"SEV-SNP \"", "\"\"", "[\"SEV-SNP\"]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        payload_gives(members(bad[i], report_text(CF_REPORT), quoted(MANIFEST), "\"b\""), REQ_CF_036);
}

static void texts_are_bounded(void **state)
{
    (void)state;
    begin();
    static char longest[CF_MANIFEST_MAX + 2];
    memset(longest, 'x', CF_MANIFEST_MAX + 1);
    payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT), quoted(MANIFEST), quoted(longest)), REQ_CF_037);
    payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT), quoted(longest), "\"b\""), REQ_CF_037);
    longest[CF_MANIFEST_MAX] = 0;
    payload_gives(members("\"TDX\"", "\"a.b.c\"", quoted(MANIFEST), quoted(longest)), 0);
}

static void a_report_has_its_size_and_its_alphabet(void **state)
{
    (void)state;
    begin();
    payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT - 1), quoted(MANIFEST), "\"b\""), REQ_CF_038);
    payload_gives(members("\"SEV-SNP\"", report_text(CF_REPORT + 1), quoted(MANIFEST), "\"b\""), REQ_CF_038);
    payload_gives(members("\"SEV-SNP\"", "\"eyJhbGciOiJQUzM4NCJ9.e30.AA\"", quoted(MANIFEST), "\"b\""), REQ_CF_038);
}

static const char *snp(void) { return report_text(CF_REPORT); }

static void a_platform_that_cannot_be_appraised_is_refused_unless_the_policy_trusts_it(void **state)
{
    (void)state;
    begin();
    static const cf_policy no_tdx = {.snp = &no_report, .manifest_not_verified = true},
                           no_snp = {.tdx_not_verified = true, .manifest_not_verified = true};
    client_world.policy = NULL;
    payload_gives(honest(), REQ_CF_039);
    client_world.policy = &no_snp;
    payload_gives(members("\"SEV-SNP\"", snp(), quoted(MANIFEST), "\"b\""), REQ_CF_039);
    client_world.policy = &no_tdx;
    payload_gives(honest(), REQ_CF_039);
    assert_int_equal(found.not_verified, 0);
}

static void a_report_is_appraised_by_its_chapter(void **state)
{
    (void)state;
    begin();
    payload_gives(members("\"SEV-SNP\"", snp(), quoted(MANIFEST), "\"b\""), REQ_AT_003);
    report[0] = 3, report[1] = report[2] = report[3] = 0;
    payload_gives(members("\"SEV-SNP\"", snp(), quoted(MANIFEST), "\"b\""), REQ_AT_004);
    assert_int_equal(found.snp.version, 0);
}

static void the_manifest_has_its_members(void **state)
{
    (void)state;
    begin();
    static const char *const bad[] = {
        "x",
        "[]",
        "{}",
        "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\"}",
        "{\"imageVersion\":1,\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"" R96 "\"}}",
        "{\"imageVersion\":\"1\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"" R96 "\"}}",
        "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\"}}",
        "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"" R96 "00\"}}",
        "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"AA\"}}",
        "{\"imageVersion\":\"1\",\"proxyVersion\":\"2\",\"proxyVersion\":\"2\",\"tdxMeasurements\":{\"rtmr1\":\"" R96 "\",\"rtmr2\":\"" R96
        "\"}}",
        MANIFEST "x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        payload_gives(members("\"TDX\"", "\"a.b.c\"", quoted(bad[i]), "\"b\""), REQ_CF_043);
}

static void a_manifest_without_a_verified_bundle_is_refused_unless_trusted(void **state)
{
    (void)state;
    begin();
    static const cf_policy strict = {.tdx_not_verified = true};
    client_world.policy = &strict;
    payload_gives(honest(), REQ_CF_044);
}

static void a_written_payload_reads_back(void **state)
{
    (void)state;
    begin();
    static uint8_t room[CF_EVIDENCE_MAX];
    writer w = WRITER(room);
    cf_evidence e;
    assert_verdict(cf_read_evidence(honest(), &w, NULL, &e), 0);
    assert_int_equal(e.platform, CF_TDX);
    assert_true(span_is(e.attestation, "a.b.c"));
    assert_true(span_is(e.manifest, MANIFEST));
    assert_true(span_is(e.bundle, "{\"b\":\"\\n\"}"));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_evidence_is_accepted_and_says_what_is_on_trust),
        cmocka_unit_test(members_come_in_any_order_and_unknown_ones_are_ignored),
        cmocka_unit_test(evidence_is_one_strict_object),
        cmocka_unit_test(each_text_is_required),
        cmocka_unit_test(the_platform_is_one_of_two),
        cmocka_unit_test(texts_are_bounded),
        cmocka_unit_test(a_report_has_its_size_and_its_alphabet),
        cmocka_unit_test(a_platform_that_cannot_be_appraised_is_refused_unless_the_policy_trusts_it),
        cmocka_unit_test(a_report_is_appraised_by_its_chapter),
        cmocka_unit_test(the_manifest_has_its_members),
        cmocka_unit_test(a_manifest_without_a_verified_bundle_is_refused_unless_trusted),
        cmocka_unit_test(a_written_payload_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
