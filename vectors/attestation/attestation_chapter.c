/* The operation at.verify: one SEV-SNP report against its endorsements and a policy, at a given time; and the row of the chapter. */
#include "appraisal_policy.h"
#include "attestation_vectors.h"

static bool read_policy(adapter_call *call, appraisal_policy *out)
{
    policy_fault fault;
    const bool good = appraisal_policy_read(call_text(call, "policy"), out, &fault);
    if (!good)
        call_complain(call, fault.what);
    return good;
}

static bool read_root(adapter_call *call, at_root *out)
{
    out->product = at_product_of_name(call_text(call, "product"));
    if (out->product == AT_PRODUCTS)
        call_complain(call, "product is Milan, Genoa or Turin");
    return out->product != AT_PRODUCTS && call_bytes(call, "ark", &out->ark) && call_bytes(call, "crl", &out->crl);
}

static bool read_evidence(adapter_call *call, at_evidence *out)
{
    *out = (at_evidence){0};
    if (shim_find(&call->request->in, "id_auth") &&
        (!call_bytes(call, "id_block", &out->id_block) || !call_bytes(call, "id_auth", &out->id_auth)))
        return false;
    return (!shim_find(&call->request->in, "wrapper") || call_bytes(call, "wrapper", &out->wrapper)) &&
           call_bytes(call, "report", &out->report) && call_bytes(call, "vek", &out->vek) &&
           call_bytes(call, "intermediate", &out->intermediate);
}

static void verify(adapter_call *call)
{
    static appraisal_policy document;
    at_evidence evidence;
    at_root root;
    account noted = {0};
    at_claims claims;
    at_world world = {.prim = call->prim};
    if (!read_policy(call, &document) || !read_root(call, &root) || !read_evidence(call, &evidence) || !call_now(call, &world.now))
        return;
    const at_policy policy = appraisal_policy_of(&document, &root, 1);
    if (!call_accepts(call, at_appraise_snp(&world, &policy, &evidence, &noted, &claims)))
        return;
    uint8_t *identity = call_room(call, AT_IDENTITY);
    must(identity != NULL);
    for (size_t i = 0; i < AT_IDENTITY; i++)
        identity[i] = claims.identity[i];
    shim_put_bytes(&call->reply->out, "identity", span_of(identity, AT_IDENTITY));
    call_put_names(call, "not_compared", noted.not_compared, at_comparison_names, AT_COMPARISONS);
}

const chapter attestation_chapter = {
    .name = "attestation",
    .files = attestation_files,
    .capabilities = (const capability[]){{"at:snp", NULL},
                                         {"at:launch", NULL},
                                         {"at:tdx", NULL},
                                         {"at:sgx", NULL},
                                         {"at:eventlog", NULL},
                                         {"at:token", NULL},
                                         {"at:policy", NULL},
                                         {"at:gpu", NULL},
                                         {0}},
    .operations = (const operation[]){{.name = "at.verify", .answer = verify, .serves = "at:snp"},
                                      {.name = "at.launch", .answer = at_launch_operation, .serves = "at:launch"},
                                      {.name = "at.quote", .answer = at_quote_operation, .serves = "at:tdx at:sgx"},
                                      {.name = "at.eventlog", .answer = at_eventlog_operation, .serves = "at:eventlog"},
                                      {.name = "at.token", .answer = at_token_operation, .serves = "at:token"},
                                      {.name = "at.policy", .answer = at_policy_operation, .serves = "at:policy"},
                                      {.name = "at.gpu", .answer = at_gpu_operation, .serves = "at:gpu"},
                                      {0}}};
