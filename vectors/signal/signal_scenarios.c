/* The vectors rt.sign, rt.verify, rt.start and rt.send. */
#include "signal_scene.h"

#include <stdio.h>
#include <string.h>

/* ---- rt.sign, rt.verify ---- */

static const char signed_text[] = "a text";

static void named_identity(const prim *p, int i, uint8_t secret[32], uint8_t share[32])
{
    char name[48];
    snprintf(name, sizeof name, "parley vectors: signer %d", i);
    scene_named_coins(p, name, secret);
    p->x25519_public(secret, share);
}

/* Whether the point of a signer has sign 1: compat signatures say it. */
static bool has_sign(const prim *p, const uint8_t secret[32])
{
    uint8_t coins[64] = {0}, signature[64];
    rt_sign(p, RT_COMPAT, secret, EMPTY, coins, signature);
    return signature[63] & 0x80;
}

static const char *shown_by_signing(rt_mode mode, bool sign)
{
    if (!sign)
        return "RT-001 RT-002 RT-003";
    return mode == RT_STRICT ? "RT-001 RT-002 RT-003 RT-004" : "RT-001 RT-002 RT-003 RT-005";
}

static cJSON *sign_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.sign");
    for (int mode = RT_STRICT; mode <= RT_COMPAT; mode++) {
        const char *name = mode == RT_STRICT ? "strict" : "compat";
        sheet_group(&c->s, name, mode == RT_STRICT ? "rt:strict rt:coins" : "rt:compat rt:coins", name);
        sheet_in(&c->s, TEXT("mode", name));
        for (int i = 0; i < 6; i++) {
            uint8_t secret[32], share[32], coins[64], out[64];
            char slug[24];
            named_identity(p, i, secret, share);
            prim_digest(p, PRIM_SHA512, SPAN(share), coins);
            rt_sign(p, (rt_mode)mode, secret, span_text(signed_text), coins, out);
            snprintf(slug, sizeof slug, "signer-%d", i);
            sheet_accepts(&c->s, slug, shown_by_signing((rt_mode)mode, has_sign(p, secret)));
            sheet_in(&c->s, BYTES("identity", SPAN(secret)));
            sheet_in(&c->s, BYTES("text", span_text(signed_text)));
            sheet_in(&c->s, BYTES("sign_coins", SPAN(coins)));
            sheet_out(&c->s, BYTES("signature", SPAN(out)));
        }
    }
    return c->s.document;
}

static void put_signed(scene *c, const uint8_t key[32], span text, span signature)
{
    sheet_in(&c->s, BYTES("key", span_of(key, 32)));
    sheet_in(&c->s, BYTES("text", text));
    sheet_in(&c->s, BYTES("signature", signature));
}

static void add_order(uint8_t s[32])
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++, carry >>= 8) {
        carry += (unsigned)s[i] + order[i];
        s[i] = (uint8_t)carry;
    }
}

/* A signer, its text and its signature with two bytes behind it. */
typedef struct signed_sample {
    uint8_t secret[32], key[32], signature[66];
} signed_sample;

static signed_sample sample_of(const prim *p, rt_mode mode, int i)
{
    signed_sample m = {0};
    uint8_t coins[64] = {0};
    named_identity(p, i, m.secret, m.key);
    rt_sign(p, mode, m.secret, span_text(signed_text), coins, m.signature);
    return m;
}

static void rejects_signature(scene *c, const char *slug, const char *site, const char *mutation, const uint8_t key[32], span signature)
{
    sheet_rejects(&c->s, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = "LooseSignature"});
    put_signed(c, key, span_text(signed_text), signature);
}

static void rejects_top_bit(scene *c, const char *slug, const signed_sample *m)
{
    uint8_t top[32];
    memcpy(top, m->key, 32), top[31] |= 0x80;
    sheet_rejects(&c->s, &(rejection){.slug = slug, .site = "RT-007", .mutation = "the key's top bit set", .flag = "LooseParser"});
    put_signed(c, top, span_text(signed_text), span_of(m->signature, 64));
}

