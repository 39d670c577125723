#include "inspect.h"
#include "json.h"

#include <string.h>

enum { ROOM = 8192 };

/* Printable ASCII as it is, a backslash doubled; of any other byte its number. */
static void write_plain(writer *w, span s)
{
    static const char digits[] = "0123456789abcdef";
    const span shown = span_first(s, INSPECT_BYTES_MAX);
    for (size_t i = 0; i < shown.n; i++) {
        const uint8_t c = shown.p[i];
        if (c >= 0x20 && c < 0x7f) {
            write_text(w, c == '\\' ? "\\" : "");
            write_span(w, span_of(&c, 1));
            continue;
        }
        const char escaped[] = {'\\', 'x', digits[c >> 4], digits[c & 15]};
        write_span(w, SPAN(escaped));
    }
    write_text(w, shown.n < s.n ? "..." : "");
}

static void put(const inspection *i, const writer *w)
{
    must(writer_ok(w));
    fwrite(w->p, 1, w->n, i->to);
}

static void write_member(writer *w, const char *name, const char *value)
{
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":");
    json_write_text(w, value);
}

static void write_number(writer *w, const char *name, uint64_t value)
{
    write_text(w, name);
    json_write_int(w, (int64_t)value);
}

/* ---- parts ---- */

static void begin_json(inspection *i, const char *name, const char *format, size_t at, span bytes, bool decoded)
{
    char room[ROOM];
    writer w = WRITER(room);
    write_text(&w, i->n_parts ? ",{\"name\":" : "{\"name\":");
    json_write_text(&w, name);
    write_member(&w, "format", format);
    write_number(&w, ",\"at\":", at);
    write_number(&w, ",\"size\":", bytes.n);
    write_text(&w, decoded ? ",\"decoded\":true,\"fields\":[" : ",\"decoded\":false,\"fields\":[");
    put(i, &w);
}

void inspect_begin(inspection *i, const char *name, const char *format, size_t at, span bytes, bool decoded)
{
    decoded |= i->decoded;
    inspect_end(i);
    if (i->n_fields < INSPECT_FIELDS_MAX && i->json)
        begin_json(i, name, format, at, bytes, decoded);
    else if (i->n_fields < INSPECT_FIELDS_MAX)
        fprintf(i->to, "%s%s: %s, %zu bytes%s 0x%zx\n", i->n_parts ? "\n" : "", name, format, bytes.n, decoded ? ", decoded from" : " at",
                at);
    i->in_part = i->n_fields < INSPECT_FIELDS_MAX;
    i->first = true;
    i->n_parts += i->in_part;
    i->part = bytes;
}

void inspect_end(inspection *i)
{
    if (i->in_part && i->json)
        fputs("]}", i->to);
    i->in_part = false;
}

/* ---- fields ---- */

/* `value` is text that needs no escaping any more. */
static void line(inspection *i, const char *name, size_t at, size_t n, const writer *value, const char *meaning)
{
    char room[256];
    writer w = WRITER(room);
    write_plain(&w, span_first(span_text(name), 60));
    must(writer_ok(&w));
    fprintf(i->to, "0x%04zx %5zu  %-26.*s %.*s", at, n, (int)w.n, room, (int)value->n, (const char *)value->p);
    if (meaning && *meaning)
        fprintf(i->to, "  (%s)", meaning);
    fputs("\n", i->to);
}

static void object(inspection *i, const char *name, size_t at, size_t n, const char *kind, const writer *value, const char *meaning)
{
    char room[ROOM];
    writer w = WRITER(room);
    write_number(&w, i->first ? "{\"at\":" : ",{\"at\":", at);
    write_number(&w, ",\"size\":", n);
    write_text(&w, ",\"name\":\"");
    write_plain(&w, span_first(span_text(name), 128));
    write_text(&w, "\",\"");
    write_text(&w, kind);
    write_text(&w, "\":");
    json_write_string(&w, written(value));
    if (meaning && *meaning)
        write_member(&w, "meaning", meaning);
    write_text(&w, "}");
    put(i, &w);
}

static void field_out(inspection *i, const char *name, size_t at, size_t n, const char *kind, const writer *value, const char *meaning)
{
    must(writer_ok(value));
    if (++i->n_fields > INSPECT_FIELDS_MAX || !i->in_part)
        return;
    if (i->json)
        object(i, name, at, n, kind, value, meaning);
    else
        line(i, name, at, n, value, meaning);
    i->first = false;
}

void inspect_bytes(inspection *i, const char *name, size_t at, span value, const char *meaning)
{
    char room[2 * INSPECT_BYTES_MAX + 8];
    writer w = WRITER(room);
    write_hex(&w, span_first(value, INSPECT_BYTES_MAX));
    write_text(&w, value.n > INSPECT_BYTES_MAX ? "..." : "");
    field_out(i, name, at, value.n, "hex", &w, meaning);
}

void inspect_number(inspection *i, const char *name, size_t at, size_t n, uint64_t value, const char *meaning)
{
    char room[64];
    writer w = WRITER(room);
    const int length = snprintf(room, sizeof room, value > 9 ? "%llu = 0x%llx" : "%llu", (unsigned long long)value,
                                (unsigned long long)value);
    must(length > 0 && (size_t)length < sizeof room);
    w.n = (size_t)length;
    field_out(i, name, at, n, "number", &w, meaning);
}

void inspect_text(inspection *i, const char *name, size_t at, size_t n, span value, const char *meaning)
{
    char room[4 * INSPECT_BYTES_MAX + 8];
    writer w = WRITER(room);
    write_plain(&w, value);
    field_out(i, name, at, n, "text", &w, meaning);
}

void inspect_fault(inspection *i, const char *what)
{
    if (!i->fault)
        i->fault = what;
}
