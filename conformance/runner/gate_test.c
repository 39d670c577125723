/* The verdict of the gate over steps that a test plays: each way of not passing is red, for its own reason. */
#include "gate.h"
#include "runner_fixture.h"

typedef struct play {
    const char *what;
    gate_end end[3]; /* of the three steps */
    int code;        /* of the gate */
    size_t red;      /* which step */
    const char *because;
} play;

static const gate_step three[] = {
    {"lint", {"spec", "lint"}, {0}}, {"mutants", {"mutants"}, {"mutants.json"}}, {"trace", {"trace"}, {0}}, {0}};

typedef struct stage {
    const play *play;
    size_t at, stop_after; /* 0: never */
    int first_code;        /* of the gate before anything ran */
} stage;

static void run_played(void *ctx, const gate_step *step, gate_end *end)
{
    stage *s = ctx;
    assert_ptr_equal(step, &three[s->at]);
    *end = s->play->end[s->at++];
}

static bool watch(void *ctx, const gate *g, size_t done)
{
    stage *s = ctx;
    if (done == 0)
        s->first_code = gate_code(g);
    return !s->stop_after || done < s->stop_after;
}

#define GOOD                                \
    {                                       \
        GATE_EXITED, 0, NULL, "all is well" \
    }
#define EXITS(n)                          \
    {                                     \
        GATE_EXITED, n, NULL, "it is not" \
    }
#define NOT_STARTED                   \
    {                                 \
        GATE_NOT_STARTED, 0, NULL, "" \
    }
#define SIGNALLED                             \
    {                                         \
        GATE_SIGNALLED, 15, NULL, "12 of 300" \
    }
#define SILENT                   \
    {                            \
        GATE_EXITED, 0, NULL, "" \
    }
#define LEFT_NO(file)                       \
    {                                       \
        GATE_EXITED, 0, file, "all is well" \
    }

static const play plays[] = {
    {"all pass", {GOOD, GOOD, GOOD}, EXIT_LEVEL, 0, "all is well"},
    {"a step fails", {GOOD, GOOD, EXITS(1)}, EXIT_FAILED, 2, "it is not"},
    {"a step fails in silence", {{GATE_EXITED, 5, NULL, ""}, GOOD, GOOD}, EXIT_DRIFT, 0, "(it said nothing)"},
    {"a step fails and leaves no file", {GOOD, {GATE_EXITED, 6, "mutants.json", "1 survived"}, GOOD}, EXIT_SELF, 1, "1 survived"},
    {"the worst of two wins", {EXITS(4), EXITS(6), GOOD}, EXIT_SELF, 0, "it is not"},
    {"a warning is red", {GOOD, GOOD, EXITS(3)}, EXIT_WARNED, 2, "it is not"},
    {"a step is skipped", {GOOD, NOT_STARTED, GOOD}, EXIT_HARNESS, 1, "skipped: it could not be started"},
    {"a step is interrupted", {GOOD, GOOD, SIGNALLED}, EXIT_HARNESS, 2, "interrupted by signal 15"},
    {"a step passes in silence", {SILENT, GOOD, GOOD}, EXIT_HARNESS, 0, "no result: it said nothing"},
    {"a step leaves no file", {GOOD, LEFT_NO("mutants.json"), GOOD}, EXIT_HARNESS, 1, "no result: it left no mutants.json"},
    {"a test skips itself", {GOOD, EXITS(77), GOOD}, EXIT_HARNESS, 1, "no result: exit 77 is no verdict"},
    {"the program is gone", {EXITS(127), GOOD, GOOD}, EXIT_HARNESS, 0, "no result: exit 127 is no verdict"},
    {"an exit of chat", {GOOD, GOOD, EXITS(20)}, EXIT_HARNESS, 2, "no result: exit 20 is no verdict"},
};
enum { PLAYS = sizeof plays / sizeof *plays };

static void each_way_of_not_passing_is_red_for_its_own_reason(void **state)
{
    (void)state;
    for (const play *p = plays; p < plays + PLAYS; p++) {
        gate g;
        stage s = {.play = p};
        gate_run(&g, three, run_played, watch, &s);
        if (gate_code(&g) != p->code || !strstr(g.row[p->red].said, p->because))
            fail_msg("%s: exit %d, \"%s\"", p->what, gate_code(&g), g.row[p->red].said);
        assert_int_equal(s.at, 3); /* a red step does not hide the next */
        assert_int_equal(s.first_code, EXIT_HARNESS);
        assert_true((g.row[p->red].code != 0) == (p->code != 0));
    }
}

static void a_gate_that_ends_early_is_red(void **state)
{
    (void)state;
    gate g;
    stage s = {.play = &plays[0], .stop_after = 2};
    gate_run(&g, three, run_played, watch, &s);
    assert_int_equal(s.at, 2);
    assert_int_equal(g.row[1].code, EXIT_LEVEL);
    assert_int_equal(gate_code(&g), EXIT_HARNESS);
    assert_string_equal(g.row[2].said, "skipped: the gate ended before it");
}

static void a_gate_without_steps_is_red(void **state)
{
    (void)state;
    gate g;
    stage s = {.play = &plays[0]};
    gate_run(&g, &(gate_step){0}, run_played, watch, &s);
    assert_int_equal(gate_code(&g), EXIT_HARNESS);
}

static void table_and_json_say_the_same(void **state)
{
    (void)state;
    gate g;
    page text = {0}, json = {0};
    const play p = {"", {GOOD, {GATE_EXITED, 6, NULL, "a \"line\"\x1b[2J"}, GOOD}, EXIT_SELF, 1, ""};
    stage s = {.play = &p};
    gate_run(&g, three, run_played, watch, &s);
    gate_row_text(&g.row[1], &text);
    gate_json(&g, &json);
    assert_string_equal(text.p, "mutants           6  a \"line\"\xef\xbf\xbd[2J\n");
    assert_string_equal(json.p, "{\"schema\":\"gate/1\",\"exit\":6,\"steps\":[\n"
                                "{\"step\":\"lint\",\"exit\":0,\"said\":\"all is well\"},\n"
                                "{\"step\":\"mutants\",\"exit\":6,\"said\":\"a \\\"line\\\"\\u001b[2J\"},\n"
                                "{\"step\":\"trace\",\"exit\":0,\"said\":\"all is well\"}]}\n");
    page_free(&text), page_free(&json);
}

/* Each step names a verb of the program, and those that write results say which. */
static void the_steps_are_verbs_of_this_program(void **state)
{
    (void)state;
    static const char *const order[] = {"spec-lint", "vectors-check", "witness", "audit", "mutants", "test-self", "trace"};
    size_t n = 0;
    for (; gate_steps[n].name; n++) {
        assert_true(n < 7);
        assert_string_equal(gate_steps[n].name, order[n]);
        assert_non_null(cli_find(gate_steps[n].words[0]));
    }
    assert_int_equal(n, 7);
}

static void what_means_nothing_is_refused(void **state)
{
    (void)state;
    refuses("parley gate now", "gate takes no operands");
    refuses("parley gate --seed 00", "--seed and --at mean nothing here");
    refuses("parley gate --at now", "--seed and --at mean nothing here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_not_passing_is_red_for_its_own_reason),
        cmocka_unit_test(a_gate_that_ends_early_is_red),
        cmocka_unit_test(a_gate_without_steps_is_red),
        cmocka_unit_test(table_and_json_say_the_same),
        cmocka_unit_test(the_steps_are_verbs_of_this_program),
        cmocka_unit_test(what_means_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