static void verify_in_any_mode(scene *c, const signed_sample *m)
{
    uint8_t bad[64];
    char slug[16];
    rejects_signature(c, "byte-behind", "RT-006", "a zero byte behind", m->key, span_of(m->signature, 65));
    rejects_signature(c, "bytes-behind", "RT-006", "two zero bytes behind", m->key, span_of(m->signature, 66));
    for (size_t i = 0; i < 63; i += 21) {
        memcpy(bad, m->signature, 64), bad[i] ^= 4;
        snprintf(slug, sizeof slug, "flip-%zu", i);
        rejects_signature(c, slug, "RT-010", "one bit flipped", m->key, SPAN(bad));
    }
    sheet_rejects(&c->s, &(rejection){.slug = "other-text", .site = "RT-010", .mutation = "another text", .flag = "LooseSignature"});
    put_signed(c, m->key, span_text("b text"), span_of(m->signature, 64));
}

static void verify_strict(scene *c, const signed_sample *m)
{
    uint8_t bad[64];
    const signed_sample another = sample_of(c->s.prim, RT_STRICT, 3);
    rejects_top_bit(c, "key-top-bit", m);
    rejects_top_bit(c, "key-top-bit-2", &another);
    memcpy(bad, m->signature, 64), add_order(bad + 32);
    rejects_signature(c, "s-plus-l", "RT-008", "L added to S", m->key, SPAN(bad));
    add_order(bad + 32);
    rejects_signature(c, "s-plus-2l", "RT-008", "2 L added to S", m->key, SPAN(bad));
}

/* S has 255 bits here: the top one is the sign of the signer's point. */
static void verify_compat(scene *c, const signed_sample *m)
{
    static const char *const mutations[] = {NULL, "2 L added to S", "3 L added to S"};
    uint8_t bad[64];
    memcpy(bad, m->signature, 64);
    for (int i = 0; i < 3; i++) {
        bad[63] &= 0x7f, add_order(bad + 32), bad[63] |= m->signature[63] & 0x80;
        if (mutations[i]) {
            rejects_signature(c, i == 1 ? "s-plus-2l" : "s-plus-3l", "RT-009", mutations[i], m->key, SPAN(bad));
            continue;
        }
        sheet_accepts(&c->s, "s-plus-l", "RT-010");
        put_signed(c, m->key, span_text(signed_text), SPAN(bad));
    }
}

static void verify_group(scene *c, rt_mode mode)
{
    const bool strict = mode == RT_STRICT;
    const char *name = strict ? "strict" : "compat";
    signed_sample m = sample_of(c->s.prim, mode, strict ? 0 : 1);
    for (int i = 0; !strict && !has_sign(c->s.prim, m.secret); i++)
        m = sample_of(c->s.prim, mode, i);
    sheet_group(&c->s, name, strict ? "rt:strict" : "rt:compat", name);
    sheet_in(&c->s, TEXT("mode", name));
    sheet_accepts(&c->s, "ok", strict ? "RT-010" : "RT-010 RT-011");
    put_signed(c, m.key, span_text(signed_text), span_of(m.signature, 64));
    verify_in_any_mode(c, &m);
    (strict ? verify_strict : verify_compat)(c, &m);
}

static cJSON *verify_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.verify");
    verify_group(c, RT_STRICT);
    verify_group(c, RT_COMPAT);
    return c->s.document;
}

/* ---- rt.start ---- */

static void rejects_bundle(scene *c, const rejection *r, const sg_bundle *b)
{
    scene_refuses(c, r);
    scene_put_ids(c);
    scene_put_bundle(c, b);
}

static void sign_again(scene *c, span what, uint8_t out[64])
{
    uint8_t coins[64] = {7};
    rt_sign(c->s.prim, c->settings.mode, c->player[B]->account.identity_secret, what, coins, out);
}

/* The bundle with another signed prekey or KEM key that its owner did sign. */
static void rejects_signed(scene *c, const rejection *r, span signed_prekey, span kem)
{
    uint8_t one[64], two[64];
    sg_bundle b = c->bundle.b;
    if (signed_prekey.n) {
        sign_again(c, signed_prekey, one);
        b.signed_prekey = signed_prekey, b.signed_prekey_signature = SPAN(one);
    }
    if (kem.n) {
        sign_again(c, kem, two);
        b.kem = kem, b.kem_signature = SPAN(two);
    }
    rejects_bundle(c, r, &b);
}

static void rejects_signatures(scene *c, const char *slug, const char *site, const char *mutation, span of_prekey, span of_kem)
{
    sg_bundle b = c->bundle.b;
    b.signed_prekey_signature = of_prekey, b.kem_signature = of_kem;
    rejects_bundle(c, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = "LooseSignature"}, &b);
}

