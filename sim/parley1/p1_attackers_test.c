#include "p1_attackers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void every_attacker_is_stopped(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_attackers; i++) {
        const attack_result r = attackers[i].run(&prim_sodium);
        if (r.reached)
            fail_msg("%s got what he wants", attackers[i].name);
    }
}

#ifdef PARLEY_MUTANTS
static void every_attacker_gets_in_without_his_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_attackers; i++) {
        for (size_t k = 0; k < ATTACK_CHECKS && attackers[i].check[k]; k++)
            site_weak[attackers[i].check[k]] = true;
        const attack_result r = attackers[i].run(&prim_sodium);
        for (size_t k = 0; k < ATTACK_CHECKS && attackers[i].check[k]; k++)
            site_weak[attackers[i].check[k]] = false;
        if (!r.reached)
            fail_msg("%s: still stopped, by %s", attackers[i].name, requirement_rows[r.by].id);
    }
}
#endif

static void every_step_of_the_ladder_holds(void **state)
{
    ladder_found found[LADDER_ATTACKERS];
    (void)state;
    for (int i = 0; i < LADDER_ATTACKERS; i++)
        found[i] = p1_ladder.run[i](&prim_sodium);
    assert_int_equal(ladder_level(found), LADDER_STEPS);
}

#ifdef PARLEY_MUTANTS
static void set_weak(const uint16_t check[LADDER_CHECKS], bool weak)
{
    for (int k = 0; k < LADDER_CHECKS && check[k]; k++)
        site_weak[check[k]] = weak;
}

static void no_step_holds_without_its_checks(void **state)
{
    (void)state;
    for (int i = 0; i < LADDER_ATTACKERS; i++) {
        set_weak(p1_ladder.check[i], true);
        const ladder_found found = p1_ladder.run[i](&prim_sodium);
        set_weak(p1_ladder.check[i], false);
        if (!found.reached)
            fail_msg("%s: still stopped, by %s", ladder_attackers[i].name, requirement_rows[found.by].id);
    }
}
#endif

static void a_passive_thief_is_locked_out_by_the_next_epoch(void **state)
{
    (void)state;
    const healing_count h = p1_healing(&prim_sodium, 40);
    assert_int_equal(h.runs, 40);
    assert_int_equal(h.read_before, 40);
    assert_int_equal(h.read_after, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attacker_is_stopped),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(every_attacker_gets_in_without_his_checks),
#endif
        cmocka_unit_test(every_step_of_the_ladder_holds),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(no_step_holds_without_its_checks),
#endif
        cmocka_unit_test(a_passive_thief_is_locked_out_by_the_next_epoch),
    };
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
