/* Client: what it asks, and what it makes of an answer (confer, sections 6 and 7). */
#include "cases.h"
#include "client_run.h"

#include <stdio.h>
#include <string.h>

/* What is told of events can't be told of a client that asks for none. */
static peer_connection *asked_for_events(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    if (!peer->chat_stream && !t->over)
        trial_stop(t, VERDICT, OUTCOME_NA, "a request for a stream of events", "a request for one answer");
    return peer;
}

/* ---- the request ---- */

/* What the last message of a chat request says, decoded. */
static span last_content(span object)
{
    static uint8_t room[CF_RECORD_MAX];
    writer text = WRITER(room);
    span messages = EMPTY, content = EMPTY;
    json_member(object, "messages", &messages);
    for (json_cursor c = json_enter(messages); json_next(&c);)
        json_member(c.value, "content", &content);
    json_string(content, &text);
    return written(&text);
}

static void request_form(trial *t)
{
    static const char *const strings[] = {"model"};
    uint8_t room[4096];
    writer again = WRITER(room);
    cf_request r = {0};
    span object = EMPTY, value;
    peer_connection *peer = client_run_opens(t);
    while (peer_receives_request(peer, &r) && !span_is(r.verb.v, "POST"))
        client_run_responds(peer, (int64_t)r.id.v, 200, "PONG");
    judge(t, VERDICT,
          json_read(r.body.v, &object) && json_member(object, "messages", &value) && json_kind_of(value) == JSON_ARRAY &&
              json_member(object, strings[0], &value) && json_kind_of(value) == JSON_STRING && json_member(object, "stream", &value) &&
              (json_kind_of(value) == JSON_TRUE || json_kind_of(value) == JSON_FALSE),
          "a body with messages, model and stream", "%.*s", r.body.v.n < 200 ? (int)r.body.v.n : 200, (const char *)r.body.v.p);
    judge_bytes(t, RELEASED, NULL, span_text(client_run_text(t, CLIENT_RUN_PROMPT)), last_content(object));
    layout_write(&cf_request_layout, &r, &again);
    judge_bytes(t, WIRE, &cf_request_layout, written(&again), peer->frame.payload.v);
    judge(t, WIRE, !peer->chunk_rule_broken && peer->n_frames == 1, "one frame with index 0 written out", "other frames");
    peer_closes(peer, 1000, "");
    client_run_serves_the_rest(peer);
}

/* ---- one body in place of an answer ---- */

typedef struct said {
    int64_t status;
    const char *body[3];
} said;

static void says_all(peer_connection *peer)
{
    const said *s = peer->t->row->with;
    for (int i = 0; i < 3 && s->body[i]; i++)
        client_run_responds(peer, peer->chat_id, s->status, s->body[i]);
}

static void wrong_event(trial *t)
{
    peer_connection *peer = asked_for_events(t);
    says_all(peer);
    client_run_answers(peer);
    judge_refuses(peer);
}

static void odd_events(trial *t)
{
    peer_connection *peer = asked_for_events(t);
    says_all(peer);
    judge_finishes(peer);
}

/* Before the real answer. */
static void ignored_events(trial *t)
{
    peer_connection *peer = asked_for_events(t);
    says_all(peer);
    client_run_answers(peer);
    judge_finishes(peer);
}

static void status(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    says_all(peer);
    judge_request_failed(peer, ((const said *)t->row->with)->body[0]);
}

static void fails_midway(trial *t)
{
    peer_connection *peer = asked_for_events(t);
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN);
    client_run_responds(peer, peer->chat_id, 500, "Internal Server Error");
    judge_refuses(peer);
}

static void breaks_off(trial *t)
{
    const bool *politely = t->row->with;
    peer_connection *peer = asked_for_events(t);
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN);
    if (*politely)
        peer_closes(peer, 1000, "");
    else
        peer_cuts(peer);
    judge_refuses(peer);
}

static void no_answer(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    peer_closes(peer, 1000, "");
    judge_refuses(peer);
}

/* A message that is no response. */
static void garbage(trial *t)
{
    uint8_t room[64];
    writer w = WRITER(room);
    peer_connection *peer = client_run_asked(t);
    must(read_hex(span_text(t->row->with), &w));
    peer_seals_message(peer, written(&w));
    peer_flushes(peer);
    client_run_answers(peer);
    judge_refuses(peer);
}

/* ---- ids ---- */

static void for_somebody_else(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    client_run_responds(peer, peer->chat_id + 1, 200, "{\"type\":\"token\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}");
    client_run_responds(peer, -1 - peer->chat_id, 500, "Internal Server Error");
    client_run_responds(peer, peer->chat_id + 1, 200, CLIENT_RUN_COMPLETION);
    client_run_answers(peer);
    judge_finishes(peer);
}

static void without_id(trial *t)
{
    uint8_t room[256];
    writer message = WRITER(room);
    peer_connection *peer = client_run_asked(t);
    layout_write(&cf_response_layout, &(cf_response){.status = number_field(200), .body = text_field(CLIENT_RUN_COMPLETION)}, &message);
    peer_seals_message(peer, written(&message));
    peer_flushes(peer);
    client_run_answers(peer);
    judge_finishes(peer);
}

static void answered_twice(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    client_run_answers(peer);
    client_run_responds(peer, peer->chat_id, 200, peer->chat_stream ? CLIENT_RUN_COMPLETION : CLIENT_RUN_ANSWER);
    client_run_responds(peer, peer->chat_id, 500, "Internal Server Error");
    judge_finishes(peer);
}

