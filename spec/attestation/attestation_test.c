/* What needs no evidence: the tables, and the order in which a report is refused. Minted evidence: see the simulator's tests. */
#include "attestation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const char *fields_at[AT_REPORT];

static void remember(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    (void)ctx, (void)path, (void)n;
    fields_at[at] = f->name;
}

static void the_report_has_the_documented_offsets(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *name;
    } documented[] = {
        {0x000, "version"},
        {0x008, "policy"},
        {0x030, "vmpl"},
        {0x034, "signature_algo"},
        {0x038, "current_tcb"},
        {0x040, "platform_info"},
        {0x048, "key_info"},
        {0x050, "report_data"},
        {0x090, "measurement"},
        {0x0c0, "host_data"},
        {0x0e0, "id_key_digest"},
        {0x110, "author_key_digest"},
        {0x140, "report_id"},
        {0x160, "report_id_ma"},
        {0x180, "reported_tcb"},
        {0x188, "cpuid_family"},
        {0x1a0, "chip_id"},
        {0x1e0, "committed_tcb"},
        {0x1e8, "current_build"},
        {0x1ec, "committed_build"},
        {0x1f0, "launch_tcb"},
        {0x1f8, "launch_mit_vector"},
        {0x200, "current_mit_vector"},
        {0x208, "reserved_208"},
        {0x2a0, "r"},
        {0x2e8, "s"},
        {0x330, "reserved_330"},
    };
    static const uint8_t zeros[AT_REPORT];
    assert_int_equal(layout_size(&at_snp_report_layout), AT_REPORT);
    layout_walk(&at_snp_report_layout, SPAN(zeros), remember, NULL);
    for (size_t i = 0; i < sizeof documented / sizeof *documented; i++)
        assert_string_equal(fields_at[documented[i].at], documented[i].name);
}

static void a_family_and_model_name_a_line(void **state)
{
    (void)state;
    assert_int_equal(at_product_of_cpuid(0x19, 0x01), AT_MILAN);
    assert_int_equal(at_product_of_cpuid(0x19, 0x0f), AT_MILAN);
    assert_int_equal(at_product_of_cpuid(0x19, 0x10), AT_GENOA);
    assert_int_equal(at_product_of_cpuid(0x19, 0x20), AT_PRODUCTS);
    assert_int_equal(at_product_of_cpuid(0x19, 0xa0), AT_GENOA);
    assert_int_equal(at_product_of_cpuid(0x19, 0xb0), AT_PRODUCTS);
    assert_int_equal(at_product_of_cpuid(0x1a, 0x02), AT_TURIN);
    assert_int_equal(at_product_of_cpuid(0x1a, 0x12), AT_PRODUCTS);
    assert_int_equal(at_product_of_cpuid(0x17, 0x01), AT_PRODUCTS);
}

static void a_product_name_is_a_line_and_perhaps_a_stepping(void **state)
{
    (void)state;
    assert_int_equal(at_product_of_name(span_text("Milan")), AT_MILAN);
    assert_int_equal(at_product_of_name(span_text("Milan-B0")), AT_MILAN);
    assert_int_equal(at_product_of_name(span_text("Genoa")), AT_GENOA);
    assert_int_equal(at_product_of_name(span_text("Turin")), AT_TURIN);
    static const char *const foreign[] = {"", "Mila", "MilanB0", "Milan-", "milan", "Rome", " Milan", "Genoa0"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_int_equal(at_product_of_name(span_text(foreign[i])), AT_PRODUCTS);
}

/* A version 3 report from a Milan machine, unsigned: everything up to its certificates is right. */
static void write_report(uint8_t report[AT_REPORT])
{
    memset(report, 0, AT_REPORT);
    report[0x000] = 3;
    report[0x034] = 1;
    report[0x188] = 0x19;
    report[0x189] = 0x01;
}

static account noted;

static verdict appraise(span report, at_claims *claims)
{
    static const at_policy nothing;
    const at_evidence evidence = {.report = report};
    const at_world world = {.prim = &prim_sodium, .now = 0};
    noted = (account){0};
    return at_appraise_snp(&world, &nothing, &evidence, &noted, claims);
}

static void the_form_of_a_report_is_judged_in_order(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        uint16_t req;
    } rows[] = {{0x000, 0, REQ_AT_003},    {0x000, 1, REQ_AT_003},    {0x000, 6, REQ_AT_003},    {0x003, 1, REQ_AT_003},
                {0x034, 0, REQ_AT_004},    {0x034, 2, REQ_AT_004},    {0x037, 1, REQ_AT_004},    {0x048, 0x20, REQ_AT_005},
                {0x04b, 0x80, REQ_AT_005}, {0x048, 0x08, REQ_AT_006}, {0x048, 0x1c, REQ_AT_006}, {0x04c, 1, REQ_AT_007},
                {0x04f, 1, REQ_AT_007},    {0x18b, 1, REQ_AT_007},    {0x19f, 1, REQ_AT_007},    {0x1eb, 1, REQ_AT_007},
                {0x1ef, 1, REQ_AT_007},    {0x208, 1, REQ_AT_007},    {0x29f, 1, REQ_AT_007},    {0x1f8, 1, REQ_AT_008},
                {0x207, 1, REQ_AT_008},    {0x000, 2, REQ_AT_008},    {0x188, 0x17, REQ_AT_009}, {0x189, 0x50, REQ_AT_009}};
    uint8_t report[AT_REPORT];
    at_claims claims;
    write_report(report);
    assert_int_equal(appraise(SPAN(report), &claims).req, REQ_AT_010); /* right so far, and then no certificate */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_report(report);
        report[rows[i].at] = rows[i].value;
        assert_int_equal(appraise(SPAN(report), &claims).req, rows[i].req);
    }
}

static void at_002_every_other_length_is_refused(void **state)
{
    (void)state;
    uint8_t report[AT_REPORT + 1] = {0};
    at_claims claims;
    write_report(report);
    for (size_t n = 0; n <= sizeof report; n++)
        assert_int_equal(appraise(span_of(report, n), &claims).req == REQ_AT_002, n != AT_REPORT);
}

static void the_account_ends_with_the_sentence_that_failed(void **state)
{
    (void)state;
    static const uint16_t sentences[] = {REQ_AT_002, REQ_AT_003, REQ_AT_004, REQ_AT_005, REQ_AT_006};
    uint8_t report[AT_REPORT];
    at_claims claims;
    write_report(report);
    report[0x048] = 0x08;
    assert_int_equal(appraise(SPAN(report), &claims).req, REQ_AT_006);
    assert_int_equal(noted.n_checks, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(noted.check[i].req, sentences[i]);
        assert_int_equal(noted.check[i].ok, i < 4);
    }
    report[0x000] = 9;
    assert_int_equal(appraise(SPAN(report), &claims).req, REQ_AT_003);
    assert_int_equal(noted.n_checks, 2);
    assert_false(noted.check[1].ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_has_the_documented_offsets),
        cmocka_unit_test(a_family_and_model_name_a_line),
        cmocka_unit_test(a_product_name_is_a_line_and_perhaps_a_stepping),
        cmocka_unit_test(the_form_of_a_report_is_judged_in_order),
        cmocka_unit_test(at_002_every_other_length_is_refused),
        cmocka_unit_test(the_account_ends_with_the_sentence_that_failed),
    };
    prim_start();
    return cmocka_run_group_tests_name("attestation", tests, NULL, NULL);
}
