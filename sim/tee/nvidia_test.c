#include "nvidia_lies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const providers[] = {&prim_sodium, &prim_openssl};
static nvidia_scene scene, other;
static account noted;
static at_gpu_claims claims;

static verdict judge(const prim *p)
{
    noted = (account){0};
    return nvidia_scene_judge(&scene, p, &noted, &claims);
}

#define SEED span_text("nvidia test")

static const nvidia_twin twins[] = {{.line = NVIDIA_HOPPER},
                                    {.line = NVIDIA_BLACKWELL},
                                    {.line = NVIDIA_HOPPER, .pinned = true},
                                    {.line = NVIDIA_BLACKWELL, .pinned = true}};

static void expect(verdict v, uint16_t req, const char *who)
{
    if (v.req != req)
        fail_msg("%s: %s instead of %s", who, v.req ? requirement_rows[v.req].id : "accepted", req ? requirement_rows[req].id : "accepted");
}

static void what_devices_sign_is_accepted_under_both_providers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        for (size_t p = 0; p < 2; p++) {
            const bool is_hopper = twins[i].line == NVIDIA_HOPPER;
            nvidia_scene_play(&scene, &twins[i], SEED);
            expect(judge(providers[p]), 0, "honest");
            assert_string_equal(claims.model, is_hopper ? "GH100" : "GB100");
            assert_string_equal(claims.driver, "550.90.07");
            assert_string_equal(claims.vbios, "96.00.9F.00.01");
            assert_int_equal(claims.has_mode, !is_hopper);
            assert_int_equal(claims.mode, is_hopper ? AT_GPU_SPT : AT_GPU_MPT);
            assert_int_equal(claims.n_blocks, NVIDIA_BLOCKS);
            assert_memory_equal(claims.nonce, scene.nonce, AT_SPDM_NONCE);
            assert_memory_equal(claims.fwid, scene.firmware.fwid, AT_GPU_DIGEST);
        }
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    nvidia_scene_play(&scene, &twins[0], SEED);
    nvidia_scene_play(&other, &twins[0], SEED);
    assert_true(span_same(scene.evidence.report, other.evidence.report));
    assert_true(span_same(scene.evidence.model_list, other.evidence.model_list));
    assert_string_equal(scene.chain, other.chain);
    nvidia_scene_play(&other, &twins[0], span_text("another"));
    assert_false(span_same(scene.evidence.report, other.evidence.report));
    assert_memory_equal(scene.root, other.root, sizeof scene.root); /* one vendor */
}

static void each_lie_is_refused_by_the_sentence_it_was_made_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < nvidia_n_lies; i++) {
        const nvidia_lie *l = &nvidia_lies[i];
        nvidia_lie_play(&scene, l, SEED);
        expect(judge(providers[i % 2]), l->req, l->name);
        assert_int_equal(noted.check[noted.n_checks - 1].req, l->req);
        assert_false(noted.check[noted.n_checks - 1].ok);
        assert_true(all_zero(span_of(&claims, sizeof claims)));
    }
}

static void each_truth_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < nvidia_n_truths; i++) {
        nvidia_lie_play(&scene, &nvidia_truths[i], SEED);
        expect(judge(providers[i % 2]), 0, nvidia_truths[i].name);
    }
}

/* Of two lies neither hides the other: whichever is met first, the report is refused. Each is put beside its neighbours. */
static void a_lie_does_not_hide_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < nvidia_n_lies; i++)
        for (size_t step = 1; step <= 2; step++) {
            const nvidia_lie *a = &nvidia_lies[i], *b = &nvidia_lies[(i + 17 * step) % nvidia_n_lies];
            nvidia_lie both = *a;
            if (memcmp(&a->twin, &b->twin, sizeof a->twin) != 0)
                continue;
            nvidia_scene_begin(&scene, &both.twin, SEED);
            if (a->world)
                a->world(&scene);
            if (b->world)
                b->world(&scene);
            nvidia_scene_seal(&scene);
            if (a->after)
                a->after(&scene);
            if (b->after)
                b->after(&scene);
            if (accepted(judge(&prim_sodium)))
                fail_msg("accepted with %s and %s", a->name, b->name);
        }
}

static void a_lie_has_one_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < nvidia_n_lies; i++) {
        assert_true(nvidia_lies[i].name && nvidia_lies[i].mutation && nvidia_lies[i].reason && nvidia_lies[i].req);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(nvidia_lies[i].name, nvidia_lies[k].name);
        for (size_t k = 0; k < nvidia_n_truths; k++)
            assert_string_not_equal(nvidia_lies[i].name, nvidia_truths[k].name);
    }
}

static void every_judging_sentence_has_two_lies(void **state)
{
    (void)state;
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        size_t found = 0;
        for (size_t i = 0; i < nvidia_n_lies; i++)
            found += nvidia_lies[i].req == req;
        if (strstr(requirement_rows[req].file, "gpu.md") && *requirement_rows[req].reason && found < 2)
            fail_msg("%zu lies for %s", found, requirement_rows[req].id);
    }
}

#ifdef PARLEY_MUTANTS
static void with_only_its_line_weakened_each_lie_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < nvidia_n_lies; i++) {
        const nvidia_lie *l = &nvidia_lies[i];
        nvidia_lie_play(&scene, l, SEED);
        site_weak[l->req] = true;
        expect(judge(providers[0]), 0, l->name);
        site_weak[l->req] = false;
    }
}
#endif

