/* Client: frames (confer, section 4). */
#include "cases.h"
#include "client_run.h"
#include "spawn.h"

#include <stdio.h>
#include <string.h>

static span answer_of(int64_t id, const char *body)
{
    static uint8_t room[CF_MESSAGE_MAX + 4096];
    writer message = WRITER(room);
    const cf_response r = {.id = number_field((uint64_t)id), .status = number_field(200), .body = text_field(body)};
    layout_write(&cf_response_layout, &r, &message);
    must(writer_ok(&message));
    return written(&message);
}

/* ---- refusals ---- */

#define UNFINISHED "{\"type\":\"token\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}"

/* One frame alone is a part of an answer to this client; who refuses it not, as the deployed system, still shows nothing of it. */
static void frames_with_numbers(peer_connection *peer)
{
    const frame_numbers *list = peer->t->row->with;
    const bool alone = !list[1].id;
    peer_sends_numbered_frames(peer, list,
                               alone ? answer_of(peer->chat_id, peer->chat_stream ? UNFINISHED : CLIENT_RUN_NOT_FOR_YOU)
                                     : answer_of(peer->chat_id + 1, "lies"));
}

static void judge_frame_refused(peer_connection *peer)
{
    client_run_answers(peer);
    client_run_serves_the_rest(peer);
    if (spawn_has_ended(peer->t))
        judge(peer->t, VERDICT, !strstr(spawn_output(peer->t), CLIENT_RUN_NOT_FOR_YOU), "nothing of an unfinished message", "some of it");
    judge_refuses(peer);
}

static void plaintext(peer_connection *peer) { peer_sends_sealed_hex(peer, peer->t->row->with); }

static void many_begun(peer_connection *peer) { peer_begins_messages(peer, *(const uint64_t *)peer->t->row->with); }

/* ---- what has to work ---- */

static span whole_answer(const peer_connection *peer)
{
    return answer_of(peer->chat_id, client_run_text(peer->t, peer->chat_stream ? CLIENT_RUN_TOKEN : CLIENT_RUN_ANSWER));
}

static void judge_completed(peer_connection *peer)
{
    if (peer->chat_stream)
        client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes(peer);
}

static void out_of_order(peer_connection *peer)
{
    static const uint64_t order[] = {2, 0, 3, 1};
    for (int i = 0; i < 4; i++)
        peer_sends_chunk(peer, 5, order[i], 4, whole_answer(peer));
}

/* Between the chunks of the answer, those of a message for nobody. `with`: the ids of the two. */
static void interleaved(peer_connection *peer)
{
    const uint64_t *id = peer->t->row->with;
    for (uint64_t i = 0; i < 3; i++) {
        peer_sends_chunk(peer, id[1], 2 - i, 3, answer_of(peer->chat_id + 1000, CLIENT_RUN_NOT_FOR_YOU));
        peer_sends_chunk(peer, id[0], i, 3, whole_answer(peer));
    }
}

static void chunk_without_bytes(peer_connection *peer)
{
    const span answer = whole_answer(peer), part[] = {span_first(answer, 20), EMPTY, span_from(answer, 20)};
    for (uint64_t i = 0; i < 3; i++)
        peer_sends_frame(peer, &(cf_frame){number_field(5), number_field(i), number_field(3), {true, part[i]}});
}

/* More messages than may be unfinished at once, each under an id of its own: a place is given back when its message is complete. */
static void forty_for_nobody(peer_connection *peer)
{
    for (uint64_t i = 1; i <= 40; i++)
        for (uint64_t k = 0; k < 2; k++)
            peer_sends_chunk(peer, i, k, 2, answer_of(peer->chat_id + 1000, CLIENT_RUN_NOT_FOR_YOU));
}

/* As many messages as may be unfinished; the answer behind them comes whole in each frame, and so begins no ninth. */
static void eight_begun(peer_connection *peer)
{
    for (uint64_t i = 1; i <= CF_ASSEMBLIES_MAX; i++)
        peer_sends_chunk(peer, i, 0, 2, answer_of(peer->chat_id + 1000, CLIENT_RUN_NOT_FOR_YOU));
}

