/* The operations rt.*: a device of profile signal that talks to one other, signatures, and the row of the chapter. */
#include "chapter.h"
#include "signal_profile.h"

#include <stdlib.h>
#include <string.h>

/* ---- devices ---- */

enum { USES = 8, DEVICES = 16 };

typedef struct device {
    sg_session session;
    sg_account account;
    sg_settings settings;
    sg_key signed_prekey, one_time;
    bool has_one_time;
    uint32_t kem_id;
    uint8_t kem_public[SG_KEM_KEY], kem_secret[SG_KEM_SECRET];
    sg_use uses[USES];
    size_t n_uses;
    uint8_t address[SG_ADDRESS], their_address[SG_ADDRESS], their_identity[32];
    bool has_address, has_their_address, has_their_identity;
    rt_skipped kept[RT_CHAINS_MAX * 2000], pq_kept[PQ_EPOCHS * 2001];
} device;

static void close_device(void *object)
{
    device *d = object;
    if (d->session.kept.slots)
        sg_close(&d->session);
    wipe(d, offsetof(device, kept));
}

static void write_chain(writer *w, const rt_chain *c)
{
    write_span(w, SPAN(c->key));
    write_be(w, c->n, 4);
}

static void write_ratchet(writer *w, const device *d)
{
    const rt_ratchet *r = &d->session.state.ratchet;
    write_span(w, SPAN(r->secret.root));
    write_span(w, SPAN(r->secret.own.secret));
    write_chain(w, &r->secret.sending);
    write_be(w, r->previous, 4);
    for (unsigned i = 0; i < r->n_receiving; i++) {
        const rt_receiving *c = &r->secret.receiving[i];
        write_span(w, SPAN(c->ratchet));
        write_chain(w, &c->chain);
        for (uint32_t k = 0; k < d->session.kept.used[c->lane]; k++) {
            const rt_skipped *s = &d->kept[c->lane * 2000u + k];
            write_be(w, s->n, 4);
            write_span(w, SPAN(s->seed));
        }
    }
}

static void write_braid(writer *w, const pq_braid *b)
{
    write_be(w, b->state, 1);
    write_be(w, b->epoch, 8);
    write_be(w, b->out.next, 2);
    for (unsigned i = 0; i < b->in.have; i++) {
        write_be(w, b->in.index[i], 2);
        write_span(w, SPAN(b->in.chunk[i]));
    }
    write_span(w, SPAN(b->secret.auth.root));
    write_span(w, SPAN(b->secret.dk));
    write_span(w, SPAN(b->secret.m));
}

static void write_pq(writer *w, const device *d)
{
    const pq_peer *p = &d->session.state.pq;
    write_be(w, p->version, 1);
    write_be(w, p->heard, 1);
    write_braid(w, &p->braid);
    write_span(w, SPAN(p->chain.secret.root));
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        const pq_epoch *e = &p->chain.secret.at[i];
        write_be(w, e->open ? e->epoch + 1 : 0, 8);
        write_span(w, SPAN(e->sending.next));
        write_span(w, SPAN(e->receiving.next));
        write_be(w, e->receiving.n, 4);
        for (size_t k = 0; d->session.pq_kept.label[i] && k < 2001; k++)
            if (d->pq_kept[i * 2001 + k].n)
                write_span(w, SPAN(d->pq_kept[i * 2001 + k].seed));
    }
}

static void write_device(const void *object, writer *w)
{
    const device *d = object;
    write_be(w, d->session.state.version, 1);
    write_be(w, d->session.state.pending.there, 1);
    write_span(w, SPAN(d->session.state.base));
    write_be(w, d->has_one_time, 1);
    write_be(w, d->n_uses, 1);
    write_ratchet(w, d);
    write_pq(w, d);
}

static const handle_type device_type = {"device", sizeof(device), close_device, write_device};

/* ---- what is given, or drawn ---- */

/* Secrets under a key, or drawn where the caller leaves them out. */
static bool secret(adapter_call *call, const char *key, uint8_t *out, size_t n)
{
    span given;
    if (!call_bytes_if_given(call, key, n, &given))
        return false;
    if (given.n)
        memcpy(out, given.p, n);
    else if (call->adapter->random)
        call->adapter->random(out, n);
    else
        call_complain(call, "a secret was not given");
    return given.n || call->adapter->random;
}

