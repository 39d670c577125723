/* Client: what it asks, and what it makes of an answer (confer, sections 6 and 7). */
#include "cases.h"
#include "client_run.h"

#include <stdio.h>
#include <string.h>

/* ---- the request ---- */

/* What the last message of a chat request says, decoded. */
static span last_content(span object)
{
    static uint8_t room[CF_MESSAGE_MAX];
    writer text = WRITER(room);
    span messages = EMPTY, content = EMPTY;
    json_member(object, "messages", &messages);
    for (json_cursor c = json_enter(messages); json_next(&c);)
        json_member(c.value, "content", &content);
    json_string(content, &text);
    return written(&text);
}

static void request_form(peer_connection *peer)
{
    trial *t = peer->t;
    static const char *const strings[] = {"model"};
    uint8_t room[4096];
    writer again = WRITER(room);
    cf_request r = {0};
    span object = EMPTY, value;
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

/* A prompt of several frames, or of characters that have to be escaped: it arrives as it was given. */
static void request_says(trial *t, const char *prompt)
{
    cf_request r = {0};
    span object = EMPTY;
    t->prompt = prompt;
    peer_connection *peer = client_run_opens(t);
    while (peer_receives_request(peer, &r) && !span_is(r.verb.v, "POST"))
        client_run_responds(peer, (int64_t)r.id.v, 200, "PONG");
    judge(t, VERDICT, json_read(r.body.v, &object), "a body of JSON", "%zu other bytes", r.body.v.n);
    judge_bytes(t, RELEASED, NULL, span_text(prompt), last_content(object));
    if (t->row->req[WIRE])
        judge(t, WIRE, !peer->chunk_rule_broken && peer->n_frames > 1, "frames as the text says", "others");
    peer_closes(peer, 1000, "");
    client_run_serves_the_rest(peer);
}

static void long_request(trial *t)
{
    static char prompt[100100];
    size_t n = (size_t)snprintf(prompt, sizeof prompt, "%s", client_run_text(t, CLIENT_RUN_PROMPT));
    while (n < 100000)
        n += (size_t)snprintf(prompt + n, sizeof prompt - n, " na\xc3\xafve-\xe2\x82\xac-\xf0\x9f\x98\x80-%zu", n);
    request_says(t, prompt);
}

static void request_of_lines(trial *t)
{
    request_says(t, client_run_text(t, "heron: the first line\nthe second\r\n\n\tthe fourth, behind an empty one"));
}

static void difficult_request(trial *t)
{
    request_says(
        t,
        client_run_text(
            t, "heron \"quoted\" back\\slash \\u0041 \\n \xc3\xa9 e\xcc\x81 \xe2\x82\xac \xf0\x9f\xa6\x89 {\"a\":[1]} %s $HOME 'x' <&>;"));
}

/* ---- one body in place of an answer ---- */

typedef struct responses {
    int64_t status;
    const char *body[4];
} responses;

static void sends_responses(peer_connection *peer)
{
    const responses *s = peer->t->row->with;
    for (int i = 0; i < 4 && s->body[i]; i++)
        client_run_responds(peer, peer->chat_id, s->status, s->body[i]);
}

static void judge_status(peer_connection *peer) { judge_request_failed(peer, ((const responses *)peer->t->row->with)->body[0]); }

static void fails_midway(peer_connection *peer)
{
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN);
    client_run_responds(peer, peer->chat_id, 500, "Internal Server Error");
}

static void sends_a_token(peer_connection *peer) { client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN); }

static void closes_after_a_token(peer_connection *peer)
{
    sends_a_token(peer);
    peer_closes(peer, 1000, "");
}

static void cuts_after_a_token(peer_connection *peer)
{
    sends_a_token(peer);
    peer_cuts(peer);
}

static void no_answer(peer_connection *peer) { peer_closes(peer, 1000, ""); }

/* A message that is no response. */
static void garbage(peer_connection *peer)
{
    uint8_t room[64];
    writer w = WRITER(room);
    must(read_hex(span_text(peer->t->row->with), &w));
    peer_seals_message(peer, written(&w));
    peer_flushes(peer);
}

/* ---- ids ---- */

static void for_somebody_else(peer_connection *peer)
{
    client_run_responds(peer, peer->chat_id + 1, 200, "{\"type\":\"token\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}");
    client_run_responds(peer, -1 - peer->chat_id, 500, "Internal Server Error");
    client_run_responds(peer, peer->chat_id + 1, 200, CLIENT_RUN_COMPLETION);
}

