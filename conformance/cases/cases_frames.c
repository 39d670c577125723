/* Server: frames (confer, section 4). */
#include "cases.h"

#include <stdio.h>
#include <string.h>

/* A ping with a body of that many bytes, which the route does not look at. */
static span ping_of(size_t body, int64_t id)
{
    static uint8_t room[CF_MESSAGE_MAX + 4096], zeros[CF_MESSAGE_MAX];
    writer w = WRITER(room);
    const cf_request r = {
        .id = number_field((uint64_t)id), .verb = text_field("GET"), .path = text_field("/ping"), .body = {body > 0, span_of(zeros, body)}};
    layout_write(&cf_request_layout, &r, &w);
    must(writer_ok(&w));
    return written(&w);
}

/* ---- refusals ---- */

static void judge_invalid_frame(peer_connection *peer) { judge_closed_and_alive(peer, CF_CANNOT_ACCEPT, "Invalid frame", true); }
static void judge_undecoded(peer_connection *peer) { judge_closed_and_alive(peer, CF_UNEXPECTED, "Frame decode failed", true); }

/* Frames that differ from an honest message only in their numbers. */
static void frames_with_numbers(peer_connection *peer) { peer_sends_numbered_frames(peer, peer->t->row->with, ping_of(0, 7)); }

static void plaintext(peer_connection *peer) { peer_sends_sealed_hex(peer, peer->t->row->with); }

static void many_begun(peer_connection *peer) { peer_begins_messages(peer, *(const uint64_t *)peer->t->row->with); }

/* ---- what has to work ---- */

static void judge_answered(peer_connection *peer, int64_t id)
{
    cf_response r;
    if (!peer_receives_response_to(peer, id, &r))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "200 PONG", "%s", peer_ending(peer));
    else
        judge(peer->t, VERDICT, r.status.v == 200 && span_is(r.body.v, "PONG"), "200 PONG", "status %lld", (long long)r.status.v);
}

static void out_of_order(peer_connection *peer)
{
    static const uint64_t order[] = {2, 0, 3, 1};
    for (size_t i = 0; i < 4; i++)
        peer_sends_chunk(peer, 5, order[i], 4, ping_of(300, 11));
    judge_answered(peer, 11);
}

/* `with`: the ids of the two messages. */
static void interleaved(peer_connection *peer)
{
    uint8_t room[2048];
    const uint64_t *id = peer->t->row->with;
    cf_response r;
    span b = ping_of(150, 22);
    span_take(b, room, sizeof room);
    b = span_of(room, b.n);
    for (uint64_t i = 0; i < 3; i++) {
        peer_sends_chunk(peer, id[0], i, 3, ping_of(300, 21));
        peer_sends_chunk(peer, id[1], 2 - i, 3, b);
    }
    const uint64_t first = peer_receives_response(peer, &r) ? r.id.v : 0, second = peer_receives_response(peer, &r) ? r.id.v : 0;
    judge(peer->t, VERDICT, (first == 21 && second == 22) || (first == 22 && second == 21), "answers to 21 and 22", "%llu and %llu",
          (unsigned long long)first, (unsigned long long)second);
    judge_pong(peer, 23, VERDICT);
    judge(peer->t, WIRE, peer->n_in == 4, "an answer to each of the three requests", "%zu messages", peer->n_in - 1);
}

/* Two sessions whose messages have one chunk_id, and a third that completes nothing which another one began. */
static void apart(trial *t)
{
    peer_connection *peer[3];
    for (int i = 0; i < 3; i++)
        peer[i] = peer_opens_session(t);
    for (int i = 0; i < 3; i++) {
        peer_sends_chunk(peer[i], 5, i == 2, 2, ping_of(40, 81 + i));
        judge_pong(peer[i], 90 + i, VERDICT); /* it has been taken before the next session sends its own */
    }
    for (int i = 0; i < 2; i++)
        peer_sends_chunk(peer[i], 5, 1, 2, ping_of(40, 81 + i));
    for (int i = 0; i < 2; i++)
        judge_answered(peer[i], 81 + i);
    judge_pong(peer[2], 93, STATE);
}

