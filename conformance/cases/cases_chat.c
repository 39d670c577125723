/* Server: chat (confer, section 6). */
#include "cases.h"
#include "server.h"

#include <stdio.h>
#include <string.h>

#define USER(text)           "{\"role\":\"user\",\"content\":\"" text "\"}"
#define BODY(messages, more) "{\"messages\":[" messages "],\"model\":\"default\"" more "}"

static void asks(peer_connection *peer, int64_t id, const char *body) { peer_asks(peer, id, "POST", "/v1/vllm/chat/completions", body); }

/* ---- answers ---- */

static bool is_text(span object, const char *name)
{
    span value;
    return json_member(object, name, &value) && json_kind_of(value) == JSON_STRING;
}

static bool is_completion(span object)
{
    span pending, used, most;
    int64_t n;
    const bool says = json_member(object, "pending_tool_calls", &pending);
    json_member(object, "context_tokens", &used);
    json_member(object, "max_context_tokens", &most);
    bool waits;
    return (!says || (json_bool(pending, &waits) && !waits)) && json_int(used, 0, INT64_MAX, &n) && json_int(most, 1, INT64_MAX, &n);
}

typedef struct stream {
    size_t n_tokens;
    bool completed, well_formed;
    int64_t status;
    span text, thought; /* of the tokens together, of what came as thinking; until the next stream is heard */
} stream;

static bool add_token(span object, writer *text)
{
    span content;
    return is_text(object, "content") && json_member(object, "content", &content) && json_string(content, text);
}

/* What the pack's script says to a prompt. */
static span scripted(const trial *t, const char *prompt) { return script_reply(t->run->pack->file[PACK_SCRIPT], span_text(prompt)); }

/* Reads the events of an answer to its completion. */
static stream receive_stream(peer_connection *peer, int64_t id)
{
    static uint8_t room[CF_MESSAGE_MAX], other[4096];
    writer text = WRITER(room), thought = WRITER(other);
    stream s = {.well_formed = true, .status = 200};
    cf_response r;
    while (!s.completed && s.status == 200 && peer_receives_response(peer, &r)) {
        span object, type;
        s.status = (int64_t)r.status.v;
        if ((int64_t)r.id.v != id || s.status != 200)
            continue;
        if (!json_read(r.body.v, &object) || !json_member(object, "type", &type)) {
            s.well_formed = false;
            continue;
        }
        s.completed = json_string_is(type, "completion");
        const bool token = json_string_is(type, "token");
        if (json_string_is(type, "thinking"))
            s.well_formed &= add_token(object, &thought);
        s.n_tokens += token;
        s.well_formed &= s.completed ? is_completion(object) : !token || add_token(object, &text);
    }
    s.text = written(&text);
    s.thought = written(&thought);
    return s;
}

/* One event of a chat that is heard beside another. */
static bool add_event(span object, span type, writer *heard, bool *done)
{
    *done = json_string_is(type, "completion");
    return *done ? is_completion(object) : !json_string_is(type, "token") || add_token(object, heard);
}

static void streamed(peer_connection *peer)
{
    trial *t = peer->t;
    asks(peer, 3, t->row->with);
    const stream s = receive_stream(peer, 3);
    judge(t, VERDICT, s.completed && s.status == 200, "events that end with a completion", "%zu tokens, status %lld, %s", s.n_tokens,
          (long long)s.status, s.completed ? "a completion" : "no completion");
    judge(t, WIRE, s.well_formed && s.n_tokens > 0, "tokens with content, a completion with its three members", "%s",
          s.well_formed ? "no token" : "another form");
    judge_bytes(t, WIRE, NULL, scripted(t, "hello"), s.text);
    judge_pong(peer, 4, STATE); /* the next message is the pong: nothing came after the completion */
}