static void start_signatures(scene *c)
{
    const span prekey = c->bundle.b.signed_prekey_signature, kem = c->bundle.b.kem_signature;
    uint8_t flipped[64];
    memcpy(flipped, prekey.p, 64), flipped[3] ^= 1;
    rejects_signatures(c, "signature-flip", "SG-021", "one bit of the signature flipped", SPAN(flipped), kem);
    rejects_signatures(c, "signature-of-kem", "SG-021", "the KEM prekey's signature", kem, kem);
    memcpy(flipped, kem.p, 64), flipped[3] ^= 1;
    rejects_signatures(c, "kem-signature-flip", "SG-022", "one bit of the signature flipped", prekey, SPAN(flipped));
    rejects_signatures(c, "kem-signature-of-prekey", "SG-022", "the signed prekey's signature", prekey, prekey);
}

static void start_kem_keys(scene *c)
{
    uint8_t kem[SG_KEM_KEY + 1] = {0};
    const span exact = span_of(kem, SG_KEM_KEY);
    memcpy(kem, c->bundle.b.kem.p, SG_KEM_KEY);
    rejection r = {.slug = "kem-longer",
                   .site = "SG-023",
                   .mutation = "a zero byte behind the KEM prekey, signed",
                   .flag = "LooseParser",
                   .layers = (const char *const[]){"SG-023", "SG-024", NULL}};
    rejects_signed(c, &r, EMPTY, SPAN(kem));
    kem[0] = 0x0a;
    r.slug = "kem-type", r.mutation = "a KEM prekey of type 0x0a, signed", r.layers = NULL;
    rejects_signed(c, &r, EMPTY, exact);
    kem[0] = 0x08, kem[1] = 0xff, kem[2] |= 0x0f;
    r.slug = "kem-first-coefficient", r.site = "SG-024", r.mutation = "the first coefficient is 4095, signed";
    rejects_signed(c, &r, EMPTY, exact);
    memcpy(kem, c->bundle.b.kem.p, SG_KEM_KEY), kem[1536] = 0xff;
    r.slug = "kem-last-coefficient", r.mutation = "the last coefficient is above q - 1, signed";
    rejects_signed(c, &r, EMPTY, exact);
}

static void start_prekeys(scene *c)
{
    uint8_t point[SG_POINT + 1] = {0};
    memcpy(point, c->bundle.b.signed_prekey.p, SG_POINT);
    rejection r = {
        .slug = "prekey-longer", .site = "SG-003", .mutation = "a zero byte behind the signed prekey, signed", .flag = "LooseParser"};
    rejects_signed(c, &r, SPAN(point), EMPTY);
    point[0] = 0x06;
    r.slug = "prekey-type", r.site = "SG-002", r.mutation = "a signed prekey of type 0x06, signed";
    rejects_signed(c, &r, span_of(point, SG_POINT), EMPTY);
}

static void start_weak_shares(scene *c)
{
    uint8_t zero[SG_POINT] = {5}, one[SG_POINT] = {5, 1};
    sg_bundle b = c->bundle.b;
    b.one_time = SPAN(zero);
    rejects_bundle(c, &(rejection){.slug = "one-time-zero", .site = "RT-019", .mutation = "the one-time prekey u = 0", .flag = "WeakKey"},
                   &b);
    b.one_time = SPAN(one);
    rejects_bundle(c, &(rejection){.slug = "one-time-one", .site = "RT-019", .mutation = "the one-time prekey u = 1", .flag = "WeakKey"},
                   &b);
}

static cJSON *start_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.start");
    scene_open_group(c, &(setting){"strict", "rt:v4 rt:strict rt:coins", "strict", RT_STRICT, PQ_V1, PQ_V1, true, true, A});
    scene_publish(c);
    sheet_accepts(&c->s, "ok", "SG-021 SG-022");
    scene_put_bundle(c, &c->bundle.b);
    start_signatures(c);
    start_kem_keys(c);
    start_prekeys(c);
    start_weak_shares(c);
    memset(c->player[A]->their_identity, 9, 32);
    c->player[A]->has_their_identity = true;
    rejects_bundle(
        c, &(rejection){.slug = "other-identity", .site = "SG-020", .mutation = "another identity is trusted", .flag = "LooseSignature"},
        &c->bundle.b);
    c->player[A]->their_identity[0] = 8;
    rejects_bundle(
        c, &(rejection){.slug = "other-identity-2", .site = "SG-020", .mutation = "a third identity is trusted", .flag = "LooseSignature"},
        &c->bundle.b);
    return c->s.document;
}

