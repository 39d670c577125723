/* Client: records of an open session (confer, section 2; Noise 5.1). */
#include "cases.h"
#include "client_run.h"

#include <string.h>

#define TOKEN "{\"type\":\"token\",\"content\":\"The \"}"

/* The next answer, sealed and not sent. */
static span sealed(peer_connection *peer, uint8_t room[256])
{
    uint8_t plain[128];
    writer message = WRITER(plain);
    const cf_response r = {.id = number_field((uint64_t)peer->chat_id), .status = number_field(200), .body = text_field(TOKEN)};
    layout_write(&cf_response_layout, &r, &message);
    return peer_keeps_record(peer, written(&message), room, 256);
}

static void replayed(peer_connection *peer)
{
    uint8_t room[256];
    const span record = sealed(peer, room);
    peer_sends(peer, record);
    peer_sends(peer, record);
}

static void reordered(peer_connection *peer)
{
    uint8_t first[256], second[256];
    const span a = sealed(peer, first), b = sealed(peer, second);
    peer_sends(peer, b);
    peer_sends(peer, a);
}

static void dropped(peer_connection *peer)
{
    uint8_t room[256];
    sealed(peer, room);
}

/* The client's own request comes back. */
static void reflected(peer_connection *peer)
{
    if (!peer->t->over && peer->n_in)
        peer_sends(peer, peer->in[peer->n_in - 1].message);
}

typedef struct cut {
    size_t flip; /* from the front, counted from 1 */
    int more;
    bool random; /* `more` random bytes */
    bool pair;   /* the same bit of two bytes of the tag: differences that cancel out where they are joined by exclusive or */
} cut;

static void damaged(peer_connection *peer)
{
    static uint8_t junk[70000];
    uint8_t room[257] = {0};
    const cut *c = peer->t->row->with;
    const span record = sealed(peer, room);
    if (c->flip)
        room[c->flip - 1] ^= 0x80;
    if (c->pair && record.n)
        room[record.n - 1] ^= 0x80, room[record.n - 10] ^= 0x80;
    trial_draw(peer->t, junk, 64);
    peer_sends(peer, c->random ? span_of(junk, (size_t)c->more) : span_of(room, (size_t)((int)record.n + c->more)));
}

/* The server seals with the key of the other direction. */
static void wrong_direction(peer_connection *peer)
{
    uint8_t room[256];
    const nz_cipher sending = peer->noise.secret.sending;
    peer->noise.secret.sending = peer->noise.secret.receiving;
    peer->noise.secret.sending.n = sending.n;
    const span record = sealed(peer, room);
    peer->noise.secret.sending = sending;
    peer_sends(peer, record);
}

static void judge_close(peer_connection *peer)
{
    client_run_serves_the_rest(peer);
    judge_close_of_refusal(peer);
}

#define RECORD(slug, text, number, act_, ...)                                                                 \
    CASE(.id = "cf.client.record." slug, .says = text, .req = {number, number, [RELEASED] = "NZ-039 CF-030"}, \
         .base = "cf.client.sanity.chat", .start = client_run_asked, .act = act_, .end = judge_answer_refused, ##__VA_ARGS__)
#define DAMAGED(slug, text, number, ...) RECORD(slug, text, number, damaged, .with = GIVEN(cut, __VA_ARGS__))

static const case_row rows[] = {RECORD("replayed", "a record comes twice", "NZ-006", replayed),
                                RECORD("reordered", "the later of two records comes first", "NZ-006", reordered),
                                RECORD("dropped", "a record is missing", "NZ-006", dropped),
                                RECORD("reflected", "the client's own request comes back", "NZ-006", reflected),
                                RECORD("direction", "a record under the key of the other direction", "NZ-006", wrong_direction),
                                DAMAGED("tag", "a flipped bit", "NZ-006", .flip = 5),
                                CASE(.id = "cf.client.close.record", .says = "how the client closes for a record that it refuses",
                                     .req = {[VERDICT] = "NZ-006", [WIRE] = "CF-032"}, .base = "cf.client.sanity.chat",
                                     .start = client_run_asked, .act = damaged, .end = judge_close, .with = GIVEN(cut, .flip = 5)),
                                DAMAGED("tag-pairs", "the same bit changed in two bytes of a tag", "NZ-006", .pair = true),
                                DAMAGED("short", "a record without its last byte", "NZ-006", .more = -1),
                                DAMAGED("long", "a byte after a record", "NZ-006", .more = 1),
                                DAMAGED("empty", "an empty WebSocket message", "NZ-035 NZ-006", .more = 0, .random = true),
                                DAMAGED("fifteen-bytes", "a record shorter than a tag", "NZ-035 NZ-006", .more = 15, .random = true),
                                DAMAGED("largest", "65535 bytes of junk", "NZ-006", .more = 65535, .random = true),
                                DAMAGED("over-65535", "65536 bytes", "NZ-036 NZ-035", .more = 65536, .random = true)};

const case_table client_records_cases = {rows, sizeof rows / sizeof *rows};
