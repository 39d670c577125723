/* Two devices of profile signal: a bundle, a first message, turns both ways. A provider says no: what is refused changes nothing, hands out no text,
 * and the same message is taken the next time. */
#include "faults.h"
#include "signal_profile.h"

#include <string.h>

enum { ROOM = 4096, TURNS = 3 };

typedef struct side {
    sg_session session;
    sg_account account;
    sg_key signed_prekey, one_time;
    sg_kem_key kem;
    sg_coins coins;
    uint8_t dk[SG_KEM_SECRET];
    rt_skipped kept[RT_CHAINS_MAX * 2000], pq_kept[PQ_EPOCHS * 2001];
} side;

static side sides[2];
static uint8_t ek[SG_KEM_KEY];
static const sg_settings settings = {RT_STRICT, PQ_V1, PQ_V1};

static sg_world world_of(side *d, sg_prekeys *keys)
{
    *keys = (sg_prekeys){&d->signed_prekey, &d->one_time, &d->kem, 1, 1, 1};
    for (size_t i = 0; i < sizeof d->coins; i++)
        ((uint8_t *)&d->coins)[i] = (uint8_t)(((uint8_t *)&d->coins)[i] + 1 + i);
    return (sg_world){.prim = fault_prim, .coins = &d->coins, .account = &d->account, .prekeys = keys};
}

static span point(const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    prim_sodium.x25519_public(secret, u);
    sg_write_point(&w, u);
    return written(&w);
}

static void open_sides(void)
{
    for (int i = 0; i < 2; i++) {
        side *d = &sides[i];
        memset(d, 0, sizeof *d);
        d->session.kept.slots = d->kept, d->session.pq_kept.slots = d->pq_kept;
        memset(d->account.identity_secret, 1 + i, 32);
        memset(d->signed_prekey.secret, 3, 32), memset(d->one_time.secret, 4, 32);
        kyber_keygen(MLKEM_1024, SPAN(d->account.identity_secret).p, d->signed_prekey.secret, ek + 1, d->dk);
        d->kem.secret = d->dk;
    }
    ek[0] = 0x08;
}

static bool initiates(void)
{
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], signature[64], kem_signature[64], zeros[64] = {0};
    side *b = &sides[1];
    sg_prekeys keys;
    const span spk = point(b->signed_prekey.secret, signed_prekey);
    rt_sign(&prim_sodium, settings.mode, b->account.identity_secret, spk, zeros, signature);
    rt_sign(&prim_sodium, settings.mode, b->account.identity_secret, SPAN(ek), zeros, kem_signature);
    const sg_bundle bundle = {0, point(b->account.identity_secret, identity), 0,    spk, SPAN(signature), true,
                              0, point(b->one_time.secret, one_time),         true, 0,   SPAN(ek),        SPAN(kem_signature)};
    const sg_world w = world_of(&sides[0], &keys);
    const verdict v = sg_initiate(&sides[0].session, &settings, &w, &bundle);
    if (!accepted(v) && !all_zero(SPAN((const uint8_t *)&sides[0].session.state.own_identity)))
        fault_wrong("a bundle was refused, and a session begun");
    return accepted(v);
}

static bool takes(int to, bool first, span message)
{
    static uint8_t room[ROOM];
    sg_prekeys keys;
    const sg_world w = world_of(&sides[to], &keys);
    sg_effects out = {.text = WRITER(room)};
    const sg_state before = sides[to].session.state;
    if (accepted(sg_receive(&sides[to].session, &settings, &w, first, message, &out)))
        return span_is(written(&out.text), "text");
    if (out.text.n || out.used_one_time || out.used_kem || memcmp(&before, &sides[to].session.state, sizeof before) != 0)
        fault_wrong("a refused message left a trace");
    return false;
}

/* One message; after a refusal the same one again, with nothing failing. */
static bool passes(int from)
{
    static uint8_t room[ROOM];
    sg_prekeys keys;
    sg_effects out = {.message = WRITER(room)};
    const sg_world w = world_of(&sides[from], &keys);
    const bool first = sg_sends_first(&sides[from].session);
    if (!accepted(sg_send(&sides[from].session, &w, span_text("text"), &out)))
        return false;
    if (takes(!from, first, written(&out.message)))
        return true;
    fault_disarm();
    if (!takes(!from, first, written(&out.message)))
        fault_wrong("a message that was refused is not taken any more");
    return false;
}

static int run(void)
{
    bool good;
    open_sides();
    fault_begin();
    good = initiates();
    for (int i = 0; good && i < TURNS; i++)
        good = passes(0) && passes(0) && passes(1);
    fault_disarm();
    for (int i = 0; i < 2; i++)
        sg_close(&sides[i].session);
    return good ? FAULT_HONEST : FAULT_FAILED;
}

const fault_scenario fault_signal = {"signal", NULL, run, NULL, 1u << FAULT_PROVIDER, 0};
