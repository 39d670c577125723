/* `parley model` with the trial model of the tests: what goes in by the command line, and what comes out. */
#include "model_fixture.h"
#include "runner_fixture.h"

static char path[] = "/tmp/model-XXXXXX";

/* `with` in place of the last %s. */
static answer *asked(const char *format, const char *with)
{
    static char line[512];
    snprintf(line, sizeof line, format, path, with);
    return says(line);
}

static void a_prompt_is_answered_and_counted(void **state)
{
    (void)state;
    answer *a = asked("parley model run hello --model %s --max-tokens 1%s", "");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->err, "tokens, 0 of them cached; completion 1; context "));
    assert_non_null(strstr(a->err, " of 256; finish length]\n"));
    assert_string_equal(asked("parley model run hello --model %s --max-tokens 1 --quiet%s", "")->err, "");
    a = asked("parley model run hello --model %s --max-tokens 1 --format json%s", "");
    assert_non_null(strstr(a->out, "\"prompt\":\"hello\",\"text\":\""));
    assert_non_null(strstr(a->out, "\"finish\":\"length\",\"usage\":{\"prompt\":"));
    assert_non_null(strstr(a->out, ",\"cached\":0,\"completion\":1,\"context\":256}}\n"));
}

static void a_seed_decides_and_a_kernel_does_not(void **state)
{
    static char first[65536];
    (void)state;
    snprintf(first, sizeof first, "%s", asked("parley model run hello --model %s --temperature 3.5 --max-tokens 30 --seed 01%s", "")->out);
    assert_string_equal(asked("parley model run hello --model %s --temperature 3.500 --max-tokens 30 --seed 0100%s", "")->out, first);
    assert_string_equal(asked("parley model run hello --model %s --temperature 3.5 --max-tokens 30 --seed 01 --kernel scalar%s", "")->out,
                        first);
    assert_string_not_equal(asked("parley model run hello --model %s --temperature 3.5 --max-tokens 30 --seed 02%s", "")->out, first);
    assert_string_not_equal(asked("parley model run hello --model %s --temperature 3.5 --top-k 3 --max-tokens 30 --seed 01%s", "")->out,
                            first);
    assert_string_not_equal(asked("parley model run hello --model %s --temperature 3.5 --top-p 0.05 --max-tokens 30 --seed 01%s", "")->out,
                            first);
    assert_string_not_equal(asked("parley model run hello --model %s --temperature 3.5 --min-p 0.5 --max-tokens 30 --seed 01%s", "")->out,
                            first);
    assert_string_not_equal(
        asked("parley model run hello --model %s --temperature 3.5 --system Brief. --max-tokens 30 --seed 01%s", "")->out, first);
}

static void each_line_of_the_input_is_a_prompt(void **state)
{
    (void)state;
    FILE *lines = tmpfile();
    int kept = dup(STDIN_FILENO);
    assert_true(lines && kept >= 0);
    fputs("hello\r\n\nhello\n", lines);
    for (int i = 0; i < 5000; i++)
        fputs("far too long ", lines);
    fputs("\nbye", lines);
    rewind(lines);
    dup2(fileno(lines), STDIN_FILENO);
    answer *a = asked("parley model run --model %s --max-tokens 3 --format json%s", "");
    dup2(kept, STDIN_FILENO);
    close(kept);
    fclose(lines);
    assert_int_equal(a->code, EXIT_FAILED); /* of the one that was too long; the others are answered */
    assert_non_null(strstr(a->err, "leaves no room"));
    const char *second = strchr(a->out, '\n') + 1, *third = strchr(second, '\n') + 1;
    assert_int_equal(memcmp(a->out, second, (size_t)(strstr(a->out, "\"cached\"") - a->out)), 0);
    unsigned n_prompt, n_cached;
    assert_int_equal(sscanf(strstr(second, "\"usage\""), "\"usage\":{\"prompt\":%u,\"cached\":%u", &n_prompt, &n_cached), 2);
    assert_int_equal(n_cached + 1, n_prompt); /* all but the last, which is run for what follows it */
    assert_non_null(strstr(third, "\"prompt\":\"bye\""));
}

