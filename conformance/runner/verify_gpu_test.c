/* `parley verify gpu` as its user meets it, and a GPU presented together with a quote, on evidence from the simulator. */
#include "base64.h"
#include "intel.h"
#include "json.h"
#include "nvidia_lies.h"
#include "runner_fixture.h"

static nvidia_scene scene;
static intel_scene cpu;

static void write_file(const char *path, span bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    fclose(f);
}

static void write_gpu(void)
{
    write_file("gpu.tmp", scene.evidence.report);
    write_file("gpuchain.tmp", scene.evidence.chain);
    write_file("gpuroot.tmp", scene.policy.root);
    write_file("gpurootcrl.tmp", scene.evidence.root_list);
    write_file("gpumodelcrl.tmp", scene.evidence.model_list);
}

static void play(void)
{
    const nvidia_twin twin = {.line = NVIDIA_HOPPER};
    nvidia_scene_play(&scene, &twin, span_text("verify"));
    write_gpu();
}

/* A trust domain, and a GPU that was asked with its report data. */
static void play_both(void)
{
    static uint8_t room[65536];
    writer w = WRITER(room);
    const nvidia_twin twin = {.line = NVIDIA_HOPPER};
    intel_scene_play(&cpu, &(intel_twin){AT_TDX, 5, true, false}, span_text("verify"));
    intel_collateral_file(&cpu.collateral, &w);
    write_file("gpuquote.tmp", cpu.quote_bytes);
    write_file("gpucollateral.tmp", written(&w));
    write_file("gpucpuroot.tmp", cpu.policy.root);
    nvidia_scene_begin(&scene, &twin, span_text("verify"));
    at_gpu_tied_nonce(&prim_sodium, SPAN(cpu.report_data), scene.nonce);
    nvidia_scene_seal(&scene);
    write_gpu();
}

static int clean_up(void **state)
{
    static const char *const files[] = {"gpu.tmp",      "gpuchain.tmp",      "gpuroot.tmp",    "gpurootcrl.tmp", "gpumodelcrl.tmp",
                                        "gpuquote.tmp", "gpucollateral.tmp", "gpucpuroot.tmp", "gpupolicy.tmp"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    return 0;
}

#define FILES " --gpu-chain gpuchain.tmp --gpu-root gpuroot.tmp --at 2026-06-01T00:00:00Z"
#define LISTS " --gpu-root-crl gpurootcrl.tmp --gpu-model-crl gpumodelcrl.tmp"
#define BOTH  "parley verify tdx gpuquote.tmp --root gpucpuroot.tmp --collateral gpucollateral.tmp --gpu gpu.tmp" FILES

static span member_of(const answer *a, const char *name)
{
    span whole = EMPTY, value = EMPTY;
    assert_true(json_read(span_text(a->out), &whole));
    json_member(whole, name, &value);
    return value;
}

static const answer *with_digits(const char *line, const char *option, span bytes)
{
    char text[512];
    writer w = writer_of(text, sizeof text - 1);
    write_text(&w, line);
    write_text(&w, option);
    write_hex(&w, bytes);
    assert_true(writer_ok(&w));
    text[w.n] = 0;
    return says(text);
}

static void an_honest_report_is_accepted_and_its_claims_are_said(void **state)
{
    span value = EMPTY;
    (void)state;
    play();
    const answer *a = with_digits("parley verify gpu gpu.tmp" FILES LISTS, " --gpu-nonce ", SPAN(scene.nonce));
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_true(json_member(member_of(a, "claims"), "model", &value) && json_string_is(value, "GH100"));
    assert_true(json_member(member_of(a, "claims"), "vbios", &value) && json_string_is(value, "96.00.9F.00.01"));
    assert_null(strstr(a->out, "\"revocation\""));
    assert_non_null(strstr(a->out, "\"measurements\""));
    a = says("parley verify gpu gpu.tmp" FILES);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\"revocation\""));
    assert_non_null(strstr(a->out, "\"nonce\""));
}

static void a_report_as_text_is_the_same(void **state)
{
    static char text[2 * NVIDIA_REPORT_MAX + 2];
    (void)state;
    play();
    writer w = WRITER(text);
    write_hex(&w, scene.evidence.report);
    write_text(&w, "\n");
    write_file("gpu.tmp", written(&w));
    assert_int_equal(says("parley verify gpu gpu.tmp" FILES)->code, EXIT_LEVEL);
}

static void a_document_of_the_vendors_tools_holds_report_and_chain(void **state)
{
    static char text[4 * NVIDIA_REPORT_MAX];
    (void)state;
    play();
    for (int n = 0; n < 3; n++) { /* an object, an array of one, an array of two */
        writer w = WRITER(text);
        write_text(&w, n ? "[" : "");
        for (int k = 0; k < (n == 2 ? 2 : 1); k++) {
            write_text(&w, k ? ",{\"arch\":\"HOPPER\",\"evidence\":\"" : "{\"arch\":\"HOPPER\",\"evidence\":\"");
            base64_write(&w, scene.evidence.report);
            write_text(&w, "\",\"certificate\":\"");
            base64_write(&w, scene.evidence.chain);
            write_text(&w, "\"}");
        }
        write_text(&w, n ? "]" : "");
        assert_true(writer_ok(&w));
        write_file("gpu.tmp", written(&w));
        const answer *a = says("parley verify gpu gpu.tmp --gpu-root gpuroot.tmp --at 2026-06-01T00:00:00Z");
        assert_int_equal(a->code, n == 2 ? EXIT_USAGE : EXIT_LEVEL);
    }
    write_file("gpu.tmp", span_text("{\"evidence\":7}"));
    refuses("parley verify gpu gpu.tmp --gpu-root gpuroot.tmp", "no document of one GPU");
    write_file("gpu.tmp", span_text("[]"));
    refuses("parley verify gpu gpu.tmp --gpu-root gpuroot.tmp", "no document of one GPU");
}

