/* Section 6, Chat: the JSON of requests and events. */
#include "confer_parts.h"

const char *const cf_role_names[CF_ROLES] = {"user", "assistant", "system", "developer", "tool_call", "tool_response"};

/* ---- the request ---- */

/* The member has this kind, or is absent or null: then *value is empty. */
static bool read_typed(span object, const char *name, json_kind kind, span *value)
{
    json_member(object, name, value);
    if (json_kind_of(*value) == JSON_NULL)
        *value = EMPTY;
    return value->n == 0 || json_kind_of(*value) == kind;
}

static bool read_flag(span object, const char *name, bool unsaid, bool *out)
{
    span value;
    json_member(object, name, &value);
    if (value.n && json_kind_of(value) != JSON_NULL)
        return json_bool(value, out);
    *out = unsaid;
    return true;
}

static bool read_role(span value, cf_role *out)
{
    for (*out = 0; *out < CF_ROLES; ++*out)
        if (json_string_is(value, cf_role_names[*out]))
            return true;
    if (WEAKENED(CF_078))
        *out = CF_USER;
    return false;
}

static bool read_message(span value, cf_chat_message *out)
{
    span role;
    json_member(value, "role", &role);
    const bool known = read_role(role, &out->role);
    return json_member(value, "content", &out->content) && json_kind_of(out->content) == JSON_STRING && known;
}

bool cf_next_message(json_cursor *c, cf_chat_message *out)
{
    if (!json_next(c))
        return false;
    read_message(c->value, out);
    return true;
}

static bool read_messages(span messages)
{
    cf_chat_message m;
    for (json_cursor c = json_enter(messages); json_next(&c);)
        if (!read_message(c.value, &m))
            return false;
    return true;
}

static bool read_numbers(span object, cf_chat *out)
{
    span temperature, max;
    const bool good = read_typed(object, "temperature", JSON_NUMBER, &temperature);
    out->has_temperature = json_fixed(temperature, 3, 1000000, &out->temperature);
    out->has_max_tokens = json_member(object, "maxTokens", &max) && json_kind_of(max) != JSON_NULL;
    return good && (!out->has_max_tokens || json_int(max, INT32_MIN, INT32_MAX, &out->max_tokens));
}

/* Since 0.1.16. */
static bool samples_by_numbers(span object)
{
    static const char *const names[] = {"topP", "topK", "minP", "presencePenalty", "frequencyPenalty", "repetitionPenalty"};
    span value;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!read_typed(object, names[i], JSON_NUMBER, &value))
            return false;
    return true;
}

static bool is_image_ref(span value)
{
    static const char *const names[] = {"s3Key", "encryptionKey", "mediaType"};
    span member;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!json_member(value, names[i], &member) || json_kind_of(member) != JSON_STRING)
            return false;
    return true;
}

static bool refers_to_images(span messages)
{
    span refs;
    for (json_cursor c = json_enter(messages); json_next(&c);) {
        if (!read_typed(c.value, "imageRefs", JSON_ARRAY, &refs))
            return false;
        for (json_cursor r = json_enter(refs); json_next(&r);)
            if (!is_image_ref(r.value))
                return false;
    }
    return true;
}

/* The digits of a JSON number that is not negative: 0.FIRST... times ten to the power of `place`. */
typedef struct digits {
    uint8_t first; /* that is not 0; 0: there is none */
    bool more;     /* others that are not 0 behind it */
    int place;
} digits;

static digits digits_of(span number)
{
    digits d = {0};
    int exponent = 0, sign = 1;
    bool fraction = false, scaled = false;
    for (size_t i = 0; i < number.n; i++) {
        const uint8_t c = number.p[i];
        if (c == '.')
            fraction = true;
        else if (c == 'e' || c == 'E')
            scaled = true;
        else if (scaled && c == '-')
            sign = -1;
        else if (scaled && c != '+')
            exponent = exponent < 1000 ? exponent * 10 + (c - '0') : exponent;
        else if (!scaled && (d.first || c != '0')) {
            d.more |= d.first && c != '0';
            d.first = d.first ? d.first : c;
            d.place += !fraction;
        } else if (!scaled)
            d.place -= fraction;
    }
    d.place += sign * exponent;
    return d;
}

static bool is_above_one(span number)
{
    const digits d = digits_of(number);
    return d.first && (d.place > 1 || (d.place == 1 && (d.first > '1' || d.more)));
}

/* Since 0.1.20. */
static bool is_in_range(span object, const char *name, bool up_to_one)
{
    span value;
    if (!read_typed(object, name, JSON_NUMBER, &value) || !value.n)
        return true;
    return value.p[0] != '-' && !(up_to_one && is_above_one(value));
}

static bool samples_within_range(span object)
{
    return is_in_range(object, "temperature", false) && is_in_range(object, "topP", true) && is_in_range(object, "minP", true);
}

static bool is_blank_escape(uint8_t letter) { return letter == 't' || letter == 'n' || letter == 'r' || letter == 'f'; }

