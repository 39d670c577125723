#include "tee_lies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const prim *const providers[] = {&prim_sodium, &prim_openssl};
static tee_scene scene, twin;
static account noted;

/* What a policy without pins leaves out; the scenes have a minimum for the TCB. */
enum { UNPINNED = AT_ALL_PINS & ~AT_PINS(AT_PIN_TCB) & ~AT_PINS(AT_PIN_USER_DATA) };
static at_claims claims;

#define SEED span_text("tee test")

static void what_the_chips_sign_is_accepted_under_both_providers(void **state)
{
    (void)state;
    static const struct {
        at_product product;
        unsigned version;
        bool vlek;
    } rows[] = {{AT_MILAN, 2, false}, {AT_MILAN, 3, false}, {AT_MILAN, 4, false}, {AT_GENOA, 3, false}, {AT_GENOA, 5, false},
                {AT_TURIN, 5, false}, {AT_MILAN, 3, true},  {AT_TURIN, 5, true},  {AT_GENOA, 2, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t p = 0; p < 2; p++) {
            tee_scene_play(&scene, rows[i].product, rows[i].version, rows[i].vlek, SEED);
            const verdict v = tee_scene_judge(&scene, providers[p], &noted, &claims);
            if (!accepted(v))
                fail_msg("row %zu is refused by %s", i, requirement_rows[v.req].id);
            assert_int_equal(claims.product, rows[i].product);
            assert_int_equal(claims.version, rows[i].version);
            assert_int_equal(claims.vlek, rows[i].vlek);
            assert_int_equal(noted.not_compared, UNPINNED);
            assert_memory_equal(claims.report_data, scene.report_data, AT_REPORT_DATA);
            assert_memory_equal(claims.measurement, scene.launch.measurement, AT_MEASUREMENT);
        }
}

static void what_is_pinned_is_compared(void **state)
{
    (void)state;
    for (at_product p = AT_MILAN; p < AT_PRODUCTS; p++) {
        tee_scene_play_pinned(&scene, p, 5, SEED);
        assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, 0);
        assert_int_equal(noted.not_compared, 0);
    }
}

static void what_is_wrapped_is_bound_to_its_claims(void **state)
{
    (void)state;
    tee_scene_play_wrapped(&scene, AT_GENOA, 3, SEED);
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, 0);
    assert_int_equal(noted.not_compared, (UNPINNED | AT_WAIVES(AT_REPORT_DATA_VALUE)));
    assert_true(span_same(claims.runtime_claims, span_of(scene.claims, scene.n_claims)));
    scene.policy.pinned = 0;
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, 0);
    assert_true(noted.not_compared & AT_PINS(AT_PIN_USER_DATA));
}

static void the_files_of_the_owner_are_checked(void **state)
{
    (void)state;
    tee_scene_play_owned(&scene, AT_MILAN, 3, SEED);
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, 0);
    bool checked = false;
    for (size_t i = 0; i < noted.n_checks; i++)
        checked |= noted.check[i].req == REQ_AT_091;
    assert_true(checked);
    scene.evidence.id_auth = EMPTY;
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_081);
}

static void the_same_seed_gives_the_same_evidence(void **state)
{
    (void)state;
    tee_scene_play(&scene, AT_GENOA, 3, false, SEED);
    tee_scene_play(&twin, AT_GENOA, 3, false, SEED);
    assert_memory_equal(scene.report, twin.report, AT_REPORT);
    assert_memory_equal(&scene.endorsements, &twin.endorsements, sizeof scene.endorsements);
    tee_scene_play(&twin, AT_GENOA, 3, false, span_text("another"));
    assert_memory_not_equal(scene.report, twin.report, AT_REPORT);
}

static void another_tcb_gives_another_key(void **state)
{
    (void)state;
    tee_chip chip = tee_chip_make(AT_MILAN, SEED);
    const tee_issue before = tee_issue_honest(&chip, TEE_NOW);
    chip.reported[7]--;
    const tee_issue after = tee_issue_honest(&chip, TEE_NOW);
    assert_memory_not_equal(before.vek.scalar, after.vek.scalar, 48);
}

/* Neither one that was read from the same bytes nor one that was read from others. */
static void lending_an_issuer_changes_nothing(verdict v)
{
    static x509_issuer kept[2];
    static account again;
    const at_evidence *e = &scene.evidence;
    x509_issuer_read(e->vek, scene.root.ark, scene.root.crl, &kept[0]);
    x509_issuer_read(e->intermediate, scene.root.ark, scene.root.crl, &kept[1]);
    const at_world world = {.prim = &prim_sodium, .now = scene.now, .issuers = kept, .n_issuers = 2};
    again = (account){0};
    assert_int_equal(at_appraise_snp(&world, &scene.policy, e, &again, &claims).req, v.req);
    assert_int_equal(again.n_checks, noted.n_checks);
    assert_int_equal(again.not_compared, noted.not_compared);
}