/* What stands behind a zero byte is not dropped: its line is no prompt. */
static void a_line_with_a_zero_byte_is_no_prompt(void **state)
{
    static const char text[] = "hello\0there\nbye\n";
    (void)state;
    FILE *lines = tmpfile();
    assert_non_null(lines);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, lines), sizeof text - 1);
    rewind(lines);
    const int kept = redirect(STDIN_FILENO, lines);
    clearerr(stdin);
    const answer *a = asked("parley model run --model %s --max-tokens 3 --format json%s", "");
    restore(STDIN_FILENO, kept);
    fclose(lines);
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->err, "a line holds a zero byte"));
    assert_null(strstr(a->out, "hello"));
    assert_non_null(strstr(a->out, "\"prompt\":\"bye\""));
}

static void what_is_asked_wrongly_is_told(void **state)
{
    (void)state;
    refuses("parley model", "say run, eval, train or inspect");
    refuses("parley model dance", "say run, eval, train or inspect");
    refuses("parley model run a b", "'b' is one operand too many");
    refuses("parley model train a", "'a' is one operand too many");
    refuses("parley model train --steps 0", "--steps: '0' is not a number from 1");
    refuses("parley model train --steps 1 --resume /nonexistent/state", "--resume: /nonexistent/state: No such file");
    refuses("parley model train --steps 1 --resume " PARLEY_TREE "/README.md", "no checkpoint of this plan");
    refuses("parley model run a --kernel none", "this build has no kernel 'none'");
    refuses("parley model run a --model /nonexistent/model", "--model: /nonexistent/model: No such file");
    refuses("parley model run a --model " PARLEY_TREE "/README.md", "README.md: this is not a model file");
    refuses("parley serve --model " PARLEY_TREE "/README.md", "or answer by --model script");
    static const char *const wrong[][2] = {
        {"--temperature 4.001", "from 0.000 to 4.000"}, {"--top-k 0", "from 1 to 1024"},
        {"--top-p 0", "from 0.001 to 1.000"},           {"--min-p 1.5", "from 0.000 to 1.000"},
        {"--max-tokens 257", "from 1 to 256"},          {"--stop 123456789012345678901234567890123", "1 to 32 bytes"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        answer *a = asked("parley model run a --model %s %s", wrong[i][0]);
        assert_int_equal(a->code, EXIT_USAGE);
        assert_non_null(strstr(a->err, wrong[i][1]));
    }
}

static void the_exam_and_its_goals_are_printed(void **state)
{
    (void)state;
    answer *a = asked("parley model eval --model %s --kind spelling --verbose%s", "");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\nspelling "));
    assert_non_null(strstr(a->out, "MISSED"));
    assert_non_null(strstr(a->out, "  asked   Spell the word "));
    assert_null(strstr(a->out, "\nstories "));
    a = asked("parley model eval --model %s --kind spelling --format json --check%s", "");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "{\"kind\":\"spelling\",\"temperature\":\"0.8\",\"asked\":"));
    assert_non_null(strstr(a->out, "\"met\":false}\n"));
    assert_non_null(strstr(asked("parley model eval --model %s --kind dancing%s", "")->err, "no part of the exam begins with 'dancing'"));
}

static void a_file_is_shown_with_its_sections_and_what_runs_it(void **state)
{
    (void)state;
    answer *a = asked("parley model inspect %s%s", "");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "shape      dim 32, layers 2, heads 2, kv_heads 1, ffn 48, vocab 1024, context 256;"));
    assert_non_null(strstr(a->out, "\nprovenance "));
    assert_non_null(strstr(a->out, "\nkernels    scalar"));
    assert_non_null(strstr(asked("parley model inspect --model %s --format json%s", "")->out, "\"sections\":[{\"kind\":\"provenance\","));
}

static int write_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    size_t n = 0;
    uint8_t *file = fixture_file(&n);
    bool written_whole = fd >= 0 && file && write(fd, file, n) == (ssize_t)n;
    free(file);
    return written_whole && close(fd) == 0 ? 0 : 1;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_is_answered_and_counted),
        cmocka_unit_test(a_seed_decides_and_a_kernel_does_not),
        cmocka_unit_test(each_line_of_the_input_is_a_prompt),
        cmocka_unit_test(a_line_with_a_zero_byte_is_no_prompt),
        cmocka_unit_test(what_is_asked_wrongly_is_told),
        cmocka_unit_test(the_exam_and_its_goals_are_printed),
        cmocka_unit_test(a_file_is_shown_with_its_sections_and_what_runs_it),
    };
    return cmocka_run_group_tests(tests, write_file, remove_file);
}
