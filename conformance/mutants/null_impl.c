#include "null_impl.h"

/* Goes on as if all were well, and hands back nothing that was asked for. */
static int accept_all(void *ctx, const shim_request *request, shim_reply *reply)
{
    (void)ctx, (void)request;
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_int(&reply->out, "h", 1);
    shim_put_int(&reply->out, "done", 1);
    return SHIM_ANSWERED;
}

static int reject_all(void *ctx, const shim_request *request, shim_reply *reply)
{
    (void)ctx, (void)request;
    shim_reply_with(reply, SHIM_REJ, "auth");
    shim_put_bytes(&reply->out, "released", EMPTY);
    return SHIM_ANSWERED;
}

/* Whatever came in goes out, under the names that are looked for as well. */
static int echo(void *ctx, const shim_request *request, shim_reply *reply)
{
    static const char *const pairs[][2] = {{"payload", "msg"}, {"msg", "payload"}, {"pt", "ct"}, {"ct", "pt"}, {"prologue", "hash"}};
    (void)ctx;
    shim_reply_with(reply, SHIM_OK, NULL);
    reply->out = request->in;
    if (!shim_find(&request->in, "h"))
        shim_put_int(&reply->out, "h", 1);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const shim_pair *in = shim_find(&request->in, pairs[i][0]);
        if (in && !shim_find(&request->in, pairs[i][1]))
            shim_put_text(&reply->out, pairs[i][1], in->value);
    }
    return SHIM_ANSWERED;
}

static int constant(void *ctx, const shim_request *request, shim_reply *reply)
{
    static const uint8_t zeros[64];
    static const char *const keys[] = {"msg", "payload", "ct", "pt", "hash", "rs", "digest"};
    (void)ctx, (void)request;
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_int(&reply->out, "h", 1);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        shim_put_bytes(&reply->out, keys[i], span_of(zeros, 32));
    return SHIM_ANSWERED;
}

static int empty_ok(void *ctx, const shim_request *request, shim_reply *reply)
{
    (void)ctx, (void)request;
    shim_reply_with(reply, SHIM_OK, NULL);
    return SHIM_ANSWERED;
}

static int complain(void *ctx, const shim_request *request, shim_reply *reply)
{
    (void)ctx, (void)request;
    shim_reply_with(reply, SHIM_BUG, "always");
    return SHIM_ANSWERED;
}

const parley_impl null_impls[NULL_IMPLS] = {{"accept-all", accept_all, NULL},
                                            {"reject-all", reject_all, NULL},
                                            {"echo", echo, NULL},
                                            {"constant", constant, NULL},
                                            {"empty-ok", empty_ok, NULL}};
const parley_impl null_canary = {"canary", complain, NULL};
