/* That everything is measured and compared with its floor; how fast anything is decides nothing here. */
#include "speed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void every_subject_is_timed_in_every_round(void **state)
{
    (void)state;
    const prim_choice choice = prim_choice_measured();
    void (*const benches[])(speed *, const prim_choice *, uint32_t) = {speed_of_noise,   speed_of_records, speed_of_json, speed_of_quotes,
                                                                       speed_of_ratchet, speed_of_parley1, speed_of_snp};
    for (size_t b = 0; b < sizeof benches / sizeof *benches; b++) {
        speed s;
        benches[b](&s, &choice, 3);
        for (uint32_t round = 0; round < 3; round++)
            speed_round(&s, round);
        for (int i = 0; i < s.n; i++) {
            assert_true(speed_time(&s, i).low > 0);
            assert_true(s.at[i].floor != i || speed_ratio(&s, i).median == 1);
            assert_true(speed_ratio(&s, i).low <= speed_ratio(&s, i).median && speed_ratio(&s, i).median <= speed_ratio(&s, i).high);
        }
        speed_end(&s);
    }
}

static void nothing(void *with) { ++*(int *)with; }

static void a_subject_runs_as_often_as_it_says(void **state)
{
    (void)state;
    int floor = 0, other = 0;
    speed s;
    speed_start(&s, "counting", 2);
    const int at = speed_floor(&s, "floor", nothing, &floor, 5);
    speed_add(&s, "other", nothing, &other, 3, at, 0);
    speed_round(&s, 0);
    speed_round(&s, 1);
    assert_int_equal(floor, 10);
    assert_int_equal(other, 6);
    speed_end(&s);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_subject_is_timed_in_every_round),
        cmocka_unit_test(a_subject_runs_as_often_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
