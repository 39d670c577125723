#include "handles.h"

#include <string.h>

enum { SESSIONS = 2, SHARE = 32 };

static const char *const ephemerals[SESSIONS] = {"1111111111111111111111111111111111111111111111111111111111111111",
                                                 "2222222222222222222222222222222222222222222222222222222222222222"};

static bool opens(const parley_impl *impl, writer room, int i, int64_t *h)
{
    shim_request request;
    shim_reply reply = {.room = room};
    shim_request_start(&request, "nz.init");
    shim_put_text(&request.in, "role", span_text("i"));
    shim_put_text(&request.in, "name", span_text("Noise_XX_25519_AESGCM_SHA256"));
    shim_put_text(&request.in, "prologue", EMPTY);
    shim_put_text(&request.in, "s", span_text(ephemerals[SESSIONS - 1 - i]));
    shim_put_text(&request.in, "e", span_text(ephemerals[i]));
    return shim_ask(impl, &request, &reply) == SHIM_ANSWERED && reply.answer == SHIM_OK && shim_int(&reply.out, "h", h);
}

static bool writes_message1(const parley_impl *impl, writer room, int64_t h, uint8_t message[SHARE])
{
    shim_request request;
    shim_reply reply = {.room = room};
    writer bytes = writer_of(message, SHARE);
    span out;
    shim_request_start(&request, "nz.write");
    shim_put_int(&request.in, "h", h);
    shim_put_text(&request.in, "payload", EMPTY);
    if (shim_ask(impl, &request, &reply) != SHIM_ANSWERED || reply.answer != SHIM_OK || !shim_bytes(&reply.out, "msg", &bytes, &out))
        return false;
    span_take(out, message, SHARE);
    return true;
}

static void ends(const parley_impl *impl, writer room, int64_t h)
{
    shim_request request;
    shim_reply reply = {.room = room};
    shim_request_start(&request, "free");
    shim_put_int(&request.in, "h", h);
    shim_ask(impl, &request, &reply);
}

handles_found handles_kept_apart(const parley_impl *impl, writer room)
{
    int64_t h[SESSIONS];
    uint8_t message[SESSIONS][SHARE];
    for (int i = 0; i < SESSIONS; i++)
        if (!opens(impl, room, i, &h[i]))
            return HANDLES_UNKNOWN;
    bool apart = h[0] != h[1];
    for (int i = 0; i < SESSIONS; i++)
        apart = apart && writes_message1(impl, room, h[i], message[i]);
    apart = apart && memcmp(message[0], message[1], SHARE) != 0;
    for (int i = 0; i < SESSIONS; i++)
        ends(impl, room, h[i]);
    return apart ? HANDLES_APART : HANDLES_MIXED;
}
