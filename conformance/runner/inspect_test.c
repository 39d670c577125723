/* `parley inspect` on a sample of each format, whole and cut, and on hostile bytes. */
#include "base64.h"
#include "evidence_samples.h"
#include "inspect.h"
#include "runner_fixture.h"

static evidence_sample samples[EVIDENCE_SAMPLES_MAX];
static size_t n_samples;
static char printed[1 << 21];

/* What it prints, into `printed`. False when it knows no such format. */
static bool inspects(span in, bool json, const char **format, const char **fault)
{
    FILE *to = tmpfile();
    inspection i = {.to = to, .json = json};
    assert_non_null(to);
    *format = NULL;
    const bool found = inspect_file(&i, in, format);
    *fault = i.fault;
    slurp(to, printed, sizeof printed);
    return found;
}

static void expect_plain(const char *who)
{
    for (const char *c = printed; *c; c++)
        if ((*c < 0x20 && *c != '\n') || *c == 0x7f || (unsigned char)*c >= 0x80)
            fail_msg("%s: byte %02x reaches the terminal", who, (unsigned char)*c);
}

static void each_format_is_known_and_whole(void **state)
{
    const char *format, *fault;
    (void)state;
    for (size_t k = 0; k < n_samples; k++) {
        if (!inspects(samples[k].bytes, false, &format, &fault) || strcmp(format, samples[k].format) != 0)
            fail_msg("%s: taken for %s", samples[k].name, format ? format : "nothing");
        if (fault)
            fail_msg("%s: %s", samples[k].name, fault);
        expect_plain(samples[k].name);
    }
}

static void each_object_is_json(void **state)
{
    const char *format, *fault;
    static char whole[sizeof printed + 16];
    span value;
    (void)state;
    for (size_t k = 0; k < n_samples; k++) {
        assert_true(inspects(samples[k].bytes, true, &format, &fault));
        snprintf(whole, sizeof whole, "[%s]", printed);
        if (!json_read(span_text(whole), &value))
            fail_msg("%s: no JSON", samples[k].name);
    }
}

static void what_is_cut_is_still_known_and_said_to_be_cut(void **state)
{
    const char *format, *fault;
    (void)state;
    for (size_t k = 0; k < n_samples; k++) {
        const span whole = samples[k].bytes;
        for (size_t n = 1; n<whole.n; n += whole.n> 64 ? whole.n / 61 : 1) {
            uint8_t *copy = malloc(n); /* what is cut off must not be there to be read */
            assert_non_null(copy);
            memcpy(copy, whole.p, n);
            const bool found = inspects(span_of(copy, n), n % 2, &format, &fault);
            free(copy);
            expect_plain(samples[k].name);
            if (found && strcmp(format, samples[k].format) == 0 && !fault && strcmp(samples[k].format, "event-log") != 0 &&
                strcmp(samples[k].format, "jwt") != 0 && strcmp(samples[k].format, "x509-text") != 0)
                fail_msg("%s, cut to %zu bytes, is called whole", samples[k].name, n);
        }
    }
}

/* Lengths, counts, types and tags are among the bytes that change; what is shown stays plain and bounded. */
static void other_bytes_are_shown_without_harm(void **state)
{
    static const uint8_t lies[] = {0x00, 0xff, 0x7f, 0x80};
    const char *format, *fault;
    (void)state;
    for (size_t k = 0; k < n_samples; k++) {
        const span whole = samples[k].bytes;
        uint8_t *copy = malloc(whole.n);
        assert_non_null(copy);
        for (size_t at = 0, n = 0; at<whole.n; at += whole.n> 128 ? whole.n / 67 : 1, n++) {
            memcpy(copy, whole.p, whole.n);
            memset(copy + at, lies[n % sizeof lies], at + 2 <= whole.n ? 2 : 1);
            (void)inspects(span_of(copy, whole.n), n % 2, &format, &fault);
            expect_plain(samples[k].name);
            assert_true(strlen(printed) < sizeof printed - 1);
        }
        free(copy);
    }
}

static void fields_are_named_with_offsets_and_meanings(void **state)
{
    const char *format, *fault;
    (void)state;
    assert_true(inspects(honest.snp.evidence.report, false, &format, &fault));
    assert_non_null(strstr(printed, "0x0008     8  policy                     196608 = 0x30000  (smt, bit 17)"));
    assert_non_null(strstr(printed, "signed by the VCEK"));
    assert_non_null(strstr(printed, "(Milan)"));
    assert_non_null(strstr(printed, "boot_loader "));
    assert_true(inspects(honest.tdx.quote_bytes, false, &format, &fault));
    assert_non_null(strstr(printed, "(TDX)"));
    assert_non_null(strstr(printed, "Intel SGX PCK Certificate"));
    assert_non_null(strstr(printed, "no debug"));
    assert_true(inspects(honest.gpu.evidence.report, false, &format, &fault));
    assert_non_null(strstr(printed, "550.90.07\\x00"));
    assert_non_null(strstr(printed, "nvdec0_status"));
}

