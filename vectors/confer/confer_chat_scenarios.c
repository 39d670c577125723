/* Bodies of chat requests, and responses as a server may send them: each wrong one is wrong in one respect. */
#include "confer_chat_vectors.h"
#include "confer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY = 4096, RESPONSE = 8192, LAYERS = 5 };

/* ---- cf.request ---- */

typedef struct said {
    bool stream, json, thinking, web_search;
    const char *roles, *last;
    long temperature, max_tokens; /* 0: not said */
} said;

typedef struct request_row {
    const char *slug, *req; /* of a refused one: its site */
    const char *revision;   /* NULL: the first */
    const char *body;
    said says;
    const char *mutation, *base; /* NULL: accepted */
    const char *layers[LAYERS];
} request_row;

#define USER(content)        "{\"role\":\"user\",\"content\":\"" content "\"}"
#define CHAT(more, messages) "{\"model\":\"m\",\"stream\":true" more ",\"messages\":[" messages "]}"
#define HALLO                USER("Hallo")
#define CALL \
    "{\"role\":\"tool_call\",\"content\":\"{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"f\\\",\\\"toolArguments\\\":\\\"{}\\\"}\"}"
#define RESULT \
    "{\"role\":\"tool_response\",\"content\":\"{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"f\\\",\\\"content\\\":\\\"ok\\\"}\"}"
