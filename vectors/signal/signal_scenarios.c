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

static void rejects_signature(scene *c, const rejection *r, const uint8_t key[32], span text, span signature)
{
    sheet_rejects(&c->s, r);
    put_signed(c, key, text, signature);
}

static void verify_group(scene *c, rt_mode mode)
{
    const prim *p = c->s.prim;
    const char *name = mode == RT_STRICT ? "strict" : "compat";
    const span text = span_text(signed_text);
    uint8_t secret[32], key[32], coins[64] = {0}, good[66] = {0}, bad[66], top[32];
    named_identity(p, mode == RT_STRICT ? 0 : 1, secret, key);
    for (int i = 0; mode == RT_COMPAT && !has_sign(p, secret); i++)
        named_identity(p, i, secret, key);
    rt_sign(p, mode, secret, text, coins, good);
    const span whole = span_of(good, 64);
    sheet_group(&c->s, name, mode == RT_STRICT ? "rt:strict" : "rt:compat", name);
    sheet_in(&c->s, TEXT("mode", name));
    sheet_accepts(&c->s, "ok", mode == RT_STRICT ? "RT-010" : "RT-010 RT-011");
    put_signed(c, key, text, whole);
    rejects_signature(c, &(rejection){.slug = "byte-behind", .site = "RT-006", .mutation = "a zero byte behind", .flag = "LooseSignature"},
                      key, text, span_of(good, 65));
    rejects_signature(c,
                      &(rejection){.slug = "bytes-behind", .site = "RT-006", .mutation = "two zero bytes behind", .flag = "LooseSignature"},
                      key, text, span_of(good, 66));
    for (size_t i = 0; i < 64; i += 21) {
        char slug[16];
        memcpy(bad, good, 64), bad[i] ^= 4;
        snprintf(slug, sizeof slug, "flip-%zu", i);
        if (i != 63)
            rejects_signature(c, &(rejection){.slug = slug, .site = "RT-010", .mutation = "one bit flipped", .flag = "LooseSignature"}, key,
                              text, span_of(bad, 64));
    }
    rejects_signature(c, &(rejection){.slug = "other-text", .site = "RT-010", .mutation = "another text", .flag = "LooseSignature"}, key,
                      span_text("b text"), whole);
    memcpy(top, key, 32), top[31] |= 0x80;
    memcpy(bad, good, 64), add_order(bad + 32);
    if (mode == RT_STRICT) {
        rejects_signature(c,
                          &(rejection){.slug = "key-top-bit", .site = "RT-007", .mutation = "the key's top bit set", .flag = "LooseParser"},
                          top, text, whole);
        named_identity(p, 3, secret, key);
        rt_sign(p, mode, secret, text, coins, good);
        memcpy(top, key, 32), top[31] |= 0x80;
        rejects_signature(
            c, &(rejection){.slug = "key-top-bit-2", .site = "RT-007", .mutation = "the key's top bit set", .flag = "LooseParser"}, top,
            text, whole);
        named_identity(p, 0, secret, key);
        rejects_signature(c, &(rejection){.slug = "s-plus-l", .site = "RT-008", .mutation = "L added to S", .flag = "LooseSignature"}, key,
                          text, span_of(bad, 64));
        add_order(bad + 32);
        rejects_signature(c, &(rejection){.slug = "s-plus-2l", .site = "RT-008", .mutation = "2 L added to S", .flag = "LooseSignature"},
                          key, text, span_of(bad, 64));
        return;
    }
    sheet_accepts(&c->s, "s-plus-l", "RT-010");
    bad[63] = (uint8_t)(bad[63] & 0x7f);
    memcpy(bad, good, 64), bad[63] &= 0x7f, add_order(bad + 32), bad[63] |= good[63] & 0x80;
    put_signed(c, key, text, span_of(bad, 64));
    bad[63] &= 0x7f, add_order(bad + 32), bad[63] |= good[63] & 0x80;
    rejects_signature(c, &(rejection){.slug = "s-plus-2l", .site = "RT-009", .mutation = "2 L added to S", .flag = "LooseSignature"}, key,
                      text, span_of(bad, 64));
    bad[63] &= 0x7f, add_order(bad + 32), bad[63] |= good[63] & 0x80;
    rejects_signature(c, &(rejection){.slug = "s-plus-3l", .site = "RT-009", .mutation = "3 L added to S", .flag = "LooseSignature"}, key,
                      text, span_of(bad, 64));
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

static void start_signatures(scene *c)
{
    sg_bundle b = c->bundle.b;
    uint8_t flipped[64];
    memcpy(flipped, b.signed_prekey_signature.p, 64), flipped[3] ^= 1;
    b.signed_prekey_signature = SPAN(flipped);
    rejects_bundle(
        c,
        &(rejection){.slug = "signature-flip", .site = "SG-021", .mutation = "one bit of the signature flipped", .flag = "LooseSignature"},
        &b);
    b.signed_prekey_signature = b.kem_signature;
    rejects_bundle(
        c, &(rejection){.slug = "signature-of-kem", .site = "SG-021", .mutation = "the KEM prekey's signature", .flag = "LooseSignature"},
        &b);
    b = c->bundle.b;
    memcpy(flipped, b.kem_signature.p, 64), flipped[3] ^= 1;
    b.kem_signature = SPAN(flipped);
    rejects_bundle(
        c,
        &(rejection){
            .slug = "kem-signature-flip", .site = "SG-022", .mutation = "one bit of the signature flipped", .flag = "LooseSignature"},
        &b);
    b.kem_signature = b.signed_prekey_signature;
    rejects_bundle(
        c,
        &(rejection){
            .slug = "kem-signature-of-prekey", .site = "SG-022", .mutation = "the signed prekey's signature", .flag = "LooseSignature"},
        &b);
}

static void start_keys(scene *c)
{
    uint8_t kem[SG_KEM_KEY + 1] = {0}, point[SG_POINT + 1] = {0};
    const sg_bundle *b = &c->bundle.b;
    memcpy(kem, b->kem.p, SG_KEM_KEY);
    memcpy(point, b->signed_prekey.p, SG_POINT);
    rejects_signed(c,
                   &(rejection){.slug = "kem-longer",
                                .site = "SG-023",
                                .mutation = "a zero byte behind the KEM prekey, signed",
                                .flag = "LooseParser",
                                .layers = (const char *const[]){"SG-023", "SG-024", NULL}},
                   EMPTY, SPAN(kem));
    kem[0] = 0x0a;
    rejects_signed(
        c, &(rejection){.slug = "kem-type", .site = "SG-023", .mutation = "a KEM prekey of type 0x0a, signed", .flag = "LooseParser"},
        EMPTY, span_of(kem, SG_KEM_KEY));
    kem[0] = 0x08, kem[1] = 0xff, kem[2] |= 0x0f;
    rejects_signed(
        c,
        &(rejection){
            .slug = "kem-first-coefficient", .site = "SG-024", .mutation = "the first coefficient is 4095, signed", .flag = "LooseParser"},
        EMPTY, span_of(kem, SG_KEM_KEY));
    memcpy(kem, b->kem.p, SG_KEM_KEY), kem[1536] = 0xff;
    rejects_signed(c,
                   &(rejection){.slug = "kem-last-coefficient",
                                .site = "SG-024",
                                .mutation = "the last coefficient is above q - 1, signed",
                                .flag = "LooseParser"},
                   EMPTY, span_of(kem, SG_KEM_KEY));
    rejects_signed(
        c,
        &(rejection){
            .slug = "prekey-longer", .site = "SG-003", .mutation = "a zero byte behind the signed prekey, signed", .flag = "LooseParser"},
        SPAN(point), EMPTY);
    point[0] = 0x06;
    rejects_signed(
        c, &(rejection){.slug = "prekey-type", .site = "SG-002", .mutation = "a signed prekey of type 0x06, signed", .flag = "LooseParser"},
        span_of(point, SG_POINT), EMPTY);
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
    start_keys(c);
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

static cJSON *send_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.send");
    const bool made =
        send_group(c, &(setting){"v4", "rt:v4 rt:spqr rt:strict rt:coins", "v4", RT_STRICT, PQ_V1, PQ_V1, true, true, A},
                   FIRST_KEYS WITH_KEM WITH_PQ " RT-016", TURNED) &&
        send_group(
            c, &(setting){"v4-no-one-time", "rt:v4 rt:spqr rt:strict rt:coins", "v4-no-one-time", RT_STRICT, PQ_V1, PQ_V1, true, false, A},
            FIRST_KEYS WITH_KEM WITH_PQ, TURNED) &&
        send_group(c, &(setting){"v4-no-pq", "rt:v4 rt:no-spqr rt:strict rt:coins", "v4-no-pq", RT_STRICT, PQ_V0, PQ_V0, true, true, A},
                   FIRST_KEYS WITH_KEM " RT-016", TURNED) &&
        send_group(c, &(setting){"v3", "rt:v3 rt:strict rt:coins", "v3", RT_STRICT, PQ_V0, PQ_V0, false, true, A}, FIRST_KEYS " RT-016",
                   TURNED) &&
        send_group(c, &(setting){"v4-compat", "rt:v4 rt:spqr rt:compat rt:coins", "v4-compat", RT_COMPAT, PQ_V1, PQ_V1, true, true, A},
                   FIRST_KEYS WITH_KEM WITH_PQ " RT-016", "RT-033 RT-035 RT-037") &&
        send_group(c,
                   &(setting){"v4-responder", "rt:v4 rt:spqr rt:strict rt:coins", "v4-responder", RT_STRICT, PQ_V1, PQ_V1, true, true, B},
                   "", "RT-033 RT-035") &&
        long_send_group(c, &(setting){"v4-long", "rt:v4 rt:spqr rt:strict rt:coins", "v4-long", RT_STRICT, PQ_V1, PQ_V1, true, true, A},
                        DEEP) &&
        long_send_group(c,
                        &(setting){"v4-long-responder", "rt:v4 rt:spqr rt:strict rt:coins", "v4-long-responder", RT_STRICT, PQ_V1, PQ_V1,
                                   true, true, B},
                        DEEP) &&
        send_addressed(c,
                       &(setting){"addressed", "rt:v4 rt:spqr rt:strict rt:coins", "addressed", RT_STRICT, PQ_V1, PQ_V1, true, true, A}) &&
        send_late(c, &(setting){"late", "rt:v4 rt:spqr rt:strict rt:coins", "late", RT_STRICT, PQ_V1, PQ_V1, true, true, A});
    signal_frozen_groups(c, "rt.send");
    if (made)
        return c->s.document;
    cJSON_Delete(c->s.document);
    return NULL;
}

const scenario_file signal_files[] = {
    {"rt.sign.json", sign_file, 0, NULL}, {"rt.verify.json", verify_file, 0, NULL},          {"rt.start.json", start_file, 0, NULL},
    {"rt.send.json", send_file, 0, NULL}, {"rt.receive.json", signal_receive_file, 0, NULL}, {0}};
