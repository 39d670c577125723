/* Client: the handshake (confer, section 2). */
#include "cases.h"
#include "spawn.h"
#include "client_run.h"

#include <stdio.h>
#include <string.h>

/* ---- message 2 ---- */

typedef struct message_change {
    size_t flip;       /* this byte, counted from 1 */
    int more;          /* bytes longer or shorter */
    const char *share; /* hex: instead of the ephemeral share */
    bool whole;        /* `more` is the whole length */
} message_change;

static void message2_with(peer_connection *peer)
{
    static uint8_t room[70000];
    const message_change *s = peer->t->row->with;
    writer message = writer_of(room, CF_RECORD_MAX);
    memset(room, 0x5a, sizeof room);
    peer_writes_handshake(peer, trial_evidence(peer->t), &message);
    if (s->flip)
        room[s->flip - 1] ^= 1;
    if (s->share) {
        writer share = writer_of(room, 32);
        must(read_hex(span_text(s->share), &share));
    }
    peer_sends(peer, span_of(room, s->whole ? (size_t)s->more : (size_t)((int)message.n + s->more)));
}

/* The tags of message 2 stand at 80 and at its end; both are flipped by their place from the end. */
static void message2_last_byte(peer_connection *peer)
{
    static uint8_t room[CF_RECORD_MAX];
    writer message = WRITER(room);
    peer_writes_handshake(peer, trial_evidence(peer->t), &message);
    if (message.n)
        room[message.n - 1] ^= 1;
    peer_sends(peer, written(&message));
}

static span message1_of(const peer_connection *peer) { return peer->n_in ? peer->in[0].message : EMPTY; }

static void share_sent_back(peer_connection *peer)
{
    static uint8_t room[CF_RECORD_MAX];
    writer message = WRITER(room);
    peer_writes_handshake(peer, trial_evidence(peer->t), &message);
    span_take(message1_of(peer), room, 32);
    peer_sends(peer, written(&message));
}

static void message1_sent_back(peer_connection *peer) { peer_sends(peer, message1_of(peer)); }

/* A whole message 2, but of a handshake with another client's share. */
static void message2_of_another(peer_connection *peer)
{
    uint8_t first[64];
    writer other1 = WRITER(first), nothing = {0};
    peer->is_server = false;
    peer_starts_noise(peer);
    peer_writes_handshake(peer, EMPTY, &other1);
    peer->is_server = true;
    peer_starts_noise(peer);
    peer_reads_handshake(peer, written(&other1), &nothing);
    peer_sends_handshake(peer, trial_evidence(peer->t));
}

/* A server that mixes in another protocol's name: only the transcript can tell. */
static void other_prologue(peer_connection *peer)
{
    span message1;
    const nz_setup setup = {.role = NZ_RESPONDER,
                            .suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256},
                            .prologue = span_text(peer->t->row->with),
                            .static_pair = &peer->own_static};
    nz_start(&peer->noise, peer->world.prim, &setup);
    client_run_reads_message1(peer, &message1);
    peer_sends_handshake(peer, trial_evidence(peer->t));
}

/* Both tags of message 2: each byte is changed once, for a client of its own. */
static void each_byte_of_the_tags(trial *t)
{
    static uint8_t room[CF_RECORD_MAX];
    for (size_t i = 0; i < 2 * NZ_TAG && !t->over && !trial_failed(t); i++) {
        writer message = WRITER(room);
        peer_connection *peer = client_run_before_message2(t);
        peer_writes_handshake(peer, trial_evidence(t), &message);
        if (message.n)
            room[i < NZ_TAG ? 64 + i : message.n - 1 - (i - NZ_TAG)] ^= (uint8_t)(1 << i % 8);
        peer_sends(peer, written(&message));
        judge_refuses(peer);
        spawn_end(t);
    }
}

static bool has_its_token(const peer_connection *peer)
{
    const span token = peer->t->pack->file[PACK_TOKEN];
    const char *given = strstr(peer->target, "token=");
    return given && span_same(span_first(span_text(given + 6), strcspn(given + 6, "&")), token);
}

/* What the client asks to be upgraded: the URL that it was given, with a token in it. */
static void asks_for_its_target(trial *t)
{
    peer_connection *peer = client_run_opens(t);
    client_run_receives_chat_request(peer);
    judge(t, VERDICT, strncmp(peer->target, "/websocket?", 11) == 0, "the path /websocket", "%s", peer->target);
    judge(t, WIRE, has_its_token(peer), "the parameter `token` of the URL", "%s", peer->target);
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
}

/* ---- a server that leaves ---- */

static void server_closes(peer_connection *peer) { peer_closes(peer, CF_UNEXPECTED, "Handshake failed"); }

/* ---- what the client sends ---- */

static void fresh_keys(trial *t)
{
    uint8_t shares[2][32] = {0}, statics[2][32] = {0};
    for (int i = 0; i < 2; i++) {
        peer_connection *peer = client_run_opens(t);
        if (peer->n_in)
            span_take(peer->in[0].message, shares[i], 32);
        span_take(nz_remote_static(&peer->noise), statics[i], 32);
        client_run_receives_chat_request(peer);
        client_run_answers(peer);
        client_run_serves_the_rest(peer);
        spawn_end(t);
    }
    judge(t, VERDICT, memcmp(shares[0], shares[1], 32) != 0, "another ephemeral share for each connection", "the same");
    judge(t, WIRE, memcmp(statics[0], statics[1], 32) != 0, "another static share for each connection", "the same");
}

