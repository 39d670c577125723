#include "intel_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static intel_scene scene;
static intel_fetched fetched;
static intel_answer answer;
static account noted;
static at_quote_claims claims;

static const intel_twin domain = {AT_TDX, 4, false, false}, enclave = {AT_SGX, 3, false, false};

static void same(span a, span b)
{
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.p, b.p, a.n);
}

/* The scene with what was fetched instead of its own. */
static uint16_t judged(void)
{
    noted = (account){0};
    scene.collateral = fetched.set;
    return intel_scene_judge(&scene, &prim_sodium, &noted, &claims).req;
}

static void what_is_fetched_is_what_was_published(void **state)
{
    (void)state;
    const intel_twin *const twins[] = {&domain, &enclave};
    for (size_t i = 0; i < 2; i++) {
        intel_scene_play(&scene, twins[i], span_text("service test"));
        const intel_service service = {.published = &scene};
        assert_int_equal(intel_service_fetch(&service, twins[i]->tee, scene.sgx.fmspc, &fetched), 200);
        same(fetched.set.tcb_info, scene.collateral.tcb_info);
        same(fetched.set.tcb_info_signature, scene.collateral.tcb_info_signature);
        same(fetched.set.tcb_info_chain, scene.collateral.tcb_info_chain);
        same(fetched.set.qe_identity, scene.collateral.qe_identity);
        same(fetched.set.qe_identity_signature, scene.collateral.qe_identity_signature);
        same(fetched.set.qe_identity_chain, scene.collateral.qe_identity_chain);
        same(fetched.set.root_list, scene.collateral.root_list);
        same(fetched.set.pck_list, scene.collateral.pck_list);
        assert_int_equal(judged(), 0);
    }
}

/* A service that has stopped publishing: what it serves was good once. */
static void what_is_stale_is_refused_by_the_verifier(void **state)
{
    (void)state;
    intel_scene_play(&scene, &domain, span_text("service test"));
    const intel_service service = {.published = &scene};
    assert_int_equal(intel_service_fetch(&service, AT_TDX, scene.sgx.fmspc, &fetched), 200);
    assert_int_equal(judged(), 0);
    scene.now += 365 * 86400;
    const uint16_t req = judged();
    assert_true(req != 0);
    assert_string_equal(requirement_rows[req].reason, "expired");
}

static void another_platform_and_a_service_that_is_down_give_nothing(void **state)
{
    (void)state;
    uint8_t other[AT_FMSPC];
    intel_scene_play(&scene, &domain, span_text("service test"));
    intel_service service = {.published = &scene};
    memcpy(other, scene.sgx.fmspc, sizeof other);
    other[AT_FMSPC - 1] ^= 1;
    assert_int_equal(intel_service_fetch(&service, AT_TDX, other, &fetched), 404);
    assert_int_equal(fetched.set.tcb_info.n, 0);
    assert_int_equal(intel_service_fetch(&service, AT_SGX, scene.sgx.fmspc, &fetched), 404);
    service.is_down = true;
    assert_int_equal(intel_service_fetch(&service, AT_TDX, scene.sgx.fmspc, &fetched), 503);
    assert_int_equal(fetched.set.pck_list.n, 0);
    assert_true(judged() != 0);
}

static void a_request_in_another_form_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        int status;
    } tests[] = {{"/tdx/certification/v4/tcb?fmspc=90C06F000000", 200},
                 {"/tdx/certification/v4/tcb?fmspc=90c06f000000", 200},
                 {"/tdx/certification/v4/tcb?fmspc=90C06F00000", 400},
                 {"/tdx/certification/v4/tcb?fmspc=90C06F00000G", 400},
                 {"/tdx/certification/v4/tcb?fmspc=", 400},
                 {"/tdx/certification/v3/tcb?fmspc=90C06F000000", 404},
                 {"/sgx/certification/v4/pckcrl?ca=platform", 400},
                 {"/sgx/certification/v4/pckcrl?ca=processor&encoding=der", 404},
                 {"/IntelSGXRootCA.der", 200},
                 {"/", 404},
                 {"", 404}};
    intel_scene_play(&scene, &domain, span_text("service test"));
    const intel_service service = {.published = &scene};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        intel_service_answer(&service, span_text(tests[i].target), &answer);
        assert_int_equal(answer.status, tests[i].status);
        assert_int_equal(answer.n_body > 0, tests[i].status == 200);
    }
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_fetched_is_what_was_published),
        cmocka_unit_test(what_is_stale_is_refused_by_the_verifier),
        cmocka_unit_test(another_platform_and_a_service_that_is_down_give_nothing),
        cmocka_unit_test(a_request_in_another_form_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
