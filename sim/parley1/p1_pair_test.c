#include "p1_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static service world;
static pair both;

static void begin(const char *seed)
{
    service_start(&world, &prim_sodium, span_text("pair"), "chat.example", SERVICE_NOW);
    pair_start(&both, &world, span_text(seed));
}

static void assert_good(void)
{
    if (!accepted(both.client_said))
        fail_msg("client: %s", requirement_rows[both.client_said.req].id);
    if (!accepted(both.enclave_said))
        fail_msg("enclave: %s", requirement_rows[both.enclave_said.req].id);
}

static void turn(const char *question, const char *answer)
{
    assert_true(accepted(pair_client_sends(&both, P1_REQUEST, question)));
    pair_run(&both);
    pair_enclave_sends(&both, P1_CHUNK, answer);
    pair_enclave_sends(&both, P1_END, "end");
    pair_run(&both);
    assert_good();
}

static void a_conversation_over_three_epochs(void **state)
{
    (void)state;
    begin("three");
    pair_open(&both);
    assert_good();
    assert_int_equal(both.client.phase, P1_OPEN);
    assert_int_equal(both.enclave.phase, P1_OPEN);
    assert_string_equal(both.client_saw[0], "verified");
    assert_string_equal(both.enclave_saw[0], "start");
    assert_string_equal(both.enclave_saw[1], "token");
    assert_string_equal(both.client_saw[1], "ready");
    turn("what is a lake?", "answer zero");
    for (uint32_t e = 1; e < 3; e++) {
        pair_next_epoch(&both);
        assert_good();
        assert_int_equal(both.client.epochs.now.epoch, e);
        assert_int_equal(both.enclave.epochs.now.epoch, e);
        turn("and a pond?", "answer more");
    }
    assert_int_equal(both.verified, 3);
    assert_string_equal(both.client_saw[both.n_client_saw - 1], "10:end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_conversation_over_three_epochs)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