static void single(peer_connection *peer)
{
    trial *t = peer->t;
    cf_response r;
    span object;
    asks(peer, 3, t->row->with);
    if (!peer_receives_response_to(peer, 3, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "one answer", "none");
    judge(t, VERDICT, r.status.v == 200 && r.body.has, "status 200 with a text", "status %lld, %zu bytes", (long long)r.status.v,
          r.body.v.n);
    judge(t, WIRE, !json_read(r.body.v, &object) || json_kind_of(object) != JSON_OBJECT, "the text itself", "a JSON object");
    judge_bytes(t, WIRE, NULL, scripted(t, "hello"), r.body.v);
    judge_pong(peer, 4, STATE);
}

/* A prompt that asks to be repeated: words that no other session and no other run says, of n bytes and a little more. */
static span repeated_prompt(trial *t, const char *who, size_t n)
{
    static uint8_t room[2][300000];
    static unsigned turn;
    writer w = WRITER(room[turn++ % 2]);
    uint8_t fresh[8];
    trial_draw(t, fresh, sizeof fresh);
    write_text(&w, "repeat: ");
    write_text(&w, who);
    write_text(&w, "-");
    write_hex(&w, SPAN(fresh));
    while (w.n < n)
        write_text(&w, " na\xc3\xafve-\xe2\x82\xac-\xf0\x9f\x98\x80-words-that-are-long-and-are-cut-anywhere");
    must(writer_ok(&w));
    return written(&w);
}

static void asks_to_repeat(peer_connection *peer, int64_t id, span prompt, bool streamed)
{
    static uint8_t room[400000];
    writer body = writer_of(room, sizeof room - 1);
    write_text(&body, "{\"messages\":[{\"role\":\"user\",\"content\":");
    json_write_string(&body, prompt);
    write_text(&body, streamed ? "}],\"model\":\"default\",\"stream\":true}" : "}],\"model\":\"default\",\"stream\":false}");
    must(writer_ok(&body));
    room[body.n] = 0;
    asks(peer, id, (const char *)room);
}

/* A prompt of several frames, whose answer is as long. */
static void long_prompt(peer_connection *peer)
{
    trial *t = peer->t;
    const span prompt = repeated_prompt(t, "long", 200000);
    asks_to_repeat(peer, 3, prompt, true);
    const stream s = receive_stream(peer, 3);
    judge(t, VERDICT, s.completed && s.well_formed, "events that end with a completion", "status %lld, %s", (long long)s.status,
          s.completed ? "another form" : "no completion");
    judge_bytes(t, VERDICT, NULL, prompt, s.text);
    judge(t, WIRE, !peer->chunk_rule_broken, "frames as the text says", "others");
}

/* An answer of several frames. */
static void long_answer(peer_connection *peer)
{
    trial *t = peer->t;
    cf_response r;
    const span prompt = repeated_prompt(t, "long", 200000);
    asks_to_repeat(peer, 3, prompt, false);
    if (!peer_receives_response_to(peer, 3, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "one answer", "none");
    else
        judge_bytes(t, VERDICT, NULL, prompt, r.body.v);
    judge(t, WIRE, !peer->chunk_rule_broken && peer->n_frames == 4, "four frames as the text says", "%zu frames or others", peer->n_frames);
    judge_pong(peer, 4, STATE);
}

/* A prompt so long that its message is as long as one may be; what decides over the answer stands at its end. */
static void longest_prompt(peer_connection *peer)
{
    static const char before[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"",
                      after[] = " hello\"}],\"model\":\"default\",\"stream\":true}";
    static char body[CF_MESSAGE_MAX];
    const size_t around = 64; /* id, verb, path and the heads of the fields */
    memset(body, 'x', sizeof body - around);
    memcpy(body, before, sizeof before - 1);
    memcpy(body + sizeof body - around - sizeof after, after, sizeof after);
    asks(peer, 3, body);
    judge_bytes(peer->t, VERDICT, NULL, scripted(peer->t, "hello"), receive_stream(peer, 3).text);
    judge_pong(peer, 4, STATE);
}

/* A conversation of many messages, of which the last is answered. */
static void many_entries(peer_connection *peer)
{
    page body = {0};
    const span prompt = repeated_prompt(peer->t, "last", 0);
    page_put(&body, "{\"messages\":[");
    for (int i = 0; i < 300; i++)
        page_put(&body, i % 2 ? "{\"role\":\"assistant\",\"content\":\"b\"}," : USER("a") ",");
    page_printf(&body, "{\"role\":\"user\",\"content\":\"%.*s\"}],\"model\":\"default\",\"stream\":true}", (int)prompt.n,
                (const char *)prompt.p);
    asks(peer, 3, body.p);
    page_free(&body);
    judge_bytes(peer->t, VERDICT, NULL, prompt, receive_stream(peer, 3).text);
    judge_pong(peer, 4, STATE);
}

/* Containers inside one another, by the hundred thousand: a reader that calls itself for each has no stack for them. */
static void nested(peer_connection *peer)
{
    enum { DEEP = 100000 };
    static char body[2 * DEEP + 200];
    for (int64_t i = 0; i < 3 && !peer->t->over; i++) {
        size_t n = (size_t)snprintf(body, sizeof body, "%s", i == 2 ? "{\"messages\":" : "");
        memset(body + n, '[', DEEP);
        memset(body + n + DEEP, ']', i ? DEEP : 0);
        snprintf(body + n + DEEP + (i ? DEEP : 0), 100, "%s", i == 2 ? ",\"model\":\"default\",\"stream\":true}" : "");
        asks(peer, i + 1, body);
        judge_answer(peer, i + 1, 400, "Invalid ChatRequest body");
    }
    judge_pong(peer, 9, STATE);
}

/* An answer whose message fills one frame to its last byte: id, status and the field of its body take 9 bytes. */
static void full_frame(peer_connection *peer)
{
    static uint8_t room[CF_PAYLOAD_MAX - 9];
    trial *t = peer->t;
    cf_response r;
    writer prompt = WRITER(room);
    write_text(&prompt, "repeat: ");
    while (prompt.n < sizeof room)
        write_be(&prompt, 'a' + prompt.n % 26, 1);
    asks_to_repeat(peer, 3, written(&prompt), false);
    if (!peer_receives_response_to(peer, 3, &r))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "one answer", "none");
    judge_bytes(t, VERDICT, NULL, written(&prompt), r.body.v);
    judge(t, WIRE, !peer->chunk_rule_broken && peer->n_frames == 1, "one frame", "%zu frames", peer->n_frames);
    judge_pong(peer, 4, STATE);
}

/* Who leaves in the middle of an answer leaves nothing of it to whoever comes next, under the same id. */
static void left_behind(trial *t)
{
    cf_response r;
    peer_connection *gone = peer_opens_session(t);
    asks_to_repeat(gone, 5, repeated_prompt(t, "gone", 4000), true);
    judge(t, VERDICT, peer_receives_response(gone, &r), "an answer that begins", "%s", peer_ending(gone));
    peer_cuts(gone);
    peer_connection *next = peer_opens_session(t);
    asks(next, 5, BODY(USER("hello"), ",\"stream\":true"));
    judge_bytes(t, RELEASED, NULL, scripted(t, "hello"), receive_stream(next, 5).text);
    judge_pong(next, 6, STATE);
}

/* A session serves one chat after another, and a ping between two requests. */
static void three_chats(peer_connection *peer)
{
    for (int64_t id = 1; id <= 3; id++) {
        asks(peer, id, BODY(USER("hello"), ",\"stream\":true"));
        const stream s = receive_stream(peer, id);
        judge(peer->t, VERDICT, s.completed, "a completion for each", "no completion for the %lldth", (long long)id);
    }
    judge_pong(peer, 9, VERDICT);
}

/* Once an answer is complete its id is free. */
static void same_id_later(peer_connection *peer)
{
    for (int i = 0; i < 2; i++) {
        asks(peer, 5, BODY(USER("hello"), ",\"stream\":true"));
        const stream s = receive_stream(peer, 5);
        judge(peer->t, VERDICT, s.completed, "two completions", "no completion for the %s", i ? "second" : "first");
    }
}

/* One id for two prompts, one after the other: the second answer is to the second prompt. */
static void same_id_other_prompt(peer_connection *peer)
{
    for (int i = 0; i < 2; i++) {
        const span prompt = repeated_prompt(peer->t, i ? "second" : "first", 0);
        asks_to_repeat(peer, 5, prompt, true);
        const stream s = receive_stream(peer, 5);
        judge_bytes(peer->t, VERDICT, NULL, prompt, s.text);
    }
}

/* More chats than may be in flight, each after the end of the one before; then one that is not streamed. */
static void chats_in_a_row(peer_connection *peer)
{
    trial *t = peer->t;
    cf_response r;
    for (int64_t id = 1; id <= CF_REQUESTS_MAX + 4 && !t->over; id++) {
        asks(peer, id, BODY(USER("hello"), ",\"stream\":true"));
        const stream s = receive_stream(peer, id);
        judge(t, VERDICT, s.completed && s.status == 200, "a completion for each", "status %lld for the %lldth", (long long)s.status,
              (long long)id);
    }
    asks(peer, 99, BODY(USER("hello"), ",\"stream\":false"));
    if (!peer_receives_response_to(peer, 99, &r))
        trial_stop(t, WIRE, OUTCOME_FAIL, "one answer", "none");
    judge_bytes(t, WIRE, NULL, scripted(t, "hello"), r.body.v);
    judge_pong(peer, 100, WIRE);
}

/* Text that is easily changed on its way: blanks at both ends, line ends, a zero, a mark that composes, characters beyond 16 bits. */
static void difficult_characters(peer_connection *peer)
{
    trial *t = peer->t;
    static const char more[] = "  \r\n\ttab\0zero e\xcc\x81 \xe2\x80\xa8 \xef\xbb\xbf \xf0\x9f\xa6\x89 \\/\"<&> \x7f \xc2\x85 end \t\n ";
    uint8_t room[512];
    writer prompt = WRITER(room);
    write_span(&prompt, repeated_prompt(t, "marks", 0));
    write_span(&prompt, span_of(more, sizeof more - 1));
    asks_to_repeat(peer, 3, written(&prompt), true);
    const stream s = receive_stream(peer, 3);
    judge_bytes(t, VERDICT, NULL, written(&prompt), s.text);
    judge_pong(peer, 4, STATE);
}

/* Nothing that was said inside is said outside: no text message, no word of it in a close frame. */
static void nothing_beside(peer_connection *peer)
{
    trial *t = peer->t;
    const span prompt = repeated_prompt(t, "secret", 0);
    size_t others = 0;
    asks_to_repeat(peer, 3, prompt, true);
    judge(t, VERDICT, receive_stream(peer, 3).completed, "a completion", "none");
    judge_pong(peer, 4, VERDICT);
    peer_closes(peer, 1000, "");
    peer_waits_for_end(peer);
    for (size_t i = 0; i < peer->n_in; i++)
        others += !peer->in[i].binary;
    judge(t, RELEASED, others == 0, "records alone", "%zu text messages", others);
    judge(t, RELEASED, !*peer->end.reason, "a close frame without a word", "%s", peer->end.reason);
}

/* Two chats at once: every event belongs to one of them, each says what it was asked to, and ends with its own completion. */
static void two_chats(peer_connection *peer)
{
    trial *t = peer->t;
    static uint8_t room[2][4096];
    writer heard[2] = {WRITER(room[0]), WRITER(room[1])};
    bool done[2] = {0};
    cf_response r;
    const span prompt[2] = {repeated_prompt(t, "first", 0), repeated_prompt(t, "second", 0)};
    for (int i = 0; i < 2; i++)
        asks_to_repeat(peer, i + 1, prompt[i], true);
    while (!(done[0] && done[1]) && peer_receives_response(peer, &r)) {
        span object = EMPTY, type = EMPTY;
        const uint64_t i = r.id.v - 1;
        const bool known = i < 2 && !done[i & 1];
        if (!judge(t, VERDICT, known, "events of chats that are not yet complete", "id %lld", (long long)r.id.v))
            return;
        if (!json_read(r.body.v, &object) || !json_member(object, "type", &type) || !add_event(object, type, &heard[i], &done[i]))
            trial_stop(t, VERDICT, OUTCOME_FAIL, "events with their members", "%zu other bytes", r.body.v.n);
    }
    judge(t, VERDICT, done[0] && done[1], "two completions", "%d", done[0] + done[1]);
    for (int i = 0; i < 2; i++)
        judge_bytes(t, VERDICT, NULL, prompt[i], written(&heard[i]));
}

/* Two at once under ids that are alike in their lower half, of which the second is not streamed. */
static void streamed_beside_single(peer_connection *peer)
{
    trial *t = peer->t;
    static uint8_t room[2][16384];
    writer heard[2] = {WRITER(room[0]), WRITER(room[1])};
    const int64_t other = (INT64_C(1) << 32) + 5;
    const span prompt[2] = {repeated_prompt(t, "first", 8000), repeated_prompt(t, "second", 8000)};
    bool done[2] = {0};
    cf_response r;
    asks_to_repeat(peer, 5, prompt[0], true);
    asks_to_repeat(peer, other, prompt[1], false);
    while (!(done[0] && done[1]) && peer_receives_response(peer, &r)) {
        span object = EMPTY, type = EMPTY;
        const bool second = (int64_t)r.id.v == other;
        if (!judge(t, VERDICT, (second || r.id.v == 5) && !done[second], "answers to both", "id %lld", (long long)r.id.v))
            return;
        if (second)
            write_span(&heard[1], r.body.v), done[1] = true;
        else if (!json_read(r.body.v, &object) || !json_member(object, "type", &type) || !add_event(object, type, &heard[0], &done[0]))
            trial_stop(t, VERDICT, OUTCOME_FAIL, "events with their members", "%zu other bytes", r.body.v.n);
    }
    judge(t, VERDICT, done[0] && done[1], "an end to both", "%s", peer_ending(peer));
    for (int i = 0; i < 2; i++)
        judge_bytes(t, VERDICT, NULL, prompt[i], written(&heard[i]));
}

/* Two sessions at once, and a third after both: each hears its own words, under ids that the others use as well. */
static void sessions_apart(trial *t)
{
    peer_connection *peer[3];
    span prompt[2];
    for (int i = 0; i < 2; i++) {
        peer[i] = peer_opens_session(t);
        prompt[i] = repeated_prompt(t, i ? "second" : "first", 0);
    }
    for (int i = 0; i < 2; i++)
        asks_to_repeat(peer[i], 5, prompt[i], true);
    for (int i = 0; i < 2; i++) {
        const stream s = receive_stream(peer[i], 5);
        judge_bytes(t, VERDICT, NULL, prompt[i], s.text);
    }
    peer_cuts(peer[0]);
    peer[2] = peer_opens_session(t);
    asks(peer[2], 5, BODY(USER("hello"), ",\"stream\":true"));
    const stream s = receive_stream(peer[2], 5);
    judge_bytes(t, RELEASED, NULL, scripted(t, "hello"), s.text);
    judge_pong(peer[1], 6, STATE);
}

/* A prompt that the script ponders. What is thought comes as such, or not at all; what is said is the same. */
static void ponders(peer_connection *peer)
{
    trial *t = peer->t;
    char body[300];
    const char *more = t->row->with;
    span said = scripted(t, "ponder"), thought = script_thinking(&said);
    const bool hides = t->run->revision < CF_0_1_16 || strstr(more, "false");
    snprintf(body, sizeof body, BODY(USER("ponder"), ",\"stream\":true%s"), more);
    asks(peer, 3, body);
    const stream s = receive_stream(peer, 3);
    judge(t, VERDICT, s.completed && s.well_formed, "events that end with a completion", "status %lld", (long long)s.status);
    judge_bytes(t, VERDICT, NULL, hides ? EMPTY : thought, s.thought);
    judge_bytes(t, WIRE, NULL, said, s.text);
}

/* A body with so many tools, names of that length, and documents. */
typedef struct amounts {
    size_t tools, name, documents;
    bool taken;
} amounts;

static void put_many(page *out, size_t n, const char *before, size_t name, const char *after)
{
    for (size_t i = 0; i < n; i++) {
        page_printf(out, "%s%s", i ? "," : "", before);
        for (size_t k = 0; k < name; k++)
            page_put(out, "\xc3\xa9"); /* one character, two bytes */
        page_put(out, after);
    }
}

static void many_members(peer_connection *peer)
{
    trial *t = peer->t;
    const amounts *a = t->row->with;
    page body = {0};
    page_put(&body, "{\"messages\":[" USER("hello") "],\"model\":\"default\",\"stream\":true,\"clientTools\":[");
    put_many(&body, a->tools, "{\"name\":\"", a->name, "\",\"description\":\"\",\"parameters\":{}}");
    page_put(&body, "],\"documents\":[");
    put_many(&body, a->documents, "{", 0, "}");
    page_put(&body, "]}");
    asks(peer, 3, body.p);
    page_free(&body);
    if (a->taken)
        judge(t, VERDICT, receive_stream(peer, 3).completed, "an answer that ends with a completion", "none");
    else
        judge_answer(peer, 3, 400, "Invalid ChatRequest body");
    judge_pong(peer, 4, STATE);
}

/* ---- refusals ---- */

typedef struct wrong {
    int64_t status;
    const char *body, *answer;
} wrong;

static void refused(peer_connection *peer)
{
    const wrong *w = peer->t->row->with;
    asks(peer, 3, w->body);
    judge_answer(peer, 3, w->status, w->answer);
    judge_pong(peer, 4, STATE);
}

typedef struct wrongs {
    wrong all[6];
} wrongs;

/* Bodies that ask for no stream, or whose fault stands behind what is right. */
static void each_refused(peer_connection *peer)
{
    const wrongs *w = peer->t->row->with;
    for (int64_t i = 0; i < 6 && w->all[i].body; i++) {
        asks(peer, i + 1, w->all[i].body);
        judge_answer(peer, i + 1, w->all[i].status, w->all[i].answer);
    }
    judge_pong(peer, 99, STATE);
}

/* Whatever is wrong with a body, no word of it comes back. */
static void reveals_nothing(peer_connection *peer)
{
    static const char *const bodies[] = {
        "{\"messages\":[{\"role\":\"user\",\"content\":\"zebra-crossing\"}],\"model\":\"default\",\"stream\":tru",
        BODY("{\"role\":\"zebra-crossing\",\"content\":\"\"}", ",\"stream\":true"),
        BODY("{\"role\":\"tool_call\",\"content\":\"zebra-crossing\"}", ",\"stream\":true"),
        "{\"messages\":\"zebra-crossing\",\"model\":\"default\",\"stream\":true}",
    };
    cf_response r;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        asks(peer, (int64_t)i + 1, bodies[i]);
        if (!peer_receives_response_to(peer, (int64_t)i + 1, &r))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "an answer", "none");
        judge(peer->t, VERDICT, r.status.v >= 400, "a refusal", "status %lld", (long long)r.status.v);
        judge(peer->t, RELEASED, !(r.body.v.n && memmem(r.body.v.p, r.body.v.n, "zebra", 5)), "no word of the body", "%.*s",
              r.body.v.n < 200 ? (int)r.body.v.n : 200, (const char *)r.body.v.p);
    }
}