/* An id whose lower half is ours. */
static void id_alike(peer_connection *peer)
{
    const int64_t other = (int64_t)((uint64_t)peer->chat_id ^ UINT64_C(1) << 32);
    client_run_responds(peer, other, 200, "{\"type\":\"token\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}");
    client_run_responds(peer, other, 200, CLIENT_RUN_COMPLETION);
}

static void without_status(peer_connection *peer)
{
    peer_sends_response(peer, &(cf_response){.id = number_field((uint64_t)peer->chat_id), .body = text_field(CLIENT_RUN_COMPLETION)});
}

static void judge_no_status(peer_connection *peer) { judge_request_failed(peer, CLIENT_RUN_COMPLETION); }

static void without_id(peer_connection *peer)
{
    uint8_t room[256];
    writer message = WRITER(room);
    layout_write(&cf_response_layout, &(cf_response){.status = number_field(200), .body = text_field(CLIENT_RUN_COMPLETION)}, &message);
    peer_seals_message(peer, written(&message));
    peer_flushes(peer);
}

static void answered_twice(peer_connection *peer)
{
    client_run_answers(peer);
    client_run_responds(peer, peer->chat_id, 200, peer->chat_stream ? CLIENT_RUN_COMPLETION : CLIENT_RUN_ANSWER);
    client_run_responds(peer, peer->chat_id, 500, "Internal Server Error");
}

/* Headers and unknown fields in a response. */
static void with_headers(peer_connection *peer)
{
    uint8_t room[512];
    writer message = WRITER(room);
    cf_response r = {.id = number_field((uint64_t)peer->chat_id),
                     .status = number_field(200),
                     .body = text_field(client_run_text(peer->t, peer->chat_stream ? CLIENT_RUN_TOKEN : CLIENT_RUN_ANSWER))};
    r.headers.n = 1;
    r.headers.at[0] = (struct pb_pair){span_text("Content-Type"), span_text("text/plain")};
    layout_write(&cf_response_layout, &r, &message);
    write_be(&message, 0x7a0378, 3);
    write_be(&message, 0x7878, 2);
    peer_seals_message(peer, written(&message));
    peer_flushes(peer);
    if (peer->chat_stream)
        client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
}

/* Text that is easily changed on its way: blanks at both ends, a tab, a mark that composes, characters beyond 16 bits. No line ends: they would
 * end what the suite reads; no marks that a program may keep from a terminal. */
#define MARKS "  \ttab e\xcc\x81 \xf0\x9f\xa6\x89 /<&> end  "

/* The same in the JSON of an event, some of it as escapes. */
#define MARKS_AS_JSON "  \\ttab e\xcc\x81 \\ud83e\\udd89 \\/<&> end  "

static void difficult_characters(peer_connection *peer)
{
    client_run_responds(peer, peer->chat_id, 200, "{\"type\":\"token\",\"content\":\"" MARKS_AS_JSON "\"}");
    client_run_responds(peer, peer->chat_id, 200, "{\"type\":\"token\",\"content\":\"The heron waits." MARKS_AS_JSON "\"}");
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes_with(peer, MARKS "The heron waits." MARKS);
}

/* What an answer says is text, whatever it looks like, and whatever was said before. */
static void deceptive_texts(peer_connection *peer)
{
    static const char *const tokens[] = {
        "{\\\"type\\\":\\\"completion\\\"} ", "[DONE] ", "completion ", "data: ", "ha", "ha", " ", " ", "ha", "", "ha", "0"};
    char body[200];
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        snprintf(body, sizeof body, "{\"type\":\"token\",\"content\":\"%s\"}", tokens[i]);
        client_run_responds(peer, peer->chat_id, 200, body);
    }
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN);
    client_run_responds(peer, peer->chat_id, 200, "{\"type\":\"token\",\"content\":\"\"}");
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes_with(peer, "{\"type\":\"completion\"} [DONE] completion data: haha  haha0" CLIENT_RUN_ANSWER);
}

