/* A report and its certificates, any of them hostile, through the whole appraisal. The input says which part and puts its bytes there. */
#include "fuzz_entry.h"
#include "tee_lies.h"

#include <string.h>

enum { CRL = 4, WRAPPER, N_PARTS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static tee_scene bare, wrapped;
    static bool played;
    account noted = {0};
    at_claims claims;
    if (n < 1)
        return 0;
    prim_start();
    if (!played) {
        tee_scene_play(&bare, AT_MILAN, 3, false, span_text("fuzz"));
        tee_scene_play_wrapped(&wrapped, AT_MILAN, 3, span_text("fuzz"));
    }
    played = true;
    const size_t part = data[0] % N_PARTS;
    const tee_scene *scene = part == WRAPPER ? &wrapped : &bare;
    at_evidence evidence = scene->evidence;
    at_policy policy = scene->policy;
    at_root root = *scene->policy.roots;
    span in = span_from(span_of(data, n), 1),
         *parts[] = {&evidence.report, &evidence.vek, &evidence.intermediate, &root.ark, &root.crl, &evidence.wrapper};
    const span honest = *parts[part];
    *parts[part] = in;
    policy.roots = &root;
    const at_world world = {.prim = &prim_sodium, .now = scene->now};
    verdict v = at_appraise_snp(&world, &policy, &evidence, &noted, &claims);
    must(!accepted(v) || span_same(in, honest) ||
         part >= CRL); /* another list of the same root, and what comes after the claims, may be good */
    must(noted.n_checks <= ACCOUNT_CHECKS_MAX);
    must(accepted(v) || all_zero(SPAN(claims.measurement)));
    return 0;
}