#define STREAMED(slug, text, number, body)                                                                          \
    CASE(.id = "cf.server.chat." slug, .says = text,                                                                \
         .req = {[VERDICT] = "CF-085 " number, [WIRE] = "CF-084 CF-085 CF-093 " number, [STATE] = "CF-085 CF-073"}, \
         .start = peer_opens_session, .act = streamed, .with = body)
#define REFUSED(slug, text, number, departs, status, body, answer) REFUSED_OTHERWISE(slug, text, number, departs, 0, status, body, answer)
#define REFUSED_OTHERWISE(slug, text, number, departs, later, status, body, answer)                                                      \
    CASE(.id = "cf.server.chat." slug, .says = text, .req = {number, number, "CF-073"}, .departure = departs, .departure_0_1_20 = later, \
         .base = "cf.server.chat.streamed", .start = peer_opens_session, .act = refused, .with = GIVEN(wrong, status, body, answer))
#define EACH(slug, text, numbers, ...)                                                                                       \
    CASE(.id = "cf.server.chat." slug, .says = text, .req = {numbers, numbers, "CF-073"}, .base = "cf.server.chat.streamed", \
         .start = peer_opens_session, .act = each_refused, .with = GIVEN(wrongs, {__VA_ARGS__}))
#define SINGLE            ",\"stream\":false"
#define INVALID           "Invalid ChatRequest body"
#define STREAM            ",\"stream\":true"
#define CALL(content)     "{\"role\":\"tool_call\",\"content\":\"" content "\"}"
#define RESPONSE(content) "{\"role\":\"tool_response\",\"content\":\"" content "\"}"
#define CALL_OK           "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"{}\\\"}"

