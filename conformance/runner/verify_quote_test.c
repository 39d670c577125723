/* `parley verify tdx` and `parley verify sgx` as their user meets them, on quotes from the simulator. */
#include "intel_lies.h"
#include "json.h"
#include "runner_fixture.h"

static intel_scene scene;

static void write_file(const char *path, span bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static void write_scene(const char *policy)
{
    static uint8_t room[65536];
    writer w = WRITER(room);
    intel_collateral_file(&scene.collateral, &w);
    assert_true(writer_ok(&w));
    write_file("quote.tmp", scene.quote_bytes);
    write_file("collateral.tmp", written(&w));
    write_file("root.tmp", scene.policy.root);
    write_file("policy.tmp", span_text(policy));
}

static void play(at_tee tee)
{
    const intel_twin twin = {tee, tee == AT_TDX ? 5 : 3, tee == AT_TDX, false};
    intel_scene_play(&scene, &twin, span_text("verify"));
    write_scene("{\"tcb_statuses\":[\"UpToDate\"]}");
}

static int clean_up(void **state)
{
    (void)state;
    unlink("quote.tmp"), unlink("collateral.tmp"), unlink("root.tmp"), unlink("policy.tmp");
    return 0;
}

#define LINE " quote.tmp --root root.tmp --collateral collateral.tmp --at 2026-06-01T00:00:00Z"

static span member_of(const answer *a, const char *name)
{
    span whole = EMPTY, value = EMPTY;
    assert_true(json_read(span_text(a->out), &whole));
    json_member(whole, name, &value);
    return value;
}

static void an_honest_quote_is_accepted_and_its_claims_are_said(void **state)
{
    (void)state;
    span value = EMPTY;
    play(AT_TDX);
    const answer *a = says("parley verify tdx" LINE);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_true(json_string_is(member_of(a, "verdict"), "accept"));
    assert_true(json_member(member_of(a, "tcb"), "status", &value) && json_string_is(value, "UpToDate"));
    assert_true(json_member(member_of(a, "claims"), "body", &value) && json_string_is(value, "TD report 1.5"));
    assert_true(json_member(member_of(a, "claims"), "mrservicetd", &value));
    play(AT_SGX);
    a = says("parley verify sgx" LINE);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_true(json_member(member_of(a, "claims"), "isv_svn", &value));
    assert_false(json_member(member_of(a, "claims"), "mrtd", &value));
}

static void a_lie_is_refused_by_its_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_lies; i++) {
        const intel_lie *l = &intel_lies[i];
        if (l->req != REQ_AT_117 && l->req != REQ_AT_124 && l->req != REQ_AT_136 && l->req != REQ_AT_156 && l->req != REQ_AT_170)
            continue;
        intel_lie_play(&scene, l, span_text("verify"));
        write_scene("{\"tcb_statuses\":[\"UpToDate\"]}");
        const answer *a = says(intel_twin_of(l).tee == AT_TDX ? "parley verify tdx" LINE : "parley verify sgx" LINE);
        assert_int_equal(a->code, EXIT_FAILED);
        assert_true(json_string_is(member_of(a, "req"), requirement_rows[l->req].id));
    }
}

static void the_status_is_said_of_a_quote_that_is_refused_for_it(void **state)
{
    (void)state;
    span value = EMPTY;
    for (size_t i = 0; i < intel_n_lies; i++)
        if (strcmp(intel_lies[i].name, "hardening") == 0)
            intel_lie_play(&scene, &intel_lies[i], span_text("verify"));
    write_scene("{\"tcb_statuses\":[\"UpToDate\"]}");
    const answer *a = says("parley verify tdx" LINE);
    assert_int_equal(a->code, EXIT_FAILED);
    assert_true(json_string_is(member_of(a, "req"), "AT-162"));
    assert_true(json_member(member_of(a, "tcb"), "status", &value) && json_string_is(value, "SWHardeningNeeded"));
    assert_int_equal(member_of(a, "claims").n, 0);
}

static void without_collateral_the_signatures_are_listed_and_the_quote_is_refused(void **state)
{
    (void)state;
    play(AT_TDX);
    const answer *a = says("parley verify tdx quote.tmp --root root.tmp --at 2026-06-01T00:00:00Z --format text");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "ok      AT-124"));
    assert_non_null(strstr(a->out, "FAILED  AT-130"));
    assert_non_null(strstr(a->out, "reject"));
}

static void a_policy_asks_for_what_it_says(void **state)
{
    (void)state;
    play(AT_TDX);
    const answer *a = says("parley verify tdx" LINE " --policy policy.tmp");
    assert_true(json_string_is(member_of(a, "req"), "AT-175"));
    write_file("policy.tmp",
               span_text("{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"mrtd\",\"rtmr0\",\"rtmr1\",\"rtmr2\",\"rtmr3\"]}"));
    a = says("parley verify tdx" LINE " --policy policy.tmp");
    assert_true(json_string_is(member_of(a, "req"), "AT-186"));
    char line[512] = "parley verify tdx" LINE " --policy policy.tmp --report-data ";
    writer w = writer_of(line + strlen(line), sizeof line - strlen(line) - 1);
    write_hex(&w, SPAN(scene.report_data));
    assert_int_equal(says(line)->code, EXIT_LEVEL);
}

static void what_is_no_evidence_is_said_to_the_user(void **state)
{
    (void)state;
    play(AT_TDX);
    assert_int_equal(says("parley verify tdx")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx quote.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx quote.tmp --root quote.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx quote.tmp --root root.tmp --collateral root.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx quote.tmp --root root.tmp --collateral nowhere.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx" LINE " --policy collateral.tmp")->code, EXIT_USAGE);
    assert_int_equal(says("parley verify tdx" LINE " --report-data 00")->code, EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_quote_is_accepted_and_its_claims_are_said),
        cmocka_unit_test(a_lie_is_refused_by_its_sentence),
        cmocka_unit_test(the_status_is_said_of_a_quote_that_is_refused_for_it),
        cmocka_unit_test(without_collateral_the_signatures_are_listed_and_the_quote_is_refused),
        cmocka_unit_test(a_policy_asks_for_what_it_says),
        cmocka_unit_test(what_is_no_evidence_is_said_to_the_user),
    };
    prim_start();
    return cmocka_run_group_tests_name("verify_quote", tests, NULL, clean_up);
}
