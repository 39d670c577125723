/* Client: frames (confer, section 4). */
#include "cases.h"
#include "client_run.h"

#include <string.h>

enum { ABSENT = -1 };

static peer_connection *asked(trial *t, int64_t *id, bool *stream)
{
    peer_connection *peer = client_run_opens(t);
    client_run_receives_chat_request(peer, id, stream);
    return peer;
}

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

typedef struct given {
    int64_t id, index, total;
} given;

static pb_int field_of(int64_t n) { return (pb_int){n != ABSENT, (uint64_t)n}; }

static void frames_with_numbers(trial *t)
{
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    for (const given *g = t->row->with; g->id; g++)
        peer_seals_frame(
            peer, &(cf_frame){number_field((uint64_t)g->id), field_of(g->index), field_of(g->total), {true, answer_of(id + 1, "lies")}});
    peer_flushes(peer);
    client_run_answers(peer, id, stream);
    judge_refuses(peer);
}

static void plaintext(trial *t)
{
    uint8_t room[256];
    writer w = WRITER(room);
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    must(read_hex(span_text(t->row->with), &w));
    peer_seals_bytes(peer, written(&w));
    peer_flushes(peer);
    client_run_answers(peer, id, stream);
    judge_refuses(peer);
}

static void many_begun(trial *t)
{
    const uint64_t n = *(const uint64_t *)t->row->with;
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    for (uint64_t i = 1; i <= n && !peer->ended; i++) {
        peer_seals_frame(peer, &(cf_frame){number_field(i), number_field(0), number_field(2), text_field("never finished")});
        peer_flushes(peer);
        if (i % 16 == 0)
            trial_runs(t); /* so that an end is noticed, and nothing piles up here */
    }
    client_run_answers(peer, id, stream);
    judge_refuses(peer);
}

static void too_long(trial *t)
{
    static uint8_t zeros[CF_PAYLOAD_MAX];
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    for (uint64_t i = 0; i < 18; i++) {
        peer_seals_frame(peer, &(cf_frame){number_field(9), number_field(i), number_field(20), {true, SPAN(zeros)}});
        peer_flushes(peer);
    }
    client_run_answers(peer, id, stream);
    judge_refuses(peer);
}

/* ---- what has to work ---- */

static void piece(peer_connection *peer, uint64_t id, uint64_t index, uint64_t total, span message)
{
    const size_t n = (message.n + total - 1) / total;
    peer_seals_frame(
        peer,
        &(cf_frame){number_field(id), number_field(index), number_field(total), {true, span_first(span_from(message, index * n), n)}});
    peer_flushes(peer);
}

#define WHOLE_TOKEN "{\"type\":\"token\",\"content\":\"The heron waits.\"}"
#define COMPLETION  "{\"type\":\"completion\",\"pending_tool_calls\":false,\"context_tokens\":12,\"max_context_tokens\":262144}"

static span whole_answer(int64_t id, bool stream) { return answer_of(id, stream ? WHOLE_TOKEN : CLIENT_RUN_ANSWER); }

static void out_of_order(trial *t)
{
    static const uint64_t order[] = {2, 0, 3, 1};
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    for (int i = 0; i < 4; i++)
        piece(peer, 5, order[i], 4, whole_answer(id, stream));
    if (stream)
        client_run_responds(peer, id, 200, COMPLETION);
    judge_finishes(peer);
}

/* Between the chunks of the answer, those of a message for nobody. */
static void interleaved(trial *t)
{
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    for (uint64_t i = 0; i < 3; i++) {
        piece(peer, 6, 2 - i, 3, answer_of(id + 1000, "for somebody else"));
        piece(peer, 5, i, 3, whole_answer(id, stream));
    }
    if (stream)
        client_run_responds(peer, id, 200, COMPLETION);
    judge_finishes(peer);
}

/* A thinking event of 200000 bytes in four frames before the answer; one that does not stream gets it as its text's end. */
static void large(trial *t)
{
    static char body[210000];
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    strcpy(body, stream ? "{\"type\":\"thinking\",\"content\":\"" : CLIENT_RUN_ANSWER);
    const size_t n = strlen(body);
    memset(body + n, 'a', 200000);
    strcpy(body + n + 200000, stream ? "\"}" : "");
    client_run_responds(peer, id, 200, body);
    if (stream)
        client_run_answers(peer, id, stream);
    judge_finishes(peer);
}

