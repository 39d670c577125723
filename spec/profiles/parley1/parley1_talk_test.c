/* Turns in records: what each side holds back, and when the next record may go. */
#include "parley1_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static p1_effects event_of(p1_event event, span message) { return (p1_effects){.event = event, .message = message}; }

static span request(uint32_t id)
{
    static uint8_t room[256];
    static const uint8_t seed[32], parameters[IN_PARAMETERS_HEAD];
    uint8_t texts[32];
    writer w = WRITER(room), row = WRITER(texts);
    in_write_text(IN_USER, span_text("hello"), &row);
    in_write_request(
        &(in_request){.id = id, .seed = SPAN(seed), .parameters = SPAN(parameters), .n_messages = 1, .messages = written(&row)}, &w);
    return written(&w);
}

static verdict hears(p1_listening *l, p1_event event, span message, p1_heard *out)
{
    const p1_effects came = event_of(event, message);
    return p1_enclave_hears(l, &came, out);
}

static const uint8_t token[] = {6, 0, 0, 0}, fill[] = {12}, cancel[] = {8, 0, 0, 0, 1};

static void in_110_a_request_is_answered_when_its_bucket_is_full(void **state)
{
    p1_listening l = {.asking.level = IN_LEVEL_SIZES};
    p1_heard heard;
    (void)state;
    assert_true(accepted(hears(&l, P1_TOKEN_CAME, SPAN(token), &heard)));
    assert_int_equal(hears(&l, P1_TALK_CAME, SPAN(fill), &heard).req, REQ_IN_106);
    assert_true(accepted(hears(&l, P1_TALK_PART, request(1), &heard)) && !heard.keep);
    assert_true(accepted(hears(&l, P1_TALK_CAME, request(1), &heard)) && heard.keep && !heard.asks);
    for (int i = 3; i <= 64; i++) {
        assert_false(heard.asks);
        assert_true(accepted(hears(&l, P1_TALK_CAME, SPAN(fill), &heard)));
    }
    assert_true(heard.asks);
    assert_int_equal(hears(&l, P1_TALK_CAME, SPAN(fill), &heard).req, REQ_IN_107);
}

static void in_058_a_turn_is_open_until_the_enclave_has_filled_its_bucket(void **state)
{
    p1_listening l = {.asking.level = IN_LEVEL_NONE};
    p1_heard heard;
    (void)state;
    assert_true(accepted(hears(&l, P1_TOKEN_CAME, SPAN(token), &heard)));
    assert_true(accepted(hears(&l, P1_TALK_CAME, request(1), &heard)) && heard.asks);
    p1_listening other = l;
    assert_int_equal(hears(&other, P1_TALK_CAME, request(2), &heard).req, REQ_IN_058);
    assert_true(accepted(hears(&l, P1_TALK_CAME, SPAN(cancel), &heard)) && heard.stops);
    p1_enclave_is_done(&l);
    assert_true(accepted(hears(&l, P1_TALK_CAME, request(2), &heard)) && heard.asks);
    assert_int_equal(hears(&l, P1_TALK_CAME, SPAN(fill), &heard).req, REQ_IN_105);
}

/* A record in the middle of a bucket is refused when it comes, long before its message is whole. */
static void in_108_a_part_is_refused_while_a_bucket_is_filled(void **state)
{
    p1_listening l = {.asking.level = IN_LEVEL_SIZES};
    p1_heard heard;
    (void)state;
    assert_true(accepted(hears(&l, P1_TOKEN_CAME, SPAN(token), &heard)));
    assert_true(accepted(hears(&l, P1_TALK_CAME, request(1), &heard)));
    assert_int_equal(hears(&l, P1_TALK_PART, request(2), &heard).req, REQ_IN_108);
}

static void at_level_3_slots_are_a_tick_apart_and_missed_ones_skipped(void **state)
{
    p1_outgoing o;
    (void)state;
    p1_out_start(&o, P1_ENCLAVE, IN_LEVEL_TICKS, 50, 1000);
    assert_int_equal(o.due, 1050);
    p1_out_sends(&o, true, false, 1051, 0);
    assert_int_equal(o.due, 1100);
    p1_out_sends(&o, false, true, 1260, 0);
    assert_int_equal(o.due, 1300);
    assert_true(p1_out_fills(&o));
}

/* Chunks 7 ms apart: what follows the last one waits for one of these gaps, or the tick where there is none yet. */
static void at_level_2_what_follows_the_last_chunk_waits_for_a_gap(void **state)
{
    p1_outgoing o;
    (void)state;
    p1_out_start(&o, P1_ENCLAVE, IN_LEVEL_SIZES, 50, 0);
    for (uint64_t now = 0; now <= 14; now += 7) {
        assert_true(o.due <= now);
        p1_out_sends(&o, false, false, now, 0);
    }
    p1_out_ends(&o, 14, 15); /* the 16th back: there was none yet */
    assert_int_equal(o.due, 64);
    p1_out_sends(&o, false, true, 64, 1); /* the second back is a gap between chunks */
    assert_int_equal(o.due, 71);
    while (p1_out_fills(&o))
        p1_out_sends(&o, true, false, o.due, 0);
    assert_true(p1_out_is_full(&o));
    assert_int_equal(o.bucket.records, 64);
}

static void at_level_0_nothing_waits_and_nothing_is_filled(void **state)
{
    p1_outgoing o;
    (void)state;
    p1_out_start(&o, P1_CLIENT, IN_LEVEL_NONE, 50, 9);
    p1_out_sends(&o, false, false, 9, 0);
    assert_int_equal(o.due, 9);
    p1_out_sends(&o, false, true, 9, 0);
    assert_true(p1_out_is_full(&o) && !p1_out_fills(&o));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_110_a_request_is_answered_when_its_bucket_is_full),
        cmocka_unit_test(in_058_a_turn_is_open_until_the_enclave_has_filled_its_bucket),
        cmocka_unit_test(in_108_a_part_is_refused_while_a_bucket_is_filled),
        cmocka_unit_test(at_level_3_slots_are_a_tick_apart_and_missed_ones_skipped),
        cmocka_unit_test(at_level_2_what_follows_the_last_chunk_waits_for_a_gap),
        cmocka_unit_test(at_level_0_nothing_waits_and_nothing_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