static void text_of_bytes_is_looked_into(void **state)
{
    static char text[2 * AT_REPORT + 16];
    const char *format, *fault;
    writer w = WRITER(text);
    (void)state;
    write_hex(&w, honest.snp.evidence.report);
    write_text(&w, "\n");
    assert_true(inspects(written(&w), false, &format, &fault) && strcmp(format, "snp-report") == 0);
    w = WRITER(text);
    base64_write(&w, honest.snp.evidence.report);
    assert_true(inspects(written(&w), false, &format, &fault) && strcmp(format, "snp-report") == 0);
}

static void a_document_of_a_gpu_is_shown_with_what_it_holds(void **state)
{
    static char text[4 * NVIDIA_REPORT_MAX];
    const char *format, *fault;
    writer w = WRITER(text);
    (void)state;
    write_text(&w, "{\"arch\":\"BLACKWELL\",\"evidence\":\"");
    base64_write(&w, honest.gpu.evidence.report);
    write_text(&w, "\",\"certificate\":\"");
    base64_write(&w, honest.gpu.evidence.chain);
    write_text(&w, "\"}");
    assert_true(inspects(written(&w), false, &format, &fault) && !fault);
    assert_string_equal(format, "nvidia-gpu-evidence");
    assert_non_null(strstr(printed, "bytes, decoded from"));
    assert_non_null(strstr(printed, "550.90.07"));
    assert_non_null(strstr(printed, "NVIDIA GB100 Identity"));
    assert_true(inspects(span_text("{\"evidence\":\"*\",\"certificate\":7}"), true, &format, &fault) && fault);
}

static void hostile_bytes_are_escaped_and_bounded(void **state)
{
    static char text[65536];
    const char *format, *fault;
    writer w = WRITER(text);
    (void)state;
    assert_true(inspects(span_text("{\"a\x01\":1}"), false, &format, &fault) && fault);
    expect_plain("a control character");
    assert_true(inspects(span_text("{\"\xc3\xa9\":\"\xe2\x80\xae\\u001b[2J\"}"), false, &format, &fault) && !fault);
    expect_plain("a character that turns the line round");
    write_text(&w, "[");
    while (w.n + 4 < sizeof text)
        write_text(&w, "0,");
    write_text(&w, "0]");
    assert_true(inspects(written(&w), true, &format, &fault));
    assert_true(strlen(printed) < 700000);
    assert_true(inspects(span_text("{\"vendors\":9}"), false, &format, &fault) && fault);
    assert_false(inspects(span_text("no evidence at all"), false, &format, &fault));
    assert_false(inspects(EMPTY, false, &format, &fault));
}

static void the_verb_says_that_nothing_was_verified(void **state)
{
    FILE *f = fopen("inspected.tmp", "wb");
    (void)state;
    assert_non_null(f);
    fwrite(honest.gpu.evidence.report.p, 1, honest.gpu.evidence.report.n, f);
    fclose(f);
    const answer *a = says("parley inspect inspected.tmp");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "nvidia-gpu-report: nothing was verified"));
    a = says("parley inspect inspected.tmp --json");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_int_equal(says("parley inspect inspected.tmp --format json")->code, EXIT_LEVEL);
    refuses("parley inspect", "give one file");
    refuses("parley inspect nowhere.tmp", "can't be opened");
    unlink("inspected.tmp");
}

static int start(void **state)
{
    (void)state;
    n_samples = make_samples(samples);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_known_and_whole),
        cmocka_unit_test(each_object_is_json),
        cmocka_unit_test(what_is_cut_is_still_known_and_said_to_be_cut),
        cmocka_unit_test(other_bytes_are_shown_without_harm),
        cmocka_unit_test(fields_are_named_with_offsets_and_meanings),
        cmocka_unit_test(text_of_bytes_is_looked_into),
        cmocka_unit_test(a_document_of_a_gpu_is_shown_with_what_it_holds),
        cmocka_unit_test(hostile_bytes_are_escaped_and_bounded),
        cmocka_unit_test(the_verb_says_that_nothing_was_verified),
    };
    prim_start();
    return cmocka_run_group_tests_name("inspect", tests, start, NULL);
}
