/* The operation at.verify: one SEV-SNP report against its endorsements and a policy, at a given time. */
#include "appraisal_policy.h"
#include "impl_text.h"

static bool need(const shim_request *request, shim_reply *reply, const char *key, span *out)
{
    if (shim_bytes(&request->in, key, &reply->room, out))
        return true;
    impl_text_complain(reply, "report, vek, intermediate, ark and crl are bytes in lower-case hexadecimal");
    return false;
}

static bool read_policy(const shim_request *request, shim_reply *reply, appraisal_policy *out)
{
    span text = EMPTY;
    shim_text(&request->in, "policy", &text);
    const char *wrong = appraisal_policy_read(text, out);
    if (wrong)
        impl_text_complain(reply, wrong);
    return !wrong;
}

static bool read_root(const shim_request *request, shim_reply *reply, at_root *out)
{
    span name = EMPTY;
    shim_text(&request->in, "product", &name);
    out->product = at_product_of_name(name);
    if (out->product == AT_PRODUCTS)
        impl_text_complain(reply, "product is Milan, Genoa or Turin");
    return out->product != AT_PRODUCTS && need(request, reply, "ark", &out->ark) && need(request, reply, "crl", &out->crl);
}

static void put_not_compared(shim_reply *reply, unsigned waived)
{
    size_t start = reply->room.n;
    for (int i = 0; i < AT_COMPARISONS; i++)
        if (waived & AT_WAIVES(i)) {
            write_text(&reply->room, reply->room.n > start ? " " : "");
            write_text(&reply->room, at_comparison_names[i]);
        }
    shim_put_text(&reply->out, "not_compared", span_from(written(&reply->room), start));
}

static void verify(impl_text *t, const shim_request *request, shim_reply *reply)
{
    static appraisal_policy document;
    at_evidence evidence;
    at_root root;
    at_claims claims;
    at_world world = {.prim = t->prim};
    if (!read_policy(request, reply, &document) || !read_root(request, reply, &root) || !need(request, reply, "report", &evidence.report) ||
        !need(request, reply, "vek", &evidence.vek) || !need(request, reply, "intermediate", &evidence.intermediate))
        return;
    if (!shim_int(&request->in, "now", &world.now)) {
        impl_text_complain(reply, "now is missing: seconds since 1970 UTC");
        return;
    }
    const at_policy policy = appraisal_policy_of(&document, &root, 1);
    verdict v = at_appraise_snp(&world, &policy, &evidence, &claims);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    uint8_t *identity = write_room(&reply->room, AT_IDENTITY);
    must(identity != NULL);
    for (size_t i = 0; i < AT_IDENTITY; i++)
        identity[i] = claims.identity[i];
    shim_put_bytes(&reply->out, "identity", span_of(identity, AT_IDENTITY));
    put_not_compared(reply, claims.account.not_compared);
}

const impl_text_row impl_text_attestation[] = {{"at.verify", verify}, {NULL, NULL}};
