#include "toy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void ty_003_the_answer_adds_up_to_nine(void **state)
{
    uint8_t answer = 0;
    (void)state;
    assert_true(accepted(ty_answer(span_text("7"), &answer)));
    assert_int_equal(answer, '2');
}

static void ty_001_and_ty_002_refuse_what_is_no_digit(void **state)
{
    uint8_t answer = 'x';
    (void)state;
    assert_int_equal(ty_answer(span_text("77"), &answer).req, REQ_TY_001);
    assert_int_equal(ty_answer(span_text(":"), &answer).req, REQ_TY_002);
    assert_int_equal(answer, 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ty_003_the_answer_adds_up_to_nine),
                                       cmocka_unit_test(ty_001_and_ty_002_refuse_what_is_no_digit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
