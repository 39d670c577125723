/* The part of an appraisal policy that is about GPUs: JSON, unknown members refused.
 *
 *   {"models": ["GH100"],
 *    "nonce": "<64 hexadecimal digits>",
 *    "measurements": {"2": ["<96 digits>", ...], "4": [...]},
 *    "not_compared": ["nonce", "measurements", "fwid", "revocation"],
 *
 *    "tied_to_cpu": true,
 *    "drivers": ["550.90.07"], "vbios": ["96.00.9F.00.01"],
 *    "modes": ["spt", "mpt", "ppcie"],
 *    "devices": ["<96 digits>", ...]}
 *
 * `models` is needed. The names of `measurements` are indexes of blocks, from 1 to 254. Of the first block, what is neither given nor named under
 * not_compared is compared with nothing, and so refused; what is given is compared whatever not_compared names. Of the second, what is not given is not
 * compared, and listed; with `tied_to_cpu`, `nonce` may be absent. */
#ifndef PARLEY_GPU_POLICY_H
#define PARLEY_GPU_POLICY_H

#include "gpu.h"
#include "policy_members.h"

enum { GPU_POLICY_TEXTS_MAX = 16, GPU_POLICY_VALUES_MAX = 256, GPU_POLICY_DEVICES_MAX = 256 };

/* Points into itself: never copied. */
typedef struct gpu_policy {
    policy_pool pool;
    span models[GPU_POLICY_TEXTS_MAX], drivers[GPU_POLICY_TEXTS_MAX], vbios[GPU_POLICY_TEXTS_MAX];
    size_t n_models, n_drivers, n_vbios;
    uint8_t nonce[AT_SPDM_NONCE];
    bool ties_cpu;
    at_gpu_reference references[GPU_POLICY_VALUES_MAX];
    size_t n_references;
    unsigned modes;
    uint8_t devices[GPU_POLICY_DEVICES_MAX][AT_GPU_DIGEST];
    size_t n_devices;
    uint64_t waived, given; /* AT_GPU_BIT */
} gpu_policy;

extern const policy_section gpu_policy_section;

/* From the object of a document. False, with the fault and zeros, when it is none. */
bool gpu_policy_take(span object, gpu_policy *out, policy_fault *);
bool gpu_policy_read(span text, gpu_policy *out, policy_fault *); /* the same of a text that is this part alone */

/* The policy for an appraisal under this root. Borrows from both. */
at_gpu_policy gpu_policy_of(const gpu_policy *, span root);

/* What applies when no policy is given: the model whose chain is known, no debugging; nothing of the state is known, and lists are not asked for. */
void gpu_policy_built_in(gpu_policy *out);

#endif
