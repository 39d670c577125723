/* Server: the handshake (confer, section 2). */
#include "big_room.h"
#include "cases.h"

#include <stdio.h>
#include <string.h>

#define FAILED "Handshake failed"

static void judge_handshake_failed(peer_connection *peer) { judge_closed_and_alive(peer, CF_UNEXPECTED, FAILED, false); }

/* ---- message 1 ---- */

typedef struct sizes {
    size_t n;
    unsigned code;
    const char *reason;
} sizes;

/* That many bytes, an honest share in front. */
static void sends_message1_of_size(peer_connection *peer)
{
    static uint8_t room[70000];
    const sizes *s = peer->t->row->with;
    writer message = WRITER(room);
    peer_starts_noise(peer);
    memset(room, 0x5a, sizeof room);
    peer_writes_handshake(peer, EMPTY, &message);
    peer_sends(peer, span_of(room, s->n));
    judge_closed_and_alive(peer, s->code, s->reason, false);
}

static void sends_message1_with_share(peer_connection *peer)
{
    uint8_t share[32];
    writer w = WRITER(share);
    must(read_hex(span_text(peer->t->row->with), &w) && w.n == sizeof share);
    peer_sends(peer, SPAN(share));
}

/* ---- message 3 ---- */

/* Up to where message 3 is due. */
static peer_connection *before_message3(trial *t)
{
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    span message2;
    peer_connection *peer = peer_opens_with_message1(t);
    if (!peer_receives(peer, &message2) || !peer_reads_handshake(peer, message2, &payload))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "message 2", "something that is none");
    return peer;
}

typedef struct message_change {
    const char *payload; /* sealed into message 3 */
    size_t flip;         /* this byte, counted from 1 */
    int more;            /* bytes longer, or shorter */
    unsigned code;       /* 0: 1011 */
    const char *reason;
} message_change;

static void sends_changed_message3(peer_connection *peer)
{
    static uint8_t room[70000];
    const message_change *s = peer->t->row->with;
    writer message = WRITER(room);
    memset(room, 0x5a, sizeof room);
    peer_writes_handshake(peer, span_text(s->payload), &message);
    if (s->flip)
        room[s->flip - 1] ^= 1;
    peer_sends(peer, span_of(room, (size_t)((int)message.n + s->more)));
    judge_closed_and_alive(peer, s->code ? s->code : CF_UNEXPECTED, s->reason ? s->reason : FAILED, true);
}

/* Both tags of message 3: each byte is changed once, in a handshake of its own. */
static void each_byte_of_the_tags(trial *t)
{
    for (size_t i = 32; i < CF_MESSAGE3 && !t->over; i++) {
        uint8_t room[CF_MESSAGE3];
        writer message = WRITER(room);
        peer_connection *peer = before_message3(t);
        peer_writes_handshake(peer, EMPTY, &message);
        room[i] ^= (uint8_t)(1 << i % 8);
        peer_sends(peer, written(&message));
        judge_closed(peer, CF_UNEXPECTED, FAILED, true);
    }
    judge_alive(t);
}

/* ---- a static share of low order ---- */

/* The initiator's primitives, when its static share is of low order: whatever it agrees with that share is zeros. The text refuses zeros in its
 * own steps, so that they travel under a mark, which is taken off where the chaining key is made. */
static const prim *honest_prim;
static const uint8_t mark[32] = {'z', 'e', 'r', 'o', 's'};

static void share_of_zeros(const uint8_t secret[32], uint8_t out[32])
{
    (void)secret;
    memset(out, 0, 32);
}

static void agrees_on_zeros(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    if (all_zero(SPAN(mine->share)))
        memcpy(out, mark, 32);
    else
        honest_prim->x25519(mine, share, out);
}

static void hmac_without_mark(prim_hash h, span key, const span *parts, size_t n, uint8_t *out)
{
    static const uint8_t zeros[32];
    const span none = SPAN(zeros);
    const bool marked = n == 1 && span_same(parts[0], SPAN(mark));
    honest_prim->hmac(h, key, marked ? &none : parts, n, out);
}

