#include "shim_line.h"
#include "utf8.h"

#include <string.h>

/* ---- reading: a cursor that remembers its first fault ---- */

typedef struct cursor {
    uint8_t *p, *end;
    const char *fault;
} cursor;

static void fail(cursor *c, const char *what)
{
    if (!c->fault)
        c->fault = what;
    c->p = c->end;
}

static void skip_blanks(cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
        c->p++;
}

static bool next_is(cursor *c, char sign)
{
    skip_blanks(c);
    if (c->p == c->end || *c->p != (uint8_t)sign)
        return false;
    c->p++;
    return true;
}

static void expect(cursor *c, char sign, const char *what)
{
    if (!next_is(c, sign))
        fail(c, what);
}

static unsigned hex_digit(cursor *c)
{
    uint8_t d = c->p < c->end ? *c->p++ : 'x';
    if (d >= '0' && d <= '9')
        return (unsigned)(d - '0');
    d |= 0x20;
    if (d >= 'a' && d <= 'f')
        return (unsigned)(d - 'a' + 10);
    fail(c, "a \\u escape without four digits");
    return 0;
}

static unsigned four_digits(cursor *c)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | hex_digit(c);
    return value;
}

/* U+0000 is refused: nothing of ours needs it, and C programs on the other side stop reading there. */
static uint8_t *escaped_point(cursor *c, uint8_t *out)
{
    unsigned u = four_digits(c);
    if (u >= 0xd800 && u < 0xdc00) {
        if (!(c->end - c->p >= 2 && c->p[0] == '\\' && c->p[1] == 'u'))
            return fail(c, "half a surrogate pair"), out;
        c->p += 2;
        unsigned low = four_digits(c);
        if (low < 0xdc00 || low > 0xdfff)
            return fail(c, "half a surrogate pair"), out;
        u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
    } else if (u >= 0xdc00 && u < 0xe000) {
        return fail(c, "half a surrogate pair"), out;
    }
    if (u == 0)
        return fail(c, "a zero byte in a string"), out;
    if (u < 0x80) {
        *out++ = (uint8_t)u;
    } else if (u < 0x800) {
        *out++ = (uint8_t)(0xc0 | u >> 6);
        *out++ = (uint8_t)(0x80 | (u & 63));
    } else if (u < 0x10000) {
        *out++ = (uint8_t)(0xe0 | u >> 12);
        *out++ = (uint8_t)(0x80 | (u >> 6 & 63));
        *out++ = (uint8_t)(0x80 | (u & 63));
    } else {
        *out++ = (uint8_t)(0xf0 | u >> 18);
        *out++ = (uint8_t)(0x80 | (u >> 12 & 63));
        *out++ = (uint8_t)(0x80 | (u >> 6 & 63));
        *out++ = (uint8_t)(0x80 | (u & 63));
    }
    return out;
}

/* Undone in place: no escape is shorter than what it stands for. */
static uint8_t *escape(cursor *c, uint8_t *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t sign = c->p < c->end ? *c->p++ : 0;
    if (sign == 'u')
        return escaped_point(c, out);
    const char *at = sign ? strchr(from, sign) : NULL;
    if (!at)
        return fail(c, "an unknown escape"), out;
    *out++ = (uint8_t)to[at - from];
    return out;
}

static span read_string(cursor *c)
{
    expect(c, '"', "a string is missing");
    uint8_t *start = c->p, *out = c->p;
    while (c->p < c->end && *c->p != '"') {
        if (*c->p == '\\') {
            c->p++;
            out = escape(c, out);
            continue;
        }
        if (*c->p < 0x20)
            return fail(c, "a control character in a string"), EMPTY;
        *out++ = *c->p++;
    }
    expect(c, '"', "a string does not end");
    return span_of(start, (size_t)(out - start));
}

static int64_t read_number(cursor *c)
{
    bool minus = next_is(c, '-');
    uint8_t *start = c->p;
    int64_t value = 0;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9' && value < (INT64_C(1) << 53))
        value = value * 10 + (*c->p++ - '0');
    if (c->p == start)
        fail(c, "a value is missing");
    else if (c->p - start > 1 && *start == '0')
        fail(c, "a number with a leading zero");
    else if (value >= INT64_C(1) << 53)
        fail(c, "a number of 2^53 or more");
    else if (c->p < c->end && (*c->p == '.' || *c->p == 'e' || *c->p == 'E'))
        fail(c, "a number that is no integer");
    return minus ? -value : value;
}

