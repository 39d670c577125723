/* `parley bench` as its user types it; how fast anything is decides nothing here. */
#include "model_fixture.h"
#include "page.h"
#include "runner_fixture.h"

static void what_there_is_is_listed(void **state)
{
    (void)state;
    assert_non_null(strstr(says("parley bench")->out, "model "));
    assert_non_null(strstr(says("parley bench --format json")->out, "{\"bench\":\"model\","));
}

static void what_is_asked_wrongly_is_told(void **state)
{
    (void)state;
    refuses("parley bench dance", "there is no bench 'dance'; `parley bench` lists them");
    refuses("parley bench model fast", "'fast' is one operand too many");
    refuses("parley bench model --rounds 0", "--rounds: '0' is not a number from 1");
    refuses("parley bench model --model /nonexistent/model", "--model: /nonexistent/model: No such file");
}

static void kernels_are_shown_beside_the_yardstick_and_the_limit(void **state)
{
    char line[128];
    (void)state;
    snprintf(line, sizeof line, "parley bench model --rounds 1 --model %s", (const char *)*state);
    answer *a = says(line);
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\none thread "));
    assert_non_null(strstr(a->out, "\nfloat32 ("));
    assert_non_null(strstr(a->out, "\nscalar "));
    assert_non_null(strstr(a->out, "  limit, integers: "));
    assert_non_null(strstr(a->out, "goal avx512vnni, one thread: "));
    snprintf(line, sizeof line, "parley bench model --rounds 2 --format json --model %s", (const char *)*state);
    a = says(line);
    assert_non_null(strstr(a->out, "{\"bench\":\"model\",\"weights\":\"file\",\"shape\":{\"dim\":32,"));
    assert_non_null(strstr(a->out, "\"measured\":[{\"threads\":1,\"limits\":{\"integers\":{\"bytes_per_token\":"));
    assert_non_null(strstr(a->out, "\"goals\":[{\"kernel\":\"avx512vnni\",\"threads\":1,\"at_least\":4.0,"));
    snprintf(line, sizeof line, "parley bench model --rounds 1 --quiet --model %s", (const char *)*state);
    assert_string_equal(says(line)->out, "");
}

/* Ratios that no machine has, so that nothing here depends on this one. */
static void write_snapshot(const char *path, const char *ratio)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "bench\tsubject\tratio\nother\tx\t1.000\n");
    for (const char *const *s = (const char *const[]){"64 KiB, best", "64 KiB, openssl", "64 KiB, sodium", "100 bytes, best",
                                                      "100 bytes, openssl", "100 bytes, sodium", NULL};
         *s; s++)
        fprintf(f, "record\t%s\t%s\n", *s, ratio);
    assert_int_equal(fclose(f), 0);
}

static void a_ratio_that_fell_by_a_fifth_is_red(void **state)
{
    static char path[] = "/tmp/snapshot-XXXXXX";
    char line[128];
    (void)state;
    assert_int_equal(close(mkstemp(path)), 0);
    snprintf(line, sizeof line, "parley bench record --rounds 1 --quiet --check --snapshot %s", path);
    write_snapshot(path, "0.001");
    assert_int_equal(says(line)->code, EXIT_LEVEL);
    write_snapshot(path, "999");
    answer *a = says(line);
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->err, "bench record: '64 KiB, best' fell from 999.00 of its floor to "));
    snprintf(line, sizeof line, "parley bench json --rounds 1 --quiet --check --snapshot %s", path);
    assert_int_equal(says(line)->code, EXIT_DRIFT);
    snprintf(line, sizeof line, "parley bench json --rounds 1 --quiet --snapshot-write --snapshot %s", path);
    assert_int_equal(says(line)->code, EXIT_LEVEL);
    page text = {0};
    assert_true(page_load(&text, path, 1 << 16));
    assert_non_null(strstr(text.p, "other\tx\t1.000\n"));
    assert_non_null(strstr(text.p, "record\t64 KiB, best\t999\n"));
    assert_non_null(strstr(text.p, "json\t"));
    page_free(&text);
    unlink(path);
    refuses("parley bench record --rounds 1 --quiet --check --snapshot /nonexistent/file", "/nonexistent/file: No such file");
}

/* Which of them are installed here decides nothing. */
static void peers_are_timed_or_it_is_said_why_not(void **state)
{
    (void)state;
    answer *a = says("parley bench noise --rounds 1 --vs-peers --noise-c /nonexistent");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "SKIPPED noise-c: no built checkout of noise-c is there"));
    assert_true(strstr(a->out, "SKIPPED snow: not installed") || strstr(a->out, "times as fast as snow; "));
    assert_true(strstr(a->out, "SKIPPED flynn/noise: not installed") || strstr(a->out, "times as fast as flynn/noise; "));
}

static int write_file(void **state)
{
    static char path[] = "/tmp/bench-XXXXXX";
    int fd = mkstemp(path);
    size_t n = 0;
    uint8_t *file = fixture_file(&n);
    bool whole = fd >= 0 && file && write(fd, file, n) == (ssize_t)n;
    free(file);
    *state = path;
    return whole && close(fd) == 0 ? 0 : 1;
}

static int remove_file(void **state) { return unlink(*state); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_there_is_is_listed),
        cmocka_unit_test(what_is_asked_wrongly_is_told),
        cmocka_unit_test(a_ratio_that_fell_by_a_fifth_is_red),
        cmocka_unit_test(peers_are_timed_or_it_is_said_why_not),
        cmocka_unit_test(kernels_are_shown_beside_the_yardstick_and_the_limit),
    };
    return cmocka_run_group_tests(tests, write_file, remove_file);
}
