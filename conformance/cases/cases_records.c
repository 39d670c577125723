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

static void replayed(trial *t)
{
    uint8_t room[128];
    peer_connection *peer = open_session(t);
    const span record = sealed_ping(peer, 2, room);
    cf_response r;
    peer_sends(peer, record);
    peer_receives_response(peer, &r);
    peer_sends(peer, record);
    judge_undone(peer);
}

static void reordered(trial *t)
{
    uint8_t first[128], second[128];
    peer_connection *peer = open_session(t);
    const span a = sealed_ping(peer, 2, first), b = sealed_ping(peer, 3, second);
    peer_sends(peer, b);
    peer_sends(peer, a);
    judge_undone(peer);
}

static void dropped(trial *t)
{
    uint8_t room[128];
    peer_connection *peer = open_session(t);
    sealed_ping(peer, 2, room);
    judge_undone(peer); /* the ping that it sends comes after the gap */
}

static void reflected(trial *t)
{
    peer_connection *peer = open_session(t);
    must(peer->t->over || peer->n_in > 0);
    if (!t->over)
        peer_sends(peer, peer->in[peer->n_in - 1].message);
    judge_undone(peer);
}

static void of_another_session(trial *t)
{
    uint8_t room[128];
    peer_connection *a = open_session(t), *b = open_session(t);
    peer_sends(a, sealed_ping(b, 2, room));
    judge_undone(a);
}

/* A record that is honest but for one thing. */
typedef struct cut {
    int flip; /* byte from the front, counted from 1; from the back when negative */
    int more; /* bytes longer or shorter */
} cut;

static void damaged(trial *t)
{
    uint8_t room[129] = {0};
    const cut *c = t->row->with;
    peer_connection *peer = open_session(t);
    const span record = sealed_ping(peer, 2, room);
    if (c->flip && record.n)
        room[c->flip > 0 ? (size_t)c->flip - 1 : record.n - (size_t)-c->flip] ^= 0x80;
    peer_sends(peer, span_of(room, (size_t)((int)record.n + c->more)));
    judge_undone(peer);
}

typedef struct plain_size {
    size_t n;
    unsigned code;
    const char *reason;
} plain_size;

static void junk(trial *t)
{
    static uint8_t room[70000];
    const plain_size *s = t->row->with;
    peer_connection *peer = open_session(t);
    trial_draw(t, room, 64);
    peer_sends(peer, span_of(room, s->n));
    judge_closed_and_alive(peer, s->code, s->reason, true);
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

#define RECORD(slug, text, run_, number, ...)                                                                                             \
    CASE(.id = "cf.server.record." slug, .says = text, .req = {number, "CF-027", "CF-027"}, .base = "cf.server.sanity.ping", .run = run_, \
         ##__VA_ARGS__)
#define DAMAGED(slug, text, ...) RECORD(slug, text, damaged, "NZ-006 CF-027", .with = GIVEN(cut, __VA_ARGS__))

static const case_row rows[] = {
    RECORD("replayed", "a record that was answered already comes again", replayed, "NZ-006 NZ-042"),
    RECORD("reordered", "the later of two records comes first", reordered, "NZ-006 NZ-042"),
    RECORD("dropped", "a record is missing", dropped, "NZ-006 NZ-042"),
    RECORD("reflected", "the server's own record is sent back", reflected, "NZ-006 NZ-042"),
    RECORD("of-another-session", "a record of another open session", of_another_session, "NZ-006 CF-027"),
    DAMAGED("tag", "a flipped bit in the last byte", .flip = -1),
    DAMAGED("first-byte", "a flipped bit in the first byte", .flip = 1),
    DAMAGED("short", "a record without its last byte", .more = -1),
    DAMAGED("long", "a byte after a record", .more = 1),
    RECORD("empty", "an empty WebSocket message", junk, "NZ-035 CF-027", .with = GIVEN(plain_size, 0, CF_UNEXPECTED, "Decryption failed")),
    RECORD("fifteen-bytes", "a record shorter than a tag", junk, "NZ-035 CF-027",
           .with = GIVEN(plain_size, 15, CF_UNEXPECTED, "Decryption failed")),
    RECORD("largest", "65535 bytes of junk", junk, "NZ-006 CF-027", .with = GIVEN(plain_size, 65535, CF_UNEXPECTED, "Decryption failed")),
    CASE(.id = "cf.server.record.over-65535", .says = "65536 bytes", .req = {"CF-023", "CF-023", "CF-023"},
         .base = "cf.server.record.largest", .run = junk, .with = GIVEN(plain_size, 65536, CF_CANNOT_ACCEPT, "Message too large")),
    CASE(.id = "cf.server.record.neighbour", .says = "a session that is closed for its bad record, beside one that is not",
         .req = {"CF-027", "CF-027", "CF-027"}, .run = in_parallel),
};

const case_table records_cases = {rows, sizeof rows / sizeof *rows};
