/* The operations in.make and in.verify: a receipt for an opening, and both against a model at hand, the one of the vectors. */
#include "impl_text.h"
#include "toy_model.h"

static bool need(const shim_request *request, shim_reply *reply, const char *key, size_t n, span *out)
{
    if (shim_bytes(&request->in, key, &reply->room, out) && (n == 0 || out->n == n))
        return true;
    impl_text_complain(reply, "session, model and tokenizer are 32 bytes, receipt and opening bytes, all in lower-case hexadecimal");
    return false;
}

static bool need_number(const shim_request *request, shim_reply *reply, const char *key, int64_t most, uint32_t *out)
{
    int64_t n = -1;
    if (!shim_int(&request->in, key, &n) || n < 0 || n > most) {
        impl_text_complain(reply, "engine and context are numbers below 2^32, vocabulary and end at most 65536");
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static void make(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span session, opening;
    uint32_t engine;
    if (!need_number(request, reply, "engine", UINT32_MAX, &engine) || !need(request, reply, "session", IN_DIGEST, &session) ||
        !need(request, reply, "opening", 0, &opening))
        return;
    uint8_t *receipt = write_room(&reply->room, IN_RECEIPT);
    must(receipt != NULL);
    const verdict v = in_make_receipt(t->prim, engine, session.p, opening, receipt);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, "receipt", span_of(receipt, IN_RECEIPT));
}

static bool read_model(const shim_request *request, shim_reply *reply, in_model *out)
{
    return need_number(request, reply, "engine", UINT32_MAX, &out->engine) &&
           need_number(request, reply, "vocabulary", 65536, &out->vocabulary) &&
           need_number(request, reply, "context", UINT32_MAX, &out->context) && need_number(request, reply, "end", 65536, &out->end) &&
           need(request, reply, "model", IN_DIGEST, &out->digest) && need(request, reply, "tokenizer", IN_DIGEST, &out->tokenizer);
}

static void put_not_compared(shim_reply *reply, unsigned comparisons)
{
    const size_t start = reply->room.n;
    for (int i = 0; i < IN_COMPARISONS; i++)
        if (comparisons & 1u << i) {
            write_text(&reply->room, reply->room.n > start ? " " : "");
            write_text(&reply->room, in_comparison_names[i]);
        }
    shim_put_text(&reply->out, "not_compared", span_from(written(&reply->room), start));
}

static void verify(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span receipt, opening;
    in_findings findings;
    toy_model toy = {.prim = t->prim};
    in_model model = {.ctx = &toy, .draw = toy_draw, .text = toy_text};
    if (!read_model(request, reply, &model) || !need(request, reply, "receipt", 0, &receipt) ||
        !need(request, reply, "opening", 0, &opening))
        return;
    toy.vocabulary = model.vocabulary;
    const verdict v = in_verify(t->prim, &model, receipt, opening, &findings);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    put_not_compared(reply, findings.account.not_compared);
}

const impl_text_row impl_text_inference[] = {{"in.make", make}, {"in.verify", verify}, {NULL, NULL}};
