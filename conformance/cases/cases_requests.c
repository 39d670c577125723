/* Server: requests (confer, section 5). */
#include "cases.h"

#include <stdio.h>
#include <string.h>

/* ---- malformed ---- */

typedef struct shape {
    const char *hex, *reason;
} shape;

static void malformed(peer_connection *peer)
{
    uint8_t room[256];
    writer w = WRITER(room);
    const shape *s = peer->t->row->with;
    must(read_hex(span_text(s->hex), &w));
    peer_seals_message(peer, written(&w));
    peer_flushes(peer);
    judge_closed_and_alive(peer, CF_CANNOT_ACCEPT, s->reason, true);
}

/* ---- routes ---- */

typedef struct route {
    const char *verb, *path;
} route;

static void no_route(peer_connection *peer)
{
    const route *r = peer->t->row->with;
    peer_asks(peer, 1, r->verb, r->path, "{}");
    judge_answer(peer, 1, 404, "Route not found");
    judge_pong(peer, 2, STATE);
}

/* Under an id of its own each, in one session; the last has no verb. */
static void no_routes(peer_connection *peer)
{
    int64_t id = 0;
    cf_response r;
    for (const route *at = peer->t->row->with; at->verb && !peer->t->over; at++) {
        peer_asks(peer, ++id, at->verb, at->path, "{}");
        if (!peer_receives_response_to(peer, id, &r))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "status 404", "none for %s %s: %s", at->verb, at->path, peer_ending(peer));
        judge(peer->t, VERDICT, r.status.v == 404, "status 404", "status %lld for %s %s", (long long)r.status.v, at->verb, at->path);
        judge(peer->t, REASON, span_is(r.body.v, "Route not found"), "Route not found", "%zu other bytes", r.body.v.n);
    }
    judge_pong(peer, 99, STATE);
}

static void path_with_a_zero(peer_connection *peer)
{
    static const uint8_t path[] = {'/', 'p', 'i', 'n', 'g', 0, 'x'};
    peer_sends_request(peer, &(cf_request){.id = number_field(1), .verb = text_field("GET"), .path = {true, SPAN(path)}});
    judge_answer(peer, 1, 404, "Route not found");
    judge_pong(peer, 2, STATE);
}

static bool is_of_stored_documents(int64_t status)
{
    return status == 400 || status == 415 || status == 422 || status == 502 || status == 503;
}