static void id_used_again(peer_connection *peer)
{
    for (int round = 0; round < 2; round++) {
        peer_sends_chunk(peer, 5, 0, 2, ping_of(40, 31 + round));
        peer_sends_chunk(peer, 5, 1, 2, ping_of(40, 31 + round));
        judge_answered(peer, 31 + round);
    }
}

static void of_size(peer_connection *peer)
{
    peer_seals_message(peer, ping_of(*(const size_t *)peer->t->row->with, 41));
    peer_flushes(peer);
    judge_answered(peer, 41);
}

static void the_longest(peer_connection *peer)
{
    const size_t around = ping_of(CF_MESSAGE_MAX / 2, 41).n - CF_MESSAGE_MAX / 2;
    peer_seals_message(peer, ping_of(CF_MESSAGE_MAX - around, 41));
    peer_flushes(peer);
    judge_answered(peer, 41);
}

static void chunk_without_bytes(peer_connection *peer)
{
    const span ping = ping_of(40, 42), part[] = {span_first(ping, 20), EMPTY, span_from(ping, 20)};
    for (uint64_t i = 0; i < 3; i++)
        peer_sends_frame(peer, &(cf_frame){number_field(5), number_field(i), number_field(3), {true, part[i]}});
    judge_answered(peer, 42);
}

/* More messages than may be unfinished at once, each under an id of its own: a place is given back when its message is complete. */
static void one_after_the_other(peer_connection *peer)
{
    for (int64_t i = 1; i <= 40 && !peer->t->over; i++) {
        for (uint64_t k = 0; k < 2; k++)
            peer_sends_chunk(peer, (uint64_t)i, k, 2, ping_of(40, i));
        judge_answered(peer, i);
    }
}

/* As many unfinished messages as are promised, then each is finished. */
static void eight_at_once(peer_connection *peer)
{
    for (uint64_t half = 0; half < 2; half++)
        for (uint64_t i = 1; i <= CF_ASSEMBLIES_MAX; i++)
            peer_sends_chunk(peer, i, half, 2, ping_of(40, (int64_t)i));
    for (int64_t i = 1; i <= CF_ASSEMBLIES_MAX; i++) {
        cf_response r;
        if (!peer_receives_response(peer, &r))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "eight answers", "%lld", (long long)i - 1);
    }
    judge_pong(peer, 99, VERDICT);
}

/* The largest number of chunks. */
static void most_chunks(peer_connection *peer)
{
    for (uint64_t i = 0; i < CF_CHUNKS_MAX; i++)
        peer_sends_chunk(peer, 5, i, CF_CHUNKS_MAX, ping_of(1000, 81));
    judge_answered(peer, 81);
}

/* What a session left unfinished is no part of the next one's message. */
static void of_an_ended_session(trial *t)
{
    peer_connection *first = peer_opens_session(t);
    judge_pong(first, 1, VERDICT);
    peer_sends_chunk(first, 5, 0, 2, ping_of(40, 91));
    judge_pong(first, 2, VERDICT);
    peer_closes(first, 1000, "");
    peer_waits_for_end(first);
    peer_connection *next = peer_opens_session(t);
    judge_pong(next, 1, VERDICT);
    peer_sends_chunk(next, 5, 1, 2, ping_of(40, 91));
    judge_pong(next, 2, VERDICT); /* and not the answer to a message of both */
}

/* Chunk ids of every shape; absent counts as 0. */
static void chunk_ids(peer_connection *peer)
{
    static const uint64_t ids[] = {0, UINT64_MAX, (uint64_t)INT64_MIN, INT64_MAX, 1};
    for (int64_t i = 0; i < 5; i++) {
        peer_sends_frame(peer, &(cf_frame){number_field(ids[i]), number_field(0), number_field(1), {true, ping_of(0, 50 + i)}});
        judge_answered(peer, 50 + i);
    }
    peer_seals_frame(peer, &(cf_frame){.chunk_index = number_field(0), .total_chunks = number_field(1), .payload = {true, ping_of(0, 60)}});
    peer_sends_frame(peer, &(cf_frame){.total_chunks = number_field(1), .payload = {true, ping_of(0, 61)}});
    judge_answered(peer, 60);
    judge_answered(peer, 61);
}

static void lenient(peer_connection *peer)
{
    peer_sends_framed_by_hand(peer, peer->t->row->with, ping_of(0, 71));
    judge_answered(peer, 71);
}