static void each_lie_is_refused_by_the_sentence_it_was_made_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i++) {
        const tee_lie *l = &tee_lies[i];
        tee_lie_play(&scene, l, SEED);
        const verdict v = tee_scene_judge(&scene, providers[i % 2], &noted, &claims);
        if (v.req != l->req)
            fail_msg("%s: %s instead of %s", l->name, v.req ? requirement_rows[v.req].id : "accepted", requirement_rows[l->req].id);
        assert_int_equal(noted.check[noted.n_checks - 1].req, l->req);
        assert_false(noted.check[noted.n_checks - 1].ok);
        assert_int_equal(claims.version, 0); /* AT-043 */
        lending_an_issuer_changes_nothing(v);
    }
}

static void a_lie_has_one_name_and_its_twin_is_honest(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i++) {
        const tee_lie *l = &tee_lies[i];
        assert_true(l->name && l->mutation && l->reason && l->req);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(l->name, tee_lies[k].name);
    }
}

/* Intel's pages have lies of their own; what a launch digest refuses is in the vectors. */
static bool is_about_snp(const requirement_row *row) { return strstr(row->file, "/attestation.md") != NULL; }

/* Every sentence that a verifier can break by accepting has its lie. */
static void every_judging_sentence_has_a_lie(void **state)
{
    (void)state;
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        const requirement_row *row = &requirement_rows[req];
        bool found = !is_about_snp(row) || !*row->reason; /* or rejects nothing itself */
        for (size_t i = 0; i < tee_n_lies; i++)
            found |= tee_lies[i].req == req;
        if (!found)
            fail_msg("no lie for %s", requirement_rows[req].id);
    }
}

#ifdef PARLEY_MUTANTS
static void with_only_its_line_weakened_each_lie_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i++) {
        const tee_lie *l = &tee_lies[i];
        tee_lie_play(&scene, l, SEED);
        site_weak[l->req] = true;
        const verdict v = tee_scene_judge(&scene, providers[0], &noted, &claims);
        site_weak[l->req] = false;
        if (!accepted(v))
            fail_msg("%s: %s still refuses it", l->name, requirement_rows[v.req].id);
    }
}

static void a_weakened_account_or_identity_is_seen(void **state)
{
    (void)state;
    account weak_noted;
    at_claims weak;
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    scene.policy.waived = AT_WAIVES(AT_VMPL);
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
    site_weak[REQ_AT_041] = true;
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &weak_noted, &weak)));
    site_weak[REQ_AT_041] = false;
    assert_int_not_equal(weak_noted.not_compared, noted.not_compared);
    site_weak[REQ_AT_042] = true;
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &weak_noted, &weak)));
    site_weak[REQ_AT_042] = false;
    assert_memory_not_equal(weak.identity, claims.identity, AT_IDENTITY);
}
#endif

/* n - s, little-endian: the other signature that verifies. */
static void take_the_other_s(uint8_t *s)
{
    static const uint8_t order[48] = {0x73, 0x29, 0xc5, 0xcc, 0x6a, 0x19, 0xec, 0xec, 0x7a, 0xa7, 0xb0, 0x48, 0xb2, 0x0d, 0x1a, 0x58,
                                      0xdf, 0x2d, 0x37, 0xf4, 0x81, 0x4d, 0x63, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    int borrow = 0;
    for (size_t i = 0; i < 48; i++) {
        const int digit = order[i] - s[i] - borrow;
        borrow = digit < 0;
        s[i] = (uint8_t)(digit + 256 * borrow);
    }
}

static void at_042_the_other_signature_over_a_report_names_the_same_evidence(void **state)
{
    (void)state;
    at_claims other;
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
    take_the_other_s(scene.report + 0x2e8);
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &other)));
    assert_memory_equal(claims.identity, other.identity, AT_IDENTITY);
}

static void at_041_each_waived_comparison_is_listed(void **state)
{
    (void)state;
    static const at_comparison waivable[] = {AT_REVOCATION, AT_VMPL, AT_REPORT_DATA_VALUE, AT_REFERENCE_VALUE};
    for (size_t i = 0; i < sizeof waivable / sizeof *waivable; i++) {
        tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
        scene.policy.waived = AT_WAIVES(waivable[i]);
        scene.root.crl = waivable[i] == AT_REVOCATION ? EMPTY : scene.root.crl;
        assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
        assert_int_equal(noted.not_compared, AT_WAIVES(waivable[i]) | UNPINNED);
    }
    tee_scene_play(&scene, AT_MILAN, 3, true, SEED);
    scene.policy.waived = AT_WAIVES(AT_CSP_ID);
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
    assert_int_equal(noted.not_compared, AT_WAIVES(AT_CSP_ID) | UNPINNED);
}

static void a_waived_list_that_is_there_is_still_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i++)
        if (tee_lies[i].req == REQ_AT_014 || tee_lies[i].req == REQ_AT_015) {
            tee_lie_play(&scene, &tee_lies[i], SEED);
            scene.policy.waived = AT_WAIVES(AT_REVOCATION);
            assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, tee_lies[i].req);
        }
}

