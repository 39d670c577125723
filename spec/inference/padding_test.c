/* Every message of up to 300 records, at every level. */
#include "padding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void play(in_level level, size_t records)
{
    in_bucket b = {.level = level, .from_enclave = true};
    for (size_t i = 1; i <= records; i++)
        assert_true(accepted(in_bucket_takes(&b, false, i == records)));
    const size_t fills = in_fills_after(level, records);
    for (size_t i = 0; i < fills; i++) {
        assert_false(in_bucket_full(&b));
        assert_int_equal(in_bucket_takes(&b, false, true).req, REQ_IN_108);
        assert_true(accepted(in_bucket_takes(&b, true, false)));
    }
    assert_true(in_bucket_full(&b));
    assert_int_equal(in_bucket_takes(&b, true, false).req, level == IN_LEVEL_NONE ? REQ_IN_105 : REQ_IN_107);
}

static void in_103_messages_of_one_bucket_look_alike(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 300; n++) {
        play(IN_LEVEL_NONE, n);
        play(IN_LEVEL_SIZES, n);
        play(IN_LEVEL_TICKS, n);
        assert_int_equal(in_bucket_size(n), n <= 64 ? 64 : n <= 128 ? 128 : n <= 256 ? 256 : 512);
    }
}

static void in_111_each_gap_of_the_last_16_comes_as_often(void **state)
{
    uint64_t gaps[40];
    size_t seen[40] = {0};
    (void)state;
    for (size_t i = 0; i < 40; i++)
        gaps[i] = i;
    for (uint32_t chance = 0; chance < 1600; chance++)
        seen[in_next_gap(IN_LEVEL_SIZES, 99, gaps, 40, chance)]++;
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(seen[i], i < 24 ? 0 : 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_103_messages_of_one_bucket_look_alike),
        cmocka_unit_test(in_111_each_gap_of_the_last_16_comes_as_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
