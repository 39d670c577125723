#include "place.h"
#include "progress.h"
#include "runner_fixture.h"
#include "sentence_of.h"

static void help_comes_by_all_its_names(void **state)
{
    (void)state;
    static char first[65536];
    answer *a = says("parley");
    assert_int_equal(a->code, EXIT_LEVEL);
    snprintf(first, sizeof first, "%s", a->out);
    assert_non_null(strstr(first, "usage: parley VERB"));
    assert_string_equal(says("parley --help")->out, first);
    assert_string_equal(says("parley -h")->out, first);
    assert_string_equal(says("parley help")->out, first);
    assert_non_null(strstr(says("parley --version")->out, "parley " PARLEY_VERSION));
    assert_non_null(strstr(says("parley spec --version")->out, "parley " PARLEY_VERSION));
    assert_non_null(strstr(says("parley --version --format json")->out, "{\"parley\":\"" PARLEY_VERSION "\""));
}

static void every_verb_is_documented_everywhere(void **state)
{
    (void)state;
    static char man[65536], completion[65536], line[64];
    snprintf(man, sizeof man, "%s", says("parley help --man")->out);
    snprintf(completion, sizeof completion, "%s", says("parley help --completion")->out);
    for (const cli_verb *v = cli_verbs; v->name; v++) {
        assert_non_null(strstr(says("parley --help")->out, v->summary));
        assert_true(strlen(v->about) > 20 && strlen(v->summary) < 90);
        assert_int_not_equal(v->summary[strlen(v->summary) - 1], '.');
        snprintf(line, sizeof line, "parley %s --help", v->name);
        answer *a = says(line);
        assert_int_equal(a->code, EXIT_LEVEL);
        assert_non_null(strstr(a->out, "--seed"));
        for (const cli_option *o = v->options; o->name; o++) {
            assert_non_null(strstr(a->out, o->help));
            snprintf(line, sizeof line, "--%s", o->name);
            assert_non_null(strstr(completion, line));
        }
        snprintf(line, sizeof line, ".SS %s\n", v->name);
        assert_non_null(strstr(man, line));
        snprintf(line, sizeof line, "    %s) words=", v->name);
        assert_non_null(strstr(completion, line));
    }
}

static void no_option_of_a_verb_is_named_twice(void **state)
{
    (void)state;
    for (const cli_verb *v = cli_verbs; v->name; v++)
        for (const cli_option *o = v->options; o->name; o++)
            for (const cli_option *p = o + 1; p->name; p++)
                assert_string_not_equal(o->name, p->name);
}