/* A long answer in many messages, none of them long. */
static void long_answer(peer_connection *peer)
{
    enum { TOKENS = 12, EACH = 50000 };
    static char answer[TOKENS * EACH + 100], body[EACH + 100];
    size_t n = 0;
    for (int i = 0; i < TOKENS; i++) {
        const size_t from = n;
        while (n < from + EACH - 40)
            n += (size_t)snprintf(answer + n, sizeof answer - n, "na\xc3\xafve-%zu ", n);
        snprintf(body, sizeof body, "{\"type\":\"token\",\"content\":\"%s\"}", answer + from);
        client_run_responds(peer, peer->chat_id, 200, body);
    }
    snprintf(answer + n, sizeof answer - n, CLIENT_RUN_ANSWER);
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_TOKEN);
    client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_COMPLETION);
    judge_finishes_with(peer, answer);
}

/* How a client closes that has all that it asked for. */
static void leaves(peer_connection *peer)
{
    trial *t = peer->t;
    judge_answer_finishes(peer);
    peer_waits_for_end(peer);
    const bool fits = peer->end.how == WS_CLOSED && (peer->end.code == 1000 || peer->end.code == WI_CLOSE_NONE_SENT) && !*peer->end.reason;
    judge(t, WIRE, fits, "close 1000, or without a code, and no reason", "%s", peer_ending(peer));
}

/* More records than a counter of one byte has values. */
static void many_events(peer_connection *peer)
{
    for (int i = 0; i < 300; i++)
        client_run_responds(peer, peer->chat_id, 200, "{\"type\":\"thinking\",\"content\":\"Herons.\"}");
}

/* Nothing that is said inside is said outside: no text message, no word of it in the target or the close frame. */
static void nothing_beside(peer_connection *peer)
{
    trial *t = peer->t;
    size_t others = 0;
    judge_answer_finishes(peer);
    peer_waits_for_end(peer);
    for (size_t i = 0; i < peer->n_in; i++)
        others += !peer->in[i].binary;
    judge(t, WIRE, others == 0, "records alone", "%zu text messages", others);
    judge(t, WIRE, !strstr(peer->end.reason, t->word) && !strstr(peer->target, t->word), "no word of the chat", "a word of it");
}

/* ---- the rows ---- */

#define BASE .base = "cf.client.sanity.chat"
#define WRONG(slug, text, body)                                                                                                \
    CASE(.id = "cf.client.event." slug, .says = text, .req = {"CF-090", "CF-090"}, BASE, .start = client_run_asked_for_events, \
         .act = sends_responses, .end = judge_answer_refused, .with = GIVEN(responses, 200, {body}))
#define WORKS(slug, text, number, end_, ...)                                                            \
    CASE(.id = "cf.client.event." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, \
         .start = client_run_asked_for_events, .act = sends_responses, .end = end_, .with = GIVEN(responses, 200, {__VA_ARGS__}))
#define STATUS(slug, code, body)                                                                                             \
    CASE(.id = "cf.client.status." slug, .says = "the answer is status " slug, .req = {"CF-089"}, .start = client_run_asked, \
         .act = sends_responses, .end = judge_status, .with = GIVEN(responses, code, {body}))
#define GARBAGE(slug, text, hex)                                                                                                       \
    CASE(.id = "cf.client.response." slug, .says = text, .req = {"CF-087", "CF-087"}, BASE, .start = client_run_asked, .act = garbage, \
         .end = judge_answer_refused, .with = hex)
#define ID(slug, text, number, act_, end_)                                                                                          \
    CASE(.id = "cf.client.answer." slug, .says = text, .req = {[VERDICT] = number, [RELEASED] = number}, .start = client_run_asked, \
         .act = act_, .end = end_)