static bool number_or(adapter_call *call, const char *key, int64_t otherwise, uint32_t *out)
{
    int64_t n = otherwise;
    if (shim_find(&call->request->in, key) && !call_number(call, key, 0, UINT32_MAX, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool take_settings(adapter_call *call, sg_settings *s)
{
    static const char *const modes[] = {"strict", "compat", NULL}, *const pq[] = {"none", "optional", "required", NULL};
    int mode, level;
    if (!call_word(call, "mode", modes, &mode) || !call_word(call, "pq", pq, &level))
        return false;
    s->mode = mode ? RT_COMPAT : RT_STRICT;
    s->pq = level ? PQ_V1 : PQ_V0;
    s->least_pq = level == 2 ? PQ_V1 : PQ_V0;
    return true;
}

static bool take_optional(adapter_call *call, const char *key, uint8_t *out, size_t n, bool *has)
{
    span s;
    if (!call_bytes_if_given(call, key, n, &s))
        return false;
    *has = s.n != 0;
    span_take(s, out, n);
    return true;
}

/* ---- rt.device: keys, and what is published of them ---- */

static void put_point(adapter_call *call, const char *key, const uint8_t secret_key[32], uint8_t encoded[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(encoded, SG_POINT);
    call->prim->x25519_public(secret_key, u);
    sg_write_point(&w, u);
    shim_put_bytes(&call->reply->out, key, span_of(encoded, SG_POINT));
}

static bool put_signature(adapter_call *call, const char *key, const device *d, const char *coins_key, span message)
{
    uint8_t coins[RT_SIGN_COINS], *out = call_room(call, RT_SIGNATURE);
    if (!out || !secret(call, coins_key, coins, sizeof coins))
        return false;
    rt_sign(call->prim, d->settings.mode, d->account.identity_secret, message, coins, out);
    shim_put_bytes(&call->reply->out, key, span_of(out, RT_SIGNATURE));
    return true;
}

static bool take_keys(adapter_call *call, device *d)
{
    uint8_t coins[64];
    if (!take_settings(call, &d->settings) || !secret(call, "identity", d->account.identity_secret, 32) ||
        !secret(call, "signed_prekey", d->signed_prekey.secret, 32) || !secret(call, "one_time", d->one_time.secret, 32) ||
        !secret(call, "kem", coins, 64) || !number_or(call, "registration_id", 4711, &d->account.registration_id) ||
        !number_or(call, "signed_prekey_id", 22, &d->signed_prekey.id) || !number_or(call, "one_time_id", 11, &d->one_time.id) ||
        !number_or(call, "kem_id", 33, &d->kem_id) || !take_optional(call, "address", d->address, SG_ADDRESS, &d->has_address) ||
        !take_optional(call, "their_address", d->their_address, SG_ADDRESS, &d->has_their_address) ||
        !take_optional(call, "their_identity", d->their_identity, 32, &d->has_their_identity))
        return false;
    d->has_one_time = true;
    d->kem_public[0] = 0x08;
    kyber_keygen(MLKEM_1024, coins, coins + 32, d->kem_public + 1, d->kem_secret);
    return true;
}

static void publish(adapter_call *call, device *d, int64_t h)
{
    uint8_t *room = call_room(call, 3 * SG_POINT);
    if (!room)
        return;
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_list *out = &call->reply->out;
    shim_put_int(out, "h", h);
    shim_put_int(out, "registration_id", d->account.registration_id);
    put_point(call, "identity", d->account.identity_secret, room);
    shim_put_int(out, "signed_prekey_id", d->signed_prekey.id);
    put_point(call, "signed_prekey", d->signed_prekey.secret, room + SG_POINT);
    shim_put_int(out, "one_time_id", d->one_time.id);
    put_point(call, "one_time", d->one_time.secret, room + 2 * SG_POINT);
    shim_put_int(out, "kem_id", d->kem_id);
    shim_put_bytes(out, "kem", SPAN(d->kem_public));
    if (put_signature(call, "signature", d, "sign_coins", span_of(room + SG_POINT, SG_POINT)))
        put_signature(call, "kem_signature", d, "kem_sign_coins", SPAN(d->kem_public));
}

static void make_device(adapter_call *call)
{
    int64_t h;
    device *d = call_new_handle(call, &device_type, &h);
    if (!d)
        return;
    d->session.kept.slots = d->kept;
    d->session.pq_kept.slots = d->pq_kept;
    if (take_keys(call, d))
        publish(call, d, h);
}

/* ---- the world of a call ---- */

typedef struct world {
    sg_world w;
    sg_prekeys prekeys;
    sg_kem_key kem;
    sg_coins coins;
} world;

static bool make_world(adapter_call *call, device *d, world *out)
{
    memset(out, 0, sizeof *out);
    if (!secret(call, "base", out->coins.base, 32) || !secret(call, "ratchet", out->coins.ratchet, 32) ||
        !secret(call, "kem_coins", out->coins.kem, 32) || !secret(call, "pq_coins", out->coins.pq, 64) ||
        (shim_find(&call->request->in, "now") && !call_now(call, &out->w.now)))
        return false;
    d->account.address = d->has_address ? SPAN(d->address) : EMPTY;
    out->kem = (sg_kem_key){d->kem_id, d->kem_secret};
    out->prekeys = (sg_prekeys){&d->signed_prekey, &d->one_time, &out->kem, 1, d->has_one_time, 1};
    out->w.prim = call->prim;
    out->w.coins = &out->coins;
    out->w.account = &d->account;
    out->w.their_address = d->has_their_address ? SPAN(d->their_address) : EMPTY;
    out->w.their_identity = d->has_their_identity ? SPAN(d->their_identity) : EMPTY;
    out->w.prekeys = &out->prekeys;
    out->w.uses = d->uses;
    out->w.n_uses = d->n_uses;
    return true;
}

/* ---- rt.start, rt.send, rt.receive ---- */

static bool take_bundle(adapter_call *call, sg_bundle *b)
{
    int64_t one_time = 0, kem = 0;
    *b = (sg_bundle){.has_one_time = shim_find(&call->request->in, "one_time") != NULL,
                     .has_kem = shim_find(&call->request->in, "kem") != NULL};
    if (!number_or(call, "registration_id", 0, &b->registration_id) || !call_bytes(call, "identity", &b->identity) ||
        !number_or(call, "signed_prekey_id", 0, &b->signed_prekey_id) || !call_bytes(call, "signed_prekey", &b->signed_prekey) ||
        !call_bytes(call, "signature", &b->signed_prekey_signature))
        return false;
    if (b->has_one_time && (!call_number(call, "one_time_id", 0, UINT32_MAX, &one_time) || !call_bytes(call, "one_time", &b->one_time)))
        return false;
    if (b->has_kem && (!call_number(call, "kem_id", 0, UINT32_MAX, &kem) || !call_bytes(call, "kem", &b->kem) ||
                       !call_bytes(call, "kem_signature", &b->kem_signature)))
        return false;
    b->one_time_id = (uint32_t)one_time;
    b->kem_id = (uint32_t)kem;
    return true;
}

static void start(adapter_call *call)
{
    device *d = call_handle(call, &device_type);
    world w;
    sg_bundle b;
    if (d && take_bundle(call, &b) && make_world(call, d, &w))
        call_accepts(call, sg_initiate(&d->session, &d->settings, &w.w, &b));
}

static void send(adapter_call *call)
{
    device *d = call_handle(call, &device_type);
    world w;
    span text;
    if (!d || !call_bytes(call, "text", &text) || !make_world(call, d, &w))
        return;
    const size_t room = text.n + 4096;
    sg_effects out = {0};
    uint8_t *at = call_room(call, room);
    if (!at)
        return;
    out.message = writer_of(at, room);
    const bool first = sg_sends_first(&d->session);
    if (!call_accepts(call, sg_send(&d->session, &w.w, text, &out)))
        return;
    shim_put_int(&call->reply->out, "first", first);
    shim_put_bytes(&call->reply->out, "message", written(&out.message));
}

static void remember(device *d, const sg_effects *out)
{
    if (out->used_one_time)
        d->has_one_time = false;
    if (out->used_kem)
        d->uses[d->n_uses++ % USES] = out->use;
    if (d->n_uses > USES)
        d->n_uses = USES;
}

static void receive(adapter_call *call)
{
    device *d = call_handle(call, &device_type);
    world w;
    span message;
    int64_t first;
    if (!d || !call_number(call, "first", 0, 1, &first) || !call_bytes(call, "message", &message) || !make_world(call, d, &w))
        return;
    sg_effects out = {0};
    uint8_t *at = call_room(call, message.n + 16);
    if (!at)
        return;
    out.text = writer_of(at, message.n + 16);
    const bool took = call_accepts(call, sg_receive(&d->session, &d->settings, &w.w, first != 0, message, &out));
    shim_put_bytes(&call->reply->out, took ? "text" : "released", written(&out.text));
    if (took)
        remember(d, &out);
}

/* ---- rt.verify ---- */

static void verify(adapter_call *call)
{
    static const char *const modes[] = {"strict", "compat", NULL};
    span key, message, signature;
    int mode;
    if (call_word(call, "mode", modes, &mode) && call_bytes_of(call, "key", 32, &key) && call_bytes(call, "text", &message) &&
        call_bytes(call, "signature", &signature))
        call_accepts(call, rt_verify(call->prim, mode ? RT_COMPAT : RT_STRICT, key.p, message, signature));
}

const chapter signal_chapter = {
    .name = "signal",
    .capabilities =
        (const capability[]){{"rt:v3", NULL}, {"rt:v4", NULL}, {"rt:spqr", NULL}, {"rt:strict", NULL}, {"rt:compat", NULL}, {0}},
    .operations = (const operation[]){{"rt.device", make_device, NULL, NULL, NULL},
                                      {"rt.start", start, NULL, NULL, NULL},
                                      {"rt.send", send, NULL, NULL, NULL},
                                      {"rt.receive", receive, NULL, NULL, NULL},
                                      {"rt.verify", verify, NULL, NULL, NULL},
                                      {0}}};
