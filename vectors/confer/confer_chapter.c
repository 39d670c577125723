/* The operations cf.*: what profile confer judges without a session; and the row of the chapter. */
#include "big_room.h"
#include "policy_document.h"
#include "confer_chat_vectors.h"
#include "confer_client.h"
#include "confer_server.h"

#include <string.h>

/* ---- cf.token ---- */

static void judge_token(adapter_call *call)
{
    cf_world w = {.prim = call->prim};
    cf_server s;
    if (!call_bytes(call, "key", &w.token_key) || !call_now(call, &w.now) ||
        !call_accepts(call, cf_server_admit(&s, &w, call_text(call, "target"))))
        return;
    shim_put_bool(&call->reply->out, "subscribed", s.subscribed);
    shim_put_int(&call->reply->out, "expires", s.expires);
}

/* ---- cf.evidence ---- */

typedef struct endorsed {
    cf_collateral collateral;
    at_root root;
    appraisal_policy document;
    at_policy policy;
} endorsed;

typedef struct service_terms {
    policy_document document;
    at_quote_policy td;
    at_token_policy policy;
} service_terms;

/* Without `vek` nobody can appraise a report. */
static bool read_endorsements(adapter_call *call, endorsed *e, cf_policy *policy)
{
    if (!shim_find(&call->request->in, "vek"))
        return true;
    e->root.product = at_product_of_name(call_text(call, "product"));
    policy_fault fault = {.what = "product is Milan, Genoa or Turin"};
    const bool good = e->root.product != AT_PRODUCTS && appraisal_policy_read(call_text(call, "policy"), &e->document, &fault);
    if (!good)
        call_complain(call, fault.what);
    e->policy = appraisal_policy_of(&e->document, &e->root, 1);
    policy->snp = &e->policy;
    return good && call_bytes(call, "vek", &e->collateral.snp.vek) && call_bytes(call, "intermediate", &e->collateral.snp.intermediate) &&
           call_bytes(call, "ark", &e->root.ark) && call_bytes(call, "crl", &e->root.crl);
}

/* Without `keys` nobody can appraise a token. */
static bool read_service(adapter_call *call, service_terms *t, cf_collateral *collateral, cf_policy *policy)
{
    policy_fault fault;
    if (!shim_find(&call->request->in, "keys"))
        return true;
    collateral->token.keys = call_text(call, "keys");
    if (!policy_document_read(call_text(call, "token_policy"), &t->document, &fault) || !policy_has(&t->document, AT_KIND_TOKEN)) {
        call_complain(call, "token_policy is no policy for tokens");
        return false;
    }
    t->td = quote_policy_of(&t->document.tdx, EMPTY);
    t->policy = token_policy_of(&t->document.token, EMPTY, &t->td);
    policy->token = &t->policy;
    return true;
}

/* Without `identity` nobody may sign the manifest. */
static void read_signer(adapter_call *call, tl_signer *signer, cf_policy *policy)
{
    if (!shim_find(&call->request->in, "identity"))
        return;
    *signer = (tl_signer){.identity = call_text(call, "identity"), .issuer = call_text(call, "issuer")};
    policy->signer = signer;
    policy->trusted_root = call_text(call, "trusted_root");
}

static void judge_evidence(adapter_call *call)
{
    static const char *const words[] = {"tdx", "manifest"};
    static cf_own_storage *storage;
    static endorsed e;
    static service_terms terms;
    static tl_sigstore *sigstore;
    tl_signer signer;
    span payload, rs;
    cf_appraisal appraisal;
    cf_policy policy = {.tdx_not_verified = call_flag(call, "tdx_on_trust"), .manifest_not_verified = call_flag(call, "manifest_on_trust")};
    cf_world w = {.prim = call->prim,
                  .storage = cf_own(BIG_ROOM(storage)),
                  .policy = &policy,
                  .collateral = &e.collateral,
                  .sigstore = BIG_ROOM(sigstore)};
    memset(&e, 0, sizeof e);
    if (!call_bytes(call, "payload", &payload) || !call_bytes(call, "rs", &rs) || !call_now(call, &w.now) ||
        !read_endorsements(call, &e, &policy) || !read_service(call, &terms, &e.collateral, &policy))
        return;
    read_signer(call, &signer, &policy);
    if (call_accepts(call, cf_appraise(&w, payload, rs, &appraisal)))
        call_put_names(call, "not_verified", appraisal.not_verified, words, 2);
}

/* ---- cf.frame: the frames f1, f2, ... have come; then `frame` comes ---- */

static verdict read_frame(cf_storage *storage, span bytes, bool *complete, span *message)
{
    cf_frame f;
    TRY(layout_read(&cf_frame_layout, bytes, &f, NULL));
    return cf_assemble(storage, &f, complete, message);
}

/* f1, f2, ... in their order; false after complaining. */
static bool take_earlier_frames(adapter_call *call, cf_storage *storage)
{
    for (int i = 1; i <= 9; i++) {
        char key[3] = {'f', (char)('0' + i), 0};
        span frame, message;
        bool complete;
        if (!shim_find(&call->request->in, key))
            return true;
        if (!call_bytes(call, key, &frame))
            return false;
        if (!accepted(read_frame(storage, frame, &complete, &message))) {
            call_complain(call, "a frame before the judged one is refused");
            return false;
        }
    }
    return true;
}

static void judge_frame(adapter_call *call)
{
    static cf_own_storage *own;
    static cf_server nobody;
    cf_storage *storage = cf_own(BIG_ROOM(own));
    span frame, message = EMPTY;
    bool complete = false;
    cf_server_end(&nobody, storage); /* what the case before this one left */
    if (!take_earlier_frames(call, storage) || !call_bytes(call, "frame", &frame) ||
        !call_accepts(call, read_frame(storage, frame, &complete, &message)))
        return;
    shim_put_bool(&call->reply->out, "complete", complete);
    uint8_t *copy = complete ? call_room(call, message.n) : NULL;
    if (copy) {
        span_take(message, copy, message.n);
        shim_put_bytes(&call->reply->out, "message", span_of(copy, message.n));
    }
}

const chapter confer_chapter = {
    .name = "confer",
    .files = confer_files,
    .capabilities = (const capability[]){{"cf:token", NULL}, {"cf:evidence", NULL}, {"cf:frame", NULL}, {"cf:chat", NULL}, {0}},
    .operations = (const operation[]){{.name = "cf.token", .answer = judge_token, .serves = "cf:token"},
                                      {.name = "cf.evidence", .answer = judge_evidence, .serves = "cf:evidence"},
                                      {.name = "cf.frame", .answer = judge_frame, .serves = "cf:frame"},
                                      {.name = "cf.request", .answer = cf_request_operation, .serves = "cf:chat"},
                                      {.name = "cf.answer", .answer = cf_answer_operation, .serves = "cf:chat"},
                                      {0}},
    .checks = confer_checks};