static const case_row rows[] = {
    STREAMED("streamed", "a streamed answer", "CF-084", BODY(USER("hello"), STREAM)),
    STREAMED("unknown-members", "members that nobody knows", "CF-078", BODY(USER("hello"), STREAM ",\"future\":{\"a\":[1,2,{}]}")),
    STREAMED("all-members", "every known member", "CF-078",
             BODY(USER("hello"), STREAM
                  ",\"temperature\":0.7,\"maxTokens\":100,\"json\":false,\"thinking\":false,\"webSearch\":false,\"clientTools\":[]")),
    STREAMED("nulls", "known members that are null", "CF-078",
             BODY(USER("hello"), STREAM ",\"temperature\":null,\"clientTools\":null,\"webSearch\":null")),
    STREAMED(
        "roles", "a history with every role", "CF-079 CF-080",
        BODY(
            "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"developer\",\"content\":\"d\"}," USER(
                "a") ",{\"role\":\"assistant\",\"content\":\"b\"}," CALL(CALL_OK) "," RESPONSE("{\\\"toolCallId\\\":\\\"1\\\","
                                                                                               "\\\"toolName\\\":\\\"n\\\",\\\"content\\\":"
                                                                                               "\\\"r\\\"}") "," USER("hello"),
            STREAM)),
    STREAMED("tool-texts", "tool entries whose arguments and results are no JSON", "CF-079 CF-080",
             BODY(CALL("{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"two words\\\"}") "," RESPONSE(
                      "{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"content\\\":\\\"two words\\\"}") "," USER("hello"),
                  STREAM)),
    STREAMED("escapes", "a prompt in escapes, a surrogate pair among them", "CF-078",
             BODY(USER("\\u0068\\u0065llo \\ud83d\\ude00 \\\"\\\\\\n"), STREAM)),
    CASE(.id = "cf.server.chat.single", .says = "an answer in one piece",
         .req = {[VERDICT] = "CF-073", [WIRE] = "CF-073", [STATE] = "CF-073"}, .start = peer_opens_session, .act = single,
         .with = BODY(USER("hello"), ",\"stream\":false")),
    CASE(.id = "cf.server.chat.long-prompt", .says = "a prompt of 200000 bytes",
         .req = {[VERDICT] = "CF-085 CF-051", [WIRE] = "CF-045 CF-047"}, .start = peer_opens_session, .act = long_prompt),
    CASE(.id = "cf.server.chat.long-answer", .says = "an answer of 200000 bytes in one piece",
         .req = {[VERDICT] = "CF-045 CF-073", [WIRE] = "CF-045 CF-047", [STATE] = "CF-073"}, .start = peer_opens_session,
         .act = long_answer),
    CASE(.id = "cf.server.chat.apart", .says = "two sessions at once and one after them, under the same ids",
         .req = {[VERDICT] = "CF-084 CF-073", [RELEASED] = "CF-030", [STATE] = "CF-073"}, .run = sessions_apart),
    CASE(.id = "cf.server.chat.three", .says = "three chats in one session", .req = {"CF-085 CF-073"}, .start = peer_opens_session,
         .act = three_chats),
    CASE(.id = "cf.server.chat.two-at-once", .says = "two chats at once", .req = {"CF-085 CF-073"}, .start = peer_opens_session,
         .act = two_chats),
    CASE(.id = "cf.server.chat.stream-beside-single", .says = "two chats at once under ids alike, of which one is streamed",
         .req = {"CF-073 CF-066 CF-084"}, .start = peer_opens_session, .act = streamed_beside_single),
    CASE(.id = "cf.server.chat.longest-prompt", .says = "a prompt in a message of nearly 1048576 bytes",
         .req = {[VERDICT] = "CF-051 CF-057 CF-084", [STATE] = "CF-073"}, .start = peer_opens_session, .act = longest_prompt),
    CASE(.id = "cf.server.chat.many-entries", .says = "a conversation of 301 messages",
         .req = {[VERDICT] = "CF-084 CF-078", [STATE] = "CF-073"}, .start = peer_opens_session, .act = many_entries),
    CASE(.id = "cf.server.chat.nested", .says = "bodies of a hundred thousand arrays inside one another",
         .req = {"CF-078", "CF-078", "CF-073"}, .base = "cf.server.chat.streamed", .start = peer_opens_session, .act = nested),
    CASE(.id = "cf.server.chat.id-again", .says = "two chats under one id, the second after the first is complete",
         .req = {"CF-073 CF-085"}, .start = peer_opens_session, .act = same_id_later),
    CASE(.id = "cf.server.chat.id-other-prompt", .says = "two prompts under one id, the second after the first is answered",
         .req = {"CF-073 CF-084"}, .start = peer_opens_session, .act = same_id_other_prompt),
    CASE(.id = "cf.server.chat.twenty", .says = "twenty chats in a row, and one that is not streamed behind them",
         .req = {[VERDICT] = "CF-068 CF-073", [WIRE] = "CF-073 CF-084"}, .start = peer_opens_session, .act = chats_in_a_row),
    CASE(.id = "cf.server.chat.characters", .says = "text that is easily changed on its way",
         .req = {[VERDICT] = "CF-084 CF-078", [STATE] = "CF-073"}, .start = peer_opens_session, .act = difficult_characters),
    CASE(.id = "cf.server.chat.nothing-beside", .says = "what is said inside a session is not said beside it",
         .req = {[VERDICT] = "CF-085 CF-070", [RELEASED] = "CF-029 CF-095 CF-030"}, .start = peer_opens_session, .act = nothing_beside),
    CASE(.id = "cf.server.chat.full-frame", .says = "an answer that fills one frame to its last byte",
         .req = {[VERDICT] = "CF-045 CF-073", [WIRE] = "CF-045", [STATE] = "CF-073"}, .start = peer_opens_session, .act = full_frame),
    CASE(.id = "cf.server.chat.left-behind", .says = "a session breaks off in the middle of an answer, and another begins",
         .req = {[VERDICT] = "CF-084", [RELEASED] = "CF-030", [STATE] = "CF-073"}, .run = left_behind),
    EACH("types", "known members of another type", "CF-078", {400, "{\"messages\":[" USER("hello") "],\"model\":{}" STREAM "}", INVALID},
         {400, BODY(USER("hello"), STREAM ",\"temperature\":{}"), INVALID}, {400, BODY(USER("hello"), STREAM ",\"json\":[]"), INVALID},
         {400, BODY(USER("hello"), STREAM ",\"thinking\":{}"), INVALID}, {400, BODY(USER("hello"), STREAM ",\"webSearch\":{}"), INVALID},
         {400, BODY(USER("hello"), STREAM ",\"clientTools\":{}"), INVALID}),
    EACH("roles-near", "texts that are nearly a role", "CF-078", {400, BODY("{\"role\":\"User\",\"content\":\"hello\"}", STREAM), INVALID},
         {400, BODY("{\"role\":\" user\",\"content\":\"hello\"}", STREAM), INVALID},
         {400, BODY("{\"role\":\"users\",\"content\":\"hello\"}", STREAM), INVALID},
         {400, BODY("{\"role\":\"user\\u0000\",\"content\":\"hello\"}", STREAM), INVALID},
         {400, BODY("{\"role\":\"TOOL_CALL\",\"content\":\"{}\"}", STREAM), INVALID},
         {400, BODY("{\"role\":\"\",\"content\":\"hello\"}", STREAM), INVALID}),
    EACH("tool-members", "tool entries without one of their members, or with another type of it", "CF-079 CF-080",
         {400, BODY(CALL("{\\\"toolName\\\":\\\"n\\\",\\\"toolArguments\\\":\\\"{}\\\"}"), SINGLE), "Invalid tool_call message content"},
         {400, BODY(CALL("{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\"}"), SINGLE), "Invalid tool_call message content"},
         {400, BODY(RESPONSE("{\\\"toolName\\\":\\\"n\\\",\\\"content\\\":\\\"r\\\"}"), SINGLE), "Invalid tool_response message content"},
         {400, BODY(RESPONSE("{\\\"toolCallId\\\":\\\"1\\\",\\\"content\\\":\\\"r\\\"}"), SINGLE), "Invalid tool_response message content"},
         {400, BODY(RESPONSE("{\\\"toolCallId\\\":{},\\\"toolName\\\":\\\"n\\\",\\\"content\\\":\\\"r\\\"}"), SINGLE),
          "Invalid tool_response message content"}),
    EACH("singles", "bad bodies that ask for no stream", "CF-078 CF-079 CF-080",
         {400, BODY("{\"role\":\"king\",\"content\":\"hello\"}", SINGLE), INVALID},
         {400, "{\"messages\":\"hello\",\"model\":\"default\",\"stream\":false}", INVALID},
         {400, BODY(USER("hello"), SINGLE ",\"maxTokens\":\"many\""), INVALID},
         {400, BODY(CALL("hello"), SINGLE), "Invalid tool_call message content"},
         {400, BODY(CALL(CALL_OK) "," RESPONSE("hello"), SINGLE), "Invalid tool_response message content"}),
    EACH("later-entries", "what is wrong stands behind what is right", "CF-078 CF-079 CF-080",
         {400, BODY(USER("hello") ",{\"role\":\"king\",\"content\":\"hello\"}", STREAM), INVALID},
         {400, BODY(USER("hello") ",{\"role\":\"user\",\"content\":7}", STREAM), INVALID},
         {400, BODY(CALL(CALL_OK) "," CALL("hello"), STREAM), "Invalid tool_call message content"},
         {400,
          BODY(RESPONSE("{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\",\\\"content\\\":\\\"r\\\"}") "," RESPONSE("hello"),
               STREAM),
          "Invalid tool_response message content"}),
    REFUSED("no-body", "no body", "CF-077", AGREES, 400, "", "Request body is required"),
    REFUSED("broken", "a body that is no JSON", "CF-078", AGREES, 400, "{\"messages\":[", INVALID),
    REFUSED("array", "a body that is an array", "CF-078", AGREES, 400, "[]", INVALID),
    REFUSED("text", "a body that is a string", "CF-078", AGREES, 400, "\"hello\"", INVALID),
    REFUSED("trailing", "something after the object", "CF-078", DEPLOYED_TAKES, 400, BODY(USER("hello"), STREAM) "]", INVALID),
    REFUSED("twice", "a member that stands twice", "CF-078", DEPLOYED_TAKES, 400, BODY(USER("hello"), STREAM ",\"stream\":false"), INVALID),
    REFUSED("role", "an unknown role", "CF-078", AGREES, 400, BODY("{\"role\":\"king\",\"content\":\"hello\"}", STREAM), INVALID),
    REFUSED("messages-text", "messages is a string", "CF-078", AGREES, 400,
            "{\"messages\":\"hello\",\"model\":\"default\",\"stream\":true}", INVALID),
    REFUSED("stream-object", "stream is an object", "CF-078", AGREES, 400, BODY(USER("hello"), ",\"stream\":{}"), INVALID),
    REFUSED("max-tokens-text", "maxTokens is a word", "CF-078", AGREES, 400, BODY(USER("hello"), STREAM ",\"maxTokens\":\"many\""),
            INVALID),
    REFUSED("call-no-json", "a tool_call whose content is no JSON", "CF-079", AGREES, 400, BODY(CALL("hello"), STREAM),
            "Invalid tool_call message content"),
    REFUSED_OTHERWISE("call-no-name", "a tool_call without toolName", "CF-079", DEPLOYED_IS_SILENT, DEPLOYED_ANSWERS, 400,
                      BODY(CALL("{\\\"toolCallId\\\":\\\"1\\\",\\\"toolArguments\\\":\\\"{}\\\"}"), STREAM),
                      "Invalid tool_call message content"),
    REFUSED("response-no-json", "a tool_response whose content is no JSON", "CF-080", AGREES, 400,
            BODY(CALL(CALL_OK) "," RESPONSE("hello"), STREAM), "Invalid tool_response message content"),
    REFUSED_OTHERWISE("response-no-content", "a tool_response without content", "CF-080", DEPLOYED_IS_SILENT, DEPLOYED_ANSWERS, 400,
                      BODY(CALL(CALL_OK) "," RESPONSE("{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"n\\\"}"), STREAM),
                      "Invalid tool_response message content"),
    CASE(.id = "cf.server.chat.tells-nothing", .says = "four bad bodies with a word that must not come back",
         .req = {[VERDICT] = "CF-078", [RELEASED] = "CF-078 CF-079"}, .base = "cf.server.chat.streamed", .start = peer_opens_session,
         .act = reveals_nothing),
};