static void at_348_the_signature_does_not_name_a_report(void **state)
{
    (void)state;
    uint8_t identity[AT_IDENTITY];
    nvidia_scene_play(&scene, &twins[0], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    prim_digest(&prim_openssl, PRIM_SHA384, span_first(scene.evidence.report, scene.evidence.report.n - AT_GPU_SIGNATURE), identity);
    assert_memory_equal(claims.identity, identity, sizeof identity);
}

static void at_349_what_is_waived_not_asked_for_or_not_said_is_listed(void **state)
{
    (void)state;
    const uint64_t always = AT_GPU_BIT(AT_GPU_DEVICE_REVOCATION), pins = AT_GPU_BIT(AT_GPU_CPU) | AT_GPU_BIT(AT_GPU_DRIVER) |
                                                                         AT_GPU_BIT(AT_GPU_VBIOS) | AT_GPU_BIT(AT_GPU_MODE) |
                                                                         AT_GPU_BIT(AT_GPU_DEVICE_KEY);
    nvidia_scene_play(&scene, &twins[1], SEED);
    expect(judge(&prim_sodium), 0, "honest");
    assert_int_equal(noted.not_compared, always | pins);
    nvidia_scene_play(&scene, &twins[3], SEED);
    expect(judge(&prim_sodium), 0, "pinned");
    assert_int_equal(noted.not_compared, always);
    nvidia_scene_play(&scene, &twins[0], SEED);
    scene.policy.waived = AT_GPU_WAIVABLE;
    scene.evidence.model_list = EMPTY;
    expect(judge(&prim_sodium), 0, "waived");
    assert_int_equal(noted.not_compared, always | pins | AT_GPU_BIT(AT_GPU_NONCE) | AT_GPU_BIT(AT_GPU_MEASUREMENTS) |
                                             AT_GPU_BIT(AT_GPU_REVOCATION) | AT_GPU_BIT(AT_GPU_DEBUG));
}

static void a_zeroed_policy_accepts_nothing(void **state)
{
    (void)state;
    nvidia_scene_play(&scene, &twins[0], SEED);
    scene.policy = (at_gpu_policy){0};
    expect(judge(&prim_sodium), REQ_AT_323, "a zeroed policy");
    nvidia_scene_play(&scene, &twins[0], SEED);
    scene.policy = (at_gpu_policy){.root = scene.policy.root, .models = scene.policy.models};
    expect(judge(&prim_sodium), REQ_AT_340, "a policy of a root and a model");
}

static void every_cut_of_a_report_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        nvidia_scene_play(&scene, &twins[i], SEED);
        const span whole = scene.evidence.report;
        for (size_t n = 0; n < whole.n; n++) {
            /* what is cut off must not be there to be read */
            uint8_t *copy = malloc(n ? n : 1);
            assert_non_null(copy);
            memcpy(copy, whole.p, n);
            scene.evidence.report = span_of(copy, n);
            const verdict v = judge(&prim_sodium);
            free(copy);
            expect(v, REQ_AT_300, "a cut report");
        }
    }
}

static void every_cut_of_a_chain_or_a_list_is_refused(void **state)
{
    (void)state;
    nvidia_scene_play(&scene, &twins[0], SEED);
    const at_gpu_evidence whole = scene.evidence;
    for (size_t n = 0; n + 1 < whole.chain.n; n += 7) {
        scene.evidence.chain = span_first(whole.chain, n);
        expect(judge(&prim_sodium), REQ_AT_320, "a cut chain");
    }
    scene.evidence = whole;
    for (size_t n = 1; n < whole.root_list.n; n += 3) {
        scene.evidence.root_list = span_first(whole.root_list, n);
        expect(judge(&prim_sodium), REQ_AT_330, "a cut list");
    }
}

static void every_changed_byte_of_a_report_is_noticed(void **state)
{
    (void)state;
    nvidia_scene_play(&scene, &twins[1], SEED);
    for (size_t i = 0; i < scene.evidence.report.n; i += i < 128 ? 1 : 29) {
        scene.report[i] ^= (uint8_t)(1u << i % 8);
        assert_false(accepted(judge(&prim_sodium)));
        scene.report[i] ^= (uint8_t)(1u << i % 8);
    }
    expect(judge(&prim_sodium), 0, "honest");
}

/* Thousands of empty fields take no longer than their bytes. */
static void many_fields_are_read_once_each(void **state)
{
    (void)state;
    static uint8_t fields[65532];
    at_opaque_field f;
    size_t n = 0;
    for (size_t i = 0; i < sizeof fields; i += 4)
        fields[i] = 9;
    for (span left = SPAN(fields); at_opaque_next(&left, &f);)
        n++;
    assert_int_equal(n, sizeof fields / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_devices_sign_is_accepted_under_both_providers),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(each_lie_is_refused_by_the_sentence_it_was_made_for),
        cmocka_unit_test(each_truth_is_accepted),
        cmocka_unit_test(a_lie_does_not_hide_another),
        cmocka_unit_test(a_lie_has_one_name),
        cmocka_unit_test(every_judging_sentence_has_two_lies),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(with_only_its_line_weakened_each_lie_is_believed),
#endif
        cmocka_unit_test(at_348_the_signature_does_not_name_a_report),
        cmocka_unit_test(at_349_what_is_waived_not_asked_for_or_not_said_is_listed),
        cmocka_unit_test(a_zeroed_policy_accepts_nothing),
        cmocka_unit_test(every_cut_of_a_report_is_refused),
        cmocka_unit_test(every_cut_of_a_chain_or_a_list_is_refused),
        cmocka_unit_test(every_changed_byte_of_a_report_is_noticed),
        cmocka_unit_test(many_fields_are_read_once_each),
    };
    prim_start();
    return cmocka_run_group_tests_name("nvidia", tests, NULL, NULL);
}
