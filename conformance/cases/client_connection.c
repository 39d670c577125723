/* Client: what holds of a connection as a whole (chapter wire, control frames and waiting; confer, section 4). */
#include "cases.h"
#include "client_run.h"
#include "spawn.h"

#include <string.h>

/* ---- control frames ---- */

static void ping_frame(peer_connection *peer)
{
    static const uint8_t data[] = {'p', 'a', 'r', 0, 0xff};
    peer_pings(peer, SPAN(data));
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
    judge(peer->t, VERDICT, peer->n_pongs == 1 && span_same(span_of(peer->pong, peer->pong_n), SPAN(data)),
          "a pong frame with the data of the ping frame", "%u pong frames, the last of %zu bytes", peer->n_pongs, peer->pong_n);
}

static void closes(peer_connection *peer)
{
    peer_closes(peer, 1000, "");
    peer_waits_for_end(peer);
    judge(peer->t, VERDICT, peer->end.how == WS_CLOSED, "a close frame that answers ours", "%s", peer_ending(peer));
    client_run_serves_the_rest(peer);
}

/* ---- waiting ---- */

/* The client's end comes within the stated time, whatever the server leaves out. */
static void ends_though(peer_connection *peer, unsigned left_out)
{
    if (peer->ws)
        ws_misbehaves(peer->ws, left_out);
    peer->t->grace = wi_wait_seconds(WI_WAIT_CLOSE) + 1;
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
    judge(peer->t, VERDICT, spawn_exit(peer->t) == 0, "the client's end, exit 0", "%s", spawn_ending(peer->t));
}

static void keeps_tcp(peer_connection *peer) { ends_though(peer, WS_NO_TCP_END); }
static void answers_no_close(peer_connection *peer) { ends_though(peer, WS_NO_TCP_END | WS_NO_CLOSE_ANSWER); }

/* ---- after the end ---- */

/* A record that does not open; behind it the same record as it should be, with which the answer would be complete. */
static void goes_on_after_a_refusal(peer_connection *peer)
{
    uint8_t plain[128], good[256], bad[256];
    writer message = WRITER(plain);
    const cf_response r = {.id = number_field((uint64_t)peer->chat_id),
                           .status = number_field(200),
                           .body = text_field(client_run_text(peer->t, peer->chat_stream ? CLIENT_RUN_COMPLETION : CLIENT_RUN_ANSWER))};
    layout_write(&cf_response_layout, &r, &message);
    const span record = peer_keeps_record(peer, written(&message), good, sizeof good);
    span_take(record, bad, sizeof bad);
    bad[5] ^= 1;
    peer_sends(peer, span_of(bad, record.n));
    peer_sends(peer, record);
}

/* ---- text messages ---- */

static void says_text(peer_connection *peer) { peer_sends_text(peer, CLIENT_RUN_NOT_FOR_YOU); }

/* ---- chunk_ids ---- */

static void chunk_ids(trial *t)
{
    uint64_t seen[8] = {0};
    for (size_t i = 0; i < 8 && !t->over; i++) {
        peer_connection *peer = client_run_asked(t);
        seen[i] = peer->frame.chunk_id.v;
        client_run_answers(peer);
        client_run_serves_the_rest(peer);
        spawn_end(t);
    }
    judge_random_ids(t, seen, 8);
}

static const case_row rows[] = {
    CASE(.id = "wi.client.frames.ping", .says = "a ping frame of WebSocket before the answer", .req = {"WI-035"}, .start = client_run_asked,
         .act = ping_frame),
    CASE(.id = "wi.client.frames.close", .says = "the server closes instead of answering", .req = {"WI-034"}, .start = client_run_asked,
         .act = closes),
    CASE(.id = "wi.client.close.tcp-kept", .says = "the server answers the client's close frame and never ends TCP", .req = {"WI-031"},
         .start = client_run_asked, .act = keeps_tcp),
    CASE(.id = "wi.client.close.unanswered", .says = "the server does not answer the client's close frame", .req = {"WI-031"},
         .lasts = true, .start = client_run_asked, .act = answers_no_close),
    CASE(.id = "cf.client.record.after-the-end", .says = "a record that does not open, and a good one right behind it",
         .req = {"CF-028 NZ-006", "NZ-006", [RELEASED] = "CF-028"}, .base = "cf.client.sanity.chat", .start = client_run_asked,
         .act = goes_on_after_a_refusal, .end = judge_answer_refused),
    CASE(.id = "cf.client.text.ignored", .says = "a text message before the answer", .req = {[VERDICT] = "CF-107", [RELEASED] = "CF-107"},
         .start = client_run_asked, .act = says_text, .end = judge_answer_finishes),
    CASE(.id = "cf.client.request.chunk-ids", .says = "the chunk_ids of eight clients", .req = {"CF-046"}, .fresh = 1 << FRESH_CHUNK_ID,
         .run = chunk_ids),
};

const case_table client_connection_cases = {rows, sizeof rows / sizeof *rows};
