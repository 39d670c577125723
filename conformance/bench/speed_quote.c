/* The appraisal of a quote with its collateral, beside the signatures in it verified alone, with ready keys and bytes. */
#include "intel.h"
#include "speed.h"

/* What each signature covers: PCK, its CA, the signer, TCB info, QE identity, two lists, QE report, quote. Sizes as the simulator makes them. */
static const size_t covered[] = {1000, 400, 400, 3200, 570, 180, 180, AT_ENCLAVE_REPORT, AT_QUOTE_HEADER + 6 + AT_TD_REPORT_15};

static intel_scene tdx, sgx;
static uint8_t key[P256_KEY], signature[sizeof covered / sizeof *covered][P256_SIGNATURE], message[4096];

static void verify_alone(void *with)
{
    (void)with;
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++)
        must(p256_verify(key, span_first(SPAN(message), covered[i]), signature[i]));
}

static void appraise(void *with)
{
    static at_quote_claims claims;
    account noted = {0};
    must(accepted(intel_scene_judge(with, &prim_openssl, &noted, &claims)));
}

static void make_signatures(void)
{
    static const uint8_t scalar[P256_SCALAR] = {[31] = 7};
    p256_public(scalar, key);
    for (size_t i = 0; i < sizeof covered / sizeof *covered; i++)
        p256_sign(scalar, EMPTY, span_first(SPAN(message), covered[i]), signature[i]);
}

void speed_of_quotes(speed *s, const prim_choice *unused, uint32_t rounds)
{
    static const intel_twin of_tdx = {AT_TDX, 5, true, false}, of_sgx = {AT_SGX, 3, false, false};
    (void)unused;
    intel_scene_play(&tdx, &of_tdx, span_text("speed"));
    intel_scene_play(&sgx, &of_sgx, span_text("speed"));
    make_signatures();
    speed_start(s, "a quote appraised with its collateral, to its nine signatures verified alone", rounds);
    const int floor = speed_floor(s, "nine signatures", verify_alone, NULL, 10);
    speed_add(s, "TDX, version 5", appraise, &tdx, 10, floor, 1 / 1.3);
    speed_add(s, "SGX, version 3", appraise, &sgx, 10, floor, 1 / 1.3);
}
