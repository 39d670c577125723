#include "chat_device.h"

#include <string.h>

enum { SIGNED_ID = 1, ONE_TIME_ID = 2, KEM_ID = 3 };

static const sg_settings settings[] = {
    [CHAT_V3] = {RT_STRICT, PQ_V0, PQ_V0}, [CHAT_V4] = {RT_STRICT, PQ_V0, PQ_V0}, [CHAT_SPQR] = {RT_STRICT, PQ_V1, PQ_V1}};

/* ---- its random bytes ---- */

static void draw(const chat_device *d, const char *name, uint32_t number, uint8_t out[32])
{
    uint8_t bytes[4];
    writer w = WRITER(bytes);
    write_be(&w, number, 4);
    const span parts[] = {SPAN(d->secret), span_text(name), written(&w)};
    d->prim->hash(PRIM_SHA256, parts, 3, out);
}

void chat_ratchet_secret(const chat_device *d, uint32_t n, uint8_t out[32]) { draw(d, "ratchet", n, out); }

/* ---- start ---- */

void chat_open(chat_device *d, const prim *p, chat_kind kind, const uint8_t secret[32])
{
    uint8_t kem[64];
    memset(d, 0, sizeof *d);
    d->prim = p;
    d->kind = kind;
    memcpy(d->secret, secret, 32);
    d->session.kept.slots = d->kept;
    d->session.pq_kept.slots = d->pq_kept;
    draw(d, "identity", 0, d->account.identity_secret);
    draw(d, "signed prekey", 0, d->signed_prekey.secret);
    draw(d, "one-time prekey", 0, d->one_time.secret);
    draw(d, "kem", 0, kem);
    draw(d, "kem", 1, kem + 32);
    d->signed_prekey.id = SIGNED_ID;
    d->one_time.id = ONE_TIME_ID;
    d->kem_public[0] = 0x08;
    kyber_keygen(MLKEM_1024, kem, kem + 32, d->kem_public + 1, d->kem_secret);
}

static span encode(const chat_device *d, const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    d->prim->x25519_public(secret, u);
    sg_write_point(&w, u);
    return written(&w);
}

static void sign(const chat_device *d, span key, uint32_t number, uint8_t out[64])
{
    uint8_t coins[64];
    draw(d, "signature", 2 * number, coins);
    draw(d, "signature", 2 * number + 1, coins + 32);
    rt_sign(d->prim, RT_STRICT, d->account.identity_secret, key, coins, out);
}

void chat_initiate(chat_device *d, chat_device *with)
{
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], signatures[2][64];
    sg_coins coins = {0};
    encode(with, with->signed_prekey.secret, signed_prekey);
    sign(with, SPAN(signed_prekey), 0, signatures[0]);
    sign(with, SPAN(with->kem_public), 1, signatures[1]);
    const sg_bundle b = {.identity = encode(with, with->account.identity_secret, identity),
                         .signed_prekey_id = SIGNED_ID,
                         .signed_prekey = SPAN(signed_prekey),
                         .signed_prekey_signature = SPAN(signatures[0]),
                         .has_one_time = true,
                         .one_time_id = ONE_TIME_ID,
                         .one_time = encode(with, with->one_time.secret, one_time),
                         .has_kem = d->kind != CHAT_V3,
                         .kem_id = KEM_ID,
                         .kem = SPAN(with->kem_public),
                         .kem_signature = SPAN(signatures[1])};
    draw(d, "base", 0, coins.base);
    draw(d, "first kem coins", 0, coins.kem);
    draw(d, "first ratchet", 0, coins.ratchet);
    const sg_world w = {.prim = d->prim, .coins = &coins, .account = &d->account};
    must(accepted(sg_initiate(&d->session, &settings[d->kind], &w, &b)));
}

/* ---- messages ---- */

bool chat_send(chat_device *d, span text, writer *message)
{
    sg_coins coins = {0};
    sg_effects out = {.message = *message};
    const bool first = sg_sends_first(&d->session);
    if (d->kind == CHAT_SPQR) {
        draw(d, "spqr", 2 * d->sent, coins.pq);
        draw(d, "spqr", 2 * d->sent + 1, coins.pq + 32);
    }
    const sg_world w = {.prim = d->prim, .coins = &coins, .account = &d->account};
    must(accepted(sg_send(&d->session, &w, text, &out)));
    d->sent++;
    *message = out.message;
    return first;
}

verdict chat_receive(chat_device *d, bool first, span message, writer *text)
{
    uint8_t before[32];
    sg_coins coins = {0};
    sg_effects out = {.text = *text};
    const sg_kem_key kem = {KEM_ID, d->kem_secret};
    const sg_prekeys keys = {&d->signed_prekey, &d->one_time, &kem, 1, 1, 1};
    const sg_world w = {.prim = d->prim, .coins = &coins, .account = &d->account, .prekeys = &keys};
    chat_ratchet_secret(d, d->turns, coins.ratchet);
    memcpy(before, d->session.state.ratchet.secret.own.secret, 32);
    const verdict v = sg_receive(&d->session, &settings[d->kind], &w, first, message, &out);
    if (memcmp(d->session.state.ratchet.secret.own.secret, coins.ratchet, 32) == 0 && memcmp(before, coins.ratchet, 32) != 0)
        d->turns++;
    *text = out.text;
    return v;
}
