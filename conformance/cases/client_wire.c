/* Client: masks, and what TCP does to heads and frames (chapter wire, Frames and Pieces). The answer to an upgrade: client_upgrade.c. */
#include "cases.h"
#include "client_run.h"
#include "forbidden_frames.h"
#include "spawn.h"

/* ---- masks ---- */

static void judge_refused_frame(peer_connection *peer)
{
    judge_refuses(peer);
    peer_waits_for_end(peer);
    judge(peer->t, WIRE, peer->end.how == WS_CLOSED && peer->end.code == WI_CLOSE_PROTOCOL_ERROR, "close 1002", "%s", peer_ending(peer));
}

/* The whole answer, as whoever takes the frame would show it. */
static void masked(peer_connection *peer)
{
    uint8_t bytes[1024];
    writer room = WRITER(bytes);
    peer_sends_as_other(peer, 0x82, forbidden_answer(peer, &room));
}

static void masked_ping(peer_connection *peer)
{
    peer_sends_as_other(peer, 0x80 | WI_FRAME_PING, span_text("ping"));
    client_run_answers(peer);
}

/* All that a client may send: its messages, a pong, and its close frame. */
static void masks_all(peer_connection *peer)
{
    peer_pings(peer, span_text("ping"));
    client_run_answers(peer);
    judge_finishes(peer);
    peer_waits_for_end(peer);
}

/* ---- a message without an end ---- */

/* The whole answer but for FIN, then a close frame, or the end of TCP. */
static void unfinished(trial *t)
{
    for (int cut = 0; cut < 2 && !t->over && !trial_failed(t); cut++, spawn_end(t)) {
        uint8_t bytes[1024];
        writer room = WRITER(bytes);
        peer_connection *peer = client_run_asked(t);
        peer_sends_frames(peer, cut ? "02=r" : UNFINISHED, forbidden_answer(peer, &room));
        if (cut)
            peer_cuts(peer);
        judge_refuses(peer);
    }
}

/* ---- pieces ---- */

/* Inside the two bytes that each head has, the longer length, the payload, and before the last byte. */
static const int pieces[] = {1, 2, 3, 4, 7, 40, 2000, -1, 0};

static peer_connection *asked_in_pieces(trial *t)
{
    t->cuts = pieces;
    return client_run_asked(t);
}

/* All events in one piece but the end of the last; one who does not stream gets its one answer so. */
static void joined(peer_connection *peer)
{
    peer_holds(peer);
    client_run_answers(peer);
    peer_releases(peer, (const int[]){-20, 0});
    judge_finishes(peer);
}

/* Whoever throws away what came with the answer to its upgrade answers no ping. */
static void greeted(trial *t)
{
    t->greets = true;
    peer_connection *peer = client_run_asked(t);
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
    judge(t, VERDICT, peer->n_pongs == 1 && span_is(span_of(peer->pong, peer->pong_n), "greeting"),
          "a pong frame with the data of the ping frame", "%u pong frames, %s", peer->n_pongs, peer_ending(peer));
}

#define MASKED(slug, text, act_)                                                                                                        \
    CASE(.id = "wi.client.frames." slug, .says = text, .req = {"WI-043", "WI-043", [WIRE] = "WI-043"}, .base = "cf.client.sanity.chat", \
         .start = client_run_asked, .act = act_, .end = judge_refused_frame)

static const case_row rows[] = {
    MASKED("masked", "the answer in a masked frame", masked),
    MASKED("masked-ping", "a masked ping frame", masked_ping),
    CASE(.id = "wi.client.frames.all-masked", .says = "messages, a pong and a close frame of the client", .req = {"WI-040"},
         .start = client_run_asked, .act = masks_all),
    CASE(.id = "wi.client.frames.unfinished", .says = "a close frame, or the end of TCP, before the last frame of the answer",
         .req = {"WI-058"}, .base = FORBIDDEN_BASE_CLIENT, .run = unfinished),
    CASE(.id = "wi.client.frames.in-pieces", .says = "each message comes in nine pieces", .req = {"WI-045"}, .start = asked_in_pieces,
         .end = judge_answer_finishes),
    CASE(.id = "wi.client.frames.joined", .says = "the answer's frames in two pieces, the border in the last of them", .req = {"WI-045"},
         .start = client_run_asked, .act = joined),
    CASE(.id = "wi.client.upgrade.joined", .says = "a ping frame in one piece with the answer to the upgrade", .req = {"WI-044"},
         .run = greeted),
};

const case_table client_wire_cases = {rows, sizeof rows / sizeof *rows};
