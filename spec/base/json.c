#include "json.h"

#include "utf8.h"

/* A place in a text. Every look past the end sees 0, which no rule of the grammar takes. */
typedef struct place {
    span rest;
} place;

static uint8_t look(const place *at) { return at->rest.n ? at->rest.p[0] : 0; }
static void pass(place *at, size_t n) { at->rest = span_from(at->rest, n); }

static bool take(place *at, uint8_t c)
{
    if (at->rest.n == 0 || at->rest.p[0] != c)
        return false;
    pass(at, 1);
    return true;
}

static void skip_space(place *at)
{
    while (at->rest.n && (look(at) == ' ' || look(at) == '\t' || look(at) == '\n' || look(at) == '\r'))
        pass(at, 1);
}

/* ---- strings ---- */

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool take_four_digits(place *at, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(look(at));
        if (digit < 0)
            return false;
        *unit = *unit << 4 | (uint32_t)digit;
        pass(at, 1);
    }
    return true;
}

/* After "\u": one unit, or a high surrogate with the low one that belongs to it. */
static bool take_units(place *at, uint32_t *character)
{
    uint32_t low;
    if (!take_four_digits(at, character))
        return false;
    if (*character < 0xd800 || *character > 0xdfff)
        return true;
    if (*character > 0xdbff || !take(at, '\\') || !take(at, 'u') || !take_four_digits(at, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* After the backslash. */
static bool take_escape(place *at, uint32_t *character)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const uint8_t c = look(at);
    if (at->rest.n == 0)
        return false;
    pass(at, 1);
    if (c == 'u')
        return take_units(at, character);
    for (size_t i = 0; letters[i]; i++)
        if (c == (uint8_t)letters[i]) {
            *character = (uint8_t)meanings[i];
            return true;
        }
    return false;
}

/* One character of a string, decoded into out. False at the closing quote, and at anything that may not stand there:
 * then the place stands at its end, so that no quote behind the fault is taken for the closing one. */
static bool take_character(place *at, writer *out)
{
    uint32_t character = 0;
    if (look(at) == '"')
        return false;
    if (take(at, '\\')) {
        if (take_escape(at, &character)) {
            utf8_write(out, character);
            return true;
        }
        at->rest = EMPTY;
        return false;
    }
    const size_t n = look(at) < 0x20 ? 0 : utf8_step(at->rest);
    write_span(out, span_first(at->rest, n));
    at->rest = n ? span_from(at->rest, n) : EMPTY;
    return n > 0;
}

static bool skip_string(place *at)
{
    uint8_t one[4];
    writer out = WRITER(one);
    if (!take(at, '"'))
        return false;
    while (take_character(at, &out))
        out.n = 0;
    return take(at, '"');
}

/* Two strings as written say the same. Escapes may be long, so both are decoded a character at a time. */
static bool strings_same(span a, span b)
{
    place x = {span_from(a, 1)}, y = {span_from(b, 1)};
    for (;;) {
        uint8_t one[4], other[4];
        writer left = WRITER(one), right = WRITER(other);
        const bool more = take_character(&x, &left);
        if (more != take_character(&y, &right))
            return false;
        if (!more)
            return true;
        if (left.n != right.n || !bytes_equal(one, other, left.n))
            return false;
    }
}

/* ---- numbers and words ---- */

static bool skip_digits(place *at)
{
    const size_t before = at->rest.n;
    while (look(at) >= '0' && look(at) <= '9')
        pass(at, 1);
    return at->rest.n < before;
}

static bool skip_number(place *at)
{
    take(at, '-');
    if (!take(at, '0') && !skip_digits(at))
        return false;
    if (take(at, '.') && !skip_digits(at))
        return false;
    if (take(at, 'e') || take(at, 'E')) {
        if (!take(at, '+'))
            take(at, '-');
        return skip_digits(at);
    }
    return true;
}

static bool skip_word(place *at, const char *word)
{
    for (; *word; word++)
        if (!take(at, (uint8_t)*word))
            return false;
    return true;
}

/* ---- values ---- */

static bool skip_value(place *at, int depth);

/* FNV-1a over the decoded characters. Only spares comparisons: a hostile text with long names of one beginning would cost
 * seconds a megabyte without it. */
static uint32_t digest_of(span name)
{
    place at = {span_from(name, 1)};
    uint32_t digest = 2166136261u;
    uint8_t one[4];
    for (writer out = WRITER(one); take_character(&at, &out); out.n = 0)
        for (size_t i = 0; i < out.n; i++)
            digest = (digest ^ one[i]) * 16777619u;
    return digest;
}

typedef struct known_names {
    size_t n;
    span name[JSON_MEMBERS];
    uint32_t digest[JSON_MEMBERS];
} known_names;

/* False when the name stands in there already, or there is no room. */
static bool is_new(known_names *known, span name)
{
    const uint32_t digest = digest_of(name);
    for (size_t i = 0; i < known->n; i++)
        if (known->digest[i] == digest && strings_same(known->name[i], name))
            return false;
    if (known->n == JSON_MEMBERS)
        return false;
    known->name[known->n] = name;
    known->digest[known->n++] = digest;
    return true;
}

static bool skip_name(place *at, span *name)
{
    const span from = at->rest;
    if (!skip_string(at))
        return false;
    *name = span_first(from, from.n - at->rest.n);
    skip_space(at);
    return take(at, ':');
}

static bool skip_object(place *at, int depth)
{
    known_names known;
    known.n = 0;
    pass(at, 1);
    skip_space(at);
    if (take(at, '}'))
        return true;
    do {
        span name;
        skip_space(at);
        if (!skip_name(at, &name) || !is_new(&known, name) || !skip_value(at, depth + 1))
            return false;
    } while (take(at, ','));
    return take(at, '}');
}

static bool skip_array(place *at, int depth)
{
    pass(at, 1);
    skip_space(at);
    if (take(at, ']'))
        return true;
    do {
        if (!skip_value(at, depth + 1))
            return false;
    } while (take(at, ','));
    return take(at, ']');
}

/* With the white space around it. `depth` counts the containers around this value. */
static bool skip_value(place *at, int depth)
{
    bool good = false;
    skip_space(at);
    switch (json_kind_of(at->rest)) {
    case JSON_OBJECT: good = depth < JSON_DEPTH && skip_object(at, depth); break;
    case JSON_ARRAY: good = depth < JSON_DEPTH && skip_array(at, depth); break;
    case JSON_STRING: good = skip_string(at); break;
    case JSON_NUMBER: good = skip_number(at); break;
    case JSON_TRUE: good = skip_word(at, "true"); break;
    case JSON_FALSE: good = skip_word(at, "false"); break;
    case JSON_NULL: good = skip_word(at, "null"); break;
    case JSON_NONE: break;
    }
    skip_space(at);
    return good;
}

json_kind json_kind_of(span value)
{
    switch (value.n ? value.p[0] : 0) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return JSON_NUMBER;
    default: return JSON_NONE;
    }
}

static span without_space_behind(span s)
{
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

bool json_read(span text, span *value)
{
    place at = {text};
    skip_space(&at);
    const span from = at.rest;
    if (!skip_value(&at, 0) || at.rest.n)
        return false;
    *value = without_space_behind(from);
    return true;
}

/* ---- walking ---- */

/* Past a value of a text that was judged already: strings are honoured, brackets are counted, nothing else is asked. */
static void pass_value(place *at)
{
    size_t open = 0;
    while (at->rest.n) {
        const uint8_t c = look(at);
        if (open == 0 && (c == ',' || c == '}' || c == ']'))
            return;
        if (c == '"') {
            if (!skip_string(at))
                at->rest = EMPTY;
            continue;
        }
        open += c == '{' || c == '[';
        open -= c == '}' || c == ']';
        pass(at, 1);
    }
}

json_cursor json_enter(span container)
{
    const json_kind kind = json_kind_of(container);
    json_cursor c = {.object = kind == JSON_OBJECT};
    if (kind == JSON_OBJECT || kind == JSON_ARRAY)
        c.rest = span_from(container, 1);
    return c;
}

bool json_next(json_cursor *c)
{
    place at = {c->rest};
    c->name = c->value = EMPTY;
    skip_space(&at);
    if (take(&at, ','))
        skip_space(&at);
    if (at.rest.n == 0 || look(&at) == '}' || look(&at) == ']' || (c->object && !skip_name(&at, &c->name))) {
        c->rest = EMPTY;
        return false;
    }
    skip_space(&at);
    const span from = at.rest;
    pass_value(&at);
    c->value = without_space_behind(span_first(from, from.n - at.rest.n));
    c->rest = at.rest;
    return c->value.n > 0;
}

bool json_member(span object, const char *name, span *value)
{
    *value = EMPTY;
    if (json_kind_of(object) != JSON_OBJECT)
        return false;
    for (json_cursor c = json_enter(object); json_next(&c);)
        if (json_string_is(c.name, name)) {
            *value = c.value;
            return true;
        }
    return false;
}

bool json_string_is(span value, const char *text)
{
    place at = {value};
    span wanted = span_text(text);
    if (!take(&at, '"'))
        return false;
    for (;;) {
        uint8_t one[4];
        writer out = WRITER(one);
        if (!take_character(&at, &out))
            return wanted.n == 0 && look(&at) == '"';
        if (!span_same(span_first(wanted, out.n), written(&out)))
            return false;
        wanted = span_from(wanted, out.n);
    }
}

bool json_string(span value, writer *out)
{
    place at = {value};
    if (!take(&at, '"'))
        return false;
    while (take_character(&at, out))
        if (!writer_ok(out))
            return false;
    return take(&at, '"') && at.rest.n == 0;
}

bool json_raw(span value, span *text)
{
    *text = EMPTY;
    if (json_kind_of(value) != JSON_STRING || value.n < 2)
        return false;
    const span inside = span_of(value.p + 1, value.n - 2);
    for (size_t i = 0; i < inside.n; i++)
        if (inside.p[i] == '\\')
            return false;
    *text = inside;
    return true;
}

bool json_bool(span value, bool *out)
{
    const json_kind kind = json_kind_of(value);
    *out = kind == JSON_TRUE;
    return kind == JSON_TRUE || kind == JSON_FALSE;
}

/* The digits at `at` onto `value`, at most `count` of them; false past 2^64 - 1. */
static bool take_number(place *at, size_t count, uint64_t *value)
{
    for (; count && look(at) >= '0' && look(at) <= '9'; count--) {
        const uint64_t digit = look(at) - (uint64_t)'0';
        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
        pass(at, 1);
    }
    return true;
}

bool json_uint(span value, uint64_t max, uint64_t *out)
{
    place at = {value};
    uint64_t n = 0;
    *out = 0;
    if (value.n == 0 || !take_number(&at, value.n, &n) || at.rest.n || n > max)
        return false;
    *out = n;
    return true;
}

/* A sign and a size, in two's complement; false when it does not fit. */
static bool with_sign(bool negative, uint64_t size, int64_t *out)
{
    if (size > (uint64_t)INT64_MAX + negative)
        return false;
    *out = negative ? -(int64_t)(size - (size > 0)) - (size > 0) : (int64_t)size;
    return true;
}

bool json_int(span value, int64_t min, int64_t max, int64_t *out)
{
    place at = {value};
    uint64_t size;
    int64_t n;
    *out = 0;
    const bool negative = take(&at, '-');
    if (!json_uint(at.rest, UINT64_MAX, &size) || !with_sign(negative, size, &n) || n < min || n > max)
        return false;
    *out = n;
    return true;
}

bool json_fixed(span value, unsigned places, int64_t max, int64_t *out)
{
    place at = {value};
    uint64_t size = 0;
    size_t given = 0;
    *out = 0;
    const bool negative = take(&at, '-');
    if (json_kind_of(at.rest) != JSON_NUMBER || !take_number(&at, at.rest.n, &size))
        return false;
    if (take(&at, '.')) {
        const size_t before = at.rest.n;
        if (!take_number(&at, places, &size))
            return false;
        given = before - at.rest.n;
    }
    for (; given < places; given++, size *= 10)
        if (size > (uint64_t)max / 10)
            return false;
    return at.rest.n == 0 && size <= (uint64_t)max && with_sign(negative, size, out);
}

/* ---- writing ---- */

static void write_character(writer *w, span character)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    const uint8_t c = character.p[0];
    if (c == '"' || c == '\\') {
        write_be(w, '\\', 1);
    } else if (c < 0x20) {
        for (size_t i = 0; letters[i]; i++)
            if (c == (uint8_t)meanings[i]) {
                write_be(w, '\\', 1);
                write_be(w, (uint8_t)letters[i], 1);
                return;
            }
        write_text(w, "\\u00");
        write_hex(w, character);
        return;
    }
    write_span(w, character);
}

void json_write_string(writer *w, span s)
{
    write_text(w, "\"");
    while (s.n) {
        const size_t n = utf8_step(s);
        if (n == 0) {
            w->failed = true;
            return;
        }
        write_character(w, span_first(s, n));
        s = span_from(s, n);
    }
    write_text(w, "\"");
}

void json_write_text(writer *w, const char *text) { json_write_string(w, span_text(text)); }

void json_write_int(writer *w, int64_t value)
{
    uint8_t digits[20];
    size_t n = 0;
    uint64_t size = value < 0 ? (uint64_t) - (value + 1) + 1 : (uint64_t)value;
    if (value < 0)
        write_text(w, "-");
    do
        digits[sizeof digits - ++n] = (uint8_t)('0' + size % 10);
    while ((size /= 10) > 0);
    write_span(w, span_of(digits + sizeof digits - n, n));
}
