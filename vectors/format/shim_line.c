#include "shim_line.h"
#include "json.h"
#include "utf8.h"

#include <string.h>

#define INT_LIMIT ((INT64_C(1) << 53) - 1)

static const char NOT_OBJECT[] = "not a JSON object",
                  NOT_STRICT[] = "not strict JSON: a repeated key, an odd escape, a control character, or something after the object";

/* ---- reading ---- */

/* Decoded where it stands: no escape is shorter than what it stands for. U+0000 is refused: nothing of ours needs it, and C programs on the
 * other side stop reading there. */
static const char *read_string(uint8_t *line, span written_out, span *out)
{
    writer w = writer_of(line + (written_out.p - line), written_out.n);
    const bool decoded = json_string(written_out, &w);
    must(decoded);
    *out = written(&w);
    return out->n && memchr(out->p, 0, out->n) ? "a zero byte in a string" : NULL;
}

static const char *read_value(uint8_t *line, span value, shim_pair *out)
{
    bool yes = false;
    switch (json_kind_of(value)) {
    case JSON_STRING: out->type = SHIM_TEXT; return read_string(line, value, &out->value);
    case JSON_TRUE:
    case JSON_FALSE:
        out->type = SHIM_BOOL;
        json_bool(value, &yes);
        out->number = yes;
        return NULL;
    case JSON_NUMBER:
        out->type = SHIM_INT;
        return json_int(value, -INT_LIMIT, INT_LIMIT, &out->number) ? NULL : "a number that is no integer, or of 2^53 or more";
    case JSON_NULL: return "null has no meaning here";
    default: return "nested: the object is not flat";
    }
}

static const char *read_pairs(uint8_t *line, span object, shim_list *out)
{
    for (json_cursor c = json_enter(object); json_next(&c);) {
        if (out->n == SHIM_PAIRS)
            return "too many keys";
        shim_pair *pair = &out->at[out->n++];
        *pair = (shim_pair){0};
        const char *fault = read_string(line, c.name, &pair->key);
        if (!fault)
            fault = read_value(line, c.value, pair);
        if (fault)
            return fault;
    }
    return NULL;
}

/* The reader of `base` takes the white space of JSON; in a line only blanks and tabs can be meant. */
const char *shim_line_read(uint8_t *line, size_t n, shim_list *out)
{
    span object;
    out->n = 0;
    out->overflow = false;
    if (n > SHIM_LINE)
        return "a line over 1 MiB";
    if (n && (memchr(line, '\r', n) || memchr(line, '\n', n)))
        return "a carriage return or a line feed in the line";
    if (!is_utf8(span_of(line, n)))
        return "not UTF-8";
    if (json_read(span_of(line, n), &object))
        return json_kind_of(object) == JSON_OBJECT ? read_pairs(line, object, out) : NOT_OBJECT;
    size_t blanks = 0;
    while (blanks < n && (line[blanks] == ' ' || line[blanks] == '\t'))
        blanks++;
    return blanks < n && line[blanks] == '{' ? NOT_STRICT : NOT_OBJECT;
}

/* ---- writing ---- */

static void write_pair(writer *w, const shim_pair *pair)
{
    write_text(w, ",");
    json_write_string(w, pair->key);
    write_text(w, ":");
    switch (pair->type) {
    case SHIM_TEXT: json_write_string(w, pair->value); break;
    case SHIM_INT: json_write_int(w, pair->number); break;
    case SHIM_BOOL: write_text(w, pair->number ? "true" : "false"); break;
    case SHIM_BYTES:
        write_text(w, "\"");
        write_hex(w, pair->value);
        write_text(w, "\"");
        break;
    }
}

/* {"id":7,"op":"nz.read" and the list. */
static bool write_line(writer *w, int64_t id, const shim_pair *what, const shim_list *list)
{
    write_text(w, "{\"id\":");
    json_write_int(w, id);
    write_pair(w, what);
    for (size_t i = 0; i < list->n; i++)
        write_pair(w, &list->at[i]);
    write_text(w, "}");
    return writer_ok(w) && !list->overflow;
}

bool shim_line_request(writer *w, int64_t id, const shim_request *request)
{
    const shim_pair op = {.key = span_text("op"), .type = SHIM_TEXT, .value = request->op};
    return write_line(w, id, &op, &request->in);
}

static const char *const answer_key[] = {[SHIM_OK] = "ok", [SHIM_REJ] = "rej", [SHIM_UNS] = "uns", [SHIM_BUG] = "bug"};

bool shim_line_reply(writer *w, int64_t id, const shim_reply *reply)
{
    must(reply->answer != SHIM_NONE);
    shim_pair answer = {.key = span_text(answer_key[reply->answer]), .type = SHIM_TEXT, .value = reply->word};
    if (reply->answer == SHIM_OK)
        answer = (shim_pair){.key = answer.key, .type = SHIM_INT, .number = 1};
    return write_line(w, id, &answer, &reply->out);
}

/* ---- meaning ---- */

static const char *take_id(const shim_pair *pair, int64_t *id)
{
    if (pair->type != SHIM_INT)
        return "the id is no integer";
    *id = pair->number;
    return NULL;
}

static const char *take_text(const shim_pair *pair, span *out)
{
    if (pair->type != SHIM_TEXT)
        return "op, rej, uns and bug are texts";
    *out = pair->value;
    return NULL;
}

const char *shim_take_request(const shim_list *list, int64_t *id, shim_request *out)
{
    bool has_id = false, has_op = false;
    shim_request_start(out, NULL);
    for (size_t i = 0; i < list->n; i++) {
        const char *fault = NULL;
        if (span_is(list->at[i].key, "id"))
            has_id = true, fault = take_id(&list->at[i], id);
        else if (span_is(list->at[i].key, "op"))
            has_op = true, fault = take_text(&list->at[i], &out->op);
        else
            out->in.at[out->in.n++] = list->at[i];
        if (fault)
            return fault;
    }
    if (!has_id)
        return "no id";
    return has_op ? NULL : "no op";
}

static shim_answer answer_named(span key)
{
    for (int a = SHIM_OK; a <= SHIM_BUG; a++)
        if (span_is(key, answer_key[a]))
            return (shim_answer)a;
    return SHIM_NONE;
}

const char *shim_take_reply(const shim_list *list, int64_t *id, shim_reply *out)
{
    bool has_id = false;
    for (size_t i = 0; i < list->n; i++) {
        const shim_pair *pair = &list->at[i];
        shim_answer answer = answer_named(pair->key);
        const char *fault = NULL;
        if (span_is(pair->key, "id")) {
            has_id = true;
            fault = take_id(pair, id);
        } else if (answer != SHIM_NONE && out->answer != SHIM_NONE) {
            fault = "more than one of ok, rej, uns, bug";
        } else if (answer == SHIM_OK) {
            out->answer = answer;
            fault = pair->type == SHIM_INT && pair->number == 1 ? NULL : "ok is always 1";
        } else if (answer != SHIM_NONE) {
            out->answer = answer;
            fault = take_text(pair, &out->word);
        } else {
            out->out.at[out->out.n++] = *pair;
        }
        if (fault)
            return fault;
    }
    if (!has_id)
        return "no id";
    return out->answer == SHIM_NONE ? "none of ok, rej, uns, bug" : NULL;
}
