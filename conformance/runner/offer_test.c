/* What hello told against the table of the chapters. */
#include "offer.h"
#include "runner_fixture.h"

static char told[300];

static void an_operation_without_its_word_is_named_with_it(void **state)
{
    (void)state;
    assert_true(offer_lacks_word("", "hello echo tl.leaf", told, sizeof told));
    assert_string_equal(told, "tl.leaf is offered, but its vectors need tl:proof, which caps does not say");
    assert_true(offer_lacks_word("at:snp", "at.verify at.quote", told, sizeof told));
    assert_string_equal(told, "at.quote is offered, but its vectors need one of at:tdx at:sgx, which caps does not say");
    assert_true(offer_lacks_word("", "nz.init", told, sizeof told));
    assert_non_null(strstr(told, "one of nz:xx nz:nx"));
    assert_false(offer_lacks_word("tl:proof at:sgx nz:ik", "hello echo tl.leaf at.quote nz.init", told, sizeof told));
}

static void a_word_that_is_none_is_named_with_the_nearest(void **state)
{
    (void)state;
    assert_true(offer_has_unknown_word("rng tl:prof", told, sizeof told));
    assert_string_equal(told, "caps says tl:prof, which is no capability; the nearest is tl:proof");
    assert_true(offer_has_unknown_word("something-quite-different", told, sizeof told));
    assert_non_null(strstr(told, "reference.md"));
    assert_true(offer_has_unknown_word("pipeline:", told, sizeof told));
    assert_false(offer_has_unknown_word(" rng  pipeline:8 nz:xx rt:starts-with-one-time suite:aesgcm", told, sizeof told));
}

static void what_serves_a_capability_is_owed_with_it_only(void **state)
{
    (void)state;
    const operation *export = operation_named(span_text("nz.export")), *init = operation_named(span_text("nz.init"));
    assert_false(offer_owes("nz:xx", export));
    assert_true(offer_owes("nz:xx nz:export", export));
    assert_true(offer_owes("", init));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_without_its_word_is_named_with_it),
        cmocka_unit_test(a_word_that_is_none_is_named_with_the_nearest),
        cmocka_unit_test(what_serves_a_capability_is_owed_with_it_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