static void low_order_static(trial *t)
{
    static prim lying;
    static uint8_t room[CF_RECORD_MAX];
    uint8_t fresh[32], third[CF_MESSAGE3];
    writer message1 = writer_of(third, sizeof third), message3 = WRITER(third), payload = WRITER(room);
    span message2;
    peer_connection *peer = peer_opens(t);
    honest_prim = peer->world.prim;
    lying = *honest_prim;
    lying.x25519_public = share_of_zeros;
    trial_draw(t, fresh, sizeof fresh);
    peer->world.prim = &lying;
    peer_starts_noise_as(peer, fresh);
    lying.x25519_public = honest_prim->x25519_public;
    lying.x25519 = agrees_on_zeros;
    lying.hmac = hmac_without_mark;
    peer_writes_handshake(peer, EMPTY, &message1);
    peer_sends(peer, written(&message1));
    if (!peer_receives(peer, &message2) || !peer_reads_handshake(peer, message2, &payload))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "message 2", "something that is none");
    peer_writes_handshake(peer, EMPTY, &message3);
    peer_sends(peer, written(&message3));
    judge_closed_and_alive(peer, CF_UNEXPECTED, FAILED, true);
}

/* Somebody else's bytes where message 3 is due: a second message 1, or a request under no key. */
static void other_bytes(peer_connection *peer)
{
    uint8_t bytes[64];
    const size_t *n = peer->t->row->with;
    trial_draw(peer->t, bytes, sizeof bytes);
    peer_sends(peer, span_of(bytes, *n));
}

/* Message 3 of another handshake, whole and well-formed. */
static void message3_of_another(trial *t)
{
    uint8_t mine[64], other[64];
    writer to_a = WRITER(mine), to_b = WRITER(other);
    peer_connection *a = before_message3(t), *b = before_message3(t);
    peer_writes_handshake(a, EMPTY, &to_a);
    peer_writes_handshake(b, EMPTY, &to_b);
    peer_sends(a, written(&to_b));
    judge_closed(a, CF_UNEXPECTED, FAILED, true);
    peer_sends(b, written(&to_b));
    judge_pong(b, 1, STATE);
}

static void again_when_open(peer_connection *peer)
{
    uint8_t share[64];
    writer w = WRITER(share);
    nz_peer open = peer->noise;
    peer_starts_noise(peer);
    peer_writes_handshake(peer, EMPTY, &w);
    peer->noise = open;
    peer_sends(peer, written(&w));
    judge_closed_and_alive(peer, CF_UNEXPECTED, "Decryption failed", true);
}

/* ---- what the server sends ---- */

static void sends_good_evidence(trial *t)
{
    static tl_sigstore *sigstore;
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    const cf_policy policy = pack_policy(t->run->pack);
    const cf_collateral collateral = pack_collateral(t->run->pack);
    cf_appraisal appraisal;
    span message2 = EMPTY;
    peer_connection *peer = peer_opens_with_message1(t);
    peer_receives(peer, &message2);
    judge(t, WIRE, message2.n > CF_MESSAGE2_LEAST && message2.n <= CF_RECORD_MAX, "a message 2 of 96 bytes and the evidence", "%zu bytes",
          message2.n);
    peer_reads_handshake(peer, message2, &payload);
    peer->world.policy = &policy;
    peer->world.collateral = &collateral;
    peer->world.sigstore = BIG_ROOM(sigstore);
    const verdict v = cf_appraise(&peer->world, written(&payload), nz_remote_static(&peer->noise), &appraisal);
    judge(t, VERDICT, accepted(v), "evidence that a correct client accepts", "refused by %s", requirement_rows[v.req].id);
}

/* After many connections the evidence is what it was, and the key is the one that it names. */
static void good_evidence_later(trial *t)
{
    for (int i = 0; i < 160 && !t->over; i++) {
        span message2;
        peer_connection *peer = peer_opens_with_message1(t);
        judge(t, VERDICT, peer_receives(peer, &message2), "message 2", "none");
        if (i % 16 == 15)
            trial_drop_connections(t);
    }
    sends_good_evidence(t);
}

static void sends_fresh_shares(trial *t)
{
    enum { HANDSHAKES = 24 };
    uint8_t shares[HANDSHAKES][32] = {0};
    for (size_t i = 0; i < HANDSHAKES && !t->over; i++) {
        span message2 = EMPTY;
        peer_connection *peer = peer_opens_with_message1(t);
        judge(t, VERDICT, peer_receives(peer, &message2), "message 2", "none");
        span_take(message2, shares[i], 32);
        for (size_t k = 0; k < i; k++)
            judge(t, VERDICT, memcmp(shares[i], shares[k], 32) != 0, "another ephemeral share in each handshake",
                  "the share of handshake %zu in %zu", k + 1, i + 1);
    }
}

/* ---- text messages, and connections that are cut ---- */

typedef enum moment { BEFORE, BETWEEN, WHEN_OPEN } moment;

