#include "sim_sigstore.h"
#include "sigstore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static tl_sigstore storage;
static sim_minted minted;
static account checks;

static const tl_sigstore_world world = {&prim_sodium, SIM_SIGNED_AT + 60};
static const sim_recipe stamped = {.version = 3, .stamped = true};

static bool accepts(const sim_recipe *r, span root, span bundle)
{
    const tl_signer keyless = {.identity = span_text(r->user_name ? SIM_USER : SIM_IDENTITY), .issuer = span_text(SIM_ISSUER)},
                    managed = {.key = minted.key};
    memset(&checks, 0, sizeof checks);
    return accepted(tl_verify_sigstore(&storage, &world, r->managed ? &managed : &keyless, root, bundle, span_text(SIM_ARTIFACT), &checks));
}

static void every_shape_is_accepted_and_comes_out_the_same_again(void **state)
{
    (void)state;
    static sim_minted again;
    for (unsigned k = 0; k < 3 * 8; k++) {
        const sim_recipe r = {.version = 1 + k / 8, .envelope = k & 1, .managed = k & 2, .stamped = k & 4};
        sigstore_mint(&prim_sodium, &r, &minted);
        sigstore_mint(&prim_openssl, &r, &again);
        assert_string_equal(minted.root, again.root);
        assert_string_equal(minted.bundle, again.bundle);
        assert_true(accepts(&r, span_text(minted.root), span_text(minted.bundle)));
    }
}

/* Every key of a signer with every key of a log, of both versions. No log signs with Ed25519ph, and Rekor v2 has no P-384 or P-521 with the
 * hash of P-256. */
static void every_algorithm_is_accepted_with_every_other(void **state)
{
    (void)state;
    for (unsigned k = 0; k < SIM_ALGORITHMS * SIM_ALGORITHMS * 2; k++) {
        sim_recipe r = {.version = 3, .tiled = k % 2, .stamped = k % 2};
        r.signer = (sim_algorithm)(k / 2 % SIM_ALGORITHMS);
        r.log = (sim_algorithm)(k / 2 / SIM_ALGORITHMS);
        r.envelope = r.signer == SIM_ED25519;
        r.kind = r.envelope ? SIM_DSSE : SIM_USUAL;
        sigstore_mint(&prim_sodium, &r, &minted);
        assert_int_equal(accepts(&r, span_text(minted.root), span_text(minted.bundle)),
                         r.log != SIM_ED25519_PH && !(r.tiled && r.signer >= SIM_P384_SHA256));
    }
}

/* A copy of exact size, so that a sanitizer sees a byte read too many. */
static void every_truncation_is_rejected(void **state)
{
    (void)state;
    static uint8_t copy[SIM_TEXT_MAX];
    sigstore_mint(&prim_sodium, &stamped, &minted);
    const span root = span_text(minted.root), bundle = span_text(minted.bundle), entry = span_text(minted.entry);
    for (size_t n = 0; n < bundle.n; n++) {
        uint8_t *end = copy + sizeof copy - n;
        memcpy(end, bundle.p, n);
        assert_false(accepts(&stamped, root, span_of(end, n)));
    }
    for (size_t n = 0; n < root.n; n++)
        assert_false(accepts(&stamped, span_first(root, n), bundle));
    for (size_t n = 0; n < entry.n; n++)
        assert_false(accepted(tl_verify_entry(&storage, &world, span_first(entry, n), minted.log_key, span_text(SIM_ARTIFACT), &checks)));
}

/* Nothing that a bundle says goes unchecked: another character anywhere is noticed. A time stamp has bytes that nobody signs,
 * such as the list of hashes before its content. */
static void every_other_character_of_a_bundle_is_noticed(void **state)
{
    (void)state;
    static const sim_recipe plain = {.version = 3};
    sigstore_mint(&prim_sodium, &plain, &minted);
    const span root = span_text(minted.root);
    const size_t n = strlen(minted.bundle);
    for (size_t i = 0; i < n; i++) {
        const char kept = minted.bundle[i];
        minted.bundle[i] = kept == '7' ? '8' : '7';
        assert_false(accepts(&plain, root, span_of(minted.bundle, n)));
        minted.bundle[i] = kept;
    }
    assert_true(accepts(&plain, root, span_of(minted.bundle, n)));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_accepted_and_comes_out_the_same_again),
        cmocka_unit_test(every_algorithm_is_accepted_with_every_other),
        cmocka_unit_test(every_truncation_is_rejected),
        cmocka_unit_test(every_other_character_of_a_bundle_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
