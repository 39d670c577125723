/* The vectors rt.receive: what honest messages say, in every order, and what is refused of those that lie. */
#include "signal_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRICT_NEEDS "rt:v4 rt:spqr rt:strict rt:coins"
#define COMPAT_NEEDS "rt:v4 rt:spqr rt:compat rt:coins"
#define PLAIN_NEEDS  "rt:v4 rt:no-spqr rt:strict rt:coins"

typedef struct bad {
    rejection r;
    lie l;
} bad;

static bool each_lie(scene *c, const bad *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!scene_rejects_lie(c, &rows[i].r, &rows[i].l))
            return false;
    return true;
}

#define EACH(c, rows) each_lie(c, rows, sizeof(rows) / sizeof *(rows))
#define LAYERS(...)   ((const char *const[]){__VA_ARGS__, NULL})

/* The honest case that others are made from. */
static bool honest(scene *c, int from, const char *req, letter *l)
{
    return scene_send(c, from, "an honest text", l) && scene_accepts(c, "ok", req, l, "an honest text");
}

/* The same, with the sender as it was before: what is forged next starts from the state that the honest message started from. */
static bool honest_twin(scene *c, int from, const char *req, letter *l)
{
    static player before;
    before = *c->player[from];
    const bool made = honest(c, from, req, l);
    *c->player[from] = before;
    return made;
}

/* ---- first messages ---- */

static const bad first_lies[] = {
    {{.slug = "mac-flip", .site = "SG-042", .mutation = "xor mac[0] 01", .flag = "LooseMessage"}, {.mac_flip = 1}},
    {{.slug = "mac-flip-last", .site = "SG-042", .mutation = "xor mac[7] 80", .flag = "LooseMessage"}, {.mac_flip = 0x80, .mac_place = 7}},
    {{.slug = "unknown-field", .site = "SG-011", .mutation = "an unknown field behind", .flag = "LooseParser"},
     {.outer_behind = {(const uint8_t *)"\x78\x01", 2}}},
    {{.slug = "repeated-field", .site = "SG-011", .mutation = "registration_id twice", .flag = "LooseParser"},
     {.outer_behind = {(const uint8_t *)"\x28\x07", 2}}},
    {{.slug = "base-top-bit", .site = "RT-018", .mutation = "the base key's top bit set", .flag = "WeakKey"}, {.base_top = 0x80}},
    {{.slug = "kem-type", .site = "SG-017", .mutation = "a KEM ciphertext of type 0x0a", .flag = "LooseParser"}, {.kem_type = 0x0a}},
    {{.slug = "kem-longer", .site = "SG-017", .mutation = "a zero byte behind the KEM ciphertext", .flag = "LooseParser"},
     {.behind_kem = {(const uint8_t *)"", 1}}},
    {{.slug = "signed-id-unknown", .site = "SG-050", .mutation = "signed_pre_key_id 23", .flag = "LooseMessage"}, {.signed_id = 23}},
    {{.slug = "signed-id-unknown-2", .site = "SG-050", .mutation = "signed_pre_key_id 2^32 - 1", .flag = "LooseMessage"},
     {.signed_id = UINT32_MAX}},
    {{.slug = "kem-id-unknown", .site = "SG-052", .mutation = "kyber_pre_key_id 34", .flag = "LooseMessage"}, {.kem_id = 34}},
    {{.slug = "kem-id-unknown-2", .site = "SG-052", .mutation = "kyber_pre_key_id 2^32 - 1", .flag = "LooseMessage"},
     {.kem_id = UINT32_MAX}},
};