static void a_lie_is_refused_by_its_sentence(void **state)
{
    (void)state;
    play();
    const answer *a = with_digits("parley verify gpu gpu.tmp" FILES, " --gpu-nonce ", SPAN(scene.device_nonce));
    assert_int_equal(a->code, EXIT_FAILED);
    assert_true(json_string_is(member_of(a, "req"), "AT-340"));
    assert_int_equal(member_of(a, "claims").n, 0);
    a = with_digits("parley verify gpu gpu.tmp" FILES, " --report-data ", SPAN(scene.cpu_data));
    assert_true(json_string_is(member_of(a, "req"), "AT-341"));
    write_file("gpupolicy.tmp", span_text("{\"models\":[\"GH100\"],\"not_compared\":[\"nonce\",\"revocation\"]}"));
    a = says("parley verify gpu gpu.tmp --policy gpupolicy.tmp" FILES);
    assert_true(json_string_is(member_of(a, "req"), "AT-342"));
    write_file("gpupolicy.tmp", span_text("{\"snp\":{\"products\":[\"Milan\"]}}"));
    a = says("parley verify gpu gpu.tmp --policy gpupolicy.tmp" FILES);
    assert_true(json_string_is(member_of(a, "req"), "AT-265"));
}

static void two_vendors_are_a_quote_and_its_gpu(void **state)
{
    span value = EMPTY;
    (void)state;
    play_both();
    const answer *a = says(BOTH);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_true(json_member(member_of(a, "gpu"), "claims", &value) && json_member(value, "model", &value) &&
                json_string_is(value, "GH100"));
    write_file("gpupolicy.tmp",
               span_text("{\"tdx\":{\"tcb_statuses\":[\"UpToDate\"],\"not_compared\":[\"mrtd\",\"rtmr0\",\"rtmr1\",\"rtmr2\","
                         "\"rtmr3\",\"report_data\"]},\"gpu\":{\"models\":[\"GH100\"],\"tied_to_cpu\":true,"
                         "\"not_compared\":[\"measurements\",\"revocation\"]},\"vendors\":2}"));
    assert_int_equal(says(BOTH " --policy gpupolicy.tmp")->code, EXIT_LEVEL);
    a = says("parley verify tdx gpuquote.tmp --root gpucpuroot.tmp --collateral gpucollateral.tmp --at 2026-06-01T00:00:00Z --policy "
             "gpupolicy.tmp");
    assert_true(json_string_is(member_of(a, "req"), "AT-266"));
    a = with_digits("parley verify gpu gpu.tmp --policy gpupolicy.tmp" FILES, " --report-data ", SPAN(cpu.report_data));
    assert_true(json_string_is(member_of(a, "req"), "AT-266"));
}

static void a_gpu_of_another_session_refuses_both(void **state)
{
    (void)state;
    play_both();
    play();
    const answer *a = says(BOTH);
    assert_int_equal(a->code, EXIT_FAILED);
    assert_true(json_string_is(member_of(a, "req"), "AT-341"));
    assert_int_equal(member_of(a, "claims").n, 0);
    a = says(BOTH " --format text");
    assert_non_null(strstr(a->out, "ok      AT-186"));
    assert_non_null(strstr(a->out, "FAILED  AT-341"));
}

static void what_is_no_evidence_is_said_to_the_user(void **state)
{
    (void)state;
    play();
    refuses("parley verify gpu", "give one report");
    refuses("parley verify gpu gpu.tmp", "--gpu-chain and --gpu-root are needed");
    refuses("parley verify gpu gpu.tmp --gpu-chain gpuchain.tmp --gpu-root gpu.tmp", "not one certificate");
    refuses("parley verify gpu gpu.tmp --gpu-nonce 00" FILES, "64 lower-case");
    refuses("parley verify gpu gpu.tmp --gpu-chain nowhere.tmp --gpu-root gpuroot.tmp", "can't be opened");
    write_file("gpupolicy.tmp", span_text("{\"models\":[]}"));
    refuses("parley verify gpu gpu.tmp --policy gpupolicy.tmp" FILES, "no model under `models`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_report_is_accepted_and_its_claims_are_said),
        cmocka_unit_test(a_report_as_text_is_the_same),
        cmocka_unit_test(a_document_of_the_vendors_tools_holds_report_and_chain),
        cmocka_unit_test(a_lie_is_refused_by_its_sentence),
        cmocka_unit_test(two_vendors_are_a_quote_and_its_gpu),
        cmocka_unit_test(a_gpu_of_another_session_refuses_both),
        cmocka_unit_test(what_is_no_evidence_is_said_to_the_user),
    };
    prim_start();
    return cmocka_run_group_tests_name("verify_gpu", tests, NULL, clean_up);
}