/* An event of thinking, as long as a message may be. */
static void the_longest(peer_connection *peer)
{
    static const char before[] = "{\"type\":\"thinking\",\"content\":\"", after[] = "\"}";
    static char body[CF_MESSAGE_MAX];
    memset(body, 'a', sizeof body - 1);
    memcpy(body, before, sizeof before - 1);
    size_t n = sizeof body - 1000;
    body[n] = 0;
    n = CF_MESSAGE_MAX - (answer_of(peer->chat_id, body).n - n);
    memset(body + sizeof body - 1000, 'a', 1000);
    memcpy(body + n - (sizeof after - 1), after, sizeof after);
    peer_seals_message(peer, answer_of(peer->chat_id, body));
    peer_flushes(peer);
}

/* A thinking event of 200000 bytes in four frames before the answer; one that does not stream gets it as its text's end. */
static void large(peer_connection *peer)
{
    static char body[210000];
    strcpy(body, peer->chat_stream ? "{\"type\":\"thinking\",\"content\":\"" : CLIENT_RUN_ANSWER);
    const size_t n = strlen(body);
    memset(body + n, 'a', 200000);
    strcpy(body + n + 200000, peer->chat_stream ? "\"}" : "");
    client_run_responds(peer, peer->chat_id, 200, body);
    if (peer->chat_stream)
        client_run_answers(peer);
    judge_finishes_with(peer, peer->chat_stream ? CLIENT_RUN_ANSWER : body);
}

/* An answer of 200000 bytes, not ASCII, whose characters the borders of frames cut. */
static void long_text(peer_connection *peer)
{
    static char body[210000], answer[210000];
    static const char words[] = "na\xc3\xafve-\xe2\x82\xac-\xf0\x9f\x98\x80";
    size_t n = (size_t)snprintf(answer, sizeof answer, "%s", CLIENT_RUN_ANSWER);
    while (n < 200000)
        n += (size_t)snprintf(answer + n, sizeof answer - n, "%s", words);
    snprintf(body, sizeof body, peer->chat_stream ? "{\"type\":\"token\",\"content\":\"%s\"}" : "%s", answer);
    client_run_responds(peer, peer->chat_id, 200, body);
    if (peer->chat_stream)
        client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes_with(peer, answer);
}

static void lenient(peer_connection *peer) { peer_sends_framed_by_hand(peer, peer->t->row->with, whole_answer(peer)); }

#define BASE .base = "cf.client.sanity.chat"
#define NUMBERS(slug, text, number, ...)                                                                          \
    CASE(.id = "cf.client.frame." slug, .says = text, .req = {number, number}, .departure = DEPLOYED_TAKES, BASE, \
         .start = client_run_asked, .act = frames_with_numbers, .end = judge_frame_refused,                       \
         .with = (const frame_numbers[]){__VA_ARGS__, {0}})
#define PLAINTEXT(slug, text, number, departs, hex)                                                                                   \
    CASE(.id = "cf.client.frame." slug, .says = text, .req = {number, number}, .departure = departs, BASE, .start = client_run_asked, \
         .act = plaintext, .end = judge_answer_refused, .with = hex)