static bool first_strict(scene *c)
{
    letter l;
    scene_open_group(c, &(setting){"first", STRICT_NEEDS, "first", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c))
        return false;
    if (!honest_twin(c, A, "SG-042 RT-012 RT-013 RT-014 RT-015 RT-016 RT-017 RT-020 RT-021 RT-022", &l))
        return false;
    if (!EACH(c, first_lies))
        return false;
    player *b = c->player[B];
    b->has_their_identity = true;
    for (int i = 0; i < 2; i++) {
        memset(b->their_identity, 3 + i, 32);
        scene_rejects(c,
                      &(rejection){.slug = i ? "other-identity-2" : "other-identity",
                                   .site = "SG-055",
                                   .mutation = "another identity is trusted",
                                   .flag = "LooseMessage"},
                      &l);
    }
    b->has_their_identity = false;
    return true;
}

/* The same base key after another session has taken its place. */
static bool first_base_again(scene *c)
{
    letter l, again;
    if (!scene_send(c, A, "one", &l) || !scene_receive(c, B, &l) || !scene_send(c, A, "two", &again) || !scene_start(c) ||
        !scene_pass(c, A, "another session"))
        return false;
    rejection r = {
        .slug = "base-again", .site = "SG-053", .mutation = "the first message of a session before", .flag = "Replay", .base = "next"};
    scene_rejects(c, &r, &l);
    r.slug = "base-again-2", r.mutation = "the second message of a session before";
    scene_rejects(c, &r, &again);
    return scene_send(c, A, "next", &l) && scene_accepts(c, "next", "SG-038", &l, "next");
}

/* Without a one-time prekey, so that naming one is all that is wrong. */
static bool first_no_one_time(scene *c)
{
    static const bad lies[] = {
        {{.slug = "one-time-unknown", .site = "SG-051", .mutation = "pre_key_id 99", .flag = "Replay"}, {.one_time_id = 99}},
        {{.slug = "one-time-unknown-2", .site = "SG-051", .mutation = "pre_key_id 12", .flag = "Replay"}, {.one_time_id = 12}},
    };
    letter l;
    static player before;
    scene_open_group(c, &(setting){"no-one-time", STRICT_NEEDS, "no-one-time", RT_STRICT, PQ_V1, PQ_V1, true, false, B});
    if (!scene_start(c))
        return false;
    before = *c->player[A];
    if (!honest_twin(c, A, "SG-042", &l) || !EACH(c, lies))
        return false;
    *c->player[A] = before;
    return first_base_again(c);
}

/* Sends the first message of a session from `old`, a bundle whose one-time prekey has served; `i` makes another base key. */
static bool sends_from_used(scene *c, const sg_bundle *old, uint32_t i, letter *l)
{
    player_world w;
    player *a = c->player[A];
    a->calls += i;
    player_make_world(a, &w);
    player_draw(a, &w);
    return accepted(sg_initiate(&a->session, &a->settings, &w.w, old)) && scene_send(c, A, "again", l);
}

/* A one-time prekey that has served: a second session names it. */
static bool first_one_time_used(scene *c)
{
    letter l;
    static player before;
    scene_open_group(c, &(setting){"one-time-used", STRICT_NEEDS, "one-time-used", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c))
        return false;
    const sg_bundle old = c->bundle.b;
    if (!scene_pass(c, A, "hello"))
        return false;
    before = *c->player[A];
    if (!scene_start(c) || !honest(c, A, "SG-042", &l))
        return false;
    rejection r = {.slug = "again",
                   .site = "SG-051",
                   .mutation = "the one-time prekey of a session before",
                   .flag = "Replay",
                   .layers = LAYERS("SG-051", "SG-042", "SG-045")};
    for (uint32_t i = 0; i < 2; i++, r.slug = "again-2") {
        *c->player[A] = before;
        if (!sends_from_used(c, &old, i, &l))
            return false;
        scene_rejects(c, &r, &l);
    }
    return true;
}

