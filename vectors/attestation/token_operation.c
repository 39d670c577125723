/* The operation at.token: a token of a verification service against its keys and a policy, at a given time. */
#include "attestation_vectors.h"
#include "policy_document.h"

#include <string.h>

static bool read_policy(adapter_call *call, policy_document *out)
{
    policy_fault fault;
    if (policy_document_read(call_text(call, "policy"), out, &fault) && policy_has(out, AT_KIND_TOKEN))
        return true;
    call_complain(call, "policy is no policy for tokens");
    return false;
}

static void put_claims(adapter_call *call, const at_token_claims *claims, const account *noted)
{
    uint8_t *identity = call_room(call, AT_IDENTITY);
    if (!identity)
        return;
    memcpy(identity, claims->identity, AT_IDENTITY);
    shim_put_bytes(&call->reply->out, "identity", span_of(identity, AT_IDENTITY));
    shim_put_text(&call->reply->out, "status", span_text(claims->tcb.known ? at_tcb_status_names[claims->tcb.status] : ""));
    call_put_names(call, "not_compared", (unsigned)noted->not_compared, at_token_comparison_names, AT_TOKEN_COMPARISONS);
}

void at_token_operation(adapter_call *call)
{
    static policy_document document;
    static at_token_claims claims;
    static uint8_t bytes[AT_TOKEN_ROOM];
    writer room = WRITER(bytes);
    span root;
    account noted = {0};
    at_world world = {.prim = call->prim};
    const at_token token = {call_text(call, "token"), call_text(call, "keys")};
    if (!read_policy(call, &document) || !call_bytes(call, "root", &root) || !call_now(call, &world.now))
        return;
    const at_quote_policy td = quote_policy_of(&document.tdx, EMPTY);
    const at_token_policy policy = token_policy_of(&document.token, root, policy_has(&document, AT_KIND_TDX) ? &td : NULL);
    if (call_accepts(call, at_appraise_token(&world, &policy, &token, &room, &noted, &claims)))
        put_claims(call, &claims, &noted);
}