static void text_at(trial *t)
{
    static const char text[] = "{\"id\":1,\"verb\":\"GET\",\"path\":\"/ping\"}";
    const moment when = *(const moment *)t->row->with;
    uint8_t third[64];
    writer message3 = WRITER(third);
    peer_connection *peer;
    if (when == BETWEEN) {
        peer = before_message3(t);
        peer_sends_text(peer, text);
        peer_writes_handshake(peer, EMPTY, &message3);
        peer_sends(peer, written(&message3));
    } else {
        peer = peer_opens(t);
        if (when == BEFORE)
            peer_sends_text(peer, text);
        peer_completes_handshake(peer);
        if (when == WHEN_OPEN)
            peer_sends_text(peer, text);
    }
    judge_pong(peer, 3, VERDICT);
    judge(t, RELEASED, peer->n_in == 2, "one message 2 and one answer", "%zu messages", peer->n_in);
}

static void text_closes(trial *t)
{
    const moment when = *(const moment *)t->row->with;
    peer_connection *peer = when == BETWEEN ? before_message3(t) : when == BEFORE ? peer_opens(t) : peer_opens_session(t);
    peer_sends_text(peer, "hello");
    judge_closed_and_alive(peer, CF_UNEXPECTED, "WebSocket error", when == WHEN_OPEN);
}

static void connections_cut(trial *t)
{
    const moment when = *(const moment *)t->row->with;
    for (int i = 0; i < 40; i++) { /* more often than the connections that a server keeps open */
        peer_connection *peer = when == BETWEEN ? before_message3(t) : peer_opens(t);
        if (when == WHEN_OPEN) {
            peer_completes_handshake(peer);
            peer_seals_frame(peer, &(cf_frame){number_field(1), number_field(0), number_field(2), text_field("half a message")});
            peer_flushes(peer);
        }
        peer_cuts(peer);
        peer_waits_for_end(peer);
    }
    judge(t, VERDICT, true, "connections that break off are forgotten", "forgotten");
    judge_alive(t);
}

/* ---- WebSocket frames ---- */

static void sends_ws_frame(peer_connection *peer, unsigned first_byte, span payload)
{
    uint8_t room[256];
    writer w = WRITER(room);
    ws_frame_head(&w, first_byte, true, payload.n);
    write_span(&w, payload);
    must(writer_ok(&w));
    peer_sends_raw(peer, written(&w));
}

/* Message 1 in four fragments with a WebSocket ping between them. */
static void in_fragments(peer_connection *peer)
{
    static uint8_t room[CF_RECORD_MAX];
    uint8_t first[64];
    writer message1 = WRITER(first), payload = WRITER(room), message3 = WRITER(first);
    span message2 = EMPTY;
    peer_starts_noise(peer);
    peer_writes_handshake(peer, EMPTY, &message1);
    const span m = written(&message1);
    sends_ws_frame(peer, 0x02, span_first(m, 1));
    sends_ws_frame(peer, 0x00, EMPTY);
    sends_ws_frame(peer, 0x89, span_text("are you there"));
    sends_ws_frame(peer, 0x00, span_first(span_from(m, 1), 20));
    sends_ws_frame(peer, 0x80, span_from(m, 21));
    peer_receives(peer, &message2);
    peer_reads_handshake(peer, message2, &payload);
    peer_writes_handshake(peer, EMPTY, &message3);
    peer_sends(peer, written(&message3));
    judge_pong(peer, 1, VERDICT);
}

static void closes_session(peer_connection *peer)
{
    peer_closes(peer, 1000, "");
    peer_waits_for_end(peer);
    judge(peer->t, VERDICT, peer->end.how == WS_CLOSED, "a close frame in answer to a close frame", "%s", peer_ending(peer));
    judge_alive(peer->t);
}

/* ---- the rows ---- */

#define SIZE(slug, text, number, reason_number, size, code, reason)                                                               \
    CASE(.id = "cf.server.message1." slug, .says = text, .req = {number, reason_number, number}, .base = "cf.server.sanity.ping", \
         .start = peer_opens, .act = sends_message1_of_size, .with = GIVEN(sizes, size, code, reason))
#define SHARE(slug, text, departs, hex)                                                                                         \
    CASE(.id = "cf.server.message1." slug, .says = text, .req = {"NZ-031", "CF-026", "NZ-031"}, .departure = departs,           \
         .base = "cf.server.sanity.ping", .start = peer_opens, .act = sends_message1_with_share, .end = judge_handshake_failed, \
         .with = hex)
