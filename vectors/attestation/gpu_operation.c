/* The operation at.gpu: the report of a GPU against its chain, lists and a policy, at a given time. */
#include "attestation_vectors.h"
#include "gpu_policy.h"

#include <string.h>

static bool read_policy(adapter_call *call, gpu_policy *out)
{
    policy_fault fault;
    const bool good = gpu_policy_read(call_text(call, "policy"), out, &fault);
    if (!good)
        call_complain(call, fault.what);
    return good;
}

static bool read_evidence(adapter_call *call, at_gpu_evidence *out)
{
    *out = (at_gpu_evidence){.chain = call_text(call, "chain")};
    return call_bytes(call, "report", &out->report) && call_bytes(call, "root_crl", &out->root_list) &&
           call_bytes(call, "model_crl", &out->model_list) && call_bytes(call, "cpu_data", &out->cpu_data);
}

static void put_claims(adapter_call *call, const at_gpu_claims *claims, const account *noted)
{
    uint8_t *room = call_room(call, AT_IDENTITY + sizeof claims->model);
    if (!room)
        return;
    memcpy(room, claims->identity, AT_IDENTITY);
    memcpy(room + AT_IDENTITY, claims->model, sizeof claims->model);
    shim_put_bytes(&call->reply->out, "identity", span_of(room, AT_IDENTITY));
    shim_put_text(&call->reply->out, "model", span_text((const char *)room + AT_IDENTITY));
    call_put_names(call, "not_compared", (unsigned)noted->not_compared, at_gpu_comparison_names, AT_GPU_COMPARISONS);
}

void at_gpu_operation(adapter_call *call)
{
    static gpu_policy document;
    at_gpu_evidence evidence;
    at_gpu_claims claims;
    span root;
    account noted = {0};
    at_world world = {.prim = call->prim};
    if (!read_policy(call, &document) || !read_evidence(call, &evidence) || !call_bytes(call, "root", &root) || !call_now(call, &world.now))
        return;
    const at_gpu_policy policy = gpu_policy_of(&document, root);
    if (call_accepts(call, at_appraise_gpu(&world, &policy, &evidence, &noted, &claims)))
        put_claims(call, &claims, &noted);
}