#define NAME_65 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* clang-format off */
static const request_row requests[] = {
    {"ok", "CF-078 CF-083", NULL, CHAT("", HALLO), {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"flags", "CF-078", NULL, "{\"model\":\"m\",\"stream\":false,\"json\":true,\"thinking\":false,\"webSearch\":false,\"temperature\":0.7,\"maxTokens\":100,\"messages\":[" HALLO "]}",
     {false, true, false, false, "user", "Hallo", 700, 100}, NULL, NULL, {0}},
    {"null-members", "CF-078 CF-083", NULL, CHAT(",\"temperature\":null,\"maxTokens\":null,\"webSearch\":null,\"clientTools\":null", HALLO), {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"more-members", "CF-078", NULL, CHAT(",\"seed\":7,\"user\":{\"stream\":false}", HALLO), {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"roles", "CF-078 CF-079 CF-080", NULL,
     CHAT("", "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"developer\",\"content\":\"d\"}," HALLO ",{\"role\":\"assistant\",\"content\":\"a\"}," CALL "," RESULT "," USER("und")),
     {true, false, true, true, "system developer user assistant tool_call tool_response user", "und", 0, 0}, NULL, NULL, {0}},
    {"not-ascii", "CF-078", NULL, CHAT("", USER("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80")), {true, false, true, true, "user", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 0, 0}, NULL, NULL, {0}},
    {"escapes", "CF-078", NULL, CHAT("", USER("\\u00fc\\ud83d\\ude00\\n\\t\\\"\\\\\\/")), {true, false, true, true, "user", "\xc3\xbc\xf0\x9f\x98\x80\n\t\"\\/", 0, 0}, NULL, NULL, {0}},
    {"same-again", "CF-078", NULL, CHAT("", HALLO "," HALLO), {true, false, true, true, "user user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"no-model-16", "CF-098", "0.1.16", "{\"stream\":true,\"messages\":[" HALLO "]}", {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"ok-16", "CF-096 CF-097", "0.1.16", CHAT(",\"topP\":0.9,\"topK\":40", "{\"role\":\"user\",\"content\":\"Hallo\",\"imageRefs\":[{\"s3Key\":\"a\",\"encryptionKey\":\"b\",\"mediaType\":\"c\"}]}"),
     {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"ok-20", "CF-099 CF-100 CF-101 CF-102", "0.1.20", CHAT(",\"temperature\":0,\"topP\":1,\"minP\":0,\"documents\":[],\"clientTools\":[{\"name\":\"f\"}]", HALLO),
     {true, false, true, true, "user", "Hallo", 0, 0}, NULL, NULL, {0}},
    {"no-body", "CF-077", NULL, "", {0}, "no body", "ok", {"CF-077", "CF-078", "CF-081", "CF-082", NULL}},
    {"array", "CF-078", NULL, "[" CHAT("", HALLO) "]", {0}, "the object in an array", "ok", {"CF-078", "CF-081", "CF-082", NULL}},
    {"cut", "CF-078", NULL, "{\"model\":\"m\",\"stream\":true,\"messages\":[" HALLO, {0}, "the last two brackets are missing", "ok", {0}},
    {"behind", "CF-078", NULL, CHAT("", HALLO) "{}", {0}, "another object behind it", "ok", {0}},
    {"repeated", "CF-078", NULL, CHAT(",\"model\":\"n\"", HALLO), {0}, "the model twice", "ok", {0}},
    {"not-utf8", "CF-078", NULL, CHAT("", USER("gr\xc3")), {0}, "half a character", "ok", {0}},
    {"lone-surrogate", "CF-078", NULL, CHAT("", USER("\\ud83d")), {0}, "half of a pair of escapes", "ok", {0}},
    {"messages-object", "CF-078", NULL, "{\"model\":\"m\",\"stream\":true,\"messages\":{}}", {0}, "messages as an object", "ok", {0}},
    {"model-number", "CF-078", NULL, "{\"model\":7,\"stream\":true,\"messages\":[" HALLO "]}", {0}, "the model as a number", "ok", {0}},
    {"stream-text", "CF-078", NULL, "{\"model\":\"m\",\"stream\":\"true\",\"messages\":[" HALLO "]}", {0}, "stream as text", "ok", {0}},
    {"web-search-number", "CF-078", NULL, CHAT(",\"webSearch\":0", HALLO), {0}, "webSearch as a number", "ok", {0}},
    {"thinking-text", "CF-078", NULL, CHAT(",\"thinking\":\"false\"", HALLO), {0}, "thinking as text", "ok", {0}},
    {"temperature-text", "CF-078", NULL, CHAT(",\"temperature\":\"0.7\"", HALLO), {0}, "temperature as text", "ok", {0}},
    {"max-tokens-fraction", "CF-078", NULL, CHAT(",\"maxTokens\":1.5", HALLO), {0}, "maxTokens 1.5", "ok", {0}},
    {"max-tokens-2-32", "CF-078", NULL, CHAT(",\"maxTokens\":4294967297", HALLO), {0}, "maxTokens 2^32 + 1", "ok", {0}},
    {"role-capital", "CF-078", NULL, CHAT("", "{\"role\":\"User\",\"content\":\"Hallo\"}"), {0}, "the role User", "ok", {0}},
    {"second-role", "CF-078", NULL, CHAT("", HALLO ",{\"role\":\"root\",\"content\":\"Hallo\"}"), {0}, "an unknown role in the second message", "same-again", {0}},
    {"content-number", "CF-078", NULL, CHAT("", "{\"role\":\"user\",\"content\":7}"), {0}, "content as a number", "ok", {0}},
    {"content-absent", "CF-078", NULL, CHAT("", "{\"role\":\"user\"}"), {0}, "no content", "ok", {0}},
    {"tool-call-text", "CF-079", NULL, CHAT("", "{\"role\":\"tool_call\",\"content\":\"f()\"}"), {0}, "a tool call that is no object", "ok", {0}},
    {"tool-call-member", "CF-079", NULL, CHAT("", "{\"role\":\"tool_call\",\"content\":\"{\\\"toolCallId\\\":\\\"1\\\",\\\"toolName\\\":\\\"f\\\"}\"}"), {0}, "a tool call without arguments", "ok", {0}},
    {"tool-response-number", "CF-080", NULL, CHAT("", "{\"role\":\"tool_response\",\"content\":\"{\\\"toolCallId\\\":1,\\\"toolName\\\":\\\"f\\\",\\\"content\\\":\\\"ok\\\"}\"}"), {0}, "a tool's answer with a number as its id", "ok", {0}},
    {"no-stream", "CF-081", NULL, "{\"model\":\"m\",\"messages\":[" HALLO "]}", {0}, "no stream", "ok", {0}},
    {"no-model", "CF-081", NULL, "{\"stream\":true,\"messages\":[" HALLO "]}", {0}, "no model", "ok", {0}},
    {"no-messages", "CF-082", NULL, "{\"model\":\"m\",\"stream\":true}", {0}, "no messages", "ok", {0}},
    {"top-k-text", "CF-096", "0.1.16", CHAT(",\"topK\":\"40\"", HALLO), {0}, "topK as text", "ok-16", {0}},
    {"penalty-text", "CF-096", "0.1.20", CHAT(",\"repetitionPenalty\":\"1\"", HALLO), {0}, "repetitionPenalty as text", "ok-20", {0}},
    {"image-key", "CF-097", "0.1.16", CHAT("", "{\"role\":\"user\",\"content\":\"Hallo\",\"imageRefs\":[{\"s3Key\":\"a\",\"mediaType\":\"c\"}]}"), {0}, "an image without its key", "ok-16", {0}},
    {"blank-model", "CF-099", "0.1.20", "{\"model\":\" \",\"stream\":true,\"messages\":[" HALLO "]}", {0}, "a blank model", "ok-20", {0}},
    {"empty-messages", "CF-099", "0.1.20", CHAT("", ""), {0}, "no message in messages", "ok-20", {0}},
    {"temperature-below", "CF-100", "0.1.20", CHAT(",\"temperature\":-0.001", HALLO), {0}, "temperature below 0", "ok-20", {0}},
    {"top-p-above", "CF-100", "0.1.20", CHAT(",\"topP\":1.0001", HALLO), {0}, "topP above 1", "ok-20", {0}},
    {"min-p-below", "CF-100", "0.1.20", CHAT(",\"minP\":-1", HALLO), {0}, "minP below 0", "ok-20", {0}},
    {"tool-name-65", "CF-101", "0.1.20", CHAT(",\"clientTools\":[{\"name\":\"" NAME_65 "\"}]", HALLO), {0}, "a tool with a name of 65 characters", "ok-20", {0}},
    {"documents-object", "CF-102", "0.1.20", CHAT(",\"documents\":{}", HALLO), {0}, "documents as an object", "ok-20", {0}},
};
/* clang-format on */

static void put_said(sheet *s, const said *says)
{
    sheet_out(s, BOOLEAN("stream", says->stream));
    sheet_out(s, BOOLEAN("json", says->json));
    sheet_out(s, BOOLEAN("thinking", says->thinking));
    sheet_out(s, BOOLEAN("web_search", says->web_search));
    sheet_out(s, TEXT("roles", says->roles));
    sheet_out(s, BYTES("last", span_text(says->last)));
    if (says->temperature)
        sheet_out(s, NUMBER("temperature", says->temperature));
    if (says->max_tokens)
        sheet_out(s, NUMBER("max_tokens", says->max_tokens));
}

void make_requests(sheet *s)
{
    sheet_note(s, "BadRequest", "PARSER", "The model is asked something else than the user said, or nothing.", "CF-078");
    sheet_group(s, "requests", "cf:chat", "");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const request_row *r = &requests[i];
        if (r->mutation)
            sheet_rejects(s, &(rejection){.slug = r->slug,
                                          .site = r->req,
                                          .mutation = r->mutation,
                                          .base = r->base,
                                          .flag = "BadRequest",
                                          .layers = r->layers[0] ? r->layers : NULL});
        else
            sheet_accepts(s, r->slug, r->req);
        sheet_in(s, BYTES("body", span_text(r->body)));
        if (r->revision)
            sheet_in(s, TEXT("revision", r->revision));
        if (!r->mutation)
            put_said(s, &r->says);
    }
}

/* ---- cf.answer ---- */

typedef struct answer_row {
    const char *slug, *req;
    const char *responses; /* a line each: id, status and body, one space between; a - for an id or status that is absent */
    const char *answer;    /* shown by then; NULL: refused */
    const char *event;
    bool closed, single; /* the chat's answer is whole; it was not to be streamed */
    const char *mutation, *base;
} answer_row;

#define T(text)             "7 200 {\"type\":\"token\",\"content\":\"" text "\"}\n"
#define OTHER(id)           id " 200 {\"type\":\"token\",\"content\":\"lo\"}\n"
#define COMPLETION(counts)  "7 200 {\"type\":\"completion\"" counts "}\n"
#define END                 COMPLETION(",\"context_tokens\":12,\"max_context_tokens\":262144")
#define TOOL(type, members) "7 200 {\"type\":\"" type "\"" members "}\n"
#define TOOL_CALL           ",\"tool_call_id\":\"1\",\"tool_name\":\"f\",\"tool_arguments\":\"{}\""
#define TOOL_RESULT         ",\"tool_call_id\":\"1\",\"tool_name\":\"f\",\"content\":\"ok\""

/* clang-format off */
static const answer_row answers[] = {
    {"token", "CF-090", T("Hal"), "Hal", .event = "token"},
    {"two", "CF-090", T("Hal") T("lo"), "Hallo", .event = "token"},
    {"three", "CF-090", T("c") T("a") T("b"), "cab", .event = "token"},
    {"same-again", "CF-090", T("ha") T("ha"), "haha", .event = "token"},
    {"ends-as-it-began", "CF-090", T("ha") T("ha") T("h"), "hahah", .event = "token"},
    {"empty", "CF-090", T("a") T(""), "a", .event = "token"},
    {"blank", "CF-090", T("a") T(" ") T("\\n") T(" b "), "a \n b ", .event = "token"},
    {"not-ascii", "CF-090", T("gr\xc3\xbc") T("\xc3\x9f""e \xf0\x9f\x98\x80"), "gr\xc3\xbc\xc3\x9f""e \xf0\x9f\x98\x80", .event = "token"},
    {"combining", "CF-090", T("e") T("\xcc\x81"), "e\xcc\x81", .event = "token"},
    {"escapes", "CF-090", T("\\u00fc\\ud83d\\ude00\\n\\t\\\"\\\\\\/"), "\xc3\xbc\xf0\x9f\x98\x80\n\t\"\\/", .event = "token"},
    {"content-first", "CF-090", "7 200 {\"content\":\"Hal\",\"type\":\"token\",\"index\":0}\n", "Hal", .event = "token"},
    {"says-completion", "CF-090", T("{\\\"type\\\":\\\"completion\\\"}"), "{\"type\":\"completion\"}", .event = "token"},
    {"thinking", "CF-090", T("a") "7 200 {\"type\":\"thinking\",\"content\":\"hm\"}\n", "a", .event = "thinking"},
    {"thinking-first", "CF-090", "7 200 {\"type\":\"thinking\",\"content\":\"hm\"}\n" T("a"), "a", .event = "token"},
    {"tool-call", "CF-090", T("a") TOOL("tool_call", TOOL_CALL), "a", .event = "tool"},
    {"client-tool-call", "CF-090", T("a") TOOL("client_tool_call", TOOL_CALL), "a", .event = "tool"},
    {"tool-response", "CF-090", T("a") TOOL("tool_response", TOOL_RESULT), "a", .event = "tool"},
    {"unknown", "CF-091", T("a") "7 200 {\"type\":\"usage\",\"content\":\"b\"}\n", "a", .event = "none"},
    {"unknown-between", "CF-091", T("a") "7 200 {\"type\":\"tokens\",\"content\":\"b\"}\n" T("c"), "ac", .event = "token"},
    {"whole", "CF-090", T("Hal") T("lo") END, "Hallo", .event = "completion", .closed = true},
    {"whole-pending", "CF-090", T("Hal") COMPLETION(",\"pending_tool_calls\":true,\"context_tokens\":12,\"max_context_tokens\":262144"), "Hal", .event = "completion", .closed = true},
    {"other-answered", "CF-088", T("Hal") "9 200 PONG\n", "Hal", .event = "answered"},
    {"other-between", "CF-088", T("Hal") "9 200 PONG\n" T("lo"), "Hallo", .event = "token"},
    {"other-failed", "CF-089", T("Hal") "9 500 no\n" T("lo"), "Hallo", .event = "token"},
    {"nobody-between", "CF-088", T("Hal") OTHER("8") T("lo"), "Hallo", .event = "token"},
    {"single", "CF-089", "7 200 Hallo\n", "Hallo", .event = "answered", .closed = true, .single = true},
    {"single-like-an-event", "CF-089", T("Hal"), "{\"type\":\"token\",\"content\":\"Hal\"}", .event = "answered", .closed = true, .single = true},
    {"single-empty", "CF-089", "7 200 \n", "", .event = "answered", .closed = true, .single = true},
    {"foreign-id", "CF-088", T("Hal") OTHER("8"), NULL, .mutation = "the second piece under an id that nothing was asked under", .base = "two"},
    {"id-263", "CF-088", T("Hal") OTHER("263"), NULL, .mutation = "an id that is the same in 8 bits", .base = "two"},
    {"id-65543", "CF-088", T("Hal") OTHER("65543"), NULL, .mutation = "an id that is the same in 16 bits", .base = "two"},
    {"id-4294967303", "CF-088", T("Hal") OTHER("4294967303"), NULL, .mutation = "an id that is the same in 32 bits", .base = "two"},
    {"no-id", "CF-088", T("Hal") OTHER("-"), NULL, .mutation = "the second piece without an id", .base = "two"},
    {"after-completion", "CF-088", T("Hal") END T("lo"), NULL, .mutation = "a piece behind the completion", .base = "whole"},
    {"completion-twice", "CF-088", T("Hal") END END, NULL, .mutation = "a second completion", .base = "whole"},
    {"after-failure", "CF-088", T("Hal") "7 500 no\n" T("lo"), NULL, .mutation = "a piece behind a failure", .base = "two"},
    {"single-twice", "CF-088", "7 200 Hallo\n7 200 Hallo\n", NULL, .single = true, .mutation = "a second answer", .base = "single"},
    {"status-400", "CF-089", T("Hal") "7 400 {\"type\":\"token\",\"content\":\"lo\"}\n", NULL, .mutation = "status 400 over a piece", .base = "two"},
    {"status-500", "CF-089", "7 500 {\"type\":\"token\",\"content\":\"Hal\"}\n", NULL, .mutation = "status 500 over a piece", .base = "token"},
    {"status-201", "CF-089", T("Hal") "7 201 {\"type\":\"token\",\"content\":\"lo\"}\n", NULL, .mutation = "status 201", .base = "two"},
    {"status-456", "CF-089", T("Hal") "7 456 {\"type\":\"token\",\"content\":\"lo\"}\n", NULL, .mutation = "a status that is 200 in 8 bits", .base = "two"},
    {"status-65736", "CF-089", T("Hal") "7 65736 {\"type\":\"token\",\"content\":\"lo\"}\n", NULL, .mutation = "a status that is 200 in 16 bits", .base = "two"},
    {"status-absent", "CF-089", T("Hal") "7 - {\"type\":\"token\",\"content\":\"lo\"}\n", NULL, .mutation = "no status", .base = "two"},
    {"single-503", "CF-089", "7 503 Too many requests\n", NULL, .single = true, .mutation = "a refusal", .base = "single"},
    {"single-402", "CF-089", "7 402 Payment required\n", NULL, .single = true, .mutation = "a refusal", .base = "single"},
    {"plain-text", "CF-090", T("Hal") "7 200 lo\n", NULL, .mutation = "a piece that is no JSON", .base = "two"},
    {"text-in-json", "CF-090", T("Hal") "7 200 \"lo\"\n", NULL, .mutation = "a piece that is a JSON string", .base = "two"},
    {"empty-event", "CF-090", T("Hal") "7 200 \n", NULL, .mutation = "a piece without a body", .base = "two"},
    {"two-objects", "CF-090", T("Hal") "7 200 {\"type\":\"token\",\"content\":\"lo\"}{}\n", NULL, .mutation = "another object behind it", .base = "two"},
    {"repeated", "CF-090", T("Hal") "7 200 {\"type\":\"token\",\"content\":\"la\",\"content\":\"lo\"}\n", NULL, .mutation = "the content twice", .base = "two"},
    {"no-type", "CF-090", T("Hal") "7 200 {\"content\":\"lo\"}\n", NULL, .mutation = "no type", .base = "two"},
    {"no-content", "CF-090", T("Hal") "7 200 {\"type\":\"token\"}\n", NULL, .mutation = "no content", .base = "two"},
    {"content-number", "CF-090", T("Hal") "7 200 {\"type\":\"token\",\"content\":7}\n", NULL, .mutation = "content as a number", .base = "two"},
    {"content-null", "CF-090", T("Hal") "7 200 {\"type\":\"token\",\"content\":null}\n", NULL, .mutation = "content null", .base = "two"},
    {"half-a-character", "CF-090", T("Hal") T("gr\xc3"), NULL, .mutation = "a piece that ends within a character", .base = "two"},
    {"rest-of-a-character", "CF-090", T("Hal") T("\xbc"), NULL, .mutation = "a piece that begins within a character", .base = "two"},
    {"half-a-pair", "CF-090", T("Hal") T("\\ud83d"), NULL, .mutation = "half of a pair of escapes", .base = "two"},
    {"thinking-number", "CF-090", T("Hal") "7 200 {\"type\":\"thinking\",\"content\":7}\n", NULL, .mutation = "a thought that is a number", .base = "thinking"},
    {"tool-nameless", "CF-090", T("a") TOOL("tool_call", ",\"tool_call_id\":\"1\",\"tool_arguments\":\"{}\""), NULL, .mutation = "a tool call without a name", .base = "tool-call"},
    {"completion-bare", "CF-090", T("Hal") COMPLETION(""), NULL, .mutation = "a completion without counts", .base = "whole"},
    {"completion-text", "CF-090", T("Hal") COMPLETION(",\"context_tokens\":\"12\",\"max_context_tokens\":262144"), NULL, .mutation = "a count as text", .base = "whole"},
    {"completion-negative", "CF-090", T("Hal") COMPLETION(",\"context_tokens\":12,\"max_context_tokens\":-1"), NULL, .mutation = "a count below 0", .base = "whole"},
    {"completion-pending-text", "CF-090", T("Hal") COMPLETION(",\"pending_tool_calls\":\"true\",\"context_tokens\":12,\"max_context_tokens\":262144"), NULL, .mutation = "pending_tool_calls as text", .base = "whole-pending"},
};
/* clang-format on */

static pb_int number_at(const char **at)
{
    const pb_int n = {.has = **at != '-', .v = **at != '-' ? strtoull(*at, NULL, 10) : 0};
    *at += strcspn(*at, " ") + 1;
    return n;
}

/* The response at *at, which then points at the next one or the end. */
static span next_response(const char **at, uint8_t room[RESPONSE])
{
    cf_response r = {.body.has = true};
    r.id = number_at(at);
    r.status = number_at(at);
    const size_t n = strcspn(*at, "\n");
    r.body.v = span_of(*at, n);
    *at += n + 1;
    writer w = writer_of(room, RESPONSE);
    layout_write(&cf_response_layout, &r, &w);
    must(writer_ok(&w));
    return written(&w);
}

static void put_responses(sheet *s, const char *at)
{
    uint8_t room[RESPONSE];
    char key[8];
    for (unsigned i = 1; *at; i++) {
        const span response = next_response(&at, room);
        snprintf(key, sizeof key, "m%u", i);
        sheet_in(s, BYTES(*at ? key : "message", response));
    }
}

static void add_answer(sheet *s, const answer_row *r)
{
    if (r->mutation)
        sheet_rejects(s, &(rejection){.slug = r->slug, .site = r->req, .mutation = r->mutation, .base = r->base, .flag = "BadAnswer"});
    else
        sheet_accepts(s, r->slug, r->req);
    if (r->single)
        sheet_in(s, BOOLEAN("stream", false));
    put_responses(s, r->responses);
    if (r->mutation)
        return;
    sheet_out(s, TEXT("event", r->event));
    sheet_out(s, BOOLEAN("open", !r->closed));
    sheet_out(s, BYTES("answer", span_text(r->answer)));
}

/* The last byte begins a field that never comes. */
static void add_cut_response(sheet *s)
{
    uint8_t room[RESPONSE];
    const char *at = T("Hal");
    const size_t n = next_response(&at, room).n;
    room[n] = 0x10;
    sheet_rejects(s, &(rejection){.slug = "cut-message",
                                  .site = "CF-087",
                                  .mutation = "a field without its value at the end",
                                  .base = "token",
                                  .flag = "BadAnswer"});
    sheet_in(s, BYTES("message", span_of(room, n + 1)));
}

void make_answers(sheet *s)
{
    sheet_note(s, "BadAnswer", "PARSER", "A user reads what the model did not say, or not all of it.", "CF-090");
    sheet_group(s, "answers", "cf:chat", "");
    sheet_in(s, NUMBER("chat", 7));
    sheet_in(s, NUMBER("beside", 9));
    sheet_in(s, BOOLEAN("stream", true));
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        add_answer(s, &answers[i]);
    add_cut_response(s);
}