/* Headers and unknown fields in a response. */
static void with_headers(trial *t)
{
    uint8_t room[512];
    writer message = WRITER(room);
    peer_connection *peer = client_run_asked(t);
    cf_response r = {.id = number_field((uint64_t)peer->chat_id),
                     .status = number_field(200),
                     .body = text_field(client_run_text(t, peer->chat_stream ? CLIENT_RUN_TOKEN : CLIENT_RUN_ANSWER))};
    r.headers.n = 1;
    r.headers.at[0] = (struct pb_pair){span_text("Content-Type"), span_text("text/plain")};
    layout_write(&cf_response_layout, &r, &message);
    write_be(&message, 0x7a0378, 3);
    write_be(&message, 0x7878, 2);
    peer_seals_message(peer, written(&message));
    peer_flushes(peer);
    if (peer->chat_stream)
        client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes(peer);
}

/* ---- the rows ---- */

#define BASE .base = "cf.client.sanity.chat"
#define WRONG(slug, text, body)                                                                              \
    CASE(.id = "cf.client.event." slug, .says = text, .req = {"CF-090", "CF-090"}, BASE, .run = wrong_event, \
         .with = GIVEN(said, 200, {body}))
#define WORKS(slug, text, number, run_, ...)                                                                         \
    CASE(.id = "cf.client.event." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .run = run_, \
         .with = GIVEN(said, 200, {__VA_ARGS__}))
#define STATUS(slug, code, body)                                                                                 \
    CASE(.id = "cf.client.status." slug, .says = "the answer is status " slug, .req = {"CF-089"}, .run = status, \
         .with = GIVEN(said, code, {body}))
#define GARBAGE(slug, text, hex) \
    CASE(.id = "cf.client.response." slug, .says = text, .req = {"CF-087", "CF-087"}, BASE, .run = garbage, .with = hex)
#define ID(slug, text, number, run_) \
    CASE(.id = "cf.client.answer." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .run = run_)

static const case_row rows[] = {
    CASE(.id = "cf.client.request.form", .says = "the client's chat request",
         .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086", [WIRE] = "CF-048 CF-047 CF-045"}, .run = request_form),
    GARBAGE("garbage", "a message that is no protobuf", "ffffffff"),
    GARBAGE("cut", "a message that ends inside a field", "080710c8011aff"),
    WRONG("no-json", "an event that is no JSON", "{\"type\":\"token\",\"content\":"),
    WRONG("trailing", "something after an event", CLIENT_RUN_TOKEN "}"),
    WRONG("array", "an event that is an array", "[\"token\"]"),
    WRONG("no-type", "an event without a type", "{\"content\":\"The \"}"),
    WRONG("type-number", "a type that is a number", "{\"type\":1,\"content\":\"The \"}"),
    WRONG("token-without-content", "a token without content", "{\"type\":\"token\"}"),
    WRONG("token-number", "a token whose content is a number", "{\"type\":\"token\",\"content\":7}"),
    WRONG("twice", "a member that stands twice", "{\"type\":\"token\",\"content\":\"a\",\"content\":\"b\"}"),
    WORKS("order", "members in another order, spaced and escaped", "CF-090", odd_events,
          " { \"content\" : \"The heron wai\\u0074s.\" , \"type\" : \"tok\\u0065n\" } ",
          "{\"max_context_tokens\":262144,\"context_tokens\":0,\"pending_tool_calls\":false,\"type\":\"completion\"}"),
    WORKS("more-members", "members that nobody knows", "CF-090", odd_events,
          "{\"type\":\"token\",\"index\":{\"a\":[1]},\"content\":\"The heron waits.\"}",
          "{\"type\":\"completion\",\"pending_tool_calls\":false,\"context_tokens\":12,\"max_context_tokens\":262144,\"cost\":null}"),
    WORKS("unknown-type", "types that nobody knows", "CF-091", ignored_events, "{\"type\":\"weather\",\"content\":7}", "{\"type\":\"\"}"),
    WORKS("thinking", "thinking before the answer", "CF-090", ignored_events, "{\"type\":\"thinking\",\"content\":\"Herons, then.\"}"),
    WORKS("tools", "the server's own tools before the answer", "CF-090", ignored_events,
          "{\"type\":\"tool_call\",\"tool_call_id\":\"1\",\"tool_name\":\"web_search\",\"tool_arguments\":\"{}\"}",
          "{\"type\":\"tool_response\",\"tool_call_id\":\"1\",\"tool_name\":\"web_search\",\"content\":\"[]\"}"),
    STATUS("402", 402, "Payment required"),
    STATUS("404", 404, "Route not found"),
    STATUS("500", 500, "Internal Server Error"),
    STATUS("503", 503, "Too many requests"),
    CASE(.id = "cf.client.answer.fails-midway", .says = "a token, then status 500", .req = {"CF-089", "CF-089 CF-092"}, BASE,
         .run = fails_midway),
    CASE(.id = "cf.client.answer.closed", .says = "a token, then the server closes", .req = {"CF-092", "CF-092"}, BASE, .run = breaks_off,
         .with = GIVEN(bool, true)),
    CASE(.id = "cf.client.answer.cut", .says = "a token, then the connection breaks off", .req = {"CF-092", "CF-092"}, BASE,
         .run = breaks_off, .with = GIVEN(bool, false)),
    CASE(.id = "cf.client.answer.none", .says = "the server closes without an answer", .req = {"CF-092", "CF-092"}, BASE, .run = no_answer),
    ID("for-somebody-else", "answers under ids that nobody asked for", "CF-088", for_somebody_else),
    ID("no-id", "an answer without an id", "CF-088", without_id),
    ID("twice", "an answer, and more after its end", "CF-088", answered_twice),
    ID("headers", "headers and unknown fields in a response", "CF-050", with_headers)};

const case_table client_answers_cases = {rows, sizeof rows / sizeof *rows};