const case_table chat_cases = {rows, sizeof rows / sizeof *rows};

/* ---- what the revisions do otherwise ---- */

#define PONDERS(slug, text, number, more)                                                                                                 \
    CASE(.id = "cf.server.chat." slug, .says = text, .req = {[VERDICT] = number, [WIRE] = number " CF-084"}, .start = peer_opens_session, \
         .act = ponders, .with = more)
#define BAD(slug, text, number, more) REFUSED(slug, text, number, AGREES, 400, BODY(USER("hello"), STREAM more), INVALID)
#define IMAGES(refs)                  "{\"role\":\"user\",\"content\":\"hello\",\"imageRefs\":" refs "}"
#define MANY(slug, text, number, ...)                                                                                    \
    CASE(.id = "cf.server.chat." slug, .says = text, .req = {number, number, "CF-073"}, .base = "cf.server.chat.limits", \
         .start = peer_opens_session, .act = many_members, .with = GIVEN(amounts, __VA_ARGS__))

static const case_row rows_until_0_1_14[] = {
    REFUSED("no-model", "a body that names no model", "CF-081", DEPLOYED_IS_SILENT, 500,
            "{\"messages\":[" USER("hello") "],\"stream\":true}", "Internal Server Error"),
    REFUSED("no-model-single", "a body that names no model and wants no stream", "CF-081", AGREES, 500,
            "{\"messages\":[" USER("hello") "],\"stream\":false}", "Internal Server Error"),
    STREAMED("later-members", "members of a later revision, of other types", "CF-078",
             BODY(IMAGES("7"), STREAM ",\"topP\":\"high\",\"topK\":{},\"presencePenalty\":[]")),
    PONDERS("thinks-unheard", "a prompt that the model ponders, in a revision without thinking", "CF-105", ""),
};

