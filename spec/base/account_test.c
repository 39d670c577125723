#include "account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int evaluated;

static bool holds(bool value)
{
    evaluated++;
    return value;
}

static verdict judge(account *a, bool first, bool second)
{
    CHECK(a, holds(first), NZ_001);
    CHECK_ROW(a, holds(second), REQ_NZ_002);
    return ACCEPT;
}

static void a_check_is_noted_and_rejects_by_its_number(void **state)
{
    (void)state;
    account a = {0};
    evaluated = 0;
    assert_int_equal(judge(&a, true, false).req, REQ_NZ_002);
    assert_int_equal(evaluated, 2);
    assert_int_equal(a.n_checks, 2);
    assert_int_equal(a.check[0].req, REQ_NZ_001);
    assert_true(a.check[0].ok);
    assert_int_equal(a.check[1].req, REQ_NZ_002);
    assert_false(a.check[1].ok);
}

static void what_comes_after_a_failed_check_is_not_noted(void **state)
{
    (void)state;
    account a = {0};
    assert_int_equal(judge(&a, false, true).req, REQ_NZ_001);
    assert_int_equal(a.n_checks, 1);
    assert_false(a.check[0].ok);
}

static void a_sentence_judged_in_two_steps_stands_once_with_the_later_result(void **state)
{
    (void)state;
    account a = {0};
    account_note(&a, REQ_NZ_001, true);
    account_note(&a, REQ_NZ_001, false);
    account_note(&a, REQ_NZ_002, true);
    assert_int_equal(a.n_checks, 2);
    assert_false(a.check[0].ok);
}

static void without_an_account_the_verdict_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(judge(NULL, true, true).req, 0);
    assert_int_equal(judge(NULL, true, false).req, REQ_NZ_002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_is_noted_and_rejects_by_its_number),
        cmocka_unit_test(what_comes_after_a_failed_check_is_not_noted),
        cmocka_unit_test(a_sentence_judged_in_two_steps_stands_once_with_the_later_result),
        cmocka_unit_test(without_an_account_the_verdict_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
