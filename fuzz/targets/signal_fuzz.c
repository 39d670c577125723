/* Hostile messages to a device of profile signal: the three parsers (first message, message, post-quantum piece) and what follows them. The first byte
 * says which mode, and whether it is a first message, or fields behind an honest header that a peer who holds the keys has put under a good MAC. What
 * is refused changes nothing, and an honest message still opens. */
#include "fuzz_entry.h"
#include "signal_message.h"

#include <string.h>

typedef struct device {
    sg_session session;
    sg_account account;
    sg_key signed_prekey, one_time;
    sg_kem_key kem;
    uint8_t dk[SG_KEM_SECRET];
    rt_skipped kept[RT_CHAINS_MAX * 2000], pq_kept[PQ_EPOCHS * 2001];
} device;

static device devices[2];
static sg_coins coins;
static uint8_t room[SG_MESSAGE_MAX], text_room[SG_MESSAGE_MAX];

static sg_world world_of(device *d, sg_prekeys *keys)
{
    *keys = (sg_prekeys){&d->signed_prekey, &d->one_time, &d->kem, 1, 1, 1};
    for (size_t i = 0; i < sizeof coins; i++)
        ((uint8_t *)&coins)[i] = (uint8_t)(((uint8_t *)&coins)[i] + 1 + i);
    return (sg_world){.prim = &prim_sodium, .coins = &coins, .account = &d->account, .prekeys = keys};
}

static span point(const uint8_t secret[32], uint8_t out[SG_POINT])
{
    uint8_t u[32];
    writer w = writer_of(out, SG_POINT);
    prim_sodium.x25519_public(secret, u);
    sg_write_point(&w, u);
    return written(&w);
}

static void open_devices(void)
{
    for (device *d = devices; d < devices + 2; d++) {
        memset(d, 0, offsetof(device, kept));
        d->session.kept.slots = d->kept;
        d->session.pq_kept.slots = d->pq_kept;
        memset(d->account.identity_secret, 1 + (int)(d - devices), 32);
        memset(d->signed_prekey.secret, 3, 32), memset(d->one_time.secret, 4, 32);
        d->kem.secret = d->dk;
    }
}

/* Device 0 starts with device 1. */
static void start(const sg_settings *s)
{
    static uint8_t kem[SG_KEM_KEY], dk[SG_KEM_SECRET];
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], signature[64], kem_signature[64], zeros[64] = {0};
    device *b = &devices[1];
    sg_prekeys keys;
    if (!kem[0])
        kyber_keygen(MLKEM_1024, (const uint8_t *)"01234567890123456789012345678901", zeros, kem + 1, dk);
    kem[0] = 0x08;
    memcpy(b->dk, dk, sizeof dk);
    const span spk = point(b->signed_prekey.secret, signed_prekey);
    rt_sign(&prim_sodium, s->mode, b->account.identity_secret, spk, zeros, signature);
    rt_sign(&prim_sodium, s->mode, b->account.identity_secret, SPAN(kem), zeros, kem_signature);
    const sg_bundle bundle = {0, point(b->account.identity_secret, identity), 0,    spk, SPAN(signature), true,
                              0, point(b->one_time.secret, one_time),         true, 0,   SPAN(kem),       SPAN(kem_signature)};
    const sg_world w = world_of(&devices[0], &keys);
    must(accepted(sg_initiate(&devices[0].session, s, &w, &bundle)));
}

static span send(int from)
{
    sg_prekeys keys;
    const sg_world w = world_of(&devices[from], &keys);
    sg_effects out = {.message = WRITER(room)};
    must(accepted(sg_send(&devices[from].session, &w, span_text("honest"), &out)));
    return written(&out.message);
}

static verdict receive(int to, const sg_settings *s, bool first, span message)
{
    sg_prekeys keys;
    const sg_world w = world_of(&devices[to], &keys);
    sg_effects out = {.text = WRITER(text_room)};
    const verdict v = sg_receive(&devices[to].session, s, &w, first, message, &out);
    must(accepted(v) || out.text.n == 0);
    return v;
}