static void a_masked_chip_passes_where_the_policy_allows_it_and_is_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i++)
        if (tee_lies[i].req == REQ_AT_023) {
            tee_lie_play(&scene, &tee_lies[i], SEED);
            scene.policy.allow_masked_chip = true;
            assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
            assert_int_equal(noted.not_compared, AT_WAIVES(AT_HW_ID) | UNPINNED);
        }
}

static void a_wrapped_identifier_is_the_same_identifier(void **state)
{
    (void)state;
    uint8_t wrapped[2 + AT_CHIP_ID] = {0x04, AT_CHIP_ID};
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    memcpy(wrapped + 2, scene.chip.hw_id, AT_CHIP_ID);
    tee_extension_remove(&scene.issue.vek, AT_OID_HW_ID);
    tee_extension_add(&scene.issue.vek, AT_OID_HW_ID, false, SPAN(wrapped));
    tee_issue_mint(&scene.issue, &scene.endorsements);
    scene.evidence.vek = tee_vek(&scene.endorsements);
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
    tee_extension_of(&scene.issue.vek, AT_OID_HW_ID)->value[0] = 0x0c;
    tee_issue_mint(&scene.issue, &scene.endorsements);
    scene.evidence.vek = tee_vek(&scene.endorsements);
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_024);
}

static void a_zeroed_policy_accepts_nothing(void **state)
{
    (void)state;
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    scene.policy = (at_policy){0};
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_011);
}

static void a_root_of_another_line_does_not_serve(void **state)
{
    (void)state;
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    scene.root.product = AT_GENOA;
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_011);
}

static void both_ends_of_a_validity_are_inside(void **state)
{
    (void)state;
    tee_scene_play(&scene, AT_MILAN, 3, false, SEED);
    scene.policy.waived = AT_WAIVES(AT_REVOCATION);
    scene.root.crl = EMPTY;
    const int64_t from = scene.issue.vek.not_before, to = scene.issue.vek.not_after;
    static const uint16_t outside = REQ_AT_012;
    const struct {
        int64_t now;
        uint16_t req;
    } rows[] = {{from - 1, outside}, {from, 0}, {to, 0}, {to + 1, outside}};
    for (size_t i = 0; i < 4; i++) {
        scene.now = rows[i].now;
        assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, rows[i].req);
    }
}

static void every_flipped_bit_of_a_report_is_noticed(void **state)
{
    (void)state;
    tee_scene_play(&scene, AT_GENOA, 5, false, SEED);
    for (size_t bit = 0; bit < 8 * AT_REPORT; bit += 37) { /* every position within a byte comes up */
        scene.report[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
        scene.report[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(accepted(tee_scene_judge(&scene, &prim_sodium, &noted, &claims)));
}

static void signer_named_otherwise(tee_scene *s)
{
    memset(s->issue.vek.issuer, 0, sizeof s->issue.vek.issuer);
    memcpy(s->issue.vek.issuer, "ARK-Milan", 9);
}

/* The sentence says that names are compared: the right key alone, under another name, does not make an issuer. */
static void at_011_names_are_compared_as_its_sentence_says(void **state)
{
    static const tee_lie lie = {"issuer-named-otherwise", REQ_AT_011, "", "", .issue = signer_named_otherwise};
    (void)state;
    assert_non_null(strstr(requirement_rows[REQ_AT_011].text, "by signatures and by names"));
    tee_lie_play(&scene, &lie, SEED);
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_011);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_chips_sign_is_accepted_under_both_providers),
        cmocka_unit_test(what_is_pinned_is_compared),
        cmocka_unit_test(what_is_wrapped_is_bound_to_its_claims),
        cmocka_unit_test(the_files_of_the_owner_are_checked),
        cmocka_unit_test(the_same_seed_gives_the_same_evidence),
        cmocka_unit_test(another_tcb_gives_another_key),
        cmocka_unit_test(each_lie_is_refused_by_the_sentence_it_was_made_for),
        cmocka_unit_test(a_lie_has_one_name_and_its_twin_is_honest),
        cmocka_unit_test(every_judging_sentence_has_a_lie),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(with_only_its_line_weakened_each_lie_is_believed),
        cmocka_unit_test(a_weakened_account_or_identity_is_seen),
#endif
        cmocka_unit_test(at_042_the_other_signature_over_a_report_names_the_same_evidence),
        cmocka_unit_test(at_041_each_waived_comparison_is_listed),
        cmocka_unit_test(a_waived_list_that_is_there_is_still_believed),
        cmocka_unit_test(a_masked_chip_passes_where_the_policy_allows_it_and_is_listed),
        cmocka_unit_test(a_wrapped_identifier_is_the_same_identifier),
        cmocka_unit_test(a_zeroed_policy_accepts_nothing),
        cmocka_unit_test(a_root_of_another_line_does_not_serve),
        cmocka_unit_test(at_011_names_are_compared_as_its_sentence_says),
        cmocka_unit_test(both_ends_of_a_validity_are_inside),
        cmocka_unit_test(every_flipped_bit_of_a_report_is_noticed),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee", tests, NULL, NULL);
}
