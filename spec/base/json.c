#include "json.h"

#include "utf8.h"

#include <string.h>

/* A place in a text. Every look past the end sees 0, which no rule of the grammar takes. */
typedef struct place {
    const uint8_t *p, *end;
} place;

static place place_of(span s) { return (place){s.p, s.n ? s.p + s.n : s.p}; }
static span rest_of(const place *at) { return span_of(at->p, (size_t)(at->end - at->p)); }
static bool at_end(const place *at) { return at->p == at->end; }
static void pass_all(place *at) { at->p = at->end; }

static uint8_t look(const place *at) { return at_end(at) ? 0 : *at->p; }

static bool take(place *at, uint8_t c)
{
    if (at_end(at) || *at->p != c)
        return false;
    at->p++;
    return true;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void skip_space(place *at)
{
    while (!at_end(at) && is_space(*at->p))
        at->p++;
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
        at->p++;
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
    if (at_end(at))
        return false;
    at->p++;
    if (c == 'u')
        return take_units(at, character);
    for (size_t i = 0; letters[i]; i++)
        if (c == (uint8_t)letters[i]) {
            *character = (uint8_t)meanings[i];
            return true;
        }
    return false;
}

/* None of eight bytes is a quote, a backslash, a control character or a part of a longer character. The test of a byte may be wrong
 * because of a borrow from the byte below it, but only when that byte fails its own test. */
static bool eight_are_plain(const uint8_t *p)
{
    static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w;
    memcpy(&w, p, 8);
    const uint64_t quote = w ^ (ones * '"'), backslash = w ^ (ones * '\\');
    return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | (w - ones * 0x20) | w) & tops ? false : true;
}

/* The number of bytes that need no decoding: up to a quote, a backslash, or a byte that a string may not contain. */
static size_t run_length(const place *at)
{
    const uint8_t *p = at->p;
    while (p < at->end) {
        if (at->end - p >= 8 && eight_are_plain(p)) {
            p += 8;
            continue;
        }
        if (*p == '"' || *p == '\\' || *p < 0x20)
            break;
        const size_t n = *p < 0x80 ? 1 : utf8_step(span_of(p, (size_t)(at->end - p)));
        if (n == 0)
            break;
        p += n;
    }
    return (size_t)(p - at->p);
}

static span take_run(place *at)
{
    const span run = span_of(at->p, run_length(at));
    at->p += run.n;
    return run;
}

/* One character of a string, decoded into out. False at the closing quote, and at anything that a string may not
 * contain: then the place moves to the end of the text, so that a quote after the fault is not taken for the closing one. */
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
        pass_all(at);
        return false;
    }
    const size_t n = look(at) < 0x20 ? 0 : utf8_step(rest_of(at));
    write_span(out, span_of(at->p, n));
    at->p = n ? at->p + n : at->end;
    return n > 0;
}

/* *escaped: whether the string contains a backslash. */
static bool skip_string_seeing(place *at, bool *escaped)
{
    uint32_t character;
    if (!take(at, '"'))
        return false;
    for (*escaped = false;; *escaped = true) {
        at->p += run_length(at);
        if (take(at, '"'))
            return true;
        if (!take(at, '\\') || !take_escape(at, &character)) {
            pass_all(at);
            return false;
        }
    }
}

static bool skip_string(place *at)
{
    bool escaped;
    return skip_string_seeing(at, &escaped);
}

