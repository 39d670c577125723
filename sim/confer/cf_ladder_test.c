#include "cf_ladder.h"

#include "confer_client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void climb(const ladder_profile *l, ladder_found found[LADDER_ATTACKERS])
{
    for (int i = 0; i < LADDER_ATTACKERS; i++)
        found[i] = l->run[i](&prim_sodium);
}

static void deployed_evidence_is_bound_to_a_key_and_to_nothing_more(void **state)
{
    ladder_found found[LADDER_ATTACKERS];
    (void)state;
    climb(&cf_ladder, found);
    assert_int_equal(ladder_level(found), LADDER_KEY + 1);
    assert_int_equal(found[LADDER_IMPOSTOR].by, REQ_CF_041);
    assert_true(found[LADDER_REPLAYER].reached);
    assert_true(found[LADDER_RELAY].reached);
    assert_int_equal(found[LADDER_SWAPPER].by, REQ_NZ_006);
    assert_true(found[LADDER_LEAKED].reached);
    assert_true(found[LADDER_DIVERSION].reached);
}

static void a_list_of_chips_stops_other_machines_and_not_who_has_the_key(void **state)
{
    ladder_found found[LADDER_ATTACKERS];
    (void)state;
    climb(&cf_ladder_chips, found);
    assert_int_equal(ladder_level(found), LADDER_KEY + 1);
    assert_true(found[LADDER_RELAY].reached);
    assert_int_equal(found[LADDER_LEAKED].by, REQ_AT_056);
    assert_int_equal(found[LADDER_DIVERSION].by, REQ_AT_056);
}

#ifdef PARLEY_MUTANTS
static void set_weak(const uint16_t check[LADDER_CHECKS], bool weak)
{
    for (int k = 0; k < LADDER_CHECKS && check[k]; k++)
        site_weak[check[k]] = weak;
}

static void who_is_stopped_gets_in_without_his_checks(void **state)
{
    static const ladder_profile *const profiles[] = {&cf_ladder, &cf_ladder_chips};
    (void)state;
    for (size_t n = 0; n < 2; n++)
        for (int i = 0; i < LADDER_ATTACKERS; i++) {
            set_weak(profiles[n]->check[i], true);
            const ladder_found found = profiles[n]->run[i](&prim_sodium);
            set_weak(profiles[n]->check[i], false);
            if (!found.reached)
                fail_msg("%s: still stopped, by %s", ladder_attackers[i].name, requirement_rows[found.by].id);
        }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deployed_evidence_is_bound_to_a_key_and_to_nothing_more),
        cmocka_unit_test(a_list_of_chips_stops_other_machines_and_not_who_has_the_key),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(who_is_stopped_gets_in_without_his_checks),
#endif
    };
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