/* ---- rt.send ---- */

#define FIRST_KEYS "RT-012 RT-013 RT-014 RT-015 RT-020 RT-021 RT-023 RT-025 RT-031 RT-032 RT-035 SG-001 SG-030 SG-031 SG-032 SG-034 SG-038"
#define WITH_KEM   " RT-017"
#define WITH_PQ    " RT-022 RT-042 RT-066 RT-074 RT-076 RT-078 RT-079"

/* What the next message will follow from: the witness compares each of these keys. */
static void trace_keys(scene *c)
{
    const sg_state *st = &c->player[c->target]->session.state;
    const pq_braid *b = &st->pq.braid;
    sheet_trace(&c->s, BYTES("root", SPAN(st->ratchet.secret.root)));
    sheet_trace(&c->s, BYTES("chain", SPAN(st->ratchet.secret.sending.key)));
    if (st->pq.version == PQ_V0)
        return;
    sheet_trace(&c->s, BYTES("pq_root", SPAN(st->pq.chain.secret.root)));
    sheet_trace(&c->s, BYTES("pq_next", SPAN(st->pq.chain.secret.at[(b->epoch - 1) % PQ_EPOCHS].sending.next)));
    sheet_trace(&c->s, BYTES("auth_root", SPAN(b->secret.auth.root)));
    sheet_trace(&c->s, BYTES("auth_mac", SPAN(b->secret.auth.mac)));
}

/* What the target sends next, and what it then has to say. */
static bool sends(scene *c, const char *slug, const char *req, const char *text)
{
    letter l;
    sheet_accepts(&c->s, slug, req);
    scene_put_way(c);
    sheet_in(&c->s, BYTES("text", span_text(text)));
    if (!scene_send(c, c->target, text, &l))
        return false;
    sheet_out(&c->s, NUMBER("first", l.first));
    sheet_out(&c->s, BYTES("message", scene_letter_bytes(&l)));
    trace_keys(c);
    return scene_receive(c, !c->target, &l);
}

static bool send_group(scene *c, const setting *g, const char *first, const char *turned)
{
    const char *third = g->pq == PQ_V1 ? "RT-038 RT-060 RT-061 RT-062 RT-067" : "RT-038",
               *fifth = g->pq == PQ_V1 ? "RT-046 RT-067" : "RT-038";
    scene_open_group(c, g);
    if (!scene_start(c))
        return false;
    if (g->target == A)
        return sends(c, "first", first, "hello") && sends(c, "second", "RT-024 RT-038", "hello again") &&
               sends(c, "third", third, "and again") && sends(c, "fourth", "RT-038", "and again") &&
               sends(c, "fifth", fifth, "and again") && scene_pass(c, B, "yes?") && sends(c, "after-answer", turned, "an answer came") &&
               sends(c, "more", "RT-038", "and more");
    return scene_pass(c, A, "hello") && scene_pass(c, A, "hello again") && sends(c, "answer", turned, "yes?") &&
           scene_pass(c, A, "a turn") && sends(c, "second-answer", turned, "and again");
}

static bool long_send_group(scene *c, const setting *g, const char *req)
{
    scene_open_group(c, g);
    const bool answers = g->target == B;
    return scene_start(c) && scene_pass_many(c, 100) && (!answers || scene_pass(c, A, "one more")) &&
           sends(c, "epoch-2", req, "after an epoch") && (answers || scene_pass(c, B, "one more")) && scene_pass_many(c, 120) &&
           (!answers || scene_pass(c, A, "one more")) && sends(c, "epoch-5", "RT-088 RT-089", "after more epochs");
}

static bool send_addressed(scene *c, const setting *g)
{
    scene_open_group(c, g);
    for (int i = 0; i < 2; i++) {
        player *p = c->player[i];
        p->has_address = p->has_their_address = true;
        memset(p->address + 1, 1 + i, 16), memset(p->their_address + 1, 2 - i, 16);
        p->address[17] = p->their_address[17] = 1;
    }
    return scene_start(c) && sends(c, "first", "SG-033", "hello");
}