/* Two strings, as written, are equal once decoded. Escapes may be long, so both are decoded one character at a time. */
static bool strings_same(span a, span b)
{
    place x = place_of(span_from(a, 1)), y = place_of(span_from(b, 1));
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
    const uint8_t *before = at->p;
    while (!at_end(at) && *at->p >= '0' && *at->p <= '9')
        at->p++;
    return at->p > before;
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

static json_kind kind_at(uint8_t first);
static bool skip_value(place *at, int depth);

/* FNV-1a over the decoded characters. Only spares comparisons: a hostile text with long names of one beginning would cost
 * seconds a megabyte without it. */
static uint32_t add_digest(uint32_t digest, span bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        digest = (digest ^ bytes.p[i]) * 16777619u;
    return digest;
}

typedef struct name {
    span written; /* with its quotes */
    bool escaped;
    uint32_t digest;
} name;

static uint32_t digest_of(const name *n)
{
    place at = place_of(span_from(n->written, 1));
    uint32_t digest = 2166136261u;
    uint8_t one[4];
    if (!n->escaped)
        return add_digest(digest, span_of(at.p, n->written.n - 2));
    for (writer out = WRITER(one); take_character(&at, &out); out.n = 0)
        digest = add_digest(digest, written(&out));
    return digest;
}

static bool names_same(const name *a, const name *b)
{
    if (!a->escaped && !b->escaped)
        return span_same(a->written, b->written);
    return strings_same(a->written, b->written);
}

enum { NAME_BITS = 1024 };

typedef struct known_names {
    size_t n;
    uint64_t bits[NAME_BITS / 64]; /* of the digests that are there: a name whose bit is not set is new */
    name name[JSON_MEMBERS];
} known_names;

/* False when the name is known already, or there is no room. */
static bool is_new(known_names *known, const name *n)
{
    const uint32_t bit = n->digest % NAME_BITS;
    if (known->bits[bit / 64] >> bit % 64 & 1)
        for (size_t i = 0; i < known->n; i++)
            if (known->name[i].digest == n->digest && names_same(&known->name[i], n))
                return false;
    if (known->n == JSON_MEMBERS)
        return false;
    known->bits[bit / 64] |= (uint64_t)1 << bit % 64;
    known->name[known->n++] = *n;
    return true;
}

static bool skip_name(place *at, name *n)
{
    const uint8_t *from = at->p;
    if (!skip_string_seeing(at, &n->escaped))
        return false;
    n->written = span_of(from, (size_t)(at->p - from));
    skip_space(at);
    return take(at, ':');
}

static bool skip_new_name(place *at, known_names *known)
{
    name n;
    if (!skip_name(at, &n))
        return false;
    n.digest = digest_of(&n);
    return is_new(known, &n);
}

/* Not inlined: its table of names would be in the stack frame of every level of nesting. */
__attribute__((noinline)) static bool skip_object(place *at, int depth)
{
    known_names known;
    known.n = 0;
    memset(known.bits, 0, sizeof known.bits);
    at->p++;
    skip_space(at);
    if (take(at, '}'))
        return true;
    do {
        skip_space(at);
        if (!skip_new_name(at, &known) || !skip_value(at, depth + 1))
            return false;
    } while (take(at, ','));
    return take(at, '}');
}

static bool skip_array(place *at, int depth)
{
    at->p++;
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
    switch (kind_at(look(at))) {
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

static json_kind kind_at(uint8_t first)
{
    switch (first) {
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

json_kind json_kind_of(span value) { return kind_at(value.n ? value.p[0] : 0); }

static span without_space_after(span s)
{
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool json_read(span text, span *value)
{
    place at = place_of(text);
    skip_space(&at);
    const span from = rest_of(&at);
    if (!skip_value(&at, 0) || !at_end(&at))
        return false;
    *value = without_space_after(from);
    return true;
}

/* ---- walking ---- */

/* Skips a value of a text that json_read accepted: it skips strings and counts brackets, and checks nothing else. */
static void pass_value(place *at)
{
    size_t open = 0;
    while (!at_end(at)) {
        const uint8_t c = *at->p;
        if (open == 0 && (c == ',' || c == '}' || c == ']'))
            return;
        if (c == '"') {
            skip_string(at);
            continue;
        }
        open += c == '{' || c == '[';
        open -= c == '}' || c == ']';
        at->p++;
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
    place at = place_of(c->rest);
    name n = {.written = EMPTY};
    c->name = c->value = EMPTY;
    skip_space(&at);
    if (take(&at, ','))
        skip_space(&at);
    if (at_end(&at) || look(&at) == '}' || look(&at) == ']' || (c->object && !skip_name(&at, &n))) {
        c->rest = EMPTY;
        return false;
    }
    c->name = n.written;
    skip_space(&at);
    const uint8_t *from = at.p;
    pass_value(&at);
    c->value = without_space_after(span_of(from, (size_t)(at.p - from)));
    c->rest = rest_of(&at);
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
    place at = place_of(value);
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
    place at = place_of(value);
    if (!take(&at, '"'))
        return false;
    do {
        write_span(out, take_run(&at));
        if (!writer_ok(out))
            return false;
    } while (take_character(&at, out));
    return writer_ok(out) && take(&at, '"') && at_end(&at);
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

/* Appends the digits at `at` to `value`, at most `count` of them; false past 2^64 - 1. */
static bool take_number(place *at, size_t count, uint64_t *value)
{
    for (; count && look(at) >= '0' && look(at) <= '9'; count--) {
        const uint64_t digit = look(at) - (uint64_t)'0';
        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
        at->p++;
    }
    return true;
}

static int digit_value(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool json_bytes(span value, uint8_t *out, size_t n)
{
    span digits;
    if (!json_raw(value, &digits) || digits.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const int high = digit_value(digits.p[2 * i]), low = digit_value(digits.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool json_uint(span value, uint64_t max, uint64_t *out)
{
    place at = place_of(value);
    uint64_t n = 0;
    *out = 0;
    if (value.n == 0 || !take_number(&at, value.n, &n) || !at_end(&at) || n > max)
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
    place at = place_of(value);
    uint64_t size;
    int64_t n;
    *out = 0;
    const bool negative = take(&at, '-');
    if (!json_uint(rest_of(&at), UINT64_MAX, &size) || !with_sign(negative, size, &n) || n < min || n > max)
        return false;
    *out = n;
    return true;
}

bool json_fixed(span value, unsigned places, int64_t max, int64_t *out)
{
    place at = place_of(value);
    uint64_t size = 0;
    size_t given = 0;
    *out = 0;
    const bool negative = take(&at, '-');
    if (kind_at(look(&at)) != JSON_NUMBER || !take_number(&at, value.n, &size))
        return false;
    if (take(&at, '.')) {
        const uint8_t *before = at.p;
        if (!take_number(&at, places, &size))
            return false;
        given = (size_t)(at.p - before);
    }
    for (; given < places; given++, size *= 10)
        if (size > (uint64_t)max / 10)
            return false;
    return at_end(&at) && size <= (uint64_t)max && with_sign(negative, size, out);
}

/* ---- writing ---- */

/* Of a quote, a backslash or a control character. */
static void write_escape(writer *w, uint8_t c)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    if (c == '"' || c == '\\') {
        write_be(w, '\\', 1);
        write_be(w, c, 1);
        return;
    }
    for (size_t i = 0; letters[i]; i++)
        if (c == (uint8_t)meanings[i]) {
            write_be(w, '\\', 1);
            write_be(w, (uint8_t)letters[i], 1);
            return;
        }
    write_text(w, "\\u00");
    write_hex(w, span_of(&c, 1));
}

void json_write_string(writer *w, span s)
{
    write_text(w, "\"");
    for (place at = place_of(s); !at_end(&at);) {
        const span run = take_run(&at);
        write_span(w, run);
        if (run.n == 0 && *at.p >= 0x80) {
            w->failed = true;
            return;
        }
        if (run.n == 0)
            write_escape(w, *at.p++);
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
