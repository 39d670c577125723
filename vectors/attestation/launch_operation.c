/* The operation at.launch: the digest that a guest of these parts has to have. */
#include "launch.h"
#include "attestation_vectors.h"

#include <string.h>

void at_launch_operation(adapter_call *call)
{
    static const char *const vmms[] = {"qemu", "ec2", "gce", NULL};
    at_guest g = {.has_kernel = call_flag(call, "has_kernel"), .command_line = call_text(call, "command_line")};
    int64_t vcpus, cpu, features;
    int vmm = 0;
    if (!call_bytes(call, "firmware", &g.firmware) || !call_bytes(call, "kernel", &g.kernel) || !call_bytes(call, "initrd", &g.initrd) ||
        !call_number(call, "vcpus", 1, AT_VCPUS_MAX, &vcpus) || !call_number(call, "cpu", 0, UINT32_MAX, &cpu) ||
        !call_number(call, "features", 0, INT64_MAX, &features) || !call_word(call, "vmm", vmms, &vmm))
        return;
    g.n_vcpus = (uint32_t)vcpus, g.cpu_signature = (uint32_t)cpu, g.features = (uint64_t)features, g.vmm = (at_vmm)vmm;
    uint8_t digest[AT_MEASUREMENT];
    if (!call_accepts(call, at_launch_digest(call->prim, &g, NULL, digest)))
        return;
    uint8_t *out = call_room(call, sizeof digest);
    must(out != NULL);
    memcpy(out, digest, sizeof digest);
    shim_put_bytes(&call->reply->out, "measurement", span_of(out, sizeof digest));
}
