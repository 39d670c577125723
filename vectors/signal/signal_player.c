#include "signal_player.h"

#include <string.h>

void player_secret(const player *p, const char *name, uint8_t *out, size_t n)
{
    for (uint8_t i = 0; 32u * i < n; i++) {
        uint8_t call[5];
        writer w = WRITER(call);
        write_be(&w, p->calls, 4);
        write_be(&w, i, 1);
        const span parts[] = {SPAN(p->coins), span_text(name), written(&w)};
        p->prim->hash(PRIM_SHA256, parts, 3, out + 32 * i);
    }
}

void player_set_keys(player *p, const uint8_t kem_coins[64])
{
    p->session.kept.slots = p->kept;
    p->session.pq_kept.slots = p->pq_kept;
    p->has_one_time = true;
    p->kem_public[0] = 0x08;
    kyber_keygen(MLKEM_1024, kem_coins, kem_coins + 32, p->kem_public + 1, p->kem_secret);
}

void player_open(player *p, const prim *lib, const sg_settings *settings, const uint8_t coins[32])
{
    uint8_t kem[64];
    memset(p, 0, sizeof *p);
    p->prim = lib;
    p->settings = *settings;
    memcpy(p->coins, coins, 32);
    player_secret(p, "identity", p->account.identity_secret, 32);
    player_secret(p, "signed_prekey", p->signed_prekey.secret, 32);
    player_secret(p, "one_time", p->one_time.secret, 32);
    player_secret(p, "kem", kem, 64);
    p->account.registration_id = 4711;
    p->signed_prekey.id = 22;
    p->one_time.id = 11;
    p->kem_id = 33;
    player_set_keys(p, kem);
}

static span encode(const player *p, const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    p->prim->x25519_public(secret, u);
    sg_write_point(&w, u);
    return written(&w);
}

void player_publish(player *p, player_bundle *out, const uint8_t coins[64], const uint8_t kem_coins[64])
{
    const uint8_t *secret = p->account.identity_secret;
    const span signed_prekey = encode(p, p->signed_prekey.secret, out->signed_prekey);
    rt_sign(p->prim, p->settings.mode, secret, signed_prekey, coins, out->signature);
    rt_sign(p->prim, p->settings.mode, secret, SPAN(p->kem_public), kem_coins, out->kem_signature);
    out->b = (sg_bundle){.registration_id = p->account.registration_id,
                         .identity = encode(p, secret, out->identity),
                         .signed_prekey_id = p->signed_prekey.id,
                         .signed_prekey = signed_prekey,
                         .signed_prekey_signature = SPAN(out->signature),
                         .has_one_time = p->has_one_time,
                         .one_time_id = p->one_time.id,
                         .one_time = encode(p, p->one_time.secret, out->one_time),
                         .has_kem = true,
                         .kem_id = p->kem_id,
                         .kem = SPAN(p->kem_public),
                         .kem_signature = SPAN(out->kem_signature)};
}

void player_make_world(player *p, player_world *out)
{
    memset(out, 0, sizeof *out);
    p->account.address = p->has_address ? SPAN(p->address) : EMPTY;
    out->kem = (sg_kem_key){p->kem_id, p->kem_secret};
    out->prekeys = (sg_prekeys){&p->signed_prekey, &p->one_time, &out->kem, 1, p->has_one_time, 1};
    out->w = (sg_world){.prim = p->prim,
                        .now = p->now,
                        .coins = &out->coins,
                        .account = &p->account,
                        .their_address = p->has_their_address ? SPAN(p->their_address) : EMPTY,
                        .their_identity = p->has_their_identity ? SPAN(p->their_identity) : EMPTY,
                        .prekeys = &out->prekeys,
                        .uses = p->uses,
                        .n_uses = p->n_uses};
}

void player_draw(player *p, player_world *out)
{
    player_secret(p, "base", out->coins.base, 32);
    player_secret(p, "ratchet", out->coins.ratchet, 32);
    player_secret(p, "kem_coins", out->coins.kem, 32);
    player_secret(p, "pq_coins", out->coins.pq, 64);
}

void player_remember(player *p, const sg_effects *out)
{
    if (out->used_one_time)
        p->has_one_time = false;
    if (out->used_kem && p->n_uses < PLAYER_USES)
        p->uses[p->n_uses++] = out->use;
}