static void stored_document(peer_connection *peer)
{
    trial *t = peer->t;
    cf_response r;
    peer_asks(peer, 1, "POST", "/v2/document/extract", "{}");
    if (!peer_receives_response_to(peer, 1, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an answer", "none");
    judge(t, VERDICT, is_of_stored_documents((int64_t)r.status.v), "status 503, or 400, 415, 422 or 502 where it is offered", "status %lld",
          (long long)r.status.v);
    if (r.status.v == 503)
        judge(t, REASON, span_is(r.body.v, "Document extraction is not enabled"), "Document extraction is not enabled", "%.*s",
              r.body.v.n < 100 ? (int)r.body.v.n : 100, (const char *)r.body.v.p);
    else
        trial_untested(t, REASON, "the target offers document extraction");
    judge_pong(peer, 2, STATE);
}

static void document(peer_connection *peer)
{
    trial *t = peer->t;
    peer_asks(peer, 1, "POST", "/v1/document/extract", "{\"filename\":\"a\"}");
    cf_response r;
    if (!peer_receives_response_to(peer, 1, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an answer", "none");
    if (r.status.v == 400) {
        trial_untested(t, VERDICT, "the target offers document extraction");
        trial_untested(t, REASON, "the target offers document extraction");
    }
    judge(t, VERDICT, r.status.v == 503 || r.status.v == 400, "status 503", "status %lld", (long long)r.status.v);
    judge(t, REASON, span_is(r.body.v, "Document extraction is not enabled"), "Document extraction is not enabled", "%.*s",
          r.body.v.n < 100 ? (int)r.body.v.n : 100, (const char *)r.body.v.p);
    judge_pong(peer, 2, STATE);
}

/* ---- ids ---- */

static void request_ids(peer_connection *peer)
{
    static const int64_t ids[] = {0, -1, INT64_MIN, INT64_MAX, 1, 1};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        judge_pong(peer, ids[i], VERDICT);
}

/* More requests that fail than may be in flight; then a good one, under the id of the first. */
static void failures_in_a_row(peer_connection *peer)
{
    static const char *const bodies[] = {"", "{", "{\"messages\":[{\"role\":\"king\",\"content\":\"\"}]}"};
    for (int64_t id = 1; id <= CF_REQUESTS_MAX + 4 && !peer->t->over; id++) {
        const char *body = bodies[id % 3];
        cf_response r;
        peer_asks(peer, id, "POST", id % 4 ? "/v1/vllm/chat/completions" : "/nowhere", body);
        if (!peer_receives_response_to(peer, id, &r))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "an answer to each", "%s", peer_ending(peer));
        judge(peer->t, VERDICT, r.status.v == (id % 4 ? 400 : 404), "status 400 or 404", "status %lld for the %lldth",
              (long long)r.status.v, (long long)id);
    }
    judge_pong(peer, 1, VERDICT);
}

static void many_pings(peer_connection *peer)
{
    enum { PINGS = 200 };
    bool seen[PINGS + 1] = {0};
    cf_response r;
    size_t n = 0;
    for (int64_t i = 1; i <= PINGS; i++)
        peer_sends_ping(peer, i);
    for (; n < PINGS && peer_receives_response(peer, &r); n++) {
        const uint64_t id = r.id.v;
        judge(peer->t, WIRE, id >= 1 && id <= PINGS && !seen[id % (PINGS + 1)], "each id once", "id %lld", (long long)id);
        seen[id % (PINGS + 1)] = true;
    }
    judge(peer->t, VERDICT, n == PINGS, "200 answers", "%zu", n);
    judge_pong(peer, PINGS + 1, VERDICT); /* and not one more */
}

/* The second comes while the first may still be in flight; whoever has answered the first by then takes it as new. */
static void same_id_twice(peer_connection *peer)
{
    static const char body[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"default\",\"stream\":true}";
    const cf_request chat = {
        .id = number_field(5), .verb = text_field("POST"), .path = text_field("/v1/vllm/chat/completions"), .body = text_field(body)};
    uint8_t rooms[2][8192];
    writer text[2] = {WRITER(rooms[0]), WRITER(rooms[1])};
    cf_response r;
    peer_sends_request(peer, &chat);
    peer_sends_request(peer, &chat);
    int done = 0;
    while (done < 2 && peer_receives_response(peer, &r)) {
        write_span(&text[done], r.body.v);
        done += r.body.v.n && memmem(r.body.v.p, r.body.v.n, "\"completion\"", 12);
    }
    const bool refused = peer->ended && peer->end.code == CF_CANNOT_ACCEPT && strcmp(peer->end.reason, "Duplicate request id") == 0;
    trial_saw(peer->t, done == 2 ? DEPLOYED_TAKES : AGREES);
    judge(peer->t, VERDICT, refused || (done == 2 && span_same(written(&text[0]), written(&text[1]))),
          "close 1003 Duplicate request id, or one answer after the other", "answers that mix");
    judge_alive(peer->t);
}

/* ---- uploads that nobody began ---- */

static void stray_chunk(peer_connection *peer)
{
    const cf_request stray = {.id = number_field(9),
                              .chunk = {true, {.data = text_field("abc"), .final = number_field(1), .seq = number_field(0)}}};
    peer_sends_request(peer, &stray);
    peer_sends_request(peer, &stray);
    judge_pong(peer, 10, VERDICT);
    judge(peer->t, RELEASED, peer->n_in == 2, "no answer but the pong's", "%zu messages", peer->n_in - 1);
}

/* A chunk on a route that does not stream is ignored. */
static void chunk_on_ping(peer_connection *peer)
{
    peer_sends_request(peer, &(cf_request){.id = number_field(9),
                                           .verb = text_field("GET"),
                                           .path = text_field("/ping"),
                                           .chunk = {true, {.data = text_field("abc"), .seq = number_field(0)}}});
    judge_answer(peer, 9, 200, "PONG");
}

/* What a lenient reader of protobuf takes as a ping. */
static void lenient_ping(peer_connection *peer)
{
    uint8_t room[256];
    writer w = WRITER(room);
    must(read_hex(span_text(peer->t->row->with), &w));
    peer_seals_message(peer, written(&w));
    peer_flushes(peer);
    judge_answer(peer, 9, 200, "PONG");
}

/* ---- the answers' own form ---- */

static void answer_bytes(peer_connection *peer)
{
    trial *t = peer->t;
    uint8_t frame_room[64], message_room[64];
    writer message = WRITER(message_room), frame = WRITER(frame_room);
    cf_response r;
    peer_sends_ping(peer, 7);
    if (!peer_receives_response(peer, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "an answer", "none");
    layout_write(&cf_response_layout, &(cf_response){.id = number_field(7), .status = number_field(200), .body = text_field("PONG")},
                 &message);
    judge(t, VERDICT, r.status.v == 200 && peer->frame.total_chunks.v == 1, "one frame with the answer", "%llu frames, status %lld",
          (unsigned long long)peer->frame.total_chunks.v, (long long)r.status.v);
    judge_bytes(t, WIRE, &cf_response_layout, written(&message), peer->frame.payload.v);
    layout_write(&cf_frame_layout, &(cf_frame){peer->frame.chunk_id, number_field(0), number_field(1), {true, written(&message)}}, &frame);
    judge_bytes(t, WIRE, &cf_frame_layout, written(&frame),
                span_first(span_of(peer->memory->scratch.plain, peer->memory->scratch.plain_n), frame.n));
}

static void chunk_ids_differ(peer_connection *peer)
{
    uint64_t seen[16];
    cf_response r;
    for (size_t i = 0; i < 16; i++) {
        peer_sends_ping(peer, (int64_t)i);
        if (!peer_receives_response(peer, &r))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "an answer", "none");
        seen[i] = peer->frame.chunk_id.v;
    }
    judge_random_ids(peer->t, seen, 16);
}

#define MALFORMED(slug, text, number, hex, reason)                                                                        \
    CASE(.id = "cf.server.request." slug, .says = text, .req = {number, number, number}, .base = "cf.server.sanity.ping", \
         .start = peer_opens_session, .act = malformed, .with = GIVEN(shape, hex, reason))
#define NO_ROUTE(slug, text, verb, path)                                                                                      \
    CASE(.id = "cf.server.route." slug, .says = text, .req = {"CF-069", "CF-069", "CF-069"}, .base = "cf.server.sanity.ping", \
         .start = peer_opens_session, .act = no_route, .with = GIVEN(route, verb, path))
#define WORKS(slug, text, number, act_) \
    CASE(.id = "cf.server.request." slug, .says = text, .req = {number}, .start = peer_opens_session, .act = act_)

#define LENIENT(slug, text, hex) \
    CASE(.id = "cf.server.request." slug, .says = text, .req = {"CF-050"}, .start = peer_opens_session, .act = lenient_ping, .with = hex)

#define NO_ID    "WebsocketRequest missing required field: id"
#define NOT_BOTH "WebsocketRequest must have both verb and path, or neither"
#define NEITHER  "WebsocketRequest must have verb/path or chunk"

static const case_row rows[] = {
    MALFORMED("garbage", "a message that is no protobuf", "CF-060", "ffffffff", "Invalid protobuf message"),
    MALFORMED("cut", "a message that ends inside a field", "CF-060", "080712ff", "Invalid protobuf message"),
    MALFORMED("bad-utf-8", "a verb that is not UTF-8", "CF-060", "08071203ff45541a052f70696e67", "Invalid protobuf message"),
    MALFORMED("empty", "an empty message", "CF-061", "", NO_ID),
    MALFORMED("no-id", "a ping without an id", "CF-061", "12034745541a052f70696e67", NO_ID),
    MALFORMED("no-path", "a verb without a path", "CF-063", "08071203474554", NOT_BOTH),
    MALFORMED("no-verb", "a path without a verb", "CF-063", "08071a052f70696e67", NOT_BOTH),
    MALFORMED("empty-verb", "the verb is the empty text", "CF-063 CF-062", "080712001a052f70696e67", NOT_BOTH),
    MALFORMED("empty-path", "the path is the empty text", "CF-063 CF-062", "080712034745541a00", NOT_BOTH),
    MALFORMED("neither", "an id and a body", "CF-064", "080722027b7d", NEITHER),
    MALFORMED("both-empty", "verb and path are the empty text", "CF-064 CF-062", "080712001a00", NEITHER),
    MALFORMED("seq-2-31", "a chunk with seq 2^31", "CF-065", "08072a081001188080808008", "Chunk sequence number must be non-negative"),
    MALFORMED("seq-with-route", "a ping with a chunk whose seq is 2^31", "CF-065",
              "080712034745541a052f70696e67"
              "2a081001188080808008",
              "Chunk sequence number must be non-negative"),
    CASE(.id = "cf.server.request.same-id", .says = "two chats under one id, one directly after the other",
         .req = {[VERDICT] = "CF-066", [STATE] = "CF-066"}, .departure = DEPLOYED_TAKES, .start = peer_opens_session, .act = same_id_twice),
    NO_ROUTE("unknown", "a path that is none", "GET", "/nowhere"),
    NO_ROUTE("upper-case", "GET /Ping", "GET", "/Ping"),
    NO_ROUTE("verb-case", "get /ping", "get", "/ping"),
    NO_ROUTE("query", "GET /ping?x=1", "GET", "/ping?x=1"),
    NO_ROUTE("slash", "GET /ping/", "GET", "/ping/"),
    NO_ROUTE("other-verb", "POST /ping", "POST", "/ping"),
    NO_ROUTE("percent", "GET /%70ing", "GET", "/%70ing"),
    NO_ROUTE("chat-get", "another verb on the route of a chat", "GET", "/v1/vllm/chat/completions"),
    CASE(.id = "cf.server.route.zero", .says = "a path that goes on behind a zero character", .req = {"CF-069", "CF-069", "CF-069"},
         .base = "cf.server.sanity.ping", .start = peer_opens_session, .act = path_with_a_zero),
    CASE(.id = "cf.server.route.near", .says = "verbs and paths that are nearly those of a ping", .req = {"CF-069", "CF-069", "CF-069"},
         .base = "cf.server.sanity.ping", .start = peer_opens_session, .act = no_routes,
         .with = (const route[]){{"GET", " /ping"},
                                 {"GET", "/ping "},
                                 {"GET", "/ping\n"},
                                 {"GET ", "/ping"},
                                 {" GET", "/ping"},
                                 {"GET", "//ping"},
                                 {"GET", "/./ping"},
                                 {"GET", "/x/../ping"},
                                 {"GET", "ping"},
                                 {"GET", "/ping#x"},
                                 {"GET", "/ping;x"},
                                 {"GET", "/v1/ping"},
                                 {"GETS", "/ping"},
                                 {"GE", "/ping"},
                                 {NULL, NULL}}),
    CASE(.id = "cf.server.request.failures", .says = "twenty requests that fail, and a good one under the id of the first",
         .req = {"CF-073 CF-068"}, .start = peer_opens_session, .act = failures_in_a_row),
    NO_ROUTE("prefix", "a path that is the beginning of one", "GET", "/pin"),
    NO_ROUTE(
        "long", "a path of a thousand letters", "GET",
        "/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    CASE(.id = "cf.server.route.document", .says = "document extraction where it is not offered", .req = {"CF-071", "CF-071", "CF-071"},
         .start = peer_opens_session, .act = document),
    WORKS("ids", "ids 0, -1, the least, the greatest, and one twice in a row", "CF-073 CF-070", request_ids),
    CASE(.id = "cf.server.request.many", .says = "200 pings at once", .req = {[VERDICT] = "CF-073", [WIRE] = "CF-073"},
         .start = peer_opens_session, .act = many_pings),
    CASE(.id = "cf.server.request.stray-chunk", .says = "chunks of an upload that nobody began",
         .req = {[VERDICT] = "CF-072", [RELEASED] = "CF-072"}, .start = peer_opens_session, .act = stray_chunk),
    WORKS("chunk-on-ping", "a ping with a chunk", "CF-070", chunk_on_ping),
    LENIENT("repeated-fields", "a ping whose id, verb and path stand twice: the last count",
            "080112035055541203474554"
            "1a042f6e6f77"
            "1a052f70696e67"
            "0809"),
    LENIENT("wire-types", "a ping before which each known number stands with another wire type",
            "0a0141"
            "1007"
            "1807"
            "2007"
            "2807"
            "0809"
            "1203474554"
            "1a052f70696e67"),
    LENIENT("unknown-fields", "a ping with fields that nobody knows, before and after",
            "7a03787878"
            "0809"
            "1203474554"
            "1a052f70696e67"
            "f03f2a"),
    CASE(.id = "cf.server.answer.bytes", .says = "the bytes of a pong and of its frame",
         .req = {[VERDICT] = "CF-045", [WIRE] = "CF-048 CF-047"}, .start = peer_opens_session, .act = answer_bytes),
    CASE(.id = "cf.server.answer.chunk-ids", .says = "the chunk_ids of sixteen answers", .req = {"CF-046"}, .fresh = 1 << FRESH_CHUNK_ID,
         .start = peer_opens_session, .act = chunk_ids_differ),
};

const case_table requests_cases = {rows, sizeof rows / sizeof *rows};

/* ---- routes of the revisions ---- */

static const case_row rows_until_0_1_16[] = {NO_ROUTE("v2-unknown", "a route of a later revision", "POST", "/v2/document/extract")};

static const case_row rows_since_0_1_20[] = {
    CASE(.id = "cf.server.route.v2-document", .says = "extraction from a stored object", .req = {"CF-103", "CF-103", "CF-103"},
         .start = peer_opens_session, .act = stored_document),
    NO_ROUTE("v2-get", "another verb on a route", "GET", "/v2/document/extract"),
};

const case_table routes_until_0_1_16_cases = {rows_until_0_1_16, sizeof rows_until_0_1_16 / sizeof *rows_until_0_1_16};
const case_table routes_since_0_1_20_cases = {rows_since_0_1_20, sizeof rows_since_0_1_20 / sizeof *rows_since_0_1_20};