#define MESSAGE2(slug, text, number, act_, ...)                                                                                           \
    CASE(.id = "cf.client.message2." slug, .says = text, .req = {number, number, [RELEASED] = "CF-033"}, .base = "cf.client.sanity.chat", \
         .start = client_run_before_message2, .act = act_, .end = judge_refuses, ##__VA_ARGS__)
#define CUT(...) .with = GIVEN(message_change, __VA_ARGS__)

static const case_row rows[] = {
    CASE(.id = "cf.client.sanity.chat", .says = "an honest server: the client asks and gets its answer",
         .req = {[VERDICT] = "CF-017 CF-018 CF-019 CF-020 CF-041 CF-090 AT-029 AT-040 WI-040", [RELEASED] = "CF-085"},
         .start = client_run_asked, .end = judge_answer_finishes),
    MESSAGE2("tag-of-share", "a flipped bit in the tag of the static share", "NZ-006", message2_with, CUT(.flip = 80)),
    MESSAGE2("static-share", "a flipped bit in the encrypted static share", "NZ-006", message2_with, CUT(.flip = 33)),
    MESSAGE2("ephemeral-share", "a flipped bit in the ephemeral share", "NZ-006", message2_with, CUT(.flip = 1)),
    MESSAGE2("evidence", "a flipped bit in the encrypted evidence", "NZ-006", message2_with, CUT(.flip = 100)),
    MESSAGE2("tag-of-evidence", "a flipped bit in the tag of the evidence", "NZ-006", message2_last_byte),
    CASE(.id = "cf.client.message2.tag-bytes", .lasts = true, .says = "each byte of both tags changed once",
         .req = {"NZ-006", "NZ-006", [RELEASED] = "CF-033"}, .base = "cf.client.sanity.chat", .run = each_byte_of_the_tags),
    CASE(.id = "cf.client.upgrade.target", .says = "the target of the client's upgrade", .req = {[VERDICT] = "CF-001", [WIRE] = "CF-002"},
         .run = asks_for_its_target),
    MESSAGE2("short", "the last byte is missing", "NZ-006", message2_with, CUT(.more = -1)),
    MESSAGE2("long", "a byte after message 2", "NZ-006", message2_with, CUT(.more = 1)),
    MESSAGE2("95-bytes", "a message 2 of 95 bytes", "NZ-035 NZ-006", message2_with, CUT(.more = 95, .whole = true)),
    MESSAGE2("empty", "an empty message 2", "NZ-035 NZ-006", message2_with, CUT(.more = 0, .whole = true)),
    MESSAGE2("over-65535", "a message 2 of 65536 bytes", "NZ-036 NZ-035 CF-023", message2_with, CUT(.more = 65536, .whole = true)),
    MESSAGE2("share-zero", "an ephemeral share of zeros", "NZ-031", message2_with,
             CUT(.share = "0000000000000000000000000000000000000000000000000000000000000000")),
    MESSAGE2("share-one", "the ephemeral share u = 1, of order 4", "NZ-031", message2_with,
             CUT(.share = "0100000000000000000000000000000000000000000000000000000000000000")),
    CASE(.id = "cf.client.message2.share-sent-back", .says = "the client's own ephemeral share comes back as the server's",
         .req = {"NZ-006", "NZ-006 NZ-031", [RELEASED] = "CF-033"}, .base = "cf.client.sanity.chat", .start = client_run_before_message2,
         .act = share_sent_back, .end = judge_refuses),
    MESSAGE2("message1-sent-back", "message 1 comes back", "NZ-035 NZ-006 NZ-031", message1_sent_back),
    MESSAGE2("of-another", "message 2 of a handshake with somebody else", "NZ-006", message2_of_another),
    CASE(.id = "cf.client.message2.other-prologue", .says = "the server's prologue is not empty",
         .req = {"NZ-006 CF-018", "NZ-006 CF-018", [RELEASED] = "CF-033"}, .base = "cf.client.sanity.chat", .start = client_run_starts,
         .act = other_prologue, .end = judge_refuses, .with = "parley"),
    CASE(.id = "cf.client.leaves.before-message2", .says = "the server closes instead of message 2",
         .req = {"CF-092", "CF-092", [RELEASED] = "CF-033"}, .start = client_run_before_message2, .act = server_closes,
         .end = judge_refuses),
    CASE(.id = "cf.client.leaves.cut", .says = "the connection breaks off after message 1",
         .req = {"CF-092", "CF-092", [RELEASED] = "CF-033"}, .start = client_run_before_message2, .act = peer_cuts, .end = judge_refuses),
    CASE(.id = "cf.client.leaves.after-message3", .says = "the server closes after message 3", .req = {"CF-092", "CF-092"},
         .start = client_run_opens, .act = server_closes, .end = judge_refuses),
    CASE(.id = "cf.client.message1.fresh", .says = "two connections", .req = {[VERDICT] = "CF-031 NZ-032", [WIRE] = "CF-031"},
         .run = fresh_keys, .fresh = 1 << FRESH_EPHEMERAL | 1 << FRESH_STATIC),
};

const case_table client_handshake_cases = {rows, sizeof rows / sizeof *rows};