static const case_row rows[] = {
    CASE(.id = "cf.client.request.form", .says = "the client's chat request",
         .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086", [WIRE] = "CF-048 CF-047 CF-045"}, .start = client_run_opens,
         .act = request_form),
    CASE(.id = "cf.client.event.characters", .says = "text that is easily changed on its way",
         .req = {[VERDICT] = "CF-090", [RELEASED] = "CF-090"}, .start = client_run_asked_for_events, .act = difficult_characters),
    CASE(.id = "cf.client.event.deceptive", .says = "tokens that look like an end, that are empty, or that come twice",
         .req = {[VERDICT] = "CF-090", [RELEASED] = "CF-090"}, .start = client_run_asked_for_events, .act = deceptive_texts),
    CASE(.id = "cf.client.answer.long", .says = "an answer of 600000 bytes in twelve messages",
         .req = {[VERDICT] = "CF-090 CF-051", [RELEASED] = "CF-090 CF-051"}, .start = client_run_asked_for_events, .act = long_answer),
    CASE(.id = "cf.client.close.done", .says = "how a client closes that has its answer", .req = {[VERDICT] = "CF-108", [WIRE] = "CF-108"},
         .start = client_run_asked, .act = leaves),
    CASE(.id = "cf.client.record.many", .says = "three hundred events before the answer",
         .req = {[VERDICT] = "NZ-005 NZ-006", [RELEASED] = "CF-090"}, .start = client_run_asked_for_events, .act = many_events,
         .end = judge_answer_finishes),
    CASE(.id = "cf.client.request.nothing-beside", .says = "what is said inside a session is not said beside it",
         .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086", [WIRE] = "CF-086 CF-033 CF-030"}, .start = client_run_asked,
         .act = nothing_beside),
    CASE(.id = "cf.client.request.long", .says = "a prompt of 100000 bytes",
         .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086 CF-051", [WIRE] = "CF-045 CF-047 CF-046"}, .run = long_request),
    CASE(.id = "cf.client.request.lines", .says = "a prompt of several lines", .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086"},
         .run = request_of_lines),
    CASE(.id = "cf.client.request.characters", .says = "a prompt of characters that JSON escapes, or that are not ASCII",
         .req = {[VERDICT] = "CF-086", [RELEASED] = "CF-086"}, .run = difficult_request),
    GARBAGE("garbage", "a message that is no protobuf", "ffffffff"),
    GARBAGE("cut", "a message that ends inside a field", "080710c8011aff"),
    WRONG("no-json", "an event that is no JSON", "{\"type\":\"token\",\"content\":"),
    WRONG("trailing", "something after an event", CLIENT_RUN_TOKEN "}"),
    WRONG("low-surrogate", "content with the second half of a surrogate pair alone", "{\"type\":\"token\",\"content\":\"\\udc00\"}"),
    WRONG("high-surrogate", "content with the first half of a surrogate pair alone", "{\"type\":\"token\",\"content\":\"\\ud83da\"}"),
    WRONG("surrogates-turned", "content with the halves of a surrogate pair in the wrong order",
          "{\"type\":\"token\",\"content\":\"\\ude00\\ud83d\"}"),
    WRONG("member-surrogate", "an unknown member with half a surrogate pair",
          "{\"type\":\"token\",\"content\":\"The \",\"x\":\"\\udc00\"}"),
    WRONG("array", "an event that is an array", "[\"token\"]"),
    WRONG("no-type", "an event without a type", "{\"content\":\"The \"}"),
    WRONG("type-number", "a type that is a number", "{\"type\":1,\"content\":\"The \"}"),
    WRONG("token-without-content", "a token without content", "{\"type\":\"token\"}"),
    WRONG("token-number", "a token whose content is a number", "{\"type\":\"token\",\"content\":7}"),
    WRONG("pending-text", "pending_tool_calls is a string",
          "{\"type\":\"completion\",\"pending_tool_calls\":\"false\",\"context_tokens\":1,\"max_context_tokens\":9}"),
    WRONG("counts-text", "context_tokens is a string", "{\"type\":\"completion\",\"context_tokens\":\"1\",\"max_context_tokens\":9}"),
    WRONG("counts-negative", "context_tokens is -1", "{\"type\":\"completion\",\"context_tokens\":-1,\"max_context_tokens\":9}"),
    WRONG("no-max", "a completion without max_context_tokens", "{\"type\":\"completion\",\"context_tokens\":1}"),
    WRONG("max-text", "max_context_tokens is a string", "{\"type\":\"completion\",\"context_tokens\":1,\"max_context_tokens\":\"9\"}"),
    WRONG("thinking-members", "thinking without content", "{\"type\":\"thinking\"}"),
    WRONG("tool-members", "a tool call without its name", "{\"type\":\"tool_call\",\"tool_call_id\":\"1\",\"tool_arguments\":\"{}\"}"),
    WRONG("tool-content", "a tool response whose content is an object",
          "{\"type\":\"tool_response\",\"tool_call_id\":\"1\",\"tool_name\":\"n\",\"content\":{}}"),
    WRONG("twice", "a member that stands twice", "{\"type\":\"token\",\"content\":\"a\",\"content\":\"b\"}"),
    WORKS("order", "members in another order, spaced and escaped", "CF-090", judge_finishes,
          " { \"content\" : \"The heron wai\\u0074s.\" , \"type\" : \"tok\\u0065n\" } ",
          "{\"max_context_tokens\":262144,\"context_tokens\":0,\"pending_tool_calls\":false,\"type\":\"completion\"}"),
    WORKS("more-members", "members that nobody knows", "CF-090", judge_finishes,
          "{\"type\":\"token\",\"index\":{\"a\":[1]},\"content\":\"The heron waits.\"}",
          "{\"type\":\"completion\",\"pending_tool_calls\":false,\"context_tokens\":12,\"max_context_tokens\":262144,\"cost\":null}"),
    WORKS("counts-large", "counts of more than 32 bits", "CF-090", judge_finishes, CLIENT_RUN_TOKEN,
          "{\"type\":\"completion\",\"context_tokens\":1099511627776,\"max_context_tokens\":9223372036854775807}"),
    WORKS("thinking-between", "thinking in the middle of an answer", "CF-090", judge_finishes,
          "{\"type\":\"token\",\"content\":\"The heron wai\"}", "{\"type\":\"thinking\",\"content\":\"Herons, then.\"}",
          "{\"type\":\"token\",\"content\":\"ts.\"}", CLIENT_RUN_COMPLETION),
    WORKS("types-near", "types that are nearly known ones", "CF-091", judge_answer_finishes,
          "{\"type\":\"Token\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}",
          "{\"type\":\"token \",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}",
          "{\"type\":\"COMPLETION\",\"context_tokens\":1,\"max_context_tokens\":9}",
          "{\"type\":\"tokens\",\"content\":\"" CLIENT_RUN_NOT_FOR_YOU "\"}"),
    WORKS("unknown-type", "types that nobody knows", "CF-091", judge_answer_finishes, "{\"type\":\"weather\",\"content\":7}",
          "{\"type\":\"\"}"),
    WORKS("thinking", "thinking before the answer", "CF-090", judge_answer_finishes,
          "{\"type\":\"thinking\",\"content\":\"Herons, then.\"}"),
    WORKS("tools", "the server's own tools before the answer", "CF-090", judge_answer_finishes,
          "{\"type\":\"tool_call\",\"tool_call_id\":\"1\",\"tool_name\":\"web_search\",\"tool_arguments\":\"{}\"}",
          "{\"type\":\"tool_response\",\"tool_call_id\":\"1\",\"tool_name\":\"web_search\",\"content\":\"[]\"}"),
    STATUS("402", 402, "Payment required"),
    STATUS("404", 404, "Route not found"),
    STATUS("500", 500, "Internal Server Error"),
    STATUS("503", 503, "Too many requests"),
    STATUS("456", 456, CLIENT_RUN_COMPLETION),
    STATUS("65736", 65736, CLIENT_RUN_COMPLETION),
    STATUS("201", 201, CLIENT_RUN_COMPLETION),
    STATUS("206", 206, CLIENT_RUN_COMPLETION),
    CASE(.id = "cf.client.status.absent", .says = "the answer has no status", .req = {"CF-089"}, .start = client_run_asked,
         .act = without_status, .end = judge_no_status),
    CASE(.id = "cf.client.answer.fails-midway", .says = "a token, then status 500", .req = {"CF-089", "CF-089 CF-092"}, BASE,
         .start = client_run_asked_for_events, .act = fails_midway, .end = judge_refuses),
    CASE(.id = "cf.client.answer.closed", .says = "a token, then the server closes", .req = {"CF-092", "CF-092"}, BASE,
         .start = client_run_asked_for_events, .act = closes_after_a_token, .end = judge_refuses),
    CASE(.id = "cf.client.answer.cut", .says = "a token, then the connection breaks off", .req = {"CF-092", "CF-092"}, BASE,
         .start = client_run_asked_for_events, .act = cuts_after_a_token, .end = judge_refuses),
    CASE(.id = "cf.client.answer.none", .says = "the server closes without an answer", .req = {"CF-092", "CF-092"}, BASE,
         .start = client_run_asked, .act = no_answer, .end = judge_refuses),
    ID("for-somebody-else", "answers under ids that nobody asked for", "CF-088", for_somebody_else, judge_answer_finishes),
    ID("id-alike", "an answer under an id that differs in its upper half alone", "CF-088", id_alike, judge_answer_finishes),
    ID("no-id", "an answer without an id", "CF-088", without_id, judge_answer_finishes),
    ID("twice", "an answer, and more after its end", "CF-088", answered_twice, judge_finishes),
    ID("headers", "headers and unknown fields in a response", "CF-050", with_headers, judge_finishes)};

const case_table client_answers_cases = {rows, sizeof rows / sizeof *rows};
