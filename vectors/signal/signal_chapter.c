/* The operations rt.*: a device of profile signal that talks to one other, signatures, and the row of the chapter. */
#include "chapter.h"
#include "signal_device.h"
#include "signal_many.h"
#include "signal_run_case.h"

#include <string.h>

/* ---- devices ---- */

typedef struct device {
    many m;
    bool seeded;
    bool keeps_all; /* sessions: `many` */
} device;

static void close_device(void *object)
{
    device *d = object;
    if (d->keeps_all)
        sg_record_close(&d->m.record);
    else if (d->m.p.session.kept.slots)
        sg_close(&d->m.p.session);
    wipe(&d->m.p, offsetof(player, kept));
}

static void write_chain(writer *w, const rt_chain *c)
{
    write_span(w, SPAN(c->key));
    write_be(w, c->n, 4);
}

static void write_ratchet(writer *w, const player *d)
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

static void write_pq(writer *w, const player *d)
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
    const many *m = &((const device *)object)->m;
    const player *d = &m->p;
    size_t archived = 0;
    uint8_t digest[32];
    for (unsigned i = 0; i < m->record.n_archived; i++)
        archived += m->record.n[i];
    prim_digest(d->prim, PRIM_SHA256, span_of(m->archive, archived), digest);
    write_span(w, SPAN(digest));
    write_be(w, d->session.state.version, 1);
    write_be(w, d->session.state.pending.there, 1);
    write_span(w, SPAN(d->session.state.base));
    write_be(w, d->has_one_time, 1);
    write_be(w, d->n_uses, 1);
    write_be(w, d->calls, 4);
    write_ratchet(w, d);
    write_pq(w, d);
}

static const handle_type device_type = {"device", sizeof(device), close_device, write_device};

player *signal_player_of(const reference_adapter *a, int64_t h)
{
    const bool is_device = h >= 1 && h <= ADAPTER_HANDLES && a->handle[h - 1].type == &device_type;
    return is_device ? &((device *)a->handle[h - 1].object)->m.p : NULL;
}

/* ---- what is given, or drawn ---- */

