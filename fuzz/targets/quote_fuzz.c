/* A quote and its collateral, any of them hostile, through the whole appraisal. The first byte says which part, and whether of a trust domain or of
 * an enclave; the rest is put there. */
#include "fuzz_entry.h"
#include "intel.h"

#include <string.h>

static const intel_scene *honest_scene(at_tee tee)
{
    static intel_scene scene[2];
    static const intel_twin twins[] = {{AT_TDX, 5, true, false}, {AT_SGX, 3, false, false}};
    if (!scene[tee].quote_bytes.n)
        intel_scene_play(&scene[tee], &twins[tee], span_text("fuzz"));
    return &scene[tee];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static at_quote_claims claims;
    account noted = {0};
    if (n < 1)
        return 0;
    prim_start();
    const at_tee tee = data[0] & 0x80 ? AT_SGX : AT_TDX;
    const intel_scene *scene = honest_scene(tee);
    at_collateral set = scene->collateral;
    at_quote_policy policy = scene->policy;
    span quote = scene->quote_bytes;
    span *const parts[] = {&quote, &set.tcb_info, &set.tcb_info_chain, &set.qe_identity, &set.root_list, &set.pck_list, &policy.root};
    span *part = parts[(data[0] & 0x7f) % (sizeof parts / sizeof *parts)];
    const span in = span_from(span_of(data, n), 1), honest = *part;
    *part = in;
    const at_world world = {.prim = &prim_sodium, .now = scene->now};
    const verdict v = tee == AT_TDX ? at_appraise_tdx(&world, &policy, quote, &set, &noted, &claims)
                                    : at_appraise_sgx(&world, &policy, quote, &set, &noted, &claims);
    /* Bytes behind a quote, and another form of the same chain, list or root, are no lies. */
    const bool is_text = part == parts[1] || part == parts[3];
    must(!accepted(v) || !is_text || span_same(in, honest));
    must(!accepted(v) || part != &quote || span_same(span_first(in, AT_QUOTE_HEADER), span_first(honest, AT_QUOTE_HEADER)));
    must(noted.n_checks <= ACCOUNT_CHECKS_MAX);
    must(accepted(v) || (all_zero(SPAN(claims.identity)) && claims.version == 0));
    return 0;
}
