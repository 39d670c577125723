/* Messages of profile signal: sent by one device and taken by the other. */
#include "chat_device.h"
#include "signal_message.h"
#include "speed.h"

#include <string.h>

enum { TEXT = 100, MESSAGE = 4096, BARE = 200, SPQR = 400 };

static const uint8_t secrets[2][32] = {{1}, {2}};
static uint8_t text[TEXT];

/* ---- the text ---- */

typedef struct pair {
    chat_device side[2];
    unsigned from;
    bool replies; /* each message answers the one before it: a step of the Double Ratchet each time */
} pair;

/* One message, its way in memory. */
static void message(void *with)
{
    pair *p = with;
    uint8_t bytes[MESSAGE], plain[MESSAGE];
    writer sent = WRITER(bytes), taken = WRITER(plain);
    const bool first = chat_send(&p->side[p->from], SPAN(text), &sent);
    must(accepted(chat_receive(&p->side[!p->from], first, written(&sent), &taken)));
    p->from ^= p->replies;
}

/* Answered once, so that no message carries the keys any more. */
static void start(pair *p, const prim *lib, chat_kind kind, bool replies)
{
    for (int i = 0; i < 2; i++)
        chat_open(&p->side[i], lib, kind, secrets[i]);
    chat_initiate(&p->side[0], &p->side[1]);
    p->from = 0;
    p->replies = true;
    message(p);
    message(p);
    p->replies = replies;
}

/* ---- what a stranger's message costs (SG-048) ---- */

typedef struct flood {
    chat_device *victim;
    uint8_t bytes[256];
    size_t n;
} flood;

/* A new share, and numbers as far ahead as the limits allow; no key is known, so the MAC is zeros. */
static void make_flood(flood *f, pair *with)
{
    uint8_t share[SG_POINT] = {0x05, 9}, pq_room[16], block[16] = {0}, mac[SG_MAC] = {0};
    writer out = WRITER(f->bytes), pq = WRITER(pq_room);
    f->victim = &with->side[1];
    const pq_chain *chain = &f->victim->session.state.pq.chain;
    write_be(&pq, 1, 1);
    write_varint(&pq, 1);
    write_varint(&pq, chain->secret.at[0].receiving.n + sg_policy_v4.jump_max);
    write_be(&pq, 0, 1);
    const sg_inner m = {.ratchet_key = {true, SPAN(share)},
                        .counter = {true, sg_policy_v4.jump_max},
                        .previous_counter = {true, 0},
                        .ciphertext = {true, SPAN(block)},
                        .pq_ratchet = {true, written(&pq)}};
    write_be(&out, 0x44, 1);
    layout_write(&sg_inner_layout, &m, &out);
    write_span(&out, SPAN(mac));
    f->n = out.n;
}

static void refused(void *with)
{
    const flood *f = with;
    uint8_t plain[MESSAGE];
    writer taken = WRITER(plain);
    must(chat_receive(f->victim, false, span_of(f->bytes, f->n), &taken).req == REQ_SG_042);
}

/* ---- the primitives alone ---- */

typedef struct bare {
    const prim *cheapest_dh, *hash;
    prim_pair own;
    unsigned hmacs, turns;
    uint8_t sink[32];
} bare;

enum {
    EXTRACT = 1,
    CHAIN = 2,          /* the seed, the next chain key */
    KEYS = EXTRACT + 3, /* 80 bytes */
    MAC = 1,
    OF_MESSAGE = 2 * (CHAIN + KEYS + MAC), /* by both */
    OF_TURN = 2 * (EXTRACT + 2),           /* the root, twice: 64 bytes each */
    OF_SPQR = 2 * (EXTRACT + 2),           /* its chain, by both */
};

/* Two agreements and a new key pair for a turn, HMACs of short inputs, and the text under AES-CBC. */
static void primitives(void *with)
{
    bare *b = with;
    uint8_t sealed[TEXT + 16], plain[TEXT + 16];
    size_t n;
    for (unsigned i = 0; i < b->turns; i++) {
        b->cheapest_dh->x25519(&b->own, b->own.share, b->sink);
        b->cheapest_dh->x25519(&b->own, b->own.share, b->sink);
        b->cheapest_dh->x25519_public(b->own.secret, b->sink);
    }
    for (unsigned i = 0; i < b->hmacs; i++) {
        const span part = SPAN(b->sink);
        uint8_t out[32];
        b->hash->hmac(PRIM_SHA256, span_of(secrets[0], 32), &part, 1, out);
        memcpy(b->sink, out, 32);
    }
    prim_cbc_encrypt(secrets[0], secrets[1], SPAN(text), sealed);
    must(prim_cbc_decrypt(secrets[0], secrets[1], span_of(sealed, prim_cbc_len(TEXT)), plain, &n));
}

static bare bare_of(const prim_choice *choice, bool replies, bool spqr)
{
    bare b = {.cheapest_dh = choice->x25519, .hash = choice->hash[PRIM_SHA256], .turns = replies};
    b.hmacs = OF_MESSAGE + (replies ? OF_TURN : 0) + (spqr ? OF_SPQR : 0);
    prim_pair_of(choice->x25519, secrets[0], &b.own);
    return b;
}

/* The KEM and the code of SPQR come on top of its floor: an epoch of them takes many messages, so a round has some epochs. */
void speed_of_ratchet(speed *s, const prim_choice *choice, uint32_t rounds)
{
    static bare floors[4];
    static pair pairs[4];
    static const struct {
        const char *floor, *name;
        bool replies;
        chat_kind kind;
    } rows[] = {{"v3, replies: primitives", "v3, replies", true, CHAT_V3},
                {"v4 SPQR, replies: primitives", "v4 SPQR, replies", true, CHAT_SPQR},
                {"v3, one way: primitives", "v3, one way", false, CHAT_V3},
                {"v4 SPQR, one way: primitives", "v4 SPQR, one way", false, CHAT_SPQR}};
    speed_start(
        s,
        "a message of 100 bytes, sent and taken, to its HMACs, AES-CBC and (replies) 2 agreements and a key generation of the faster "
        "library; KEM and code of SPQR are not in the floor",
        rounds);
    for (int i = 0; i < 4; i++) {
        floors[i] = bare_of(choice, rows[i].replies, rows[i].kind == CHAT_SPQR);
        start(&pairs[i], prim_best(choice), rows[i].kind, rows[i].replies);
        const int floor = speed_floor(s, rows[i].floor, primitives, &floors[i], BARE);
        speed_messages(s);
        speed_add(s, rows[i].name, message, &pairs[i], rows[i].kind == CHAT_SPQR ? SPQR : BARE, floor, 0);
        speed_messages(s);
    }
    static pair flooded;
    static flood hostile;
    static bare cost;
    start(&flooded, prim_best(choice), CHAT_SPQR, true);
    make_flood(&hostile, &flooded);
    cost = bare_of(choice, true, true);
    cost.hmacs = SG_HOSTILE_HMACS;
    speed_add(s, "a hostile message, refused", refused, &hostile, 1, speed_floor(s, "a hostile message: primitives", primitives, &cost, 1),
              0);
}
