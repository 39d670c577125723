/* `parley bench` as its user types it; how fast anything is decides nothing here. */
#include "model_fixture.h"
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
        cmocka_unit_test(kernels_are_shown_beside_the_yardstick_and_the_limit),
    };
    return cmocka_run_group_tests(tests, write_file, remove_file);
}