static const case_row rows_until_0_1_16[] = {
    REFUSED("no-stream", "a body that does not say stream", "CF-081", AGREES, 500, BODY(USER("hello"), ""), "Internal Server Error"),
    REFUSED("no-messages", "a body without messages", "CF-082", DEPLOYED_IS_SILENT, 500, "{\"model\":\"default\",\"stream\":true}",
            "Internal Server Error"),
    STREAMED("later-documents", "a member of a later revision, of another type", "CF-078",
             BODY(USER("hello"), STREAM ",\"documents\":\"x\"")),
};

static const case_row rows_since_0_1_16[] = {
    STREAMED("sampling", "every member that tells how to sample", "CF-096",
             BODY(USER("hello"),
                  STREAM ",\"topP\":0.9,\"topK\":40,\"minP\":0.1,\"presencePenalty\":-1,\"frequencyPenalty\":0,\"repetitionPenalty\":1.5")),
    BAD("top-p-text", "topP is a word", "CF-096", ",\"topP\":\"high\""),
    BAD("top-k-object", "topK is an object", "CF-096", ",\"topK\":{}"),
    BAD("min-p-array", "minP is an array", "CF-096", ",\"minP\":[]"),
    BAD("presence-text", "presencePenalty is a word", "CF-096", ",\"presencePenalty\":\"high\""),
    BAD("frequency-object", "frequencyPenalty is an object", "CF-096", ",\"frequencyPenalty\":{}"),
    BAD("repetition-text", "repetitionPenalty is a word", "CF-096", ",\"repetitionPenalty\":\"high\""),
    STREAMED("images", "a message with two image references", "CF-097",
             BODY(IMAGES("[{\"s3Key\":\"k\",\"encryptionKey\":\"AA==\",\"mediaType\":\"image/"
                         "png\"},{\"s3Key\":\"l\",\"encryptionKey\":\"AA==\",\"mediaType\":\"image/png\"}]"),
                  STREAM)),
    REFUSED("images-number", "imageRefs is a number", "CF-097", AGREES, 400, BODY(IMAGES("7"), STREAM), INVALID),
    REFUSED("image-key-object", "an image reference whose s3Key is an object", "CF-097", AGREES, 400,
            BODY(IMAGES("[{\"s3Key\":{},\"encryptionKey\":\"AA==\",\"mediaType\":\"image/png\"}]"), STREAM), INVALID),
    REFUSED("image-type-number", "an image reference whose mediaType is a number", "CF-097", AGREES, 400,
            BODY(IMAGES("[{\"s3Key\":\"k\",\"encryptionKey\":\"AA==\",\"mediaType\":7}]"), STREAM), INVALID),
    REFUSED(
        "image-second", "a second image reference without encryptionKey", "CF-097", AGREES, 400,
        BODY(
            IMAGES(
                "[{\"s3Key\":\"k\",\"encryptionKey\":\"AA==\",\"mediaType\":\"image/png\"},{\"s3Key\":\"k\",\"mediaType\":\"image/png\"}]"),
            STREAM),
        INVALID),
    EACH("singles-sampling", "sampling values of another type, in a request for no stream", "CF-096",
         {400, BODY(USER("hello"), SINGLE ",\"topP\":\"high\""), INVALID}, {400, BODY(USER("hello"), SINGLE ",\"topK\":{}"), INVALID}),
    PONDERS("thinks", "a prompt that the model ponders", "CF-104", ""),
    PONDERS("thinks-not", "a prompt that the model ponders, and thinking is false", "CF-104", ",\"thinking\":false"),
};