/* Ids of zero, so that an absent id names a key. */
static bool first_zero_ids(scene *c)
{
    static const bad lies[] = {
        {{.slug = "no-signed-id", .site = "SG-015", .mutation = "no signed_pre_key_id", .flag = "LooseParser"}, {.no_signed_id = true}},
        {{.slug = "no-signed-id-2", .site = "SG-015", .mutation = "no signed_pre_key_id, another MAC key's text", .flag = "LooseParser"},
         {.no_signed_id = true, .skip = 1, .skip_pq = 1}},
        {{.slug = "no-kem-id", .site = "SG-016", .mutation = "no kyber_pre_key_id", .flag = "Downgrade"}, {.no_kem_id = true}},
        {{.slug = "no-kem-id-2", .site = "SG-016", .mutation = "no kyber_pre_key_id in the second message", .flag = "Downgrade"},
         {.no_kem_id = true, .skip = 1, .skip_pq = 1}},
    };
    letter l;
    scene_open_group(c, &(setting){"zero-ids", STRICT_NEEDS, "zero-ids", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    c->player[B]->signed_prekey.id = c->player[B]->kem_id = 0;
    if (!scene_start(c))
        return false;
    if (!honest_twin(c, A, "SG-042", &l))
        return false;
    return EACH(c, lies);
}

static bool first_compat(scene *c)
{
    static const bad lies[] = {
        {{.slug = "cut-field", .site = "SG-010", .mutation = "a field without its length behind", .flag = "LooseParser"},
         {.outer_behind = {(const uint8_t *)"\x7a", 1}}},
        {{.slug = "wire-type-7", .site = "SG-010", .mutation = "a field of wire type 7 behind", .flag = "LooseParser"},
         {.outer_behind = {(const uint8_t *)"\x7f\x01", 2}}},
    };
    letter l;
    scene_open_group(c, &(setting){"first-compat", COMPAT_NEEDS, "first-compat", RT_COMPAT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c))
        return false;
    if (!honest_twin(c, A, "SG-042", &l))
        return false;
    return EACH(c, lies);
}

static bool first_v3(scene *c)
{
    static const bad lies[] = {
        {{.slug = "version-5", .site = "SG-054", .mutation = "version 5 inside and outside", .flag = "Downgrade"},
         {.version = 5, .outer_version = 5}},
        {{.slug = "version-2", .site = "SG-054", .mutation = "version 2 inside and outside", .flag = "Downgrade"},
         {.version = 2, .outer_version = 2}},
    };
    letter l;
    scene_open_group(c, &(setting){"first-v3", "rt:v3 rt:strict rt:coins", "first-v3", RT_STRICT, PQ_V0, PQ_V0, false, true, B});
    if (!scene_start(c))
        return false;
    if (!honest_twin(c, A, "SG-042 RT-012 RT-020", &l))
        return false;
    return EACH(c, lies);
}

/* ---- messages of a session ---- */

static const bad strict_lies[] = {
    {{.slug = "mac-flip", .site = "SG-042", .mutation = "xor mac[0] 01", .flag = "LooseMessage"}, {.mac_flip = 1}},
    {{.slug = "mac-flip-last", .site = "SG-042", .also = "SG-034", .mutation = "xor mac[7] 01", .flag = "LooseMessage"},
     {.mac_flip = 1, .mac_place = 7}},
    {{.slug = "mac-reflected", .site = "SG-042", .mutation = "the MAC as if the recipient had sent it", .flag = "LooseMessage"},
     {.mac_of_recipient = true}},
    {{.slug = "version-5", .site = "SG-041", .mutation = "version 5", .flag = "Downgrade"}, {.version = 5}},
    {{.slug = "version-3", .site = "SG-041", .mutation = "version 3", .flag = "Downgrade"}, {.version = 3}},
    {{.slug = "unknown-field", .site = "SG-005", .mutation = "an unknown field behind", .flag = "LooseParser"},
     {.behind = {(const uint8_t *)"\x78\x01", 2}}},
    {{.slug = "repeated-field", .site = "SG-005", .mutation = "previous_counter twice", .flag = "LooseParser"},
     {.behind = {(const uint8_t *)"\x18\x01", 2}}},
    {{.slug = "no-counter", .site = "SG-007", .mutation = "no counter", .flag = "LooseParser"}, {.no_counter = true}},
    {{.slug = "share-type-6", .site = "SG-002", .mutation = "a share of type 0x06", .flag = "LooseParser"}, {.share_type = 6}},
    {{.slug = "share-type-8", .site = "SG-002", .mutation = "a share of type 0x08", .flag = "LooseParser"}, {.share_type = 8}},
    {{.slug = "share-longer", .site = "SG-003", .mutation = "a zero byte behind the share", .flag = "LooseParser"},
     {.behind_share = {(const uint8_t *)"", 1}}},
    {{.slug = "share-longer-2", .site = "SG-003", .mutation = "seven bytes behind the share", .flag = "LooseParser"},
     {.behind_share = {(const uint8_t *)"\1\2\3\4\5\6\7", 7}}},
    {{.slug = "share-top-bit", .site = "RT-027", .mutation = "the share's top bit set", .flag = "WeakKey"}, {.share_top = 0x80}},
    {{.slug = "cipher-15",
      .site = "SG-044",
      .mutation = "a ciphertext of 15 bytes",
      .flag = "LooseParser",
      .layers = LAYERS("SG-044", "SG-045")},
     {.ciphertext = {(const uint8_t *)"fifteen bytes..", 15}}},
    {{.slug = "cipher-17",
      .site = "SG-044",
      .mutation = "a ciphertext of 17 bytes",
      .flag = "LooseParser",
      .layers = LAYERS("SG-044", "SG-045")},
     {.ciphertext = {(const uint8_t *)"seventeen bytes..", 17}}},
    {{.slug = "padding", .site = "SG-045", .mutation = "a ciphertext that decrypts to no padding", .flag = "LooseParser"},
     {.ciphertext = {(const uint8_t *)"sixteen bytes...", 16}}},
    {{.slug = "padding-2", .site = "SG-045", .mutation = "two blocks that decrypt to no padding", .flag = "LooseParser"},
     {.ciphertext = {(const uint8_t *)"sixteen bytes...sixteen bytes...", 32}}},
    {{.slug = "previous-too-large", .site = "RT-029", .mutation = "previous_counter 30000", .flag = "NoLimit"}, {.previous = 30000}},
    {{.slug = "previous-largest", .site = "RT-029", .mutation = "previous_counter 26000", .flag = "NoLimit"}, {.previous = 26000}},
    {{.slug = "no-pq", .site = "RT-049", .mutation = "no pq_ratchet, no key of it mixed in", .flag = "Downgrade"},
     {.no_pq = true, .pq_without_key = true}},
    {{.slug = "pq-version-2", .site = "RT-050", .mutation = "version 2 of pq_ratchet", .flag = "Downgrade"},
     {.pq = {(const uint8_t *)"\x02\x01\x02\x00", 4}}},
    {{.slug = "pq-version-0", .site = "RT-050", .mutation = "version 0 of pq_ratchet", .flag = "Downgrade"},
     {.pq = {(const uint8_t *)"\x00\x01\x02\x00", 4}}},
    {{.slug = "pq-byte-behind", .site = "RT-051", .mutation = "a byte behind pq_ratchet", .flag = "LooseParser"},
     {.pq = {(const uint8_t *)"\x01\x01\x02\x00\x00", 5}}},
    {{.slug = "pq-long-varint", .site = "RT-051", .mutation = "the epoch in two bytes", .flag = "LooseParser"},
     {.pq = {(const uint8_t *)"\x01\x81\x00\x02\x00", 5}}},
    {{.slug = "pq-index-0", .site = "RT-052", .mutation = "index 0, no key mixed in", .flag = "Downgrade"},
     {.pq = {(const uint8_t *)"\x01\x01\x00\x00", 4}, .pq_without_key = true}},
    {{.slug = "pq-index-0-chunk", .site = "RT-052", .mutation = "index 0 beside a chunk, no key mixed in", .flag = "Downgrade"},
     {.pq = {(const uint8_t *)"\x01\x01\x00\x04", 4}, .pq_without_key = true}},
    {{.slug = "pq-epoch-ahead",
      .site = "RT-068",
      .mutation = "epoch 2, no key mixed in",
      .flag = "Replay",
      .layers = LAYERS("RT-068", "RT-082")},
     {.pq = {(const uint8_t *)"\x01\x02\x01\x00", 4}, .pq_without_key = true}},
    {{.slug = "pq-epoch-far",
      .site = "RT-068",
      .mutation = "epoch 9, no key mixed in",
      .flag = "Replay",
      .layers = LAYERS("RT-068", "RT-082")},
     {.pq = {(const uint8_t *)"\x01\x09\x01\x00", 4}, .pq_without_key = true}},
};

/* The bytes of the MAC between the first and the last. */
static bool each_mac_byte(scene *c)
{
    for (uint8_t i = 1; i < SG_MAC - 1; i++) {
        char slug[16], mutation[24];
        snprintf(slug, sizeof slug, "mac-flip-%u", i);
        snprintf(mutation, sizeof mutation, "xor mac[%u] 01", i);
        const bad one = {{.slug = slug, .site = "SG-042", .mutation = mutation, .flag = "LooseMessage"}, {.mac_flip = 1, .mac_place = i}};
        if (!each_lie(c, &one, 1))
            return false;
    }
    return true;
}

/* B has answered once; A's next message begins a chain and has the post-quantum index 2. */
static bool session_strict(scene *c)
{
    letter l;
    scene_open_group(c, &(setting){"session", STRICT_NEEDS, "session", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?"))
        return false;
    if (!honest_twin(c, A, "SG-042 SG-032 RT-031 RT-032 RT-042", &l))
        return false;
    return EACH(c, strict_lies) && each_mac_byte(c);
}

static bool session_compat(scene *c)
{
    static const bad lies[] = {
        {{.slug = "cut-field", .site = "SG-004", .mutation = "a field without its length behind", .flag = "LooseParser"},
         {.behind = {(const uint8_t *)"\x7a", 1}}},
        {{.slug = "wire-type-7", .site = "SG-004", .mutation = "a field of wire type 7 behind", .flag = "LooseParser"},
         {.behind = {(const uint8_t *)"\x7f\x01", 2}}},
    };
    letter l, loose;
    scene_open_group(c, &(setting){"session-compat", COMPAT_NEEDS, "session-compat", RT_COMPAT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?"))
        return false;
    if (!honest_twin(c, A, "SG-042", &l))
        return false;
    if (!EACH(c, lies))
        return false;
    scene_forge(c, A, &(lie){.behind = {(const uint8_t *)"\x78\x01", 2}}, &loose);
    scene_accepts(c, "unknown-field", "SG-042", &loose, "forged");
    scene_forge(c, A, &(lie){.share_top = 0x80}, &loose);
    return scene_accepts(c, "share-top-bit", "SG-042", &loose, "forged");
}

/* ---- order ---- */

static const char *const replayed_layers[] = {"RT-030", "SG-042", "SG-045", NULL};

static void rejects_replay(scene *c, const char *slug, const char *also, const char *mutation, const char *base, const letter *l)
{
    scene_rejects(
        c,
        &(rejection){
            .slug = slug, .site = "RT-030", .also = also, .mutation = mutation, .flag = "Replay", .base = base, .layers = replayed_layers},
        l);
}

static bool order_jumps(scene *c)
{
    letter forged;
    for (unsigned i = 0; i < 2; i++) {
        scene_forge(c, A, &(lie){.skip = 25001 + 99 * i}, &forged);
        scene_rejects(c,
                      &(rejection){.slug = i ? "jump-larger" : "jump-too-large",
                                   .site = "RT-028",
                                   .mutation = "one more message skipped than may be",
                                   .flag = "NoLimit"},
                      &forged);
    }
    scene_forge(c, A, &(lie){.skip = 25000}, &forged);
    return scene_accepts(c, "largest-jump", "RT-028", &forged, "forged");
}

/* A chain that has opened messages already. */
static bool order_after_a_skip(scene *c)
{
    letter held, next;
    if (!scene_send(c, A, "held back", &held) || !scene_send(c, A, "after a skip", &next) || !scene_receive(c, B, &next))
        return false;
    rejects_replay(c, "replay-after-skip", "RT-041", "a message that skipped another, again", "skipped-2", &next);
    return scene_accepts(c, "skipped-2", "RT-044", &held, "held back");
}

/* No post-quantum ratchet, so that only the other one refuses. */
static bool order_plain(scene *c)
{
    letter held, next, ok;
    scene_open_group(c, &(setting){"order", PLAIN_NEEDS, "order", RT_STRICT, PQ_V0, PQ_V0, true, true, B});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?") || !scene_send(c, A, "held back", &held) ||
        !scene_send(c, A, "next", &next) || !scene_accepts(c, "skips-one", "RT-028", &next, "next") || !scene_receive(c, B, &next) ||
        !scene_accepts(c, "skipped", "RT-044", &held, "held back") || !honest_twin(c, A, "RT-041", &ok))
        return false;
    rejects_replay(c, "replay", "RT-041", "the message again", NULL, &next);
    if (!scene_receive(c, B, &held))
        return false;
    rejects_replay(c, "replay-skipped", "RT-045", "a message that was skipped and then opened, again", NULL, &held);
    return order_jumps(c) && order_after_a_skip(c);
}

/* A share of zeros: the chain that follows from it is computed from the recipient's root, which an honest sender knows as well. */
static bool zero_share(scene *c)
{
    static const uint8_t zeros[32];
    uint8_t prk[64], both[64], seed[32], top = 0x01, one[32] = {1};
    letter l, forged;
    scene_open_group(c, &(setting){"weak-share", PLAIN_NEEDS, "weak-share", RT_STRICT, PQ_V0, PQ_V0, true, true, B});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?") || !honest_twin(c, A, "RT-031", &l))
        return false;
    const prim *p = c->s.prim;
    const span part = span_of(&top, 1);
    prim_hkdf_extract(p, PRIM_SHA256, SPAN(c->player[B]->session.state.ratchet.secret.root), SPAN(zeros), prk);
    prim_hkdf_expand(p, PRIM_SHA256, span_of(prk, 32), span_text("WhisperRatchet"), both, 64);
    p->hmac(PRIM_SHA256, span_of(both + 32, 32), &part, 1, seed);
    scene_forge(c, A, &(lie){.share = zeros, .seed = seed}, &forged);
    scene_rejects(c, &(rejection){.slug = "zero", .site = "RT-026", .mutation = "the share u = 0", .flag = "WeakKey"}, &forged);
    scene_forge(c, A, &(lie){.share = one, .seed = seed}, &forged);
    scene_rejects(c, &(rejection){.slug = "one", .site = "RT-026", .mutation = "the share u = 1", .flag = "WeakKey"}, &forged);
    return true;
}

/* What was sent before a turn opens after it, by the count that the next chain's messages carry. */
static bool held_over_a_turn(scene *c)
{
    letter held;
    scene_open_group(c, &(setting){"turn", PLAIN_NEEDS, "turn", RT_STRICT, PQ_V0, PQ_V0, true, true, B});
    return scene_start(c) && scene_pass(c, A, "hello") && scene_pass(c, B, "yes?") && scene_pass(c, A, "a turn") &&
           scene_send(c, A, "held back", &held) && scene_pass(c, B, "yes?") && scene_pass(c, A, "after a turn") &&
           scene_accepts(c, "held-over-a-turn", "RT-039", &held, "held back");
}

/* Five chains later a lane is used again: a key of the chain that lay there must be gone. */
static bool lane_again(scene *c)
{
    letter first, later;
    scene_open_group(c, &(setting){"lane", PLAIN_NEEDS, "lane", RT_STRICT, PQ_V0, PQ_V0, true, true, B});
    if (!scene_start(c) || !scene_send(c, A, "never opened", &first) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?"))
        return false;
    for (int i = 0; i < 4; i++)
        if (!scene_pass(c, A, "ping") || !scene_pass(c, B, "pong"))
            return false;
    return scene_send(c, A, "skipped", &first) && scene_send(c, A, "later", &later) && scene_receive(c, B, &later) &&
           scene_accepts(c, "same-number-in-the-lane", "RT-043 RT-044", &first, "skipped");
}

/* ---- the post-quantum ratchet ---- */

static bool pq_jumps(scene *c)
{
    letter forged;
    for (unsigned i = 0; i < 2; i++) {
        scene_forge(c, A, &(lie){.skip_pq = 25000 + 99 * i}, &forged);
        scene_rejects(c,
                      &(rejection){.slug = i ? "jump-larger" : "jump-too-large",
                                   .site = "RT-083",
                                   .mutation = "an index one above the largest",
                                   .flag = "NoLimit"},
                      &forged);
    }
    scene_forge(c, A, &(lie){.skip_pq = 24999}, &forged);
    return scene_accepts(c, "largest-jump", "RT-083", &forged, "forged");
}

/* An index that the state `at_held` has used is used again. */
static void pq_index_again(scene *c, pq_peer *at_held)
{
    letter forged;
    scene_forge(c, A, &(lie){.pq_from = at_held, .pq_key_is = true}, &forged); /* its key is zeros */
    scene_rejects(
        c,
        &(rejection){
            .slug = "index-again", .site = "RT-084", .mutation = "the index of a message before, under a key of zeros", .flag = "Replay"},
        &forged);
    scene_forge(c, A, &(lie){.pq_from = at_held}, &forged);
    scene_rejects(c,
                  &(rejection){.slug = "key-again",
                               .site = "RT-084",
                               .also = "RT-085",
                               .mutation = "the index of a message before, and its key",
                               .flag = "Replay",
                               .layers = LAYERS("RT-084", "SG-042", "SG-045")},
                  &forged);
}

static bool pq_order(scene *c)
{
    letter held, next, ok;
    static pq_peer at_held;
    scene_open_group(c, &(setting){"pq-order", STRICT_NEEDS, "pq-order", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?"))
        return false;
    at_held = c->player[A]->session.state.pq;
    if (!scene_send(c, A, "held back", &held) || !scene_send(c, A, "next", &next) || !scene_receive(c, B, &next))
        return false;
    scene_accepts(c, "skipped", "RT-086", &held, "held back");
    if (!scene_receive(c, B, &held) || !honest_twin(c, A, "RT-078", &ok))
        return false;
    pq_index_again(c, &at_held);
    return pq_jumps(c);
}

/* The message that A or B sends next completes a payload at the target: the target's state after it tells. */
static bool chats_until(scene *c, pq_state before_last, uint16_t have)
{
    for (int i = 0; i < 300; i++) {
        const pq_braid *t = &c->player[c->target]->session.state.pq.braid;
        if (t->state == before_last && t->in.have == have)
            return true;
        if (!scene_pass(c, c->target, "x"))
            return false;
        if (t->state == before_last && t->in.have == have)
            return true;
        if (!scene_pass(c, !c->target, "y"))
            return false;
    }
    return false;
}

typedef struct corruption {
    const char *subject, *site;
    pq_state state;
    uint16_t have;
    int target;
} corruption;

/* The chunk lies in the field pq_ratchet; its bytes are changed there and the message is sealed again. */
static bool corrupt_chunk(scene *c, const corruption *k)
{
    letter l;
    static pq_peer next;
    scene_open_group(c, &(setting){k->subject, STRICT_NEEDS, k->subject, RT_STRICT, PQ_V1, PQ_V1, true, true, k->target});
    if (!scene_start(c) || !scene_pass(c, A, "hello") || !scene_pass(c, B, "yes?") || !chats_until(c, k->state, k->have) ||
        !honest_twin(c, !k->target, k->site, &l))
        return false;
    static const struct {
        const char *slug;
        size_t at;
    } bytes[] = {{"first-byte", 0}, {"second-byte", 1}, {"byte-8", 8}, {"last-byte", 31}};
    for (unsigned i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        letter forged;
        next = c->player[!k->target]->session.state.pq;
        next.braid.out.payload[next.braid.out.next % (next.braid.out.n / PQ_CHUNK) * PQ_CHUNK + bytes[i].at] ^= 1;
        scene_forge(c, !k->target, &(lie){.pq_from = &next}, &forged);
        scene_rejects(
            c, &(rejection){.slug = bytes[i].slug, .site = k->site, .mutation = "a byte of the last chunk changed", .flag = "LooseMessage"},
            &forged);
    }
    return true;
}

static const corruption corruptions[] = {
    {"chunk-header", "RT-071", PQ_NO_HEADER_RECEIVED, 2, B},
    {"chunk-ek", "RT-072", PQ_CT1_ACKNOWLEDGED, 35, B},
    {"chunk-ct2", "RT-073", PQ_EK_SENT_CT1_RECEIVED, 4, A},
};

static bool pq_optional(scene *c)
{
    letter l;
    scene_open_group(c, &(setting){"optional", COMPAT_NEEDS, "optional", RT_COMPAT, PQ_V1, PQ_V0, true, true, B});
    return scene_start(c) && scene_send(c, A, "undecided", &l) && scene_accepts(c, "index-0", "SG-042", &l, "undecided") &&
           scene_receive(c, B, &l) && scene_pass(c, B, "decided") && scene_send(c, A, "with keys", &l) &&
           scene_accepts(c, "decided", "RT-042", &l, "with keys");
}

/* ---- the file ---- */

static void rejects_addresses(scene *c, const char *slug, const char *mutation, const uint8_t addresses[36])
{
    letter forged;
    scene_forge(c, A, &(lie){.addresses = span_of(addresses, 36)}, &forged);
    scene_rejects(c, &(rejection){.slug = slug, .site = "SG-043", .mutation = mutation, .flag = "LooseMessage"}, &forged);
}

static bool addressed(scene *c)
{
    letter l;
    uint8_t wrong[36];
    const player *a = c->player[A];
    scene_open_group(c, &(setting){"addressed", STRICT_NEEDS, "addressed", RT_STRICT, PQ_V1, PQ_V1, true, true, B});
    for (int i = 0; i < 2; i++) {
        player *p = c->player[i];
        p->has_address = p->has_their_address = true;
        memset(p->address + 1, 1 + i, 16), memset(p->their_address + 1, 2 - i, 16);
        p->address[17] = p->their_address[17] = 1;
    }
    if (!scene_start(c) || !honest_twin(c, A, "SG-043 SG-033", &l))
        return false;
    memcpy(wrong, a->address, 18), memcpy(wrong + 18, a->their_address, 18);
    wrong[35] = 2;
    rejects_addresses(c, "other-device", "another device of the recipient", wrong);
    memcpy(wrong, a->their_address, 18), memcpy(wrong + 18, a->address, 18);
    rejects_addresses(c, "swapped", "sender and recipient swapped", wrong);
    return true;
}

cJSON *signal_receive_file(const prim *p, int which)
{
    (void)which;
    scene *c = scene_open_scene(p, "rt.receive");
    bool made = first_strict(c) && first_no_one_time(c) && first_one_time_used(c) && first_zero_ids(c) && first_compat(c) && first_v3(c) &&
                addressed(c) && session_strict(c) && session_compat(c) && order_plain(c) && zero_share(c) && held_over_a_turn(c) &&
                lane_again(c) && pq_order(c) && pq_optional(c);
    for (size_t i = 0; i < sizeof corruptions / sizeof *corruptions && made; i++)
        made = corrupt_chunk(c, &corruptions[i]);
    signal_frozen_groups(c, "rt.receive");
    if (made)
        return c->s.document;
    cJSON_Delete(c->s.document);
    return NULL;
}
