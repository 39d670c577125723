/* Server: records of an open session (confer, section 2; Noise 5.1). */
#include "cases.h"

#include <string.h>

static peer_connection *open_session(trial *t)
{
    peer_connection *peer = peer_opens_session(t);
    judge_pong(peer, 1, VERDICT); /* the session works before it is disturbed */
    return peer;
}

static void judge_undone(peer_connection *peer) { judge_closed_and_alive(peer, CF_UNEXPECTED, "Decryption failed", true); }

/* A sealed ping, not sent. */
static span sealed_ping(peer_connection *peer, int64_t id, uint8_t room[128])
{
    uint8_t plain[64];
    writer message = WRITER(plain);
    const cf_request ping = {.id = number_field((uint64_t)id), .verb = text_field("GET"), .path = text_field("/ping")};
    layout_write(&cf_request_layout, &ping, &message);
    return peer_keeps_record(peer, written(&message), room, 128);
}

static void replayed(peer_connection *peer)
{
    uint8_t room[128];
    const span record = sealed_ping(peer, 2, room);
    cf_response r;
    peer_sends(peer, record);
    peer_receives_response(peer, &r);
    peer_sends(peer, record);
}

static void reordered(peer_connection *peer)
{
    uint8_t first[128], second[128];
    const span a = sealed_ping(peer, 2, first), b = sealed_ping(peer, 3, second);
    peer_sends(peer, b);
    peer_sends(peer, a);
}

/* The ping by which the end is judged comes after the gap. */
static void dropped(peer_connection *peer)
{
    uint8_t room[128];
    sealed_ping(peer, 2, room);
}

static void reflected(peer_connection *peer)
{
    must(peer->t->over || peer->n_in > 0);
    if (!peer->t->over)
        peer_sends(peer, peer->in[peer->n_in - 1].message);
}

static void of_another_session(peer_connection *peer)
{
    uint8_t room[128];
    peer_sends(peer, sealed_ping(open_session(peer->t), 2, room));
}

/* A record that is honest but for one thing. */
typedef struct cut {
    int flip; /* byte from the front, counted from 1; from the back when negative */
    int more; /* bytes longer or shorter */
} cut;

static void damaged(peer_connection *peer)
{
    uint8_t room[129] = {0};
    const cut *c = peer->t->row->with;
    const span record = sealed_ping(peer, 2, room);
    if (c->flip && record.n)
        room[c->flip > 0 ? (size_t)c->flip - 1 : record.n - (size_t)-c->flip] ^= 0x80;
    peer_sends(peer, span_of(room, (size_t)((int)record.n + c->more)));
}

static void junk(peer_connection *peer)
{
    static uint8_t room[70000];
    trial_draw(peer->t, room, 64);
    peer_sends(peer, span_of(room, *(const size_t *)peer->t->row->with));
}

static void judge_too_large(peer_connection *peer) { judge_closed_and_alive(peer, CF_CANNOT_ACCEPT, "Message too large", true); }

/* Every byte of a tag is compared: each is changed once, in a session of its own. */
static void each_byte_of_a_tag(trial *t)
{
    for (size_t i = 1; i <= NZ_TAG && !t->over; i++) {
        uint8_t room[128];
        peer_connection *peer = open_session(t);
        const span record = sealed_ping(peer, 2, room);
        if (record.n)
            room[record.n - i] ^= (uint8_t)(1 << i % 8);
        peer_sends(peer, record);
        judge_closed(peer, CF_UNEXPECTED, "Decryption failed", true);
    }
    judge_alive(t);
}

/* Differences that cancel out where they are joined by exclusive or, or added up in a byte. */
static void pairs_of_bytes_of_a_tag(trial *t)
{
    for (size_t i = 1; i < NZ_TAG && !t->over; i++) {
        uint8_t room[128];
        peer_connection *peer = open_session(t);
        const span record = sealed_ping(peer, 2, room);
        if (record.n)
            room[record.n - i] ^= 0x80, room[record.n - i - 1] ^= 0x80;
        peer_sends(peer, record);
        judge_closed(peer, CF_UNEXPECTED, "Decryption failed", true);
    }
    judge_alive(t);
}

