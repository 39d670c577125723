#include "der.h"
#include "calendar.h"

#include <string.h>

/* ---- reading ---- */

/* Lengths up to 65535 are enough for every certificate and list that we are willing to parse. */
static bool read_length(reader *r, size_t *length)
{
    uint64_t first = read_be(r, 1);
    if (first < 0x80) {
        *length = (size_t)first;
        return !r->failed;
    }
    if (first != 0x81 && first != 0x82)
        return false;
    uint64_t value = read_be(r, first - 0x80);
    *length = (size_t)value;
    return !r->failed && value >= (first == 0x81 ? 0x80 : 0x100);
}

/* DER has no constructed strings, and sequences and sets are always constructed (X.690 10.2, 8.9, 8.11). */
static bool tag_is_der(uint8_t tag)
{
    uint8_t number = tag & 0x1f;
    bool universal = (tag & 0xc0) == 0, constructed = tag & 0x20, holds_items = number == 0x10 || number == 0x11;
    return tag != 0 && number != 0x1f && (!universal || constructed == holds_items);
}

static der_item fail(der_reader *r)
{
    r->failed = true;
    r->rest = EMPTY;
    return (der_item){0};
}

der_item der_next(der_reader *r)
{
    reader in = reader_of(r->rest);
    der_item item = {.tag = (uint8_t)read_be(&in, 1)};
    size_t length = 0;
    if (r->failed || !tag_is_der(item.tag) || !read_length(&in, &length) || length > in.rest.n)
        return fail(r);
    item.content = span_first(in.rest, length);
    item.whole = span_first(r->rest, r->rest.n - in.rest.n + length);
    r->rest = span_from(r->rest, item.whole.n);
    return item;
}

uint8_t der_peek(const der_reader *r) { return r->failed || r->rest.n == 0 ? 0 : r->rest.p[0]; }

span der_take(der_reader *r, uint8_t tag)
{
    if (der_peek(r) != tag)
        return fail(r).content;
    return der_next(r).content;
}

der_reader der_enter(der_reader *r, uint8_t tag)
{
    if (r->depth >= DER_DEPTH_MAX)
        (void)fail(r);
    span inside = der_take(r, tag);
    return (der_reader){inside, r->depth + 1, r->failed};
}

bool der_done(const der_reader *r) { return !r->failed && r->rest.n == 0; }

bool der_well_formed(span der)
{
    der_reader level[DER_DEPTH_MAX + 1] = {der_of(der)};
    size_t depth = 0;
    (void)der_next(&level[0]);
    if (!der_done(&level[0]))
        return false;
    level[0] = der_of(der);
    for (;;) {
        while (der_done(&level[depth])) {
            if (depth == 0)
                return true;
            depth--;
        }
        der_item item = der_next(&level[depth]);
        if (level[depth].failed)
            return false;
        if (!(item.tag & 0x20))
            continue;
        if (depth == DER_DEPTH_MAX)
            return false;
        level[++depth] = der_of(item.content);
    }
}

bool der_uint(span content, uint64_t *value)
{
    *value = 0;
    if (content.n == 0 || content.n > 9 || content.p[0] & 0x80)
        return false;
    bool leading_zero = content.n > 1 && content.p[0] == 0;
    if (leading_zero && !(content.p[1] & 0x80))
        return false;
    if (content.n == 9 && !leading_zero)
        return false;
    for (size_t i = 0; i < content.n; i++)
        *value = *value << 8 | content.p[i];
    return true;
}

bool der_bits(span content, span *bytes)
{
    const bool whole = content.n > 0 && content.p[0] == 0;
    *bytes = whole ? span_from(content, 1) : EMPTY;
    return whole;
}

bool der_time(der_item item, int64_t *at)
{
    span text = item.content;
    unsigned year, month, day, hour, minute, second;
    const bool utc = item.tag == DER_UTC_TIME;
    if ((!utc && item.tag != DER_GENERALIZED_TIME) || !calendar_digits(&text, utc ? 2 : 4, &year) || !calendar_digits(&text, 2, &month) ||
        !calendar_digits(&text, 2, &day) || !calendar_digits(&text, 2, &hour) || !calendar_digits(&text, 2, &minute) ||
        !calendar_digits(&text, 2, &second) || !span_is(text, "Z"))
        return false;
    return calendar_seconds(!utc ? year : year < 50 ? year + 2000 : year + 1900, month, day, hour, minute, second, at);
}