#define NUMBERS(slug, text, number, ...) NUMBERS_DEPARTING(slug, text, number, 0, __VA_ARGS__)
#define NUMBERS_DEPARTING(slug, text, number, more, ...)                                                                             \
    CASE(.id = "cf.server.frame." slug, .says = text, .req = {number, "CF-059 " number, number}, .departure = DEPLOYED_TAKES | more, \
         .departure_0_1_20 = DEPLOYED_TAKES | DEPLOYED_ANSWERS | more, .base = "cf.server.sanity.ping", .start = peer_opens_session, \
         .act = frames_with_numbers, .end = judge_invalid_frame, .with = (const frame_numbers[]){__VA_ARGS__, {0}})
#define PLAINTEXT(slug, text, hex)                                                                                            \
    CASE(.id = "cf.server.frame." slug, .says = text, .req = {"CF-049", "CF-049", "CF-049"}, .base = "cf.server.sanity.ping", \
         .start = peer_opens_session, .act = plaintext, .end = judge_undecoded, .with = hex)
#define WORKS(slug, text, number, act_, ...) \
    CASE(.id = "cf.server.frame." slug, .says = text, .req = {number}, .start = peer_opens_session, .act = act_, ##__VA_ARGS__)

static const case_row rows[] = {
    PLAINTEXT("garbage", "a sealed plaintext that is no protobuf", "ffffffffffffffffffffffff"),
    PLAINTEXT("cut-varint", "a sealed varint without an end", "08ff"),
    PLAINTEXT("cut-payload", "a sealed payload shorter than its length says", "0801100018012210414243"),
    PLAINTEXT("field-zero", "a sealed field with the number 0", "0001080110001801"),
    PLAINTEXT("long-varint", "a sealed varint of eleven bytes", "08808080808080808080800110001801"),
    CASE(.id = "cf.server.frame.empty", .says = "a record that seals nothing", .req = {"CF-052", "CF-059 CF-052", "CF-052"},
         .departure = DEPLOYED_TAKES, .departure_0_1_20 = DEPLOYED_TAKES | DEPLOYED_ANSWERS, .start = peer_opens_session, .act = plaintext,
         .end = judge_invalid_frame, .with = ""),
    NUMBERS("total-zero", "total_chunks is 0", "CF-052", {1, 0, 0}),
    NUMBERS("total-absent", "total_chunks is left out", "CF-052", {1, 0, ABSENT}),
    NUMBERS("total-257", "total_chunks is 257", "CF-053", {1, 0, 257}),
    NUMBERS("total-2-31", "total_chunks is 2^31", "CF-053", {1, 0, INT64_C(1) << 31}),
    NUMBERS("total-2-32", "total_chunks is 2^32 - 1", "CF-053", {1, 0, UINT32_MAX}),
    NUMBERS("index-is-total", "chunk_index is total_chunks", "CF-054", {1, 2, 2}),
    NUMBERS("index-one-of-one", "chunk_index is 1 of 1", "CF-054", {1, 1, 1}),
    NUMBERS("index-2-32", "chunk_index is 2^32 - 1 of 1", "CF-054", {1, UINT32_MAX, 1}),
    NUMBERS("index-2-8", "chunk_index is 256 of 1", "CF-054", {1, 256, 1}),
    NUMBERS("index-2-16", "chunk_index is 65536 of 1", "CF-054", {1, 65536, 1}),
    NUMBERS("total-2-16", "total_chunks is 65537", "CF-053", {1, 0, 65537}),
    NUMBERS("total-2-24", "total_chunks is 2^24 + 1", "CF-053", {1, 0, (INT64_C(1) << 24) + 1}),
    NUMBERS_DEPARTING("total-grows", "the second frame says 3 chunks, the first said 2", "CF-055", DEPLOYED_COMPLETES, {1, 0, 2},
                      {1, 1, 3}),
    NUMBERS("total-shrinks", "the second frame says 2 chunks, the first said 3", "CF-055", {1, 0, 3}, {1, 1, 2}),
    NUMBERS("total-becomes-one", "a message of one frame under the id of an unfinished one", "CF-055", {1, 0, 3}, {1, 0, 1}),
    NUMBERS("twice", "the same chunk comes twice", "CF-056", {1, 0, 2}, {1, 0, 2}),
    CASE(.id = "cf.server.frame.too-long", .says = "frames of 65489 bytes for one message, more than 1048576 bytes of them",
         .req = {"CF-057", "CF-059 CF-057", "CF-057"}, .departure = DEPLOYED_TAKES, .departure_0_1_20 = DEPLOYED_TAKES | DEPLOYED_ANSWERS,
         .base = "cf.server.frame.large", .start = peer_opens_session, .act = peer_sends_too_long, .end = judge_invalid_frame),
    CASE(.id = "cf.server.frame.ninth", .says = "nine messages are begun", .req = {"CF-058", "CF-059 CF-058", "CF-058"},
         .departure = DEPLOYED_TAKES, .departure_0_1_20 = DEPLOYED_TAKES | DEPLOYED_ANSWERS, .base = "cf.server.frame.eight",
         .start = peer_opens_session, .act = many_begun, .end = judge_invalid_frame, .with = GIVEN(uint64_t, 9)),
    CASE(.id = "cf.server.frame.flood", .says = "20000 messages are begun", .req = {"CF-058", "CF-059 CF-058", "CF-058"},
         .departure = DEPLOYED_TAKES, .departure_0_1_20 = DEPLOYED_TAKES | DEPLOYED_ANSWERS, .base = "cf.server.frame.eight",
         .start = peer_opens_session, .act = many_begun, .end = judge_invalid_frame, .with = GIVEN(uint64_t, 20000)),

    WORKS("order", "four chunks in the order 2 0 3 1", "CF-051", out_of_order),
    CASE(.id = "cf.server.frame.apart", .says = "three sessions with unfinished messages of one chunk_id",
         .req = {[VERDICT] = "CF-051", [STATE] = "CF-051"}, .run = apart),
    CASE(.id = "cf.server.frame.interleaved", .says = "the chunks of two messages between each other",
         .req = {[VERDICT] = "CF-051", [WIRE] = "CF-073"}, .start = peer_opens_session, .act = interleaved,
         .with = (const uint64_t[]){5, 6}),
    CASE(.id = "cf.server.frame.ids-alike", .says = "the same with chunk_ids that differ in their upper half alone",
         .req = {[VERDICT] = "CF-051", [WIRE] = "CF-073"}, .start = peer_opens_session, .act = interleaved,
         .with = (const uint64_t[]){5, (UINT64_C(7) << 32) + 5}),
    WORKS("empty-chunk", "a message of three chunks, the second of them empty", "CF-051", chunk_without_bytes),
    WORKS("forty", "forty messages of two chunks, one after the other", "CF-051 CF-058", one_after_the_other),
    WORKS("longest", "a message of 1048576 bytes", "CF-057 CF-051", the_longest),
    WORKS("most-chunks", "a message in 256 chunks", "CF-053 CF-051", most_chunks),
    CASE(.id = "cf.server.frame.of-an-ended-session", .says = "half a message in a session that ends, the other half in the next one",
         .req = {"CF-030 CF-051"}, .run = of_an_ended_session),
    WORKS("id-again", "a chunk_id serves again once its message is complete", "CF-051", id_used_again),
    WORKS("eight", "eight messages are begun, then finished", "CF-051 CF-058", eight_at_once),
    WORKS("one-full", "a message of 65489 bytes and a few in two frames", "CF-051 CF-045", of_size, .with = GIVEN(size_t, 65489)),
    WORKS("large", "a message of a million bytes", "CF-051 CF-057", of_size, .with = GIVEN(size_t, 1000000)),
    WORKS("ids", "chunk_id 0, -1, the least, the greatest, and none", "CF-050 CF-051", chunk_ids),
    WORKS("unknown-fields", "fields that nobody knows, before and after", "CF-050", lenient,
          .with = "7a037878780801100018010d01020304|f03f2a"),
    WORKS("wire-types", "each known number also with another wire type", "CF-050", lenient,
          .with = "0a0141120141"
                  "1a0141"
                  "2007"
                  "080110001801|"),
    WORKS("last-counts", "a number that stands twice: the last counts", "CF-050", lenient, .with = "08091009180908011000|1801"),
    WORKS("long-form", "varints longer than they need to be", "CF-050", lenient, .with = "08818000108080001881808000|")};

const case_table frames_cases = {rows, sizeof rows / sizeof *rows};
