/* The operations wi.*: heads in front of a WebSocket connection. */
#include "impl_text.h"
#include "wire.h"

static bool head_of(const shim_request *request, shim_reply *reply, span *head)
{
    if (shim_bytes(&request->in, "head", &reply->room, head))
        return true;
    impl_text_complain(reply, "head is missing, is not lower-case hexadecimal, or is too long");
    return false;
}

static void read_request(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span head;
    wi_head h;
    (void)t;
    if (!head_of(request, reply, &head))
        return;
    verdict v = wi_read_request(head, &h);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, "method", h.method);
    shim_put_bytes(&reply->out, "target", h.target);
}

static void judge_upgrade(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span head, key = EMPTY;
    wi_head h;
    (void)t;
    if (!head_of(request, reply, &head))
        return;
    verdict v = wi_read_request(head, &h);
    if (accepted(v))
        v = wi_judge_upgrade(&h, &key);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    size_t start = reply->room.n;
    wi_write_upgrade_answer(key, &reply->room);
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, "answer", span_from(written(&reply->room), start));
}

static void judge_answer(impl_text *t, const shim_request *request, shim_reply *reply)
{
    span head, nonce;
    (void)t;
    if (!head_of(request, reply, &head))
        return;
    if (!shim_bytes(&request->in, "nonce", &reply->room, &nonce) || nonce.n != WI_NONCE) {
        impl_text_complain(reply, "nonce is 16 bytes");
        return;
    }
    verdict v = wi_judge_upgrade_answer(head, nonce.p);
    if (accepted(v))
        shim_reply_with(reply, SHIM_OK, NULL);
    else
        impl_text_reject(reply, v);
}

const impl_text_row impl_text_wire[] = {
    {"wi.request", read_request}, {"wi.upgrade", judge_upgrade}, {"wi.answer", judge_answer}, {NULL, NULL}};
