/* `parley verify snp` and `parley measure snp` on every sample of the outside data folder: the verdict that expected.json states, at its time
 * and by its check. */
#include "json.h"
#include "page.h"
#include "runner_fixture.h"

#include <stdio.h>

#define EVIDENCE PARLEY_DATA_DIR "/evidence/"

static page expected;

static const char *text_of(span object, const char *member, char *room, size_t cap)
{
    span value;
    writer w = writer_of(room, cap - 1);
    memset(room, 0, cap);
    return json_member(object, member, &value) && json_string(value, &w) ? room : NULL;
}

/* The sentence of the first of the stated checks that fails, in the order in which we check; NULL: none is stated. */
static const char *stated_failure(span sample)
{
    static const char *const known[][2] = {
        {"parse", "AT-003"},           {"vek_chain_to_ark", "AT-011"}, {"vek_tcb_eq_reported_tcb", "AT-022"},
        {"hwid_eq_chip_id", "AT-025"}, {"report_signature", "AT-029"}, {"policy_reserved1_set", "AT-031"},
        {"policy_debug_off", "AT-033"}};
    span checks;
    char said[256];
    assert_true(json_member(sample, "checks", &checks));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_of(checks, known[i][0], said, sizeof said) && strcmp(said, "FAIL") == 0)
            return known[i][1];
    return NULL;
}

static span member_of(const char *text, const char *name)
{
    span whole = EMPTY, value = EMPTY;
    assert_true(json_read(span_text(text), &whole));
    (void)json_member(whole, name, &value);
    return value;
}

static void verify(const char *report, const char *vek, const char *chain, const char *at, const char *crl, const char *req)
{
    char line[1024];
    snprintf(line, sizeof line, "parley verify snp %s --vek %s --chain %s --at %s%s%s", report, vek, chain, at, crl ? " --crl " : "",
             crl ? crl : "");
    const answer *a = says(line);
    if (a->code != (req ? EXIT_FAILED : EXIT_LEVEL))
        fail_msg("%s: exit %d: %s%s", line, a->code, a->out, a->err);
    assert_true(json_string_is(member_of(a->out, "verdict"), req ? "reject" : "accept"));
    if (req && !json_string_is(member_of(a->out, "req"), req))
        fail_msg("%s: %s is wanted: %s", line, req, a->out);
}

static void judge_sample(const char *name, span sample)
{
    char chain[256], at[64], report[256], said[64], paths[5][512];
    snprintf(paths[0], sizeof paths[0], EVIDENCE "snp/%s/report.bin", name);
    snprintf(paths[1], sizeof paths[1], EVIDENCE "snp/%s/vek.der", name);
    snprintf(paths[3], sizeof paths[3], EVIDENCE "snp/%s/hcl.bin", name);
    if (text_of(sample, "use_with", report, sizeof report))
        snprintf(paths[0], sizeof paths[0], EVIDENCE "%s", report);
    snprintf(paths[2], sizeof paths[2], EVIDENCE "%s",
             text_of(sample, "chain", chain, sizeof chain) ? chain : "roots/amd/ask_ark_milan.pem");
    assert_true(text_of(sample, "verify_at", at, sizeof at) && text_of(sample, "verdict", said, sizeof said));
    const char *req = stated_failure(sample);
    assert_int_equal(strcmp(said, "reject") == 0, req != NULL);
    verify(paths[0], paths[1], paths[2], at, NULL, req);
    if (access(paths[3], R_OK) == 0)
        verify(paths[3], paths[1], paths[2], at, NULL, req);
    if (req)
        return;
    verify(paths[0], paths[1], paths[2], "2060-01-01T00:00:00Z", NULL, "AT-012");
    snprintf(paths[4], sizeof paths[4], EVIDENCE "roots/amd/crl_%s.pem", strstr(paths[2], "genoa") ? "genoa" : "milan");
    verify(paths[0], paths[1], paths[2], "2026-11-30T00:00:00Z", paths[4], "AT-014");
}

static void each_report_gets_the_stated_verdict_at_its_time(void **state)
{
    (void)state;
    size_t n = 0;
    const span samples = member_of(expected.p, "snp");
    for (json_cursor c = json_enter(samples); json_next(&c); n++) {
        char name[128] = {0};
        writer w = writer_of(name, sizeof name - 1);
        assert_true(json_string(c.name, &w));
        judge_sample(name, c.value);
    }
    assert_true(n > 0);
}

static const char *or_else(const char *given, const char *otherwise) { return given ? given : otherwise; }

static void judge_vector(span v)
{
    char words[7][256], line[2048];
    uint64_t vcpus = 0, features = 0;
    span number;
    assert_true(json_member(v, "vcpus", &number) && json_uint(number, 4096, &vcpus));
    assert_true(json_member(v, "features", &number) && json_uint(number, UINT32_MAX, &features));
    const char *kernel = text_of(v, "kernel", words[0], sizeof words[0]), *initrd = text_of(v, "initrd", words[1], sizeof words[1]);
    size_t n = (size_t)snprintf(line, sizeof line,
                                "parley measure snp " EVIDENCE "measure/ovmf_AmdSev_suffix.bin --vcpus %u --features %u --cpu %s --vmm %s",
                                (unsigned)vcpus, (unsigned)features, text_of(v, "vcpu_type", words[2], sizeof words[2]),
                                or_else(text_of(v, "vmm", words[3], sizeof words[3]), "qemu"));
    if (kernel)
        n += (size_t)snprintf(line + n, sizeof line - n, " --kernel %s%s --initrd %s%s", *kernel == '/' ? "" : EVIDENCE "measure/", kernel,
                              *initrd == '/' ? "" : EVIDENCE "measure/", initrd);
    const char *append = text_of(v, "append", words[4], sizeof words[4]);
    if (append && strchr(append, ' '))
        return; /* one word a blank, in these tests; the text's own test has all of them */
    if (append && *append)
        snprintf(line + n, sizeof line - n, " --append %s", append);
    const answer *a = says(line);
    assert_int_equal(a->code, EXIT_LEVEL);
    if (!json_string_is(member_of(a->out, "measurement"), text_of(v, "launch_digest", words[5], sizeof words[5])))
        fail_msg("%s: another digest: %s", line, a->out);
}

static void each_published_launch_digest_is_printed(void **state)
{
    (void)state;
    page document = {0};
    size_t n = 0;
    assert_true(page_load(&document, EVIDENCE "measure/vectors.json", 1 << 20));
    const span vectors = member_of(document.p, "vectors");
    for (json_cursor c = json_enter(vectors); json_next(&c); n++)
        judge_vector(c.value);
    assert_true(n > 0);
    page_free(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_report_gets_the_stated_verdict_at_its_time),
        cmocka_unit_test(each_published_launch_digest_is_printed),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: the samples are outside data; configure with its folder to run this test");
        return 77;
    }
    if (!page_load(&expected, EVIDENCE "expected.json", 1 << 20)) {
        printf("FAILED: %sexpected.json can't be read\n", EVIDENCE);
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("snp_samples", tests, NULL, NULL);
    page_free(&expected);
    return failed;
}
