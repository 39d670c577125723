/* The operations of the handshake: p1.hello, p1.answer, p1.agree. */
#include "parley1_vectors.h"

#include <string.h>

enum { NAMES = 8, VERSIONS = 8, FIRST_MESSAGE = 2 + P1_OFFER_MAX + P1_MESSAGE1 };

static void put_copy(adapter_call *call, const char *key, span s)
{
    uint8_t *room = call_room(call, s.n);
    if (room) {
        memcpy(room, s.p, s.n);
        shim_put_bytes(&call->reply->out, key, span_of(room, s.n));
    }
}

static bool say_hello(adapter_call *call, nz_peer *noise, writer *out, p1_offer *kept)
{
    const span name = call_text(call, "name");
    span coins;
    if (!call_bytes_of(call, "coins", P1_HELLO_COINS, &coins))
        return false;
    if (!p1_is_name(name)) {
        call_complain(call, "name is no host name");
        return false;
    }
    p1_client_hello(noise, call->prim, name, coins, out, kept);
    return true;
}

void p1_hello_operation(adapter_call *call)
{
    static uint8_t message[FIRST_MESSAGE];
    nz_peer noise;
    p1_offer kept;
    writer w = WRITER(message);
    if (say_hello(call, &noise, &w, &kept) && call_accepts(call, ACCEPT))
        put_copy(call, "msg", written(&w));
    nz_close(&noise);
}

static void put_agreement(adapter_call *call, const p1_agreement *a)
{
    shim_put_int(&call->reply->out, "version", a->version);
    put_copy(call, "h", SPAN(a->h));
    put_copy(call, "base", SPAN(a->base));
}

/* Names with one space between, versions of two bytes each. */
static bool read_served(adapter_call *call, span names[NAMES], uint16_t versions[VERSIONS], p1_served *out)
{
    span text = call_text(call, "names"), bytes;
    *out = (p1_served){.versions = versions, .names = names};
    for (size_t i = 0; i <= text.n && out->n_names < NAMES; i++)
        if (i == text.n || text.p[i] == ' ') {
            names[out->n_names++] = span_first(text, i);
            text = span_from(text, i + 1);
            i = (size_t)-1;
            if (text.n == 0)
                break;
        }
    if (!call_bytes(call, "versions", &bytes))
        return false;
    reader r = reader_of(bytes);
    while (r.rest.n && out->n_versions < VERSIONS)
        versions[out->n_versions++] = (uint16_t)read_be(&r, 2);
    return true;
}

void p1_answer_operation(adapter_call *call)
{
    static uint8_t room[P1_MESSAGE2];
    span names[NAMES], message, s, coins, r0;
    uint16_t versions[VERSIONS];
    p1_served served;
    prim_pair own;
    nz_peer noise = {0};
    p1_agreement a;
    writer out = WRITER(room);
    if (!call_bytes(call, "msg", &message) || !call_bytes_of(call, "s", 32, &s) || !call_bytes_of(call, "r0", 32, &r0) ||
        !call_bytes_of(call, "coins", P1_ANSWER_COINS, &coins) || !read_served(call, names, versions, &served))
        return;
    prim_pair_of(call->prim, s.p, &own);
    if (call_accepts(call, p1_server_answers(&noise, call->prim, &own, &served, r0.p, coins, message, &out, &a))) {
        put_copy(call, "msg", written(&out));
        put_agreement(call, &a);
    }
    nz_close(&noise);
}

void p1_agree_operation(adapter_call *call)
{
    static uint8_t first[FIRST_MESSAGE];
    span message;
    p1_offer kept;
    nz_peer noise = {0};
    p1_agreement a;
    writer w = WRITER(first);
    if (!call_bytes(call, "msg", &message) || !say_hello(call, &noise, &w, &kept))
        return;
    if (call_accepts(call, p1_client_agrees(&noise, call->prim, &kept, message, &a))) {
        put_agreement(call, &a);
        put_copy(call, "s", SPAN(a.s));
        put_copy(call, "r0", SPAN(a.r0));
    }
    nz_close(&noise);
}
