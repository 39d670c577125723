#include "policy_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static policy_document document;
static policy_fault fault;

static verdict judge(const char *text)
{
    account noted = {0};
    return policy_document_judge(span_text(text), &document, &fault, &noted);
}

#define ID_32 "000102030405060708090a0b0c0d0e0f"

static void machines_reach_every_part(void **state)
{
    (void)state;
    assert_true(accepted(judge("{\"machines\":{\"platforms\":[\"" ID_32 "\"]},\"snp\":{\"products\":[\"Milan\"]},"
                               "\"tdx\":{\"tcb_statuses\":[\"UpToDate\"]},\"sgx\":{\"tcb_statuses\":[\"UpToDate\"]}}")));
    const at_quote_policy tdx = quote_policy_of(&document.tdx, EMPTY), sgx = quote_policy_of(&document.sgx, EMPTY);
    const at_policy snp = appraisal_policy_of(&document.snp, NULL, 0);
    assert_true(tdx.n_platforms == 1 && tdx.platforms[0][15] == 0x0f && !(tdx.waived & AT_QUOTE_WAIVES(AT_PLATFORM)));
    assert_true(sgx.n_platforms == 1 && sgx.platforms[0][15] == 0x0f && !(sgx.waived & AT_QUOTE_WAIVES(AT_PLATFORM)));
    assert_true(snp.n_chips == 0 && snp.pinned & AT_PINS(AT_PIN_CHIP)); /* no machine of AMD's is listed, so none is accepted */
}

static void a_policy_that_is_none_leaves_nothing(void **state)
{
    (void)state;
    static const policy_document nothing;
    static const char *const bad[] = {"",
                                      "[]",
                                      "{}",
                                      "{\"snp\":[]}",
                                      "{\"snp\":{\"products\":[\"Milan\"]},\"more\":1}",
                                      "{\"snp\":{\"products\":[\"Milan\"]},\"vendors\":9}",
                                      "{\"snp\":{\"products\":[\"Milan\"]},\"machines\":[]}",
                                      "{\"snp\":{\"products\":[\"Milan\"]},\"machines\":{}}",
                                      "{\"snp\":{\"products\":[\"Milan\"]},\"machines\":{\"chip_ids\":[\"00\"]}}",
                                      "{\"sgx\":{\"tcb_statuses\":[\"UpToDate\"],\"platforms\":[]},\"machines\":{\"chip_ids\":[]}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (accepted(judge(bad[i])))
            fail_msg("taken: %s", bad[i]);
        assert_non_null(fault.what);
        assert_memory_equal(&document, &nothing, sizeof nothing);
    }
}

static void a_fault_names_its_member_and_no_control_character(void **state)
{
    char said[256];
    writer w = WRITER(said);
    (void)state;
    assert_false(accepted(judge("{\"snp\":{\"products\":[\"Milan\"],\"measurments\":[]}}")));
    policy_fault_write(&w, &fault);
    assert_true(span_is(written(&w), "`measurments` is a member that no policy has there"));
    assert_false(accepted(judge("{\"snp\":{\"products\":[\"Milan\"],\"\xc3\xa9\":[]}}")));
    w = WRITER(said);
    policy_fault_write(&w, &fault);
    assert_true(span_is(written(&w), "a member is a member that no policy has there"));
}

/* ---- the schema ---- */

static char text[65536];

static span properties(span schema, const char *part)
{
    span value = EMPTY;
    assert_true(json_member(schema, "properties", &value) && json_member(value, part, &value) && json_member(value, "properties", &value));
    return value;
}

static void expect_rows(span properties_, const policy_section *s)
{
    size_t n = 0;
    span value;
    for (json_cursor c = json_enter(properties_); json_next(&c);)
        n++;
    assert_int_equal(n, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (!json_member(properties_, s->member[i].name, &value))
            fail_msg("the schema lacks %s", s->member[i].name);
}

static void the_schema_has_the_members_that_are_read(void **state)
{
    FILE *in = fopen(PARLEY_TREE "/spec/attestation/policy.schema.json", "rb");
    span schema = EMPTY;
    (void)state;
    assert_non_null(in);
    const size_t n = fread(text, 1, sizeof text, in);
    fclose(in);
    assert_true(json_read(span_of(text, n), &schema));
    expect_rows(properties(schema, "snp"), &appraisal_policy_section);
    expect_rows(properties(schema, "tdx"), &quote_policy_section);
    expect_rows(properties(schema, "sgx"), &quote_policy_section);
    expect_rows(properties(schema, "token"), &token_policy_section);
    expect_rows(properties(schema, "gpu"), &gpu_policy_section);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_reach_every_part),
        cmocka_unit_test(a_policy_that_is_none_leaves_nothing),
        cmocka_unit_test(a_fault_names_its_member_and_no_control_character),
        cmocka_unit_test(the_schema_has_the_members_that_are_read),
    };
    return cmocka_run_group_tests_name("policy_document", tests, NULL, NULL);
}