#define MESSAGE3(slug, text, number, reason_number, ...)                                                                          \
    CASE(.id = "cf.server.message3." slug, .says = text, .req = {number, reason_number, number}, .base = "cf.server.sanity.ping", \
         .start = before_message3, .act = sends_changed_message3, .with = GIVEN(message_change, __VA_ARGS__))

static const case_row rows[] = {
    SIZE("empty", "an empty message 1", "CF-021", "CF-026", 0, CF_UNEXPECTED, FAILED),
    SIZE("short", "a message 1 of 31 bytes", "CF-021", "CF-026", 31, CF_UNEXPECTED, FAILED),
    SIZE("long", "a message 1 of 33 bytes, the last of them a payload", "CF-021", "CF-026", 33, CF_UNEXPECTED, FAILED),
    SIZE("most", "a message 1 of 4096 bytes", "CF-021", "CF-026", 4096, CF_UNEXPECTED, FAILED),
    SIZE("over-4096", "a message 1 of 4097 bytes", "CF-024", "CF-024", 4097, CF_CANNOT_ACCEPT, "Handshake message too large"),
    SIZE("over-4096-most", "a message 1 of 65535 bytes", "CF-024", "CF-024", 65535, CF_CANNOT_ACCEPT, "Handshake message too large"),
    SIZE("over-65535", "a message 1 of 65536 bytes", "CF-023", "CF-023", 65536, CF_CANNOT_ACCEPT, "Message too large"),
    SHARE("share-zero", "an ephemeral share of zeros", AGREES, "0000000000000000000000000000000000000000000000000000000000000000"),
    SHARE("share-one", "the ephemeral share u = 1, of order 4", DEPLOYED_TAKES,
          "0100000000000000000000000000000000000000000000000000000000000000"),
    SHARE("share-order-8a", "an ephemeral share of order 8", DEPLOYED_TAKES,
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    SHARE("share-order-8b", "the other ephemeral share of order 8", DEPLOYED_TAKES,
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    SHARE("share-minus-one", "the ephemeral share u = -1, of order 2 on the twist", DEPLOYED_TAKES,
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    SHARE("share-prime", "the ephemeral share u = p, zero in disguise", DEPLOYED_TAKES,
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),

    MESSAGE3("tag-of-share", "a flipped bit in the tag of the static share", "NZ-006", "CF-026", .flip = 48),
    MESSAGE3("tag-of-payload", "a flipped bit in the tag of the empty payload", "NZ-006", "CF-026", .flip = 64),
    CASE(.id = "cf.server.message3.tag-bytes", .says = "each byte of both tags changed once", .req = {"NZ-006", "CF-026", "NZ-006"},
         .base = "cf.server.sanity.ping", .run = each_byte_of_the_tags),
    CASE(.id = "cf.server.message3.low-order", .says = "a static share of zeros, whose agreement is zeros",
         .req = {"NZ-031", "CF-026", "NZ-031"}, .base = "cf.server.sanity.ping", .run = low_order_static),
    MESSAGE3("share", "a flipped bit in the encrypted static share", "NZ-006", "CF-026", .flip = 1),
    MESSAGE3("short", "a message 3 of 63 bytes", "CF-022", "CF-026", .more = -1),
    MESSAGE3("long", "a byte after message 3", "CF-022", "CF-026", .more = 1),
    MESSAGE3("payload", "a payload of one byte, sealed", "CF-022 CF-020", "CF-026", .payload = "x"),
    MESSAGE3("empty", "an empty message 3", "CF-022", "CF-026", .more = -64),
    MESSAGE3("over-4096", "a message 3 of 4097 bytes", "CF-024", "CF-024", .more = 4033, .code = CF_CANNOT_ACCEPT,
             .reason = "Handshake message too large"),
    MESSAGE3("over-65535", "a message 3 of 65536 bytes", "CF-023", "CF-023", .more = 65472, .code = CF_CANNOT_ACCEPT,
             .reason = "Message too large"),
    CASE(.id = "cf.server.message3.random", .says = "64 random bytes instead of message 3", .req = {"NZ-006", "CF-026", "NZ-006"},
         .start = before_message3, .act = other_bytes, .end = judge_handshake_failed, .with = GIVEN(size_t, 64)),
    CASE(.id = "cf.server.message3.second-message1", .says = "another message 1 instead of message 3",
         .req = {"CF-022", "CF-026", "CF-022"}, .start = before_message3, .act = other_bytes, .end = judge_handshake_failed,
         .with = GIVEN(size_t, 32)),
    CASE(.id = "cf.server.message3.data", .says = "38 bytes, as long as a sealed ping, instead of message 3",
         .req = {"CF-022", "CF-026", "CF-022"}, .start = before_message3, .act = other_bytes, .end = judge_handshake_failed,
         .with = GIVEN(size_t, 38)),
    CASE(.id = "cf.server.message3.of-another", .says = "message 3 of another handshake, which goes on undisturbed",
         .req = {"NZ-006", "CF-026", "NZ-006"}, .run = message3_of_another),
    CASE(.id = "cf.server.open.second-handshake", .says = "a message 1 in an open session", .req = {"CF-027 NZ-006", "CF-027", "CF-027"},
         .start = peer_opens_session, .act = again_when_open),

    CASE(.id = "cf.server.message2.evidence", .says = "the evidence in message 2 is what a correct client asks for",
         .req = {[VERDICT] = "CF-034 CF-035 CF-036 CF-038 CF-041 CF-042 CF-043", [WIRE] = "CF-017"}, .run = sends_good_evidence),
    CASE(.id = "cf.server.message2.evidence-later", .says = "the evidence in message 2 after 160 connections",
         .req = {[VERDICT] = "CF-034 CF-035 CF-036 CF-038 CF-041 CF-042 CF-043", [WIRE] = "CF-017"}, .lasts = true,
         .run = good_evidence_later),
    CASE(.id = "cf.server.message2.fresh", .says = "24 handshakes have 24 ephemeral shares", .req = {"NZ-032"}, .run = sends_fresh_shares,
         .fresh = 1 << FRESH_EPHEMERAL),

    CASE(.id = "cf.server.cut.before-message1", .says = "forty connections break off before message 1",
         .req = {[VERDICT] = "CF-030", [STATE] = "CF-030"}, .run = connections_cut, .with = GIVEN(moment, BEFORE)),
    CASE(.id = "cf.server.cut.before-message3", .says = "forty connections break off before message 3",
         .req = {[VERDICT] = "CF-030", [STATE] = "CF-030"}, .run = connections_cut, .with = GIVEN(moment, BETWEEN)),
    CASE(.id = "cf.server.cut.open", .says = "forty sessions break off in the middle of a message",
         .req = {[VERDICT] = "CF-030", [STATE] = "CF-030"}, .run = connections_cut, .with = GIVEN(moment, WHEN_OPEN)),
    CASE(.id = "cf.server.websocket.fragments", .says = "message 1 in fragments, one of them empty, with a WebSocket ping between them",
         .req = {"CF-017"}, .start = peer_opens, .act = in_fragments),
    CASE(.id = "cf.server.websocket.close", .says = "the client closes an open session", .req = {[VERDICT] = "CF-030", [STATE] = "CF-030"},
         .start = peer_opens_session, .act = closes_session),
};

const case_table handshake_cases = {rows, sizeof rows / sizeof *rows};

/* ---- text messages of the revisions ---- */

static const case_row rows_until_0_1_16[] = {
    CASE(.id = "cf.server.text.before", .says = "a text message before message 1", .req = {[VERDICT] = "CF-029", [RELEASED] = "CF-029"},
         .run = text_at, .with = GIVEN(moment, BEFORE)),
    CASE(.id = "cf.server.text.between", .says = "a text message before message 3", .req = {[VERDICT] = "CF-029", [RELEASED] = "CF-029"},
         .run = text_at, .with = GIVEN(moment, BETWEEN)),
    CASE(.id = "cf.server.text.open", .says = "a text message in an open session", .req = {[VERDICT] = "CF-029", [RELEASED] = "CF-029"},
         .run = text_at, .with = GIVEN(moment, WHEN_OPEN)),
};

#define CLOSES(slug, text, when)                                                                                             \
    CASE(.id = "cf.server.text." slug, .says = text, .req = {"CF-095", "CF-095", "CF-095"}, .base = "cf.server.sanity.ping", \
         .run = text_closes, .with = GIVEN(moment, when))

static const case_row rows_since_0_1_20[] = {
    CLOSES("closes-before", "a text message before message 1", BEFORE),
    CLOSES("closes-between", "a text message before message 3", BETWEEN),
    CLOSES("closes-open", "a text message in an open session", WHEN_OPEN),
};

const case_table text_until_0_1_16_cases = {rows_until_0_1_16, sizeof rows_until_0_1_16 / sizeof *rows_until_0_1_16};
const case_table text_since_0_1_20_cases = {rows_since_0_1_20, sizeof rows_since_0_1_20 / sizeof *rows_since_0_1_20};
