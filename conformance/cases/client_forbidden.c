/* Client: frames that RFC 6455 forbids (chapter wire, Frames), of every profile. They come before what the client waits for, and the honest message
 * is that: a client that takes them, or passes over them, comes to a good end. */
#include "cases.h"
#include "client_run.h"
#include "forbidden_frames.h"
#include "p1_peer.h"
#include "spawn.h"

#include <string.h>

void judge_closes_as_stated(peer_connection *peer, case_check c)
{
    const trial *t = peer->t;
    const unsigned code = requirement_rows[requirement_named(t->row->req[c])].outcome.code;
    char want[32];
    snprintf(want, sizeof want, "close %u", code);
    judge(peer->t, c, peer->end.how == WS_CLOSED && peer->end.code == code, want, "%s", peer_ending(peer));
}

/* ---- profile confer: in the place of the answer ---- */

span forbidden_answer(peer_connection *peer, writer *room)
{
    static uint8_t plain[512];
    writer message = WRITER(plain);
    const char *text = peer->chat_stream ? CLIENT_RUN_COMPLETION : CLIENT_RUN_ANSWER;
    const cf_response r = {
        .id = number_field((uint64_t)peer->chat_id), .status = number_field(200), .body = text_field(client_run_text(peer->t, text))};
    layout_write(&cf_response_layout, &r, &message);
    return peer_keeps_record(peer, written(&message), room->p, room->cap);
}

static const char *confer_sends(trial *t, const char *frames, peer_connection **peer)
{
    static uint8_t bytes[1024];
    writer room = WRITER(bytes);
    const bool taken = frames_use_honest(frames);
    *peer = client_run_asked(t);
    frames = peer_sends_frames(*peer, frames, taken && !t->over ? forbidden_answer(*peer, &room) : EMPTY);
    if (!taken)
        client_run_answers(*peer);
    return frames;
}

/* ---- profile parley1: in the place of message 2 ---- */

static const char *parley1_sends(trial *t, const char *frames, peer_connection **peer)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    const bool taken = frames_use_honest(frames);
    *peer = p->peer;
    frames = peer_sends_frames(p->peer, frames, t->over || !taken ? EMPTY : p1_sends(&p->out, 0));
    if (!taken)
        p1_enclave_answers_hello(p);
    p1_enclave_attests(p, NULL);
    p1_enclave_serves(p, NULL);
    p1_enclave_sends_out(p);
    return frames;
}

static const char *sends(trial *t, const char *frames, peer_connection **peer)
{
    return t->run->protocol ? parley1_sends(t, frames, peer) : confer_sends(t, frames, peer);
}

static void run_forbidden(trial *t)
{
    for (const char *frames = t->row->with; frames && !t->over && !trial_failed(t); spawn_end(t)) {
        peer_connection *peer;
        frames = sends(t, frames, &peer);
        judge_refuses(peer);
        peer_waits_for_end(peer);
        judge_closes_as_stated(peer, WIRE);
    }
}

static void run_allowed(trial *t)
{
    peer_connection *peer;
    sends(t, t->row->with, &peer);
    judge_finishes(peer);
}

#define FORBIDDEN(slug, text, number, frames)                                                                                   \
    CASE(.id = "wi.client.frames." slug, .says = text, .req = {number, number, [WIRE] = number}, .base = FORBIDDEN_BASE_CLIENT, \
         .run = run_forbidden, .with = frames)

static const case_row rows[] = {
    CASE(.id = FORBIDDEN_BASE_CLIENT, .says = "a message in five frames, with pings and pongs of 0 and 125 bytes between them",
         .req = {"WI-045"}, .run = run_allowed, .with = ALLOWED_FRAMES),
    FORBIDDEN("reserved-bits", "a message with each of the three reserved bits", "WI-046", RESERVED_BITS),
    FORBIDDEN("reserved-bits-later", "reserved bits in a ping and in a later frame of a message", "WI-046", RESERVED_BITS_LATER),
    FORBIDDEN("opcodes", "the opcodes 3 to 7", "WI-047", UNKNOWN_OPCODES),
    FORBIDDEN("opcodes-control", "the opcodes 11 to 15", "WI-047", UNKNOWN_CONTROL_OPCODES),
    FORBIDDEN("long-lengths", "short lengths in 16 and in 64 bits", "WI-048", LONG_LENGTHS),
    FORBIDDEN("top-bit", "a length of 64 bits with the highest set", "WI-049", TOP_BIT),
    FORBIDDEN("control-126", "a ping, a pong and a close frame of 126 bytes", "WI-050", CONTROL_126),
    FORBIDDEN("control-in-pieces", "a ping, a pong and a close frame without FIN", "WI-051", CONTROL_IN_PIECES),
    FORBIDDEN("begun-inside", "a message begins inside another", "WI-052", BEGUN_INSIDE),
    FORBIDDEN("never-begun", "a continuation of nothing", "WI-053", NEVER_BEGUN),
    FORBIDDEN("text", "text messages that are not UTF-8", "WI-054", BAD_TEXTS),
    FORBIDDEN("close-one-byte", "a close frame with one byte", "WI-055", CLOSE_OF_ONE_BYTE),
    FORBIDDEN("close-codes-bad", "close frames with codes that may not be sent", "WI-056", BAD_CODES),
    FORBIDDEN("close-reason", "close frames whose reasons are not UTF-8", "WI-057", BAD_REASONS),
};

const case_table client_forbidden_cases = {rows, sizeof rows / sizeof *rows};