/* The keys of the next message of device 0, and its header with any fields behind it. */
static void write_signed_part(span fields, uint8_t keys[RT_MESSAGE_KEYS], writer *out)
{
    static uint8_t pq_room[SG_MESSAGE_MAX];
    uint8_t point_room[SG_POINT], seed[32], pq_key[32];
    sg_state next = devices[0].session.state;
    const rt_world w = {&prim_sodium, sg_policy(next.version), EMPTY};
    rt_header h;
    size_t n_key = 0;
    writer p = WRITER(point_room), pq = WRITER(pq_room);
    must(accepted(rt_send(&next.ratchet, &w, &h, seed)) && accepted(pq_send(&next.pq, &w, SPAN(coins.pq), &pq, pq_key, &n_key)));
    rt_message_keys(&w, seed, span_of(pq_key, n_key), keys);
    sg_write_point(&p, h.ratchet);
    const sg_inner m = {.ratchet_key = {true, written(&p)},
                        .counter = {true, h.n},
                        .previous_counter = {true, h.previous},
                        .pq_ratchet = {pq.n != 0, written(&pq)}};
    write_be(out, next.version << 4 | next.version, 1);
    layout_write(&sg_inner_layout, &m, out);
    write_span(out, fields);
}

static span sealed(span fields)
{
    static uint8_t whole[2 * SG_MESSAGE_MAX];
    const sg_state *st = &devices[0].session.state;
    uint8_t keys[RT_MESSAGE_KEYS], own[SG_POINT], theirs[SG_POINT], mac[32];
    writer out = WRITER(whole), a = WRITER(own), b = WRITER(theirs);
    write_signed_part(fields, keys, &out);
    sg_write_point(&a, st->own_identity), sg_write_point(&b, st->their_identity);
    const span parts[] = {written(&a), written(&b), written(&out)};
    prim_sodium.hmac(PRIM_SHA256, span_of(keys + 32, 32), parts, 3, mac);
    write_span(&out, span_of(mac, SG_MAC));
    must(writer_ok(&out));
    return written(&out);
}

static void meet(const sg_settings *s, bool established)
{
    open_devices();
    start(s);
    if (!established)
        return;
    must(accepted(receive(1, s, true, send(0))));
    must(accepted(receive(0, s, false, send(1))));
}

/* Meeting takes a hundred times as long as a message, and is the same each time: it is done once for each of the eight ways. */
static void meet_again(const sg_settings *s, bool established, unsigned way)
{
    static struct {
        bool there;
        sg_session session[2];
        sg_coins coins;
    } kept[8];
    if (!kept[way].there) {
        memset(&coins, 0, sizeof coins);
        meet(s, established);
        kept[way].session[0] = devices[0].session, kept[way].session[1] = devices[1].session;
        kept[way].coins = coins, kept[way].there = true;
    }
    for (int i = 0; i < 2; i++)
        devices[i].session = kept[way].session[i];
    coins = kept[way].coins;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1 || n > 8192)
        return 0;
    prim_start();
    const sg_settings s = {data[0] & 1 ? RT_COMPAT : RT_STRICT, PQ_V1, data[0] & 2 ? PQ_V0 : PQ_V1};
    const bool first = data[0] & 4, established = data[0] & 8;
    meet_again(&s, established, (data[0] & 3) | (established ? 4 : 0));
    const sg_state before = devices[1].session.state;
    const span in = span_of(data + 1, n - 1);
    const bool took = accepted(established && data[0] & 16 ? receive(1, &s, false, sealed(in)) : receive(1, &s, first, in));
    must(took || memcmp(&before, &devices[1].session.state, sizeof before) == 0);
    if (!took)
        must(accepted(receive(1, &s, !established, send(0))));
    for (int i = 0; i < 2; i++)
        sg_close(&devices[i].session);
    return 0;
}