#define WORKS(slug, text, number, act_, end_, ...)                                                                                 \
    CASE(.id = "cf.client.frame." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .start = client_run_asked, \
         .act = act_, .end = end_, ##__VA_ARGS__)

static const case_row rows[] = {
    PLAINTEXT("garbage", "a sealed plaintext that is no protobuf", "CF-049", AGREES, "ffffffffffffffffffffffff"),
    PLAINTEXT("cut-payload", "a sealed payload shorter than its length says", "CF-049", AGREES, "0801100018012210414243"),
    PLAINTEXT("empty", "a record that seals nothing", "CF-052", DEPLOYED_TAKES, ""),
    NUMBERS("total-zero", "total_chunks is 0", "CF-052", {1, 0, 0}),
    NUMBERS("total-absent", "total_chunks is left out", "CF-052", {1, 0, ABSENT}),
    NUMBERS("total-2-31", "total_chunks is 2^31", "CF-053", {1, 0, INT64_C(1) << 31}),
    NUMBERS("total-2-32", "total_chunks is 2^32 - 1", "CF-053", {1, 0, UINT32_MAX}),
    NUMBERS("index-is-total", "chunk_index is total_chunks", "CF-054", {1, 2, 2}),
    NUMBERS("index-2-32", "chunk_index is 2^32 - 1 of 1", "CF-054", {1, UINT32_MAX, 1}),
    NUMBERS("index-2-8", "chunk_index is 256 of 1", "CF-054", {1, 256, 1}),
    NUMBERS("index-2-16", "chunk_index is 65536 of 1", "CF-054", {1, 65536, 1}),
    NUMBERS("total-257", "total_chunks is 257", "CF-053", {1, 0, 257}),
    NUMBERS("total-2-16", "total_chunks is 65537", "CF-053", {1, 0, 65537}),
    NUMBERS("total-2-24", "total_chunks is 2^24 + 1", "CF-053", {1, 0, (INT64_C(1) << 24) + 1}),
    NUMBERS("total-grows", "the second frame says 3 chunks, the first said 2", "CF-055", {1, 0, 2}, {1, 1, 3}),
    NUMBERS("total-shrinks", "the second frame says 2 chunks, the first said 3", "CF-055", {1, 0, 3}, {1, 1, 2}),
    NUMBERS("twice", "the same chunk comes twice", "CF-056", {1, 0, 2}, {1, 0, 2}),
    CASE(.id = "cf.client.frame.too-long", .says = "frames of 65489 bytes for one message, more than 1048576 bytes of them",
         .req = {"CF-057", "CF-057"}, .departure = DEPLOYED_TAKES, .base = "cf.client.frame.large", .start = client_run_asked,
         .act = peer_sends_too_long, .end = judge_answer_refused),
    CASE(.id = "cf.client.frame.flood", .says = "5000 messages are begun", .req = {"CF-058", "CF-058"}, .departure = DEPLOYED_TAKES,
         .base = "cf.client.frame.interleaved", .start = client_run_asked, .act = many_begun, .end = judge_answer_refused,
         .with = GIVEN(uint64_t, 5000)),
    WORKS("order", "the answer in four chunks in the order 2 0 3 1", "CF-051", out_of_order, judge_completed),
    WORKS("interleaved", "chunks of a message for nobody between those of the answer", "CF-051 CF-088", interleaved, judge_completed,
          .with = (const uint64_t[]){5, 6}),
    WORKS("ids-alike", "the same with chunk_ids that differ in their upper half alone", "CF-051 CF-088", interleaved, judge_completed,
          .with = (const uint64_t[]){5, (UINT64_C(7) << 32) + 5}),
    WORKS("empty-chunk", "the answer in three chunks, the second of them empty", "CF-051", chunk_without_bytes, judge_completed),
    WORKS("forty", "forty messages for nobody in two chunks each before the answer", "CF-051 CF-058", forty_for_nobody,
          judge_answer_finishes),
    WORKS("whole-beside-eight", "eight messages are begun, then the answer comes whole in its frames", "CF-058 CF-051", eight_begun,
          judge_answer_finishes),
    CASE(.id = "cf.client.frame.longest", .says = "a message of 1048576 bytes before the answer",
         .req = {[VERDICT] = "CF-057 CF-051", [RELEASED] = "CF-057 CF-051"}, .start = client_run_asked_for_events, .act = the_longest,
         .end = judge_answer_finishes),
    WORKS("large", "an answer of 200000 bytes in four frames", "CF-051", large, NULL),
    WORKS("text", "an answer of 200000 bytes that are not ASCII", "CF-051", long_text, NULL),
    WORKS("unknown-fields", "fields that nobody knows, before and after", "CF-050", lenient, judge_completed,
          .with = "7a037878780801100018010d01020304|f03f2a"),
    WORKS("wire-types", "each known number also with another wire type", "CF-050", lenient, judge_completed,
          .with = "0a0141120141"
                  "1a0141"
                  "2007"
                  "080110001801|"),
    WORKS("last-counts", "a number that stands twice: the last counts", "CF-050", lenient, judge_completed,
          .with = "08091009180908011000|1801")};

const case_table client_frames_cases = {rows, sizeof rows / sizeof *rows};
