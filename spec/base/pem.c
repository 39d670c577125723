#include "pem.h"
#include "base64.h"

#include <string.h>

static bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }

/* The next line without its end (LF, CR LF or CR) and without blanks before that. */
static span take_line(span *text)
{
    size_t n = 0;
    while (n < text->n && text->p[n] != '\n' && text->p[n] != '\r')
        n++;
    span line = span_first(*text, n);
    const bool two = n + 1 < text->n && text->p[n] == '\r' && text->p[n + 1] == '\n';
    *text = span_from(*text, n + (two ? 2 : 1));
    while (line.n && is_blank(line.p[line.n - 1]))
        line.n--;
    return line;
}

static bool begins(span line, const char *with) { return span_is(span_first(line, strlen(with)), with); }

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

/* Base64 in lines of any width: decoded four characters at a time. */
typedef struct body {
    uint8_t quad[4];
    size_t n;
    bool last; /* the padding has come */
    writer *out;
} body;

static bool read_line(body *b, span line)
{
    for (size_t i = 0; i < line.n; i++) {
        b->quad[b->n++] = line.p[i];
        if (b->n < sizeof b->quad)
            continue;
        if (b->last || !base64_read(SPAN(b->quad), b->out))
            return false;
        b->last = b->quad[3] == '=';
        b->n = 0;
    }
    return true;
}

static bool read_body(span *text, const char *label, writer *out)
{
    const size_t before = out->n;
    body b = {.out = out};
    while (text->n) {
        const span line = take_line(text);
        if (is_marker(line, "END ", label))
            return b.n == 0 && out->n > before;
        if (!read_line(&b, line))
            return false;
    }
    return false;
}

pem_found pem_next(span *text, const char *label, writer *out)
{
    span at = span_is(span_first(*text, 3), "\xef\xbb\xbf") ? span_from(*text, 3) : *text;
    const writer before = *out;
    while (at.n) {
        const span line = take_line(&at);
        if (!begins(line, "-----BEGIN "))
            continue;
        if (is_marker(line, "BEGIN ", label) && read_body(&at, label, out)) {
            *text = at;
            return PEM_BLOCK;
        }
        *out = before;
        return PEM_BROKEN;
    }
    return PEM_NONE;
}

bool pem_is_text(span file)
{
    span at = span_is(span_first(file, 3), "\xef\xbb\xbf") ? span_from(file, 3) : file;
    while (at.n)
        if (begins(take_line(&at), "-----BEGIN "))
            return true;
    return false;
}
