/* Shards are joined only when all of one run are there, once, whole. */
#include "shards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef struct play {
    const char *what;
    struct {
        const char *shard, *seed, *case_id;
        size_t planned;
    } part[4];
    shards_fault fault;
    size_t which;
    const char *why;
} play;

/* clang-format off */
static const play plays[] = {
    {"all three, in any order", {{"3/3", "00", "cf.c", 1}, {"1/3", "00", "cf.a", 1}, {"2/3", "00", "cf.b", 1}}, SHARDS_JOINED, 3, ""},
    {"one alone", {{"1/1", "00", "cf.a", 1}}, SHARDS_JOINED, 1, ""},
    {"one is missing", {{"1/3", "00", "cf.a", 1}, {"3/3", "00", "cf.c", 1}}, SHARDS_NOT_WHOLE, 2, "shard 2 of 3 is missing"},
    {"the last is missing", {{"1/2", "00", "cf.a", 1}}, SHARDS_NOT_WHOLE, 1, "shard 2 of 2 is missing"},
    {"one is there twice", {{"1/2", "00", "cf.a", 1}, {"1/2", "00", "cf.a", 1}}, SHARDS_NOT_WHOLE, 1, "shard 1 of 2 is there twice"},
    {"one was cut short", {{"1/2", "00", "cf.a", 1}, {"2/2", "00", "cf.b", 5}}, SHARDS_NOT_WHOLE, 1, "cut short: 5 checks were planned, 1 are there"},
    {"another run", {{"1/2", "00", "cf.a", 1}, {"2/2", "01", "cf.b", 1}}, SHARDS_FOREIGN, 1, "not shards of one run: `seed`"},
    {"a run of more shards", {{"1/2", "00", "cf.a", 1}, {"2/3", "00", "cf.b", 1}}, SHARDS_FOREIGN, 1, "is shard 2 of 3, but the first one is of 2"},
    {"a whole run", {{"1/2", "00", "cf.a", 1}, {"", "00", "cf.b", 1}}, SHARDS_FOREIGN, 1, "made without --shard"},
    {"a check in two", {{"1/2", "00", "cf.a", 1}, {"2/2", "00", "cf.a", 1}}, SHARDS_FOREIGN, 1, "cf.a:verdict stands in both"},
};
/* clang-format on */

static void shards_are_joined_only_when_the_run_is_whole(void **state)
{
    (void)state;
    for (const play *p = plays; p < plays + sizeof plays / sizeof *plays; p++) {
        results part[4], whole;
        size_t n = 0, which;
        char why[200] = "";
        for (; n < 4 && p->part[n].shard; n++) {
            results_start(&part[n], &(results_head){.suite = "1", .target = "acme", .seed = p->part[n].seed, .shard = p->part[n].shard});
            results_add(&part[n], &(result){.case_id = p->part[n].case_id, .check = "verdict", .rev = 1, .outcome = OUTCOME_PASS});
            part[n].planned = p->part[n].planned;
        }
        const shards_fault fault = shards_join(&whole, part, n, &which, why);
        if (fault != p->fault || which != p->which || !strstr(why, p->why))
            fail_msg("%s: fault %d of part %zu, \"%s\"", p->what, fault, which, why);
        if (!fault) {
            assert_int_equal(whole.n, n);
            assert_true(results_accounted(&whole));
            assert_string_equal(whole.head.shard, "");
        }
        for (size_t i = 0; i < n; i++)
            results_free(&part[i]);
        results_free(&whole);
    }
}

static void a_shard_is_two_numbers(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "1", "/2", "0/2", "3/2", "1/0", "01/2", "1/2 ", "1/2/3", "-1/2", "1/1001", "99999999999/2"};
    shard s;
    assert_true(shard_read("2/3", &s));
    assert_int_equal(s.i, 2);
    assert_int_equal(s.n, 3);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(shard_read(wrong[i], &s));
}

static void each_case_belongs_to_one_shard(void **state)
{
    (void)state;
    for (size_t index = 0; index < 20; index++) {
        unsigned owners = 0;
        for (unsigned i = 1; i <= 3; i++)
            owners += shard_has((shard){i, 3}, index);
        assert_int_equal(owners, 1);
        assert_true(shard_has((shard){0, 0}, index));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shards_are_joined_only_when_the_run_is_whole),
        cmocka_unit_test(a_shard_is_two_numbers),
        cmocka_unit_test(each_case_belongs_to_one_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
