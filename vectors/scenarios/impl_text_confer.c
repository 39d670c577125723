/* The operations cf.*: what profile confer judges without a session. */
#include "appraisal_policy.h"
#include "confer_client.h"
#include "confer_server.h"
#include "impl_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool need(const shim_request *request, shim_reply *reply, const char *key, span *out)
{
    if (shim_bytes(&request->in, key, &reply->room, out))
        return true;
    impl_text_complain(reply, "a value is missing, is not lower-case hexadecimal, or is too long");
    return false;
}

static bool need_now(const shim_request *request, shim_reply *reply, int64_t *now)
{
    if (shim_int(&request->in, "now", now))
        return true;
    impl_text_complain(reply, "now is missing: seconds since 1970 UTC");
    return false;
}

static bool says(const shim_request *request, const char *key)
{
    const shim_pair *pair = shim_find(&request->in, key);
    return pair && pair->type == SHIM_BOOL && pair->number;
}

/* ---- cf.token ---- */

static void judge_token(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span target = EMPTY;
    cf_world w = {.prim = t->prim};
    cf_server s;
    shim_text(&request->in, "target", &target);
    if (!need(request, reply, "key", &w.token_key) || !need_now(request, reply, &w.now))
        return;
    verdict v = cf_server_admit(&s, &w, target);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bool(&reply->out, "subscribed", s.subscribed);
    shim_put_int(&reply->out, "expires", s.expires);
}

/* ---- cf.evidence ---- */

typedef struct endorsed {
    at_evidence evidence;
    at_root root;
    appraisal_policy document;
} endorsed;

static verdict appraise_report(const void *ctx, const prim *p, int64_t now, span report)
{
    const endorsed *e = ctx;
    at_evidence evidence = e->evidence;
    at_claims claims;
    const at_world w = {p, now};
    const at_policy policy = appraisal_policy_of(&e->document, &e->root, 1);
    evidence.report = report;
    return at_appraise_snp(&w, &policy, &evidence, &claims);
}

/* Without `vek` nobody can appraise a report. */
static bool read_endorsements(const shim_request *request, shim_reply *reply, endorsed *e, cf_policy *policy)
{
    span name = EMPTY, text = EMPTY;
    if (!shim_find(&request->in, "vek"))
        return true;
    shim_text(&request->in, "product", &name);
    shim_text(&request->in, "policy", &text);
    e->root.product = at_product_of_name(name);
    const char *wrong = e->root.product == AT_PRODUCTS ? "product is Milan, Genoa or Turin" : appraisal_policy_read(text, &e->document);
    if (wrong)
        impl_text_complain(reply, wrong);
    policy->snp = appraise_report;
    policy->ctx = e;
    return !wrong && need(request, reply, "vek", &e->evidence.vek) && need(request, reply, "intermediate", &e->evidence.intermediate) &&
           need(request, reply, "ark", &e->root.ark) && need(request, reply, "crl", &e->root.crl);
}

static void judge_evidence(impl_text *t, const shim_request *request, shim_reply *reply)
{
    static cf_storage storage;
    static endorsed e;
    span payload, rs;
    unsigned not_verified = 0;
    cf_policy policy = {.tdx_not_verified = says(request, "tdx_on_trust"), .manifest_not_verified = says(request, "manifest_on_trust")};
    cf_world w = {.prim = t->prim, .storage = &storage, .policy = &policy};
    memset(&e, 0, sizeof e);
    if (!need(request, reply, "payload", &payload) || !need(request, reply, "rs", &rs) || !need_now(request, reply, &w.now) ||
        !read_endorsements(request, reply, &e, &policy))
        return;
    verdict v = cf_appraise(&w, payload, rs, &not_verified);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    static const char *const words[] = {"", "tdx", "manifest", "tdx manifest"};
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_text(&reply->out, "not_verified", span_text(words[not_verified & 3]));
}

/* ---- cf.frame: the frames f1, f2, ... have come; then `frame` comes ---- */

static verdict take_frame(cf_storage *storage, span bytes, bool *complete, span *message)
{
    cf_frame f;
    TRY(layout_read(&cf_frame_layout, bytes, &f, NULL));
    return cf_assemble(storage, &f, complete, message);
}

static void judge_frame(impl_text *t, const shim_request *request, shim_reply *reply)
{
    static cf_storage storage;
    span frame, message = EMPTY;
    bool complete = false;
    (void)t;
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        storage.assembly[i].open = false;
    for (int i = 1; i <= 9; i++) {
        char key[3] = {'f', (char)('0' + i), 0};
        if (!shim_find(&request->in, key))
            break;
        if (!need(request, reply, key, &frame))
            return;
        if (!accepted(take_frame(&storage, frame, &complete, &message))) {
            impl_text_complain(reply, "a frame before the judged one is refused");
            return;
        }
    }
    if (!need(request, reply, "frame", &frame))
        return;
    verdict v = take_frame(&storage, frame, &complete, &message);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    uint8_t *copy = complete ? write_room(&reply->room, message.n ? message.n : 1) : NULL;
    must(!complete || copy);
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bool(&reply->out, "complete", complete);
    if (complete) {
        memcpy(copy, message.p, message.n);
        shim_put_bytes(&reply->out, "message", span_of(copy, message.n));
    }
}

const impl_text_row impl_text_confer[] = {
    {"cf.token", judge_token}, {"cf.evidence", judge_evidence}, {"cf.frame", judge_frame}, {NULL, NULL}};