/* ---- object identifiers ---- */

static uint64_t read_arc(const char **at)
{
    uint64_t arc = 0;
    must(**at >= '0' && **at <= '9'); /* ours: identifiers are constants of the text */
    while (**at >= '0' && **at <= '9')
        arc = arc * 10 + (uint64_t)(*(*at)++ - '0');
    if (**at == '.')
        (*at)++;
    return arc;
}

static void write_arc(writer *w, uint64_t arc)
{
    unsigned more = 0;
    while (arc >> (7 * (more + 1)))
        more++;
    for (; more; more--)
        write_be(w, 0x80 | (arc >> (7 * more) & 0x7f), 1);
    write_be(w, arc & 0x7f, 1);
}

static void write_oid(writer *w, const char *dotted)
{
    uint64_t first = read_arc(&dotted);
    write_arc(w, first * 40 + read_arc(&dotted));
    while (*dotted)
        write_arc(w, read_arc(&dotted));
}

bool der_oid_is(span content, const char *dotted)
{
    uint8_t buffer[64];
    writer w = WRITER(buffer);
    write_oid(&w, dotted);
    must(writer_ok(&w));
    return content.n == w.n && memcmp(content.p, buffer, w.n) == 0;
}

/* ---- writing ---- */

der_mark der_open(writer *w, uint8_t tag)
{
    write_be(w, tag, 1);
    write_be(w, 0, 1); /* the short form; der_close makes room when more is needed */
    return w->n;
}

void der_close(writer *w, der_mark content)
{
    if (w->failed)
        return;
    size_t n = w->n - content;
    size_t more = n < 0x80 ? 0 : n < 0x100 ? 1 : 2;
    if (n > 0xffff || !write_room(w, more)) {
        w->failed = true;
        return;
    }
    memmove(w->p + content + more, w->p + content, n);
    writer length = writer_of(w->p + content - 1, more + 1);
    if (more)
        write_be(&length, 0x80 | more, 1);
    write_be(&length, n, more ? more : 1);
}

void der_put(writer *w, uint8_t tag, span content)
{
    der_mark mark = der_open(w, tag);
    write_span(w, content);
    der_close(w, mark);
}

void der_put_uint(writer *w, uint64_t value)
{
    size_t n = 1; /* with room for a clear sign bit */
    while (n < 9 && value >> (8 * n - 1))
        n++;
    der_mark mark = der_open(w, DER_INTEGER);
    if (n == 9)
        write_be(w, 0, 1);
    write_be(w, value, n == 9 ? 8 : n);
    der_close(w, mark);
}

void der_put_oid(writer *w, const char *dotted)
{
    der_mark mark = der_open(w, DER_OID);
    write_oid(w, dotted);
    der_close(w, mark);
}

void der_put_bits(writer *w, span whole_bytes)
{
    der_mark mark = der_open(w, DER_BIT_STRING);
    write_be(w, 0, 1);
    write_span(w, whole_bytes);
    der_close(w, mark);
}

/* Days since 1970 to a date of the proleptic Gregorian calendar, in years that begin in March, so that the leap day comes last. */
static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static void write_digits(writer *w, int value, int digits)
{
    char text[4];
    for (int i = digits; i-- > 0; value /= 10)
        text[i] = (char)('0' + value % 10);
    write_span(w, span_of(text, (size_t)digits));
}

void der_put_time(writer *w, int64_t at)
{
    int64_t days = at / 86400 - (at % 86400 < 0);
    int second = (int)(at - days * 86400), year, month, day;
    civil(days, &year, &month, &day);
    must(year >= 0 && year <= 9999);
    bool utc = year >= 1950 && year <= 2049;
    der_mark mark = der_open(w, utc ? DER_UTC_TIME : DER_GENERALIZED_TIME);
    write_digits(w, utc ? year % 100 : year, utc ? 2 : 4);
    write_digits(w, month, 2);
    write_digits(w, day, 2);
    write_digits(w, second / 3600, 2);
    write_digits(w, second / 60 % 60, 2);
    write_digits(w, second % 60, 2);
    write_text(w, "Z");
    der_close(w, mark);
}