/* Secrets under a key; else from the device's coins; else drawn. */
static bool secret(adapter_call *call, const device *d, const char *key, uint8_t *out, size_t n)
{
    span given;
    if (!call_bytes_if_given(call, key, n, &given))
        return false;
    if (given.n)
        memcpy(out, given.p, n);
    else if (d->seeded)
        player_secret(&d->m.p, key, out, n);
    else if (call->adapter->random)
        call->adapter->random(out, n);
    else
        call_complain(call, "a secret was not given");
    return given.n || d->seeded || call->adapter->random;
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

static bool take_keys(adapter_call *call, device *d)
{
    uint8_t kem[64];
    player *p = &d->m.p;
    p->prim = call->prim;
    if (!take_settings(call, &p->settings) || !take_optional(call, "coins", p->coins, 32, &d->seeded) ||
        !secret(call, d, "identity", p->account.identity_secret, 32) || !secret(call, d, "signed_prekey", p->signed_prekey.secret, 32) ||
        !secret(call, d, "one_time", p->one_time.secret, 32) || !secret(call, d, "kem", kem, 64) ||
        !number_or(call, "registration_id", 4711, &p->account.registration_id) ||
        !number_or(call, "signed_prekey_id", 22, &p->signed_prekey.id) || !number_or(call, "one_time_id", 11, &p->one_time.id) ||
        !number_or(call, "kem_id", 33, &p->kem_id) || !take_optional(call, "address", p->address, SG_ADDRESS, &p->has_address) ||
        !take_optional(call, "their_address", p->their_address, SG_ADDRESS, &p->has_their_address) ||
        !take_optional(call, "their_identity", p->their_identity, 32, &p->has_their_identity))
        return false;
    player_set_keys(p, kem);
    many_link(&d->m);
    return true;
}

static void publish(adapter_call *call, device *d, int64_t h)
{
    uint8_t coins[64], kem_coins[64];
    static player_bundle published; /* read before the next call */
    const sg_bundle *b = &published.b;
    if (!secret(call, d, "sign_coins", coins, 64) || !secret(call, d, "kem_sign_coins", kem_coins, 64))
        return;
    player_publish(&d->m.p, &published, coins, kem_coins);
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_put_int(&call->reply->out, "h", h);
    shim_put_int(&call->reply->out, "registration_id", b->registration_id);
    shim_put_bytes(&call->reply->out, "identity", b->identity);
    shim_put_int(&call->reply->out, "signed_prekey_id", b->signed_prekey_id);
    shim_put_bytes(&call->reply->out, "signed_prekey", b->signed_prekey);
    shim_put_bytes(&call->reply->out, "signature", b->signed_prekey_signature);
    shim_put_int(&call->reply->out, "one_time_id", b->one_time_id);
    shim_put_bytes(&call->reply->out, "one_time", b->one_time);
    shim_put_int(&call->reply->out, "kem_id", b->kem_id);
    shim_put_bytes(&call->reply->out, "kem", b->kem);
    shim_put_bytes(&call->reply->out, "kem_signature", b->kem_signature);
}

static void make_device(adapter_call *call)
{
    int64_t h;
    device *d = call_new_handle(call, &device_type, &h);
    if (d)
        d->keeps_all = span_is(call_text(call, "sessions"), "many");
    if (d && take_keys(call, d))
        publish(call, d, h);
}

static bool make_world(adapter_call *call, device *d, player_world *out)
{
    if (shim_find(&call->request->in, "now") && !call_now(call, &d->m.p.now))
        return false;
    player_make_world(&d->m.p, out);
    return secret(call, d, "base", out->coins.base, 32) && secret(call, d, "ratchet", out->coins.ratchet, 32) &&
           secret(call, d, "kem_coins", out->coins.kem, 32) && secret(call, d, "pq_coins", out->coins.pq, 64);
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
    player_world w;
    sg_bundle b;
    if (d && take_bundle(call, &b) && make_world(call, d, &w))
        d->m.p.calls += call_accepts(call, d->keeps_all ? sg_record_initiate(&d->m.record, &d->m.p.settings, &w.w, &b)
                                                        : sg_initiate(&d->m.p.session, &d->m.p.settings, &w.w, &b));
}

static void send(adapter_call *call)
{
    device *d = call_handle(call, &device_type);
    player_world w;
    span text;
    if (!d || !call_bytes(call, "text", &text) || !make_world(call, d, &w))
        return;
    const size_t room = text.n + 4096;
    sg_effects out = {0};
    uint8_t *at = call_room(call, room);
    if (!at)
        return;
    out.message = writer_of(at, room);
    const bool first = sg_sends_first(&d->m.p.session);
    if (!call_accepts(call, sg_send(&d->m.p.session, &w.w, text, &out)))
        return;
    d->m.p.calls++;
    shim_put_int(&call->reply->out, "first", first);
    shim_put_bytes(&call->reply->out, "message", written(&out.message));
}

static void receive(adapter_call *call)
{
    device *d = call_handle(call, &device_type);
    player_world w;
    span message;
    int64_t first;
    if (!d || !call_number(call, "first", 0, 1, &first) || !call_bytes(call, "message", &message) || !make_world(call, d, &w))
        return;
    sg_effects out = {0};
    uint8_t *at = call_room(call, message.n + 16);
    if (!at)
        return;
    out.text = writer_of(at, message.n + 16);
    const bool took = call_accepts(call, d->keeps_all ? sg_record_receive(&d->m.record, &d->m.p.settings, &w.w, first != 0, message, &out)
                                                      : sg_receive(&d->m.p.session, &d->m.p.settings, &w.w, first != 0, message, &out));
    shim_put_bytes(&call->reply->out, took ? "text" : "released", written(&out.text));
    d->m.p.calls += took;
    if (took)
        player_remember(&d->m.p, &out);
}

/* ---- rt.sign, rt.verify ---- */

static void sign(adapter_call *call)
{
    static const char *const modes[] = {"strict", "compat", NULL};
    span identity, message, coins;
    int mode;
    uint8_t *out = call_room(call, RT_SIGNATURE);
    if (!out || !call_word(call, "mode", modes, &mode) || !call_bytes_of(call, "identity", 32, &identity) ||
        !call_bytes(call, "text", &message) || !call_bytes_of(call, "sign_coins", RT_SIGN_COINS, &coins))
        return;
    rt_sign(call->prim, mode ? RT_COMPAT : RT_STRICT, identity.p, message, coins.p, out);
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_put_bytes(&call->reply->out, "signature", span_of(out, RT_SIGNATURE));
}

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
    .files = signal_files,
    .capabilities = (const capability[]){{"rt:v3", NULL},
                                         {"rt:v4", NULL},
                                         {"rt:spqr", NULL},
                                         {"rt:spqr-required", NULL},
                                         {"rt:no-spqr", NULL},
                                         {"rt:strict", NULL},
                                         {"rt:compat", NULL},
                                         {"rt:coins", NULL},
                                         {0}},
    .operations = (const operation[]){{.name = "rt.sign", .answer = sign, .serves = "rt:coins"},
                                      {.name = "rt.verify", .answer = verify},
                                      {.name = "rt.device", .answer = make_device},
                                      {.name = "rt.start", .answer = start, .prepare = through_device, .inputs = SIGNAL_BUNDLE},
                                      {.name = "rt.send", .answer = send, .prepare = through_script, .inputs = "text now"},
                                      {.name = "rt.receive", .answer = receive, .prepare = through_script, .inputs = "first message"},
                                      {0}},
    .checks = signal_checks};
