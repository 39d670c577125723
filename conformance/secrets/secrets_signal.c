/* Sessions of profile signal: X3DH, PQXDH, XEdDSA, the Double Ratchet and the sparse post-quantum ratchet, in both modes; messages late and in
 * another order, a wrong MAC, a state saved and taken up again. */
#include "secrets.h"
#include "signal_saved.h"

#include <stdlib.h>
#include <string.h>

enum { A, B, ROOM = 4096, KEM_ID = 33, SIGNED_ID = 22, ONE_TIME_ID = 11, TURNS = 60 };

typedef struct device {
    sg_account account;
    sg_session session;
    sg_settings settings;
    sg_coins coins;
    sg_key signed_prekey, one_time;
    sg_kem_key kem;
    uint8_t kem_public[SG_KEM_KEY], kem_secret[SG_KEM_SECRET];
} device;

typedef struct letter {
    uint8_t bytes[ROOM];
    size_t n;
    bool first;
} letter;

static device devices[2];

static void makes_keys(device *d)
{
    uint8_t seed[64];
    const mlkem_sizes *n = mlkem_sizes_of(MLKEM_1024);
    d->signed_prekey.id = SIGNED_ID;
    d->one_time.id = ONE_TIME_ID;
    secrets_fill(d->account.identity_secret, 32);
    secrets_fill(d->signed_prekey.secret, 32);
    secrets_fill(d->one_time.secret, 32);
    secrets_fill(seed, 64);
    d->kem_public[0] = 0x08;
    kyber_keygen(MLKEM_1024, seed, seed + 32, d->kem_public + 1, d->kem_secret);
    declassify(d->kem_public, sizeof d->kem_public);
    memcpy(d->kem_secret + n->t, d->kem_public + 1, n->ek);
    d->kem = (sg_kem_key){KEM_ID, d->kem_secret};
}

static void start(device *d, const sg_settings *settings)
{
    rt_skipped *slots = d->session.kept.slots, *pq_slots = d->session.pq_kept.slots;
    memset(d, 0, sizeof *d);
    d->session.kept.slots = slots ? slots : calloc(RT_CHAINS_MAX * 2000, sizeof *slots);
    d->session.pq_kept.slots = pq_slots ? pq_slots : calloc(PQ_EPOCHS * 2001, sizeof *pq_slots);
    must(d->session.kept.slots && d->session.pq_kept.slots);
    d->settings = *settings;
    makes_keys(d);
}

static sg_world world_of(device *d, const sg_prekeys *keys)
{
    secrets_fill(&d->coins, sizeof d->coins);
    return (sg_world){.prim = &secrets_lent, .coins = &d->coins, .account = &d->account, .prekeys = keys};
}

static sg_prekeys prekeys_of(const device *d) { return (sg_prekeys){&d->signed_prekey, &d->one_time, &d->kem, 1, 1, 1}; }

static void encode(const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    secrets_lent.x25519_public(secret, u);
    sg_write_point(&w, u);
}

static void sign(const device *d, span message, uint8_t out[64])
{
    uint8_t coins[64];
    secrets_fill(coins, 64);
    rt_sign(&secrets_lent, d->settings.mode, d->account.identity_secret, message, coins, out);
    declassify(out, 64);
}

static void initiates(device *a, const device *b, bool kem)
{
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], of_signed[64], of_kem[64];
    encode(b->account.identity_secret, identity);
    encode(b->signed_prekey.secret, signed_prekey);
    encode(b->one_time.secret, one_time);
    sign(b, SPAN(signed_prekey), of_signed);
    sign(b, SPAN(b->kem_public), of_kem);
    const sg_bundle bundle = {
        1,   SPAN(identity), SIGNED_ID,           SPAN(signed_prekey), SPAN(of_signed), true, ONE_TIME_ID, SPAN(one_time),
        kem, KEM_ID,         SPAN(b->kem_public), SPAN(of_kem)};
    const sg_prekeys keys = prekeys_of(a);
    const sg_world w = world_of(a, &keys);
    must(accepted(sg_initiate(&a->session, &a->settings, &w, &bundle)));
}

static letter says(int from, size_t n)
{
    letter l;
    uint8_t text[300];
    device *d = &devices[from];
    const sg_prekeys keys = prekeys_of(d);
    const sg_world w = world_of(d, &keys);
    sg_effects out = {.message = WRITER(l.bytes)};
    secrets_fill(text, n);
    l.first = sg_sends_first(&d->session);
    must(accepted(sg_send(&d->session, &w, span_of(text, n), &out)));
    declassify(l.bytes, out.message.n);
    l.n = out.message.n;
    return l;
}

static bool reads(int at, const letter *l)
{
    static uint8_t room[ROOM];
    device *d = &devices[at];
    const sg_prekeys keys = prekeys_of(d);
    const sg_world w = world_of(d, &keys);
    sg_effects out = {.text = WRITER(room)};
    return accepted(sg_receive(&d->session, &d->settings, &w, l->first, span_of(l->bytes, l->n), &out));
}

static void passes(int from, size_t n)
{
    const letter l = says(from, n);
    must(reads(!from, &l));
}

/* The last byte is of the MAC. */
static void is_refused(void)
{
    letter l = says(A, 40);
    l.bytes[l.n - 1] ^= 1;
    must(!reads(B, &l));
    l.bytes[l.n - 1] ^= 1;
    must(reads(B, &l));
}

static void comes_late(void)
{
    const letter one = says(A, 5), two = says(A, 6), three = says(A, 7);
    must(reads(B, &three) && reads(B, &one));
    passes(B, 8);
    must(reads(B, &two));
}

static void is_taken_up_again(void)
{
    static uint8_t room[SG_SAVED_MAX];
    uint64_t newest = 0;
    writer out = WRITER(room);
    must(sg_save(&devices[A].session, &newest, &out));
    sg_close(&devices[A].session);
    must(accepted(sg_restore(&devices[A].session, &secrets_lent, newest, written(&out))));
    passes(A, 20), passes(B, 30);
}

static void talks(const sg_settings *settings, bool kem)
{
    for (int i = 0; i < 2; i++)
        start(&devices[i], settings);
    initiates(&devices[A], &devices[B], kem);
    passes(A, 0), passes(A, 16), passes(B, 1);
    for (int i = 0; i < (kem ? TURNS : 3); i++)
        passes(A, 10), passes(B, 10);
    is_refused();
    comes_late();
    is_taken_up_again();
    sg_close(&devices[A].session), sg_close(&devices[B].session);
}

void secrets_of_signal(void)
{
    static const sg_settings strict = {RT_STRICT, PQ_V1, PQ_V1}, compat = {RT_COMPAT, PQ_V1, PQ_V1};
    talks(&strict, false), talks(&compat, false);
    talks(&strict, true), talks(&compat, true);
}