static bool word_is(cursor *c, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

static shim_pair read_value(cursor *c)
{
    skip_blanks(c);
    uint8_t sign = c->p < c->end ? *c->p : 0;
    if (sign == '"')
        return (shim_pair){.type = SHIM_TEXT, .value = read_string(c)};
    if (sign == '{' || sign == '[')
        fail(c, "nested: the object is not flat");
    else if (sign == 't' && word_is(c, "true"))
        return (shim_pair){.type = SHIM_BOOL, .number = 1};
    else if (sign == 'f' && word_is(c, "false"))
        return (shim_pair){.type = SHIM_BOOL};
    else if (sign == 'n' && word_is(c, "null"))
        fail(c, "null has no meaning here");
    return (shim_pair){.type = SHIM_INT, .number = read_number(c)};
}

static bool has_key(const shim_list *list, span key)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_same(list->at[i].key, key))
            return true;
    return false;
}

static void read_pair(cursor *c, shim_list *out)
{
    skip_blanks(c);
    span key = read_string(c);
    expect(c, ':', "a colon is missing");
    shim_pair pair = read_value(c);
    pair.key = key;
    if (c->fault)
        return;
    if (has_key(out, key))
        fail(c, "a repeated key");
    else if (out->n == SHIM_PAIRS)
        fail(c, "too many keys");
    else
        out->at[out->n++] = pair;
}

const char *shim_line_read(uint8_t *line, size_t n, shim_list *out)
{
    out->n = 0;
    out->overflow = false;
    if (n > SHIM_LINE)
        return "a line over 1 MiB";
    if (n && line[n - 1] == '\r')
        return "a carriage return at the end of the line";
    if (!is_utf8(span_of(line, n)))
        return "not UTF-8";
    cursor c = {line, line + n, NULL};
    expect(&c, '{', "not a JSON object");
    if (!c.fault && !next_is(&c, '}')) {
        do
            read_pair(&c, out);
        while (!c.fault && next_is(&c, ','));
        expect(&c, '}', "the object does not end");
    }
    skip_blanks(&c);
    if (!c.fault && c.p != c.end)
        fail(&c, "something stands behind the object");
    return c.fault;
}

/* ---- writing ---- */

static void write_string(writer *w, span s)
{
    static const char digit[] = "0123456789abcdef";
    write_text(w, "\"");
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (c == '"' || c == '\\') {
            uint8_t two[2] = {'\\', c};
            write_span(w, SPAN(two));
        } else if (c < 0x20) {
            uint8_t six[6] = {'\\', 'u', '0', '0', (uint8_t)digit[c >> 4], (uint8_t)digit[c & 15]};
            write_span(w, SPAN(six));
        } else {
            write_be(w, c, 1);
        }
    }
    write_text(w, "\"");
}

static void write_number(writer *w, int64_t n)
{
    uint8_t digits[24];
    size_t at = sizeof digits;
    uint64_t left = n < 0 ? (uint64_t)-n : (uint64_t)n;
    do
        digits[--at] = (uint8_t)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        digits[--at] = '-';
    write_span(w, span_of(digits + at, sizeof digits - at));
}

static void write_key(writer *w, span key)
{
    write_text(w, ",");
    write_string(w, key);
    write_text(w, ":");
}

static void write_list(writer *w, const shim_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const shim_pair *pair = &list->at[i];
        write_key(w, pair->key);
        if (pair->type == SHIM_TEXT) {
            write_string(w, pair->value);
        } else if (pair->type == SHIM_BYTES) {
            write_text(w, "\"");
            write_hex(w, pair->value);
            write_text(w, "\"");
        } else if (pair->type == SHIM_INT) {
            write_number(w, pair->number);
        } else {
            write_text(w, pair->number ? "true" : "false");
        }
    }
}

static void write_start(writer *w, int64_t id)
{
    write_text(w, "{\"id\":");
    write_number(w, id);
}

bool shim_line_request(writer *w, int64_t id, const shim_request *request)
{
    write_start(w, id);
    write_key(w, span_text("op"));
    write_string(w, request->op);
    write_list(w, &request->in);
    write_text(w, "}");
    return writer_ok(w) && !request->in.overflow;
}

static const char *const answer_key[] = {[SHIM_OK] = "ok", [SHIM_REJ] = "rej", [SHIM_UNS] = "uns", [SHIM_BUG] = "bug"};

bool shim_line_reply(writer *w, int64_t id, const shim_reply *reply)
{
    must(reply->answer != SHIM_NONE);
    write_start(w, id);
    write_key(w, span_text(answer_key[reply->answer]));
    if (reply->answer == SHIM_OK)
        write_text(w, "1");
    else
        write_string(w, reply->word);
    write_list(w, &reply->out);
    write_text(w, "}");
    return writer_ok(w) && !reply->out.overflow;
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
