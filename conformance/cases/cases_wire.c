/* Server: masks, and what TCP does to heads and frames (chapter wire, Frames and Pieces). The head of an upgrade: cases_upgrade.c. */
#include "cases.h"

#include <stdio.h>

static span ping_of(uint64_t id)
{
    static uint8_t room[128];
    writer w = WRITER(room);
    layout_write(&cf_request_layout, &(cf_request){.id = number_field(id), .verb = text_field("GET"), .path = text_field("/ping")}, &w);
    return written(&w);
}

/* ---- masks ---- */

static void judge_refused_frame(peer_connection *peer)
{
    peer_sends_ping(peer, 8); /* whoever took the frame, or passed over it, answers */
    judge_closed(peer, WI_CLOSE_PROTOCOL_ERROR, NULL, false);
    judge_alive(peer->t);
}

static void unmasked(peer_connection *peer)
{
    uint8_t room[256];
    peer_sends_as_other(peer, 0x82, peer_keeps_record(peer, ping_of(7), room, sizeof room));
}

static void unmasked_ping(peer_connection *peer) { peer_sends_as_other(peer, 0x80 | WI_FRAME_PING, span_text("ping")); }

/* All that a server may send: a pong, an answer and its close frame. */
static void masks_nothing(peer_connection *peer)
{
    peer_pings(peer, span_text("ping"));
    judge_pong(peer, 1, VERDICT);
    peer_closes(peer, 1000, "");
    peer_waits_for_end(peer);
    judge(peer->t, VERDICT, peer->end.how != WS_BROKEN, "frames that are not masked", "%s", peer_ending(peer));
}

/* ---- pieces ---- */

/* Inside the two bytes that each head has, the longer length, the mask, the payload, and before the last byte. */
static const int pieces[] = {1, 2, 3, 4, 6, 7, 11, 40, -1, 0};

static peer_connection *opens_in_pieces(trial *t)
{
    t->cuts = pieces;
    peer_connection *peer = peer_opens(t);
    peer_completes_handshake(peer);
    return peer;
}

static void in_pieces(peer_connection *peer)
{
    char body[300] = "";
    snprintf(body, sizeof body, "%0299d", 0);
    judge_pong(peer, 1, VERDICT);
    peer_asks(peer, 2, "GET", "/ping", body);
    cf_response r;
    judge(peer->t, VERDICT, peer_receives_response_to(peer, 2, &r) && r.status.v == 200, "200 PONG", "%s", peer_ending(peer));
}

static void judge_answered(peer_connection *peer, uint64_t from, uint64_t to)
{
    uint64_t seen = 0;
    cf_response r;
    for (uint64_t id = from; id <= to && peer_receives_response(peer, &r); id++)
        seen |= r.id.v < 64 ? UINT64_C(1) << r.id.v : 0;
    judge(peer->t, VERDICT, seen == (UINT64_C(1) << (to + 1)) - (UINT64_C(1) << from), "an answer to each of the requests", "%s",
          peer->ended ? peer_ending(peer) : "not to each");
}

/* Three requests in one piece, then two more in two pieces, the border in the second. What follows shows whether one was lost. */
static void joined(peer_connection *peer)
{
    peer_holds(peer);
    for (int64_t id = 1; id <= 3; id++)
        peer_sends_ping(peer, id);
    peer_releases(peer, NULL);
    peer_holds(peer);
    peer_sends_ping(peer, 4);
    peer_sends_ping(peer, 5);
    peer_releases(peer, (const int[]){-20, 0});
    peer_sends_ping(peer, 6);
    judge_answered(peer, 1, 6);
}

#define UNMASKED(slug, text, act_)                                                                                         \
    CASE(.id = "wi.server.frames." slug, .says = text, .req = {"WI-042", "WI-042", "WI-042"}, .departure = DEPLOYED_TAKES, \
         .base = "cf.server.sanity.ping", .start = peer_opens_session, .act = act_, .end = judge_refused_frame)

static const case_row rows[] = {
    UNMASKED("unmasked", "a request in a frame without a mask", unmasked),
    UNMASKED("unmasked-ping", "a ping frame without a mask", unmasked_ping),
    CASE(.id = "wi.server.frames.none-masked", .says = "a pong, an answer and a close frame of the server", .req = {"WI-041"},
         .start = peer_opens_session, .act = masks_nothing),
    CASE(.id = "wi.server.frames.in-pieces", .says = "each message comes in ten pieces", .req = {"WI-045"}, .start = opens_in_pieces,
         .act = in_pieces),
    CASE(.id = "wi.server.frames.joined", .says = "three frames in one piece, and two in two pieces", .req = {"WI-045"},
         .start = peer_opens_session, .act = joined),
};

const case_table wire_cases = {rows, sizeof rows / sizeof *rows};
