#include "intel_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static intel_log_scene scene;
static account noted;

static verdict judge(const prim *p)
{
    noted = (account){0};
    return at_event_log_confirm(p, scene.written, (const uint8_t(*)[AT_RTMR_BYTES])scene.quoted, scene.which, &noted);
}

static void expect(verdict v, uint16_t req, const char *who)
{
    if (v.req != req)
        fail_msg("%s: %s instead of %s", who, requirement_rows[v.req].id, requirement_rows[req].id);
}

static void an_honest_log_confirms_all_registers(void **state)
{
    (void)state;
    intel_log_play(&scene, NULL);
    expect(judge(&prim_sodium), 0, "honest");
    expect(judge(&prim_openssl), 0, "honest");
}

static void each_lie_is_refused_by_its_sentence_and_each_truth_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_log_lies; i++) {
        intel_log_play(&scene, &intel_log_lies[i]);
        expect(judge(&prim_sodium), intel_log_lies[i].req, intel_log_lies[i].name);
        if (intel_log_lies[i].req)
            assert_int_equal(noted.check[noted.n_checks - 1].req, intel_log_lies[i].req);
    }
}

#ifdef PARLEY_MUTANTS
static void with_only_its_line_weakened_each_lie_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < intel_n_log_lies; i++) {
        if (!intel_log_lies[i].req)
            continue;
        intel_log_play(&scene, &intel_log_lies[i]);
        site_weak[intel_log_lies[i].req] = true;
        const verdict v = judge(&prim_sodium);
        site_weak[intel_log_lies[i].req] = false;
        expect(v, 0, intel_log_lies[i].name);
    }
}
#endif

static void at_199_only_the_digest_of_the_data_makes_them_measured(void **state)
{
    (void)state;
    static const bool measured[] = {false, true, false, true, true, true, true, true};
    at_event_log log;
    at_event e;
    bool more = true;
    for (int beside = 0; beside < 2; beside++) {
        for (size_t i = 0; i < intel_n_log_lies; i++)
            if (strcmp(intel_log_lies[i].name, "text-beside") == 0)
                intel_log_play(&scene, beside ? &intel_log_lies[i] : NULL);
        assert_true(accepted(at_event_log_open(&prim_sodium, scene.written, &log, NULL)));
        for (size_t i = 0; i < 8; i++) {
            assert_true(accepted(at_event_log_next(&log, &e, &more, NULL)) && more);
            assert_int_equal(e.is_measured, measured[i] && !(beside && i == 7));
        }
        assert_true(accepted(at_event_log_next(&log, &e, &more, NULL)));
        assert_false(more);
    }
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    intel_log_play(&scene, NULL);
    const span whole = scene.written;
    for (size_t n = 0; n < whole.n; n++) {
        uint8_t *copy = malloc(n ? n : 1); /* what is cut off must not be there to be read */
        assert_non_null(copy);
        memcpy(copy, whole.p, n);
        scene.written = span_of(copy, n);
        const verdict v = judge(&prim_sodium);
        free(copy);
        assert_false(accepted(v));
    }
}

static void every_flipped_bit_of_a_digest_is_noticed(void **state)
{
    (void)state;
    intel_log_play(&scene, NULL);
    at_event_log log;
    at_event e;
    bool more = true;
    assert_true(accepted(at_event_log_open(&prim_sodium, scene.written, &log, NULL)));
    while (accepted(at_event_log_next(&log, &e, &more, NULL)) && more) {
        uint8_t *digest = scene.bytes + (e.digest.p - scene.bytes);
        for (size_t i = 0; e.rtmr < AT_RTMRS && i < AT_RTMR_BYTES; i++) {
            digest[i] ^= 1;
            assert_int_equal(judge(&prim_sodium).req, REQ_AT_198);
            digest[i] ^= 1;
        }
    }
    expect(judge(&prim_sodium), 0, "honest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_log_confirms_all_registers),
        cmocka_unit_test(each_lie_is_refused_by_its_sentence_and_each_truth_accepted),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(with_only_its_line_weakened_each_lie_is_believed),
#endif
        cmocka_unit_test(at_199_only_the_digest_of_the_data_makes_them_measured),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_flipped_bit_of_a_digest_is_noticed),
    };
    prim_start();
    return cmocka_run_group_tests_name("intel_log", tests, NULL, NULL);
}