/* 30 days and a second without an answer. */
static bool send_late(scene *c, const setting *g)
{
    letter l;
    scene_open_group(c, g);
    if (!scene_start(c))
        return false;
    sheet_accepts(&c->s, "ok", "SG-038");
    scene_put_way(c);
    sheet_in(&c->s, NUMBER("started", 1000));
    sheet_in(&c->s, NUMBER("now", 1000 + SG_PENDING_MAX));
    sheet_in(&c->s, BYTES("text", span_text("in time")));
    if (!scene_send(c, A, "in time", &l))
        return false;
    sheet_out(&c->s, BYTES("message", scene_letter_bytes(&l)));
    c->so_far.n = 0;
    for (int i = 0; i < 2; i++) {
        sheet_rejects(&c->s, &(rejection){.slug = i ? "much-too-late" : "too-late",
                                          .site = "SG-037",
                                          .mutation = "no answer for longer than 30 days",
                                          .flag = "Replay"});
        scene_put_way(c);
        sheet_in(&c->s, NUMBER("started", 1000));
        sheet_in(&c->s, NUMBER("now", i ? 2000000000 : 1001 + SG_PENDING_MAX));
        sheet_in(&c->s, BYTES("text", span_text("in time")));
    }
    return true;
}

#define DEEP   "RT-046 RT-047 RT-048 RT-053 RT-060 RT-061 RT-062 RT-063 RT-064 RT-065 RT-067 RT-075 RT-077"
#define TURNED "RT-024 RT-033 RT-035 RT-036 SG-047"

#define STRICT "rt:strict rt:coins"

static const struct {
    setting how;
    const char *first, *turned; /* what the first messages show, and those after a turn */
} sent[] = {
    {{"v4", "rt:v4 rt:spqr " STRICT, "v4", RT_STRICT, PQ_V1, PQ_V1, true, true, A}, FIRST_KEYS WITH_KEM WITH_PQ " RT-016", TURNED},
    {{"v4-no-one-time", "rt:v4 rt:spqr " STRICT, "v4-no-one-time", RT_STRICT, PQ_V1, PQ_V1, true, false, A},
     FIRST_KEYS WITH_KEM WITH_PQ,
     TURNED},
    {{"v4-no-pq", "rt:v4 rt:no-spqr " STRICT, "v4-no-pq", RT_STRICT, PQ_V0, PQ_V0, true, true, A}, FIRST_KEYS WITH_KEM " RT-016", TURNED},
    {{"v3", "rt:v3 " STRICT, "v3", RT_STRICT, PQ_V0, PQ_V0, false, true, A}, FIRST_KEYS " RT-016", TURNED},
    {{"v4-compat", "rt:v4 rt:spqr rt:compat rt:coins", "v4-compat", RT_COMPAT, PQ_V1, PQ_V1, true, true, A},
     FIRST_KEYS WITH_KEM WITH_PQ " RT-016",
     "RT-033 RT-035 RT-037"},
    {{"v4-responder", "rt:v4 rt:spqr " STRICT, "v4-responder", RT_STRICT, PQ_V1, PQ_V1, true, true, B}, "", "RT-033 RT-035"},
};

static const setting sent_long = {"v4-long", "rt:v4 rt:spqr " STRICT, "v4-long", RT_STRICT, PQ_V1, PQ_V1, true, true, A};
static const setting answered_long = {
    "v4-long-responder", "rt:v4 rt:spqr " STRICT, "v4-long-responder", RT_STRICT, PQ_V1, PQ_V1, true, true, B};
static const setting sent_addressed = {"addressed", "rt:v4 rt:spqr " STRICT, "addressed", RT_STRICT, PQ_V1, PQ_V1, true, true, A};
static const setting sent_late = {"late", "rt:v4 rt:spqr " STRICT, "late", RT_STRICT, PQ_V1, PQ_V1, true, true, A};

static cJSON *send_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.send");
    bool made = true;
    for (size_t i = 0; i < sizeof sent / sizeof *sent && made; i++)
        made = send_group(c, &sent[i].how, sent[i].first, sent[i].turned);
    made = made && long_send_group(c, &sent_long, DEEP) && long_send_group(c, &answered_long, DEEP) && send_addressed(c, &sent_addressed) &&
           send_late(c, &sent_late);
    signal_frozen_groups(c, "rt.send");
    if (made)
        return c->s.document;
    cJSON_Delete(c->s.document);
    return NULL;
}

const scenario_file signal_files[] = {
    {"rt.sign.json", sign_file, 0, NULL}, {"rt.verify.json", verify_file, 0, NULL},          {"rt.start.json", start_file, 0, NULL},
    {"rt.send.json", send_file, 0, NULL}, {"rt.receive.json", signal_receive_file, 0, NULL}, {0}};