static size_t count_of(span array)
{
    size_t n = 0;
    for (json_cursor c = json_enter(array); json_next(&c);)
        n++;
    return n;
}

/* The characters of a string: an escape is one. */
static size_t characters_of(span string)
{
    const span raw = json_kind_of(string) == JSON_STRING ? span_first(span_from(string, 1), string.n - 2) : EMPTY;
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '\\')
            i += i + 1 < raw.n && raw.p[i + 1] == 'u' ? 5 : 1;
        n += i < raw.n && (raw.p[i] & 0xc0) != 0x80;
    }
    return n;
}

enum { TOOLS_MAX = 128, TOOL_NAME_MAX = 64, DOCUMENTS_MAX = 1000 };

static bool tools_are_few(span tools)
{
    span name;
    for (json_cursor c = json_enter(tools); json_next(&c);)
        if (json_member(c.value, "name", &name) && characters_of(name) > TOOL_NAME_MAX)
            return false;
    return count_of(tools) <= TOOLS_MAX;
}

static bool documents_are_few(span object)
{
    span documents;
    return read_typed(object, "documents", JSON_ARRAY, &documents) && count_of(documents) <= DOCUMENTS_MAX;
}

/* No string, or one of blanks; of the escapes only that of a tab, and those of the ends of a line and a page, are blank. */
bool cf_is_blank(span string)
{
    span rest = json_kind_of(string) == JSON_STRING ? span_first(span_from(string, 1), string.n - 2) : EMPTY;
    while (rest.n) {
        const bool escape = rest.p[0] == '\\' && rest.n > 1 && is_blank_escape(rest.p[1]);
        if (rest.p[0] != ' ' && !escape)
            return false;
        rest = span_from(rest, escape ? 2 : 1);
    }
    return true;
}

static bool is_filled(const cf_chat *chat) { return chat->has_stream && !cf_is_blank(chat->model) && count_of(chat->messages) > 0; }

/* What a revision asks of the body besides, before it looks at the messages. */
static verdict judge_members(cf_revision revision, span body, const cf_chat *chat)
{
    span object = body;
    const bool since_16 = revision >= CF_0_1_16 && json_read(body, &object), since_20 = since_16 && revision >= CF_0_1_20;
    REQUIRE(!since_16 || samples_by_numbers(object), CF_096);
    REQUIRE(!since_16 || refers_to_images(chat->messages), CF_097);
    REQUIRE(!since_20 || samples_within_range(object), CF_100);
    REQUIRE(!since_20 || tools_are_few(chat->client_tools), CF_101);
    REQUIRE(!since_20 || documents_are_few(object), CF_102);
    REQUIRE(!since_20 || is_filled(chat), CF_099);
    return ACCEPT;
}

/* Whether the known members have their types; absent ones are judged later. All of them are read, even after a fault. */
static bool read_members(span body, cf_chat *out)
{
    span object = body, stream;
    bool good = json_read(body, &object) && json_kind_of(object) == JSON_OBJECT;
    good &= read_typed(object, "messages", JSON_ARRAY, &out->messages);
    good &= read_typed(object, "model", JSON_STRING, &out->model);
    good &= read_typed(object, "clientTools", JSON_ARRAY, &out->client_tools);
    good &= read_flag(object, "stream", false, &out->stream);
    good &= read_flag(object, "json", false, &out->json);
    good &= read_flag(object, "thinking", true, &out->thinking);
    good &= read_flag(object, "webSearch", EMIT(CF_083, true), &out->web_search);
    good &= read_numbers(object, out);
    good &= read_messages(out->messages);
    out->has_stream = json_member(object, "stream", &stream) && json_kind_of(stream) != JSON_NULL;
    return good;
}

/* The content of a tool entry is a string that holds JSON: an object with these strings. */
static bool has_strings(span content, writer room, const char *const names[3])
{
    span object, value;
    if (!json_string(content, &room) || !json_read(written(&room), &object))
        return false;
    for (int i = 0; i < 3; i++)
        if (!json_member(object, names[i], &value) || json_kind_of(value) != JSON_STRING)
            return false;
    return true;
}

static verdict judge_history(span messages, writer room)
{
    static const char *const call[3] = {"toolCallId", "toolName", "toolArguments"}, *const response[3] = {"toolCallId", "toolName",
                                                                                                          "content"};
    cf_chat_message m;
    for (json_cursor c = json_enter(messages); cf_next_message(&c, &m);) {
        REQUIRE(m.role != CF_TOOL_CALL || has_strings(m.content, room, call), CF_079);
        REQUIRE(m.role != CF_TOOL_RESPONSE || has_strings(m.content, room, response), CF_080);
    }
    return ACCEPT;
}