static void lenient(trial *t)
{
    uint8_t room[512];
    writer w = WRITER(room);
    const char *form = t->row->with;
    const size_t bar = strcspn(form, "|");
    int64_t id;
    bool stream;
    peer_connection *peer = asked(t, &id, &stream);
    const span answer = whole_answer(id, stream);
    must(read_hex(span_first(span_text(form), bar), &w));
    write_be(&w, 0x22, 1);
    write_varint(&w, answer.n);
    write_span(&w, answer);
    must(read_hex(span_text(form + bar + 1), &w));
    peer_seals_bytes(peer, written(&w));
    peer_flushes(peer);
    if (stream)
        client_run_responds(peer, id, 200, COMPLETION);
    judge_finishes(peer);
}

#define BASE .base = "cf.client.sanity.chat"
#define NUMBERS(slug, text, number, ...)                                                                                           \
    {                                                                                                                              \
        .id = "cf.client.frame." slug, .says = text, .req = {number, number}, .departure = true, BASE, .run = frames_with_numbers, \
        .with = (const given[])                                                                                                    \
        {                                                                                                                          \
            __VA_ARGS__, { 0 }                                                                                                     \
        }                                                                                                                          \
    }
#define PLAINTEXT(slug, text, number, departs, hex)                                                                                     \
    {                                                                                                                                   \
        .id = "cf.client.frame." slug, .says = text, .req = {number, number}, .departure = departs, BASE, .run = plaintext, .with = hex \
    }
#define WORKS(slug, text, number, run_, ...)                                                                                      \
    {                                                                                                                             \
        .id = "cf.client.frame." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .run = run_, ##__VA_ARGS__ \
    }

static const case_row rows[] = {
    PLAINTEXT("garbage", "a sealed plaintext that is no protobuf", "CF-049", false, "ffffffffffffffffffffffff"),
    PLAINTEXT("cut-payload", "a sealed payload shorter than its length says", "CF-049", false, "0801100018012210414243"),
    PLAINTEXT("empty", "a record that seals nothing", "CF-052", true, ""),
    NUMBERS("total-zero", "total_chunks is 0", "CF-052", {1, 0, 0}),
    NUMBERS("total-absent", "total_chunks is left out", "CF-052", {1, 0, ABSENT}),
    NUMBERS("total-2-31", "total_chunks is 2^31", "CF-053", {1, 0, INT64_C(1) << 31}),
    NUMBERS("total-2-32", "total_chunks is 2^32 - 1", "CF-053", {1, 0, UINT32_MAX}),
    NUMBERS("index-is-total", "chunk_index is total_chunks", "CF-054", {1, 2, 2}),
    NUMBERS("index-2-32", "chunk_index is 2^32 - 1 of 1", "CF-054", {1, UINT32_MAX, 1}),
    NUMBERS("total-grows", "the second frame says 3 chunks, the first said 2", "CF-055", {1, 0, 2}, {1, 1, 3}),
    NUMBERS("total-shrinks", "the second frame says 2 chunks, the first said 3", "CF-055", {1, 0, 3}, {1, 1, 2}),
    NUMBERS("twice", "the same chunk comes twice", "CF-056", {1, 0, 2}, {1, 0, 2}),
    {.id = "cf.client.frame.too-long",
     .says = "frames of 65489 bytes for one message, more than 1048576 bytes of them",
     .req = {"CF-057", "CF-057"},
     .departure = true,
     .base = "cf.client.frame.large",
     .run = too_long},
    {.id = "cf.client.frame.flood",
     .says = "5000 messages are begun",
     .req = {"CF-058", "CF-058"},
     .departure = true,
     .base = "cf.client.frame.interleaved",
     .run = many_begun,
     .with = &(const uint64_t){5000}},
    WORKS("order", "the answer in four chunks in the order 2 0 3 1", "CF-051", out_of_order),
    WORKS("interleaved", "chunks of a message for nobody between those of the answer", "CF-051 CF-088", interleaved),
    WORKS("large", "an answer of 200000 bytes in four frames", "CF-051", large),
    WORKS("unknown-fields", "fields that nobody knows, before and after", "CF-050", lenient,
          .with = "7a037878780801100018010d01020304|f03f2a"),
    WORKS("last-counts", "a number that stands twice: the last counts", "CF-050", lenient, .with = "08091009180908011000|1801")};

const case_table client_frames_cases = {rows, sizeof rows / sizeof *rows};
