/* The operation at.quote: a TDX or SGX quote against collateral and a policy, at a given time. */
#include "attestation_vectors.h"
#include "quote_policy.h"

#include <string.h>

static bool read_policy(adapter_call *call, quote_policy *out)
{
    policy_fault fault;
    const bool good = quote_policy_read(call_text(call, "policy"), out, &fault);
    if (!good)
        call_complain(call, fault.what);
    return good;
}

static bool read_set(adapter_call *call, at_collateral *out)
{
    *out = (at_collateral){
        .tcb_info = call_text(call, "tcb_info"),
        .tcb_info_chain = call_text(call, "tcb_info_chain"),
        .qe_identity = call_text(call, "qe_identity"),
        .qe_identity_chain = call_text(call, "qe_identity_chain"),
    };
    return call_bytes(call, "tcb_info_signature", &out->tcb_info_signature) &&
           call_bytes(call, "qe_identity_signature", &out->qe_identity_signature) && call_bytes(call, "root_crl", &out->root_list) &&
           call_bytes(call, "pck_crl", &out->pck_list);
}

/* Each once, one space between. */
static void put_advisories(adapter_call *call, const at_tcb_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_advisories; i++)
        n += r->advisory[i].n + (i > 0);
    uint8_t *room = call_room(call, n ? n : 1);
    if (!room)
        return;
    writer w = writer_of(room, n);
    for (size_t i = 0; i < r->n_advisories; i++) {
        write_text(&w, i ? " " : "");
        write_span(&w, r->advisory[i]);
    }
    shim_put_text(&call->reply->out, "advisories", written(&w));
}

static void put_claims(adapter_call *call, const at_quote_claims *claims, const account *noted)
{
    uint8_t *identity = call_room(call, AT_IDENTITY);
    if (!identity)
        return;
    memcpy(identity, claims->identity, AT_IDENTITY);
    shim_put_bytes(&call->reply->out, "identity", span_of(identity, AT_IDENTITY));
    shim_put_text(&call->reply->out, "status", span_text(at_tcb_status_names[claims->tcb.status]));
    put_advisories(call, &claims->tcb);
    call_put_names(call, "not_compared", (unsigned)noted->not_compared, at_quote_comparison_names, AT_QUOTE_COMPARISONS);
}

void at_quote_operation(adapter_call *call)
{
    static const char *const tees[] = {[AT_TDX] = "tdx", [AT_SGX] = "sgx", NULL};
    static quote_policy document;
    static at_quote_claims claims;
    span quote, root;
    at_collateral set;
    account noted = {0};
    at_world world = {.prim = call->prim};
    int tee = 0;
    if (!call_word(call, "tee", tees, &tee) || !read_policy(call, &document) || !read_set(call, &set) ||
        !call_bytes(call, "quote", &quote) || !call_bytes(call, "root", &root) || !call_now(call, &world.now))
        return;
    const at_quote_policy policy = quote_policy_of(&document, root);
    if (call_accepts(call, tee == AT_TDX ? at_appraise_tdx(&world, &policy, quote, &set, &noted, &claims)
                                         : at_appraise_sgx(&world, &policy, quote, &set, &noted, &claims)))
        put_claims(call, &claims, &noted);
}