static const case_row rows_0_1_16[] = {
    STREAMED("any-model", "a body that names no model", "CF-098", "{\"messages\":[" USER("hello") "],\"stream\":true}"),
};

static const case_row rows_since_0_1_20[] = {
    REFUSED("messages-absent", "a body without messages", "CF-099", AGREES, 400, "{\"model\":\"default\",\"stream\":true}", INVALID),
    REFUSED("messages-empty", "a body whose messages are none", "CF-099", AGREES, 400, BODY("", STREAM), INVALID),
    REFUSED("model-absent", "a body that names no model", "CF-099", AGREES, 400, "{\"messages\":[" USER("hello") "],\"stream\":true}",
            INVALID),
    REFUSED("model-blank", "a model of blanks", "CF-099", AGREES, 400,
            "{\"messages\":[" USER("hello") "],\"model\":\"  \",\"stream\":true}", INVALID),
    REFUSED("stream-absent", "a body that does not say stream", "CF-099", AGREES, 400, BODY(USER("hello"), ""), INVALID),
    REFUSED("content-null", "a message whose content is null", "CF-078", AGREES, 400, BODY("{\"role\":\"user\",\"content\":null}", STREAM),
            INVALID),
    REFUSED("role-null", "a message whose role is null", "CF-078", AGREES, 400, BODY("{\"role\":null,\"content\":\"hello\"}", STREAM),
            INVALID),
    STREAMED("sampling-edges", "sampling values at their limits", "CF-100",
             BODY(USER("hello"), STREAM ",\"temperature\":0,\"topP\":1.0,\"minP\":0")),
    BAD("temperature-negative", "temperature is -1", "CF-100", ",\"temperature\":-1"),
    BAD("top-p-above", "topP is 1.5", "CF-100", ",\"topP\":1.5"),
    BAD("top-p-negative", "topP is -0.5", "CF-100", ",\"topP\":-0.5"),
    BAD("min-p-above", "minP is 2", "CF-100", ",\"minP\":2"),
    CASE(.id = "cf.server.chat.limits", .says = "128 client tools with names of 64 characters, and 1000 documents",
         .req = {[VERDICT] = "CF-101 CF-102", [STATE] = "CF-101 CF-073"}, .start = peer_opens_session, .act = many_members,
         .with = GIVEN(amounts, 128, 64, 1000, true)),
    MANY("tools-129", "129 client tools", "CF-101", 129, 1, 0, false),
    MANY("tool-name-65", "a client tool whose name has 65 characters", "CF-101", 1, 65, 0, false),
    MANY("documents-1001", "1001 documents", "CF-102", 0, 0, 1001, false),
    BAD("documents-text", "documents is a string", "CF-102", ",\"documents\":\"x\""),
    EACH("singles-validation", "bodies that are not valid, in requests for no stream", "CF-099 CF-100 CF-102",
         {400, BODY("", SINGLE), INVALID}, {400, BODY(USER("hello"), SINGLE ",\"temperature\":-1"), INVALID},
         {400, BODY(USER("hello"), SINGLE ",\"documents\":\"x\""), INVALID}),
};

#define TABLE(rows_)                        \
    {                                       \
        rows_, sizeof rows_ / sizeof *rows_ \
    }
const case_table chat_until_0_1_14_cases = TABLE(rows_until_0_1_14), chat_until_0_1_16_cases = TABLE(rows_until_0_1_16),
                 chat_since_0_1_16_cases = TABLE(rows_since_0_1_16), chat_0_1_16_cases = TABLE(rows_0_1_16),
                 chat_since_0_1_20_cases = TABLE(rows_since_0_1_20);
