#include "packed.h"

#include <string.h>

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t common_begin(span a, span b)
{
    size_t n = 0;
    while (n < least(a.n, b.n) && a.p[n] == b.p[n] && a.p[n] < 128)
        n++;
    return n;
}

/* Behind what the begins have in common. */
static size_t common_end(span a, span b, size_t begin)
{
    size_t n = 0;
    while (n < least(a.n, b.n) - begin && a.p[a.n - 1 - n] == b.p[b.n - 1 - n] && a.p[a.n - 1 - n] < 128)
        n++;
    return n;
}

static span line_at(const char *text, size_t n)
{
    const char *end = n ? memchr(text, '\n', n) : NULL;
    return span_of(text, end ? (size_t)(end - text) : n);
}

void packed_write(const char *text, size_t n, page *out)
{
    span before = EMPTY;
    for (size_t at = 0; at < n;) {
        const span line = line_at(text + at, n - at);
        const size_t begin = common_begin(before, line), end = common_end(before, line, begin);
        page_printf(out, "%zu %zu ", begin, end);
        page_put_n(out, line.p + begin, line.n - begin - end);
        page_put(out, "\n");
        before = line;
        at += line.n + 1;
    }
}

/* A number and the blank behind it, off the line. */
static bool take_number(span *line, size_t *out)
{
    size_t i = 0;
    for (*out = 0; i < line->n && line->p[i] >= '0' && line->p[i] <= '9' && *out < 1u << 30; i++)
        *out = 10 * *out + (size_t)(line->p[i] - '0');
    if (i == 0 || i == line->n || line->p[i] != ' ')
        return false;
    *line = span_from(*line, i + 1);
    return true;
}

bool packed_read(const char *packed, size_t n, page *out)
{
    page before = {0}, now = {0};
    bool good = true;
    for (size_t at = 0; at < n && good;) {
        span line = line_at(packed + at, n - at);
        size_t begin, end;
        at += line.n + 1;
        good = take_number(&line, &begin) && take_number(&line, &end) && begin <= before.n && end <= before.n - begin;
        if (!good)
            break;
        now.n = 0;
        page_put_n(&now, before.p ? before.p : "", begin);
        page_put_n(&now, line.p, line.n);
        page_put_n(&now, (before.p ? before.p : "") + (before.n - end), end);
        page_put_n(out, now.p, now.n);
        page_put(out, "\n");
        const page spare = before;
        before = now;
        now = spare;
    }
    page_free(&before);
    page_free(&now);
    return good;
}
