/* The evidence of a GPU and its policy, any part of them hostile, through the whole appraisal. The first byte says which part, and which line of
 * devices; the rest is put there. */
#include "fuzz_entry.h"
#include "gpu_policy.h"
#include "nvidia.h"

#include <string.h>

static const nvidia_scene *honest_scene(nvidia_line line)
{
    static nvidia_scene scene[NVIDIA_LINES];
    const nvidia_twin twin = {.line = line};
    if (!scene[line].evidence.report.n)
        nvidia_scene_play(&scene[line], &twin, span_text("fuzz"));
    return &scene[line];
}

static void read_policy(span text)
{
    static gpu_policy policy;
    policy_fault fault = {0};
    const bool good = gpu_policy_read(text, &policy, &fault);
    must(good || (policy.n_models == 0 && policy.n_references == 0 && fault.what));
    must(policy.n_references <= GPU_POLICY_VALUES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    at_gpu_claims claims;
    account noted = {0};
    if (n < 1)
        return 0;
    prim_start();
    const nvidia_scene *scene = honest_scene(data[0] & 0x80 ? NVIDIA_BLACKWELL : NVIDIA_HOPPER);
    at_gpu_evidence evidence = scene->evidence;
    at_gpu_policy policy = scene->policy;
    span *const parts[] = {&evidence.report, &evidence.chain, &evidence.root_list, &evidence.model_list, &policy.root};
    const size_t which = (data[0] & 0x7f) % (sizeof parts / sizeof *parts + 1);
    const span in = span_from(span_of(data, n), 1);
    if (which == sizeof parts / sizeof *parts) {
        read_policy(in);
        return 0;
    }
    *parts[which] = in;
    const at_world world = {.prim = &prim_sodium, .now = scene->now};
    const verdict v = at_appraise_gpu(&world, &policy, &evidence, &noted, &claims);
    /* Another signature over the same bytes, or another form of the same chain, list or root, is no lie. */
    must(!accepted(v) || which != 0 ||
         span_same(span_first(in, in.n - AT_GPU_SIGNATURE),
                   span_first(scene->evidence.report, scene->evidence.report.n - AT_GPU_SIGNATURE)));
    must(noted.n_checks <= ACCOUNT_CHECKS_MAX);
    must(accepted(v) || all_zero(span_of(&claims, sizeof claims)));
    return 0;
}
