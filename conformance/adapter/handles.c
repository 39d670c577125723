#include "handles.h"

#include <stdio.h>
#include <string.h>

enum { SESSIONS = 2, SHARE = 32, DRAWN = 40 };

#define STATIC_SECRET "3333333333333333333333333333333333333333333333333333333333333333"

/* The i-th session's ephemeral secret: its number, over and over. */
static void spell_ephemeral(size_t i, char out[2 * SHARE + 1])
{
    for (size_t at = 0; at < 2 * SHARE; at += 4)
        snprintf(out + at, 5, "%04x", (unsigned)i + 0x1111);
}

static bool ok(const parley_impl *impl, const shim_request *request, shim_reply *reply)
{
    return shim_ask(impl, request, reply) == SHIM_ANSWERED && reply->answer == SHIM_OK;
}

static bool opens(const parley_impl *impl, writer room, const char *ephemeral, int64_t *h)
{
    shim_request request;
    shim_reply reply = {.room = room};
    shim_request_start(&request, "nz.init");
    shim_put_text(&request.in, "role", span_text("i"));
    shim_put_text(&request.in, "name", span_text("Noise_XX_25519_AESGCM_SHA256"));
    shim_put_text(&request.in, "prologue", EMPTY);
    shim_put_text(&request.in, "s", span_text(STATIC_SECRET));
    if (ephemeral)
        shim_put_text(&request.in, "e", span_text(ephemeral));
    return ok(impl, &request, &reply) && shim_int(&reply.out, "h", h);
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
    if (!ok(impl, &request, &reply) || !shim_bytes(&reply.out, "msg", &bytes, &out))
        return false;
    span_take(out, message, SHARE);
    return true;
}

static void ends(const parley_impl *impl, writer room, const char *op, int64_t h)
{
    shim_request request;
    shim_reply reply = {.room = room};
    shim_request_start(&request, op);
    if (strcmp(op, "free") == 0)
        shim_put_int(&request.in, "h", h);
    shim_ask(impl, &request, &reply);
}

/* Whether each writes a message, and no two the same one. */
static bool are_apart(const parley_impl *impl, writer room, const int64_t *h, size_t n)
{
    static uint8_t message[HANDLES_MANY][SHARE];
    bool apart = true;
    for (size_t i = 0; i < n && apart; i++) {
        apart = writes_message1(impl, room, h[i], message[i]);
        for (size_t k = 0; k < i && apart; k++)
            apart = h[k] != h[i] && memcmp(message[k], message[i], SHARE) != 0;
    }
    return apart;
}

/* Opens up to n; those that were opened end as well. */
static handles_found look(const parley_impl *impl, writer room, size_t n, bool drawn, size_t *opened)
{
    int64_t h[HANDLES_MANY];
    char ephemeral[2 * SHARE + 1];
    for (*opened = 0; *opened < n; ++*opened) {
        spell_ephemeral(*opened, ephemeral);
        if (!opens(impl, room, drawn ? NULL : ephemeral, &h[*opened]))
            break;
    }
    const bool apart = are_apart(impl, room, h, *opened);
    for (size_t i = 0; i < *opened; i++)
        ends(impl, room, "free", h[i]);
    return *opened < SESSIONS ? HANDLES_UNKNOWN : apart ? HANDLES_APART : HANDLES_MIXED;
}

handles_found handles_kept_apart(const parley_impl *impl, writer room)
{
    size_t opened;
    return look(impl, room, SESSIONS, false, &opened);
}

handles_found handles_of_many(const parley_impl *impl, writer room, size_t *opened)
{
    return look(impl, room, HANDLES_MANY, false, opened);
}

handles_found handles_draw_afresh(const parley_impl *impl, writer room)
{
    size_t opened;
    return look(impl, room, DRAWN, true, &opened);
}

handles_found handles_ended(const parley_impl *impl, writer room, bool by_reset)
{
    char ephemeral[2 * SHARE + 1];
    uint8_t message[SHARE];
    int64_t h;
    spell_ephemeral(0, ephemeral);
    if (!opens(impl, room, ephemeral, &h))
        return HANDLES_UNKNOWN;
    ends(impl, room, by_reset ? "reset" : "free", h);
    return writes_message1(impl, room, h, message) ? HANDLES_MIXED : HANDLES_APART;
}
