#include "pem.h"
#include "base64.h"

#include <string.h>

enum { LINE = 64 };

/* The next line without its end, CR LF or LF. */
static span take_line(span *text)
{
    const uint8_t *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
    span line = end ? span_first(*text, (size_t)(end - text->p)) : *text;
    *text = span_from(*text, line.n + (end != NULL));
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

static bool is_marker(span line, const char *kind, const char *label)
{
    char marker[80] = {0};
    writer w = writer_of(marker, sizeof marker - 1);
    write_text(&w, "-----");
    write_text(&w, kind);
    write_text(&w, label);
    write_text(&w, "-----");
    return writer_ok(&w) && span_is(line, marker);
}

static bool read_body(span *text, const char *label, writer *out)
{
    bool last = false;
    while (text->n) {
        const span line = take_line(text);
        if (is_marker(line, "END ", label))
            return true;
        if (last || line.n == 0 || line.n > LINE || !base64_read(line, out))
            return false;
        last = line.n < LINE || line.p[line.n - 1] == '=';
    }
    return false;
}

bool pem_next(span *text, const char *label, writer *out)
{
    span at = *text;
    const writer before = *out;
    while (at.n)
        if (is_marker(take_line(&at), "BEGIN ", label)) {
            if (read_body(&at, label, out)) {
                *text = at;
                return true;
            }
            break;
        }
    *out = before;
    return false;
}