/* What was refused in one session is no matter to another. */
static void in_parallel(trial *t)
{
    uint8_t room[8] = {1};
    peer_connection *a = open_session(t), *b = open_session(t);
    peer_sends(a, SPAN(room));
    judge_closed(a, CF_UNEXPECTED, "Decryption failed", true);
    judge_pong(b, 2, STATE);
}

/* More records than a counter of one byte has values, each way. */
static void many_records(peer_connection *peer)
{
    for (int64_t id = 1; id <= 300 && !peer->t->over; id++)
        judge_pong(peer, id, VERDICT);
}

#define RECORD(slug, text, act_, number, ...)                                                                                \
    CASE(.id = "cf.server.record." slug, .says = text, .req = {number, "CF-027", "CF-027"}, .base = "cf.server.sanity.ping", \
         .start = open_session, .act = act_, .end = judge_undone, ##__VA_ARGS__)
#define DAMAGED(slug, text, ...) RECORD(slug, text, damaged, "NZ-006 CF-027", .with = GIVEN(cut, __VA_ARGS__))

static const case_row rows[] = {
    RECORD("replayed", "a record that was answered already comes again", replayed, "NZ-006 NZ-042"),
    RECORD("reordered", "the later of two records comes first", reordered, "NZ-006 NZ-042"),
    RECORD("dropped", "a record is missing", dropped, "NZ-006 NZ-042"),
    RECORD("reflected", "the server's own record is sent back", reflected, "NZ-006 NZ-042"),
    RECORD("of-another-session", "a record of another open session", of_another_session, "NZ-006 CF-027"),
    DAMAGED("tag", "a flipped bit in the last byte", .flip = -1),
    CASE(.id = "cf.server.record.tag-bytes", .says = "each byte of a tag changed once", .req = {"NZ-006 CF-027", "CF-027", "CF-027"},
         .base = "cf.server.sanity.ping", .run = each_byte_of_a_tag),
    CASE(.id = "cf.server.record.tag-pairs", .says = "the same bit changed in two bytes of a tag",
         .req = {"NZ-006 CF-027", "CF-027", "CF-027"}, .base = "cf.server.sanity.ping", .run = pairs_of_bytes_of_a_tag),
    DAMAGED("first-byte", "a flipped bit in the first byte", .flip = 1),
    DAMAGED("short", "a record without its last byte", .more = -1),
    DAMAGED("long", "a byte after a record", .more = 1),
    RECORD("empty", "an empty WebSocket message", junk, "NZ-035 CF-027", .with = GIVEN(size_t, 0)),
    RECORD("fifteen-bytes", "a record shorter than a tag", junk, "NZ-035 CF-027", .with = GIVEN(size_t, 15)),
    RECORD("largest", "65535 bytes of junk", junk, "NZ-006 CF-027", .with = GIVEN(size_t, 65535)),
    CASE(.id = "cf.server.record.over-65535", .says = "65536 bytes", .req = {"CF-023", "CF-023", "CF-023"},
         .base = "cf.server.record.largest", .start = open_session, .act = junk, .end = judge_too_large, .with = GIVEN(size_t, 65536)),
    CASE(.id = "cf.server.record.many", .says = "three hundred records each way in one session", .req = {"NZ-005 NZ-006"},
         .start = peer_opens_session, .act = many_records),
    CASE(.id = "cf.server.record.neighbour", .says = "a session that is closed for its bad record, beside one that is not",
         .req = {"CF-027", "CF-027", "CF-027"}, .run = in_parallel),
};

const case_table records_cases = {rows, sizeof rows / sizeof *rows};