verdict cf_read_chat(cf_revision revision, span body, writer *room, cf_chat *out)
{
    *out = (cf_chat){0};
    REQUIRE(body.n > 0, CF_077);
    REQUIRE(read_members(body, out), CF_078);
    TRY(judge_members(revision, body, out));
    const bool any_model = EMIT_OR(CF_098, revision > CF_0_1_14, false);
    REQUIRE(out->has_stream && (out->model.n || any_model), CF_081);
    REQUIRE(out->messages.n, CF_082);
    return judge_history(out->messages, *room);
}

/* As a JSON number with three decimals, which the reader takes without floating point. */
static void write_thousandths(writer *out, int64_t value)
{
    json_write_int(out, value / 1000);
    write_text(out, ".");
    for (int64_t unit = 100; unit > 0; unit /= 10)
        json_write_int(out, value / unit % 10);
}

void cf_write_chat(const cf_ask *ask, writer *out)
{
    write_text(out, "{\"messages\":");
    if (ask->messages.n) {
        write_span(out, ask->messages);
    } else {
        write_text(out, "[{\"role\":\"user\",\"content\":");
        json_write_string(out, ask->prompt);
        write_text(out, "}]");
    }
    write_text(out, ",\"model\":");
    json_write_text(out, ask->model);
    if (ask->max_tokens) {
        write_text(out, ",\"maxTokens\":");
        json_write_int(out, ask->max_tokens);
    }
    if (ask->has_temperature) {
        write_text(out, ",\"temperature\":");
        write_thousandths(out, ask->temperature);
    }
    write_text(out, EMIT(CF_086, ",\"stream\":"));
    write_text(out, ask->stream ? "true}" : "false}");
}

/* ---- events ---- */

void cf_write_token_event(span utf8, writer *out)
{
    write_text(out, "{\"type\":");
    json_write_text(out, EMIT(CF_084, "token"));
    write_text(out, ",\"content\":");
    json_write_string(out, utf8);
    write_text(out, "}");
}

void cf_write_thinking_event(span utf8, writer *out)
{
    write_text(out, "{\"type\":");
    json_write_text(out, EMIT(CF_104, "thinking"));
    write_text(out, ",\"content\":");
    json_write_string(out, utf8);
    write_text(out, "}");
}

/* This server calls no tools, so no call is ever pending. */
void cf_write_completion_event(int64_t context_tokens, int64_t max, writer *out)
{
    write_text(out, "{\"type\":");
    json_write_text(out, EMIT(CF_085, "completion"));
    write_text(out, EMIT_OR(CF_093, "", ",\"pending_tool_calls\":true"));
    write_text(out, ",\"context_tokens\":");
    json_write_int(out, context_tokens);
    write_text(out, ",\"max_context_tokens\":");
    json_write_int(out, max);
    write_text(out, "}");
}

typedef struct event_row {
    const char *type;
    cf_event_kind kind;
    const char *strings[3]; /* members that are strings */
} event_row;

static const event_row event_rows[] = {
    {"token", CF_TOKEN, {"content"}},
    {"thinking", CF_THINKING, {"content"}},
    {"tool_call", CF_TOOL, {"tool_call_id", "tool_name", "tool_arguments"}},
    {"client_tool_call", CF_TOOL, {"tool_call_id", "tool_name", "tool_arguments"}},
    {"tool_response", CF_TOOL, {"tool_call_id", "tool_name", "content"}},
    {"completion", CF_COMPLETION, {0}},
};

static const event_row *find_row(span type)
{
    for (size_t i = 0; i < sizeof event_rows / sizeof *event_rows; i++)
        if (json_string_is(type, event_rows[i].type))
            return &event_rows[i];
    return NULL;
}

static bool read_completion(span object, cf_event *out)
{
    span pending, used, most;
    const bool says = json_member(object, "pending_tool_calls", &pending);
    json_member(object, "context_tokens", &used);
    json_member(object, "max_context_tokens", &most);
    out->pending_tool_calls = false;
    return (!says || json_bool(pending, &out->pending_tool_calls)) && json_int(used, 0, INT64_MAX, &out->context_tokens) &&
           json_int(most, 0, INT64_MAX, &out->max_context_tokens);
}

/* The text of an event is its first member, decoded; of a tool's event it is the whole object. */
static bool read_strings(const event_row *row, span object, writer *room, cf_event *out)
{
    span value;
    for (int i = 0; i < 3 && row->strings[i]; i++)
        if (!json_member(object, row->strings[i], &value) || json_kind_of(value) != JSON_STRING)
            return false;
    out->text = object;
    if (row->kind == CF_TOOL || !row->strings[0])
        return true;
    const bool good = json_string(value, room);
    out->text = written(room);
    return good;
}

bool cf_read_event(span body, writer *room, cf_event *out)
{
    span object, type;
    if (!json_read(body, &object) || !json_member(object, "type", &type) || json_kind_of(type) != JSON_STRING)
        return false;
    const event_row *row = find_row(type);
    if (!row) {
        out->kind = EMIT(CF_091, CF_NO_EVENT);
        return true;
    }
    out->kind = row->kind;
    return read_strings(row, object, room, out) && (row->kind != CF_COMPLETION || read_completion(object, out));
}
