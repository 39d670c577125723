/* Server: frames that RFC 6455 forbids (chapter wire, Frames), of every profile. They come right behind the upgrade, where the honest message is
 * the first of the handshake: a server that takes them, or passes over them, answers a ping. */
#include "cases.h"
#include "forbidden_frames.h"
#include "p1_peer.h"

static span first_message(peer_connection *peer, writer *room)
{
    peer_starts_noise(peer);
    peer_writes_handshake(peer, EMPTY, room);
    return written(room);
}

/* Its honest first message in *honest. */
static peer_connection *opens(trial *t, writer *room, span *honest)
{
    if (!t->run->protocol) {
        peer_connection *peer = peer_opens(t);
        *honest = t->over ? EMPTY : first_message(peer, room);
        return peer;
    }
    p1_peer *p = p1_peer_connects(t);
    *honest = p->out.n_sends ? p1_sends(&p->out, 0) : EMPTY;
    return p->peer;
}

static bool has_shown(const void *ctx)
{
    const peer_connection *peer = ctx;
    return peer->ended || peer->n_pongs > 0;
}

static void judge_refused(peer_connection *peer)
{
    trial *t = peer->t;
    peer_pings(peer, span_text("still there?"));
    if (!trial_until(t, has_shown, peer, VERDICT, "the end, or an answer to a ping"))
        return;
    if (!t->run->protocol) /* what the deployed system does is no excuse in another profile */
        trial_saw(t, peer->ended ? DEPLOYED_ANSWERS : DEPLOYED_TAKES);
    judge(t, VERDICT, peer->ended, "refused: the connection closes", "it goes on");
    if (peer->ended)
        judge_closes_as_stated(peer, REASON);
}

static void run_forbidden(trial *t)
{
    for (const char *frames = t->row->with; frames && !t->over && !trial_failed(t);) {
        uint8_t bytes[256];
        writer room = WRITER(bytes);
        span honest;
        peer_connection *peer = opens(t, &room, &honest);
        frames = peer_sends_frames(peer, frames, honest);
        judge_refused(peer);
    }
}

/* All that RFC 6455 allows of a message: it is answered. */
static void run_allowed(trial *t)
{
    uint8_t bytes[256];
    writer room = WRITER(bytes);
    span honest, answer;
    peer_connection *peer = opens(t, &room, &honest);
    peer_sends_frames(peer, t->row->with, honest);
    judge(t, VERDICT, peer_receives(peer, &answer), "an answer to the first message", "%s", peer_ending(peer));
}

/* Each is answered by a close frame that finds no fault with it. */
static void run_good_closes(trial *t)
{
    for (const char *frames = t->row->with; frames && !t->over && !trial_failed(t);) {
        uint8_t bytes[256];
        writer room = WRITER(bytes);
        span honest;
        peer_connection *peer = opens(t, &room, &honest);
        frames = peer_sends_frames(peer, frames, EMPTY);
        peer_waits_for_end(peer);
        judge(t, VERDICT, peer->end.how == WS_CLOSED && peer->end.code != WI_CLOSE_PROTOCOL_ERROR, "a close frame without a fault", "%s",
              peer_ending(peer));
    }
}

/* The first message, whole but for FIN, and the end. */
static void run_unfinished(trial *t)
{
    uint8_t bytes[256];
    writer room = WRITER(bytes);
    span honest, answer;
    peer_connection *peer = opens(t, &room, &honest);
    peer_sends_frames(peer, UNFINISHED, honest);
    judge(t, VERDICT, !peer_receives(peer, &answer), "no answer to a message without an end", "%zu bytes", answer.n);
}

#define FORBIDDEN(slug, text, number, departs, frames)                                                                               \
    CASE(.id = "wi.server.frames." slug, .says = text, .req = {number, number}, .departure = departs, .base = FORBIDDEN_BASE_SERVER, \
         .run = run_forbidden, .with = frames)

static const case_row rows[] = {
    CASE(.id = FORBIDDEN_BASE_SERVER, .says = "a message in five frames, with pings and pongs of 0 and 125 bytes between them",
         .req = {"WI-045"}, .run = run_allowed, .with = ALLOWED_FRAMES),
    CASE(.id = "wi.server.frames.close-codes", .says = "close frames with each code that may be sent at an end, with and without a reason",
         .req = {"WI-034"}, .run = run_good_closes, .with = GOOD_CLOSES),
    CASE(.id = "wi.server.frames.unfinished", .says = "a close frame before the last frame of a message", .req = {"WI-058"},
         .base = FORBIDDEN_BASE_SERVER, .run = run_unfinished),
    FORBIDDEN("reserved-bits", "a message with each of the three reserved bits", "WI-046", AGREES, RESERVED_BITS),
    FORBIDDEN("reserved-bits-later", "reserved bits in a ping and in a later frame of a message", "WI-046", AGREES, RESERVED_BITS_LATER),
    FORBIDDEN("opcodes", "the opcodes 3 to 7", "WI-047", AGREES, UNKNOWN_OPCODES),
    FORBIDDEN("opcodes-control", "the opcodes 11 to 15", "WI-047", AGREES, UNKNOWN_CONTROL_OPCODES),
    FORBIDDEN("long-lengths", "short lengths in 16 and in 64 bits", "WI-048", DEPLOYED_TAKES, LONG_LENGTHS),
    FORBIDDEN("top-bit", "a length of 64 bits with the highest set", "WI-049", AGREES, TOP_BIT),
    FORBIDDEN("control-126", "a ping, a pong and a close frame of 126 bytes", "WI-050", AGREES, CONTROL_126),
    FORBIDDEN("control-in-pieces", "a ping, a pong and a close frame without FIN", "WI-051", AGREES, CONTROL_IN_PIECES),
    FORBIDDEN("begun-inside", "a message begins inside another", "WI-052", AGREES, BEGUN_INSIDE),
    FORBIDDEN("never-begun", "a continuation of nothing", "WI-053", AGREES, NEVER_BEGUN),
    FORBIDDEN("text", "text messages that are not UTF-8", "WI-054", AGREES, BAD_TEXTS),
    FORBIDDEN("close-one-byte", "a close frame with one byte", "WI-055", AGREES, CLOSE_OF_ONE_BYTE),
    FORBIDDEN("close-codes-bad", "close frames with codes that may not be sent", "WI-056", AGREES, BAD_CODES),
    FORBIDDEN("close-reason", "close frames whose reasons are not UTF-8", "WI-057", AGREES, BAD_REASONS),
};

const case_table forbidden_cases = {rows, sizeof rows / sizeof *rows};
