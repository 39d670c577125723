/* That a theft ends, and that it gives nothing of the past. How long it lasts is measured (`parley bench healing`), not asserted. */
#include "healing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { RUNS = 12 };

static healing checked_run(const healing_case *how, uint32_t seed)
{
    const healing h = healing_run(&prim_sodium, how, seed);
    assert_int_equal(h.after, how->after);
    assert_true(h.tried_before > 0);
    assert_int_equal(h.read_before, 0);
    assert_true(h.link.lost > 0 && h.link.reordered > 0 && h.link.duplicated > 0);
    return h;
}

static void whoever_copies_a_state_is_locked_out_and_reads_nothing_of_the_past(void **state)
{
    (void)state;
    for (int i = 0; i < HEALING_CASES; i++)
        for (uint32_t seed = 1; healing_cases[i].heals && seed <= RUNS; seed++) {
            const healing h = checked_run(&healing_cases[i], seed);
            if (h.last > healing_cases[i].bound)
                print_error("%s, seed %u: still read message %u after the theft\n", healing_cases[i].name, seed, h.last);
            assert_true(h.last <= healing_cases[i].bound);
        }
}

/* The thief of this simulation is one: as long as nothing heals, he misses nothing. */
static void without_the_post_quantum_part_who_solves_x25519_reads_every_message(void **state)
{
    (void)state;
    for (int i = 0; i < HEALING_CASES; i++)
        for (uint32_t seed = 1; !healing_cases[i].heals && seed <= RUNS; seed++) {
            const healing h = checked_run(&healing_cases[i], seed);
            assert_int_equal(h.read, h.after);
        }
}

static void one_seed_is_one_run(void **state)
{
    (void)state;
    const healing a = healing_run(&prim_sodium, &healing_cases[0], 7), b = healing_run(&prim_openssl, &healing_cases[0], 7);
    assert_memory_equal(&a, &b, sizeof a);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_copies_a_state_is_locked_out_and_reads_nothing_of_the_past),
        cmocka_unit_test(without_the_post_quantum_part_who_solves_x25519_reads_every_message),
        cmocka_unit_test(one_seed_is_one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
