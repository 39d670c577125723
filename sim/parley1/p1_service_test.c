#include "p1_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static service world;

static void an_honest_attest_is_accepted_in_each_epoch(void **state)
{
    static uint8_t room[SERVICE_ATTEST];
    static p1_appraisal first, later;
    p1_memory memory = {0};
    uint8_t offer[64], x[32] = {1};
    writer o = WRITER(offer);
    p1_offer offered;
    (void)state;
    p1_write_offer((const uint8_t[]){3, 0}, span_text("chat.example"), &o);
    assert_true(accepted(p1_read_offer(written(&o), &offered)));
    service_start(&world, &prim_sodium, span_text("service"), "chat.example", SERVICE_NOW);
    for (uint32_t e = 0; e < 4; e++) {
        writer w = WRITER(room);
        const p1_expected expected = {.name = span_text("chat.example"),
                                      .s = world.s.share,
                                      .x = x,
                                      .epoch = e,
                                      .offered = &offered,
                                      .version = 1,
                                      .before = e ? &first.identity : NULL};
        service_attest(&world, e, x, &w);
        const verdict v = service_judge(&world, &expected, written(&w), &memory, e ? &later : &first);
        if (!accepted(v))
            fail_msg("%s", requirement_rows[v.req].id);
        memcpy(x, (e ? &later : &first)->t, 32);
    }
    assert_int_equal(memory.n, 1);
    assert_int_equal(memory.floor, SERVICE_NOW - 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_honest_attest_is_accepted_in_each_epoch)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