static void what_is_wrong_is_named_with_the_remedy(void **state)
{
    (void)state;
    refuses("parley dance", "there is no verb 'dance'");
    refuses("parley spec --nonsense", "there is no option --nonsense");
    refuses("parley jugde", "there is no verb 'jugde'; there is 'judge'");
    refuses("parley judge --profle=parley1 x", "there is no option --profle=parley1; there is --profile");
    refuses("parley judge --sed 00 x", "there is no option --sed; there is --seed");
    refuses("parley spec --seed", "--seed needs an argument");
    refuses("parley spec --quiet --quiet", "--quiet is given twice");
    refuses("parley spec --seed xyz", "--seed: 'xyz' is not 1 to 32 bytes");
    refuses("parley spec --seed ABCD", "lower-case");
    refuses("parley spec --seed 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "1 to 32 bytes");
    refuses("parley spec --at tomorrow", "--at: 'tomorrow' is not a time such as 2027-01-01T00:00:00Z");
    refuses("parley spec --at 2027-02-29T00:00:00Z", "no such day");
    refuses("parley spec --format yaml", "neither text nor json");
    refuses("parley explain XX-999", "no chapter states 'XX-999'");
    refuses("parley explain XX-999", "no reason or capability of conformance/reference.md");
    refuses("parley explain nz", "no chapter states 'nz'");
    refuses("parley explain", "give one number");
    refuses("parley chat ws://127.0.0.1:1/websocket --temperature 0.1234", "at most three decimals");
    refuses("parley chat ws://127.0.0.1:1/websocket --temperature .5", "'.5' is not a number");
    refuses("parley chat ws://127.0.0.1:1/websocket --temperature 1.", "'1.' is not a number");
    refuses("parley chat ws://127.0.0.1:1/websocket --temperature 1e0", "'1e0' is not a number");
    refuses("parley chat ws://127.0.0.1:1/websocket --temperature 99999999999999999999", "is not a number");
    refuses("parley chat ws://127.0.0.1:1/websocket --max-tokens 0", "--max-tokens: '0' is not a number from 1");
    refuses("parley check", "run ./parley check at the top of a checkout");
    assert_non_null(strstr(says("parley spec --nonsense")->err, "See: parley spec --help"));
}

static void files_go_where_the_program_stands(void **state)
{
    (void)state;
    assert_string_equal(place_out(), PARLEY_TREE "/reports/out");
    assert_string_equal(place_share(), PARLEY_TREE);
    assert_string_equal(place_checkout(), PARLEY_TREE);
}

static void each_sentence_can_be_found(void **state)
{
    (void)state;
    char line[64];
    for (int i = 1; i < REQ_COUNT; i++) {
        assert_int_equal(requirement_find(requirement_rows[i].id), i);
        snprintf(line, sizeof line, "parley explain %s", requirement_rows[i].id);
        assert_non_null(strstr(says(line)->out, requirement_rows[i].text));
    }
    assert_int_equal(requirement_find(""), 0);
    assert_int_equal(requirement_find("NZ-0171"), 0);
}

static void a_word_of_a_report_is_explained(void **state)
{
    (void)state;
    assert_non_null(strstr(says("parley explain order")->out, "out of turn\n"));
    assert_non_null(strstr(says("parley explain order")->out, "\nMay look like      `auth`"));
    assert_non_null(strstr(says("parley explain order")->out, "P1-104"));
    assert_non_null(strstr(says("parley explain nz:nk")->out, "\nThe library        has this handshake pattern of Noise\n"));
    assert_null(strstr(says("parley explain nz:nk")->out, "sentences"));
}

/* ---- times ---- */

static void reads_as(const char *text, int64_t seconds, uint32_t nanoseconds)
{
    instant at;
    assert_null(rfc3339_read(text, &at));
    assert_int_equal(at.seconds, seconds);
    assert_int_equal(at.nanoseconds, nanoseconds);
}

static void writes_as(int64_t seconds, uint32_t nanoseconds, const char *text)
{
    char out[RFC3339_ROOM];
    rfc3339_write((instant){seconds, nanoseconds}, out, sizeof out);
    assert_string_equal(out, text);
}

static void times_are_read_as_rfc_3339_writes_them(void **state)
{
    (void)state;
    reads_as("1970-01-01T00:00:00Z", 0, 0);
    reads_as("2027-01-01T00:00:00Z", 1798761600, 0);
    reads_as("2027-01-01 00:00:00z", 1798761600, 0);
    reads_as("2000-02-29T23:59:59Z", 951868799, 0);
    reads_as("1985-04-12T23:20:50.52Z", 482196050, 520000000); /* the examples of RFC 3339 5.8 */
    reads_as("1996-12-19T16:39:57-08:00", 851042397, 0);
    reads_as("1937-01-01T12:00:27.87+00:20", -1041337173, 870000000);
    reads_as("0000-01-01T00:00:00Z", -62167219200, 0);
    reads_as("9999-12-31T23:59:59.999999999Z", 253402300799, 999999999);
}

static void anything_else_is_no_time(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "now",
                                        "2027-01-01",
                                        "2027-01-01T00:00:00",
                                        "2027-01-01T00:00Z",
                                        "2027-13-01T00:00:00Z",
                                        "2027-00-01T00:00:00Z",
                                        "2027-04-31T00:00:00Z",
                                        "2100-02-29T00:00:00Z",
                                        "2027-01-01T24:00:00Z",
                                        "2027-01-01T00:60:00Z",
                                        "2027-01-01T00:00:61Z",
                                        "1990-12-31T23:59:60Z", /* a leap second */
                                        "2027-01-01T00:00:00.Z",
                                        "2027-01-01T00:00:00.1234567890Z",
                                        "2027-01-01T00:00:00+1:00",
                                        "2027-01-01T00:00:00+24:00",
                                        "2027-01-01T00:00:00+01:60",
                                        "2027-01-01T00:00:00Z ",
                                        " 2027-01-01T00:00:00Z",
                                        "27-01-01T00:00:00Z",
                                        "2027-1-01T00:00:00Z",
                                        "-027-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        instant at;
        if (!rfc3339_read(wrong[i], &at))
            fail_msg("taken for a time: '%s'", wrong[i]);
    }
}

static void times_come_back_as_they_were(void **state)
{
    (void)state;
    writes_as(0, 0, "1970-01-01T00:00:00Z");
    writes_as(-1, 0, "1969-12-31T23:59:59Z");
    writes_as(1798761601, 250000000, "2027-01-01T00:00:01.25Z");
    writes_as(253402300799, 1, "9999-12-31T23:59:59.000000001Z");
    for (int64_t t = -62167219200; t < 253402300800; t += 86400 * 37 + 3601) {
        char out[RFC3339_ROOM];
        rfc3339_write((instant){t, 0}, out, sizeof out);
        reads_as(out, t, 0);
    }
}

/* ---- exits, colour ---- */

static void the_worse_exit_wins(void **state)
{
    (void)state;
    static const int order[] = {70, 69, 64, 6, 5, 1, 2, 4, 3, 0};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t k = i; k < sizeof order / sizeof *order; k++) {
            assert_int_equal(exit_worst(order[i], order[k]), order[i]);
            assert_int_equal(exit_worst(order[k], order[i]), order[i]);
        }
    assert_int_equal(exit_worst(0, 20), 20);
}

static void a_file_gets_no_colour_and_no_progress(void **state)
{
    (void)state;
    FILE *f = tmpfile();
    assert_string_equal(colour_on(f, COLOUR_BAD), "");
    fclose(f);
    progress p = progress_start("work", 10, true);
    progress_at(&p, 5);
    assert_false(p.shown);
    progress_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_comes_by_all_its_names),
        cmocka_unit_test(every_verb_is_documented_everywhere),
        cmocka_unit_test(no_option_of_a_verb_is_named_twice),
        cmocka_unit_test(what_is_wrong_is_named_with_the_remedy),
        cmocka_unit_test(files_go_where_the_program_stands),
        cmocka_unit_test(each_sentence_can_be_found),
        cmocka_unit_test(a_word_of_a_report_is_explained),
        cmocka_unit_test(times_are_read_as_rfc_3339_writes_them),
        cmocka_unit_test(anything_else_is_no_time),
        cmocka_unit_test(times_come_back_as_they_were),
        cmocka_unit_test(the_worse_exit_wins),
        cmocka_unit_test(a_file_gets_no_colour_and_no_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
