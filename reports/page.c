#include "page.h"

#include "utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPLACEMENT "\xef\xbf\xbd"

static void room_for(page *out, size_t more)
{
    if (out->n + more < out->cap)
        return;
    size_t cap = out->cap ? out->cap : 1024;
    while (cap <= out->n + more)
        cap *= 2;
    out->p = or_stop(realloc(out->p, cap));
    out->cap = cap;
}

void page_put_n(page *out, const void *p, size_t n)
{
    room_for(out, n);
    if (n)
        memcpy(out->p + out->n, p, n);
    out->n += n;
    out->p[out->n] = 0;
}

void page_put(page *out, const char *text)
{
    if (text)
        page_put_n(out, text, strlen(text));
}

void page_put_hex(page *out, span bytes)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++)
        page_put_n(out, (char[]){digit[bytes.p[i] >> 4], digit[bytes.p[i] & 15]}, 2);
}

void page_printf(page *out, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    must(n >= 0);
    room_for(out, (size_t)n + 1);
    vsnprintf(out->p + out->n, (size_t)n + 1, format, again);
    out->n += (size_t)n;
    va_end(again);
    va_end(args);
}

void page_free(page *out)
{
    free(out->p);
    *out = (page){0};
}

/* ---- cleaning ---- */

static void put_cleaned(page *out, const char *text, bool no_controls)
{
    const uint8_t *p = (const uint8_t *)text;
    for (size_t n = text ? strlen(text) : 0; n;) {
        size_t len = utf8_step(span_of(p, n));
        if (len == 0 || (no_controls && !utf8_is_plain(span_of(p, len))))
            page_put(out, REPLACEMENT);
        else
            page_put_n(out, p, len);
        p += len ? len : 1;
        n -= len ? len : 1;
    }
}

void page_put_utf8(page *out, const char *text) { put_cleaned(out, text, false); }

void page_put_shown(page *out, const char *text) { put_cleaned(out, text, true); }

const char *shown_text(const char *text)
{
    static page rooms[8];
    static unsigned turn;
    page *out = &rooms[turn++ % 8];
    page_free(out);
    page_put_shown(out, text);
    return out->p ? out->p : "";
}

/* U+2000 to U+207F: line separators, and what turns the direction of text. */
static bool is_invisible(const uint8_t *p)
{
    const unsigned low = p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81) ? (p[1] & 1u) << 6 | (p[2] & 0x3fu) : 0;
    return low == 0x0e || low == 0x0f || (low >= 0x28 && low <= 0x2e) || (low >= 0x66 && low <= 0x69);
}

void page_put_json(page *out, const char *text)
{
    page clean = {0};
    page_put_utf8(&clean, text);
    page_put(out, "\"");
    for (const uint8_t *p = (const uint8_t *)clean.p; p && *p; p++) {
        if (*p == '"' || *p == '\\')
            page_printf(out, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f || *p == '<')
            page_printf(out, "\\u%04x", *p);
        else if (p[0] == 0xc2 && p[1] < 0xa0) {
            page_printf(out, "\\u00%02x", p[1]);
            p += 1;
        } else if (is_invisible(p)) {
            page_printf(out, "\\u20%02x", (p[1] & 1u) << 6 | (p[2] & 0x3fu));
            p += 2;
        } else
            page_put_n(out, p, 1);
    }
    page_put(out, "\"");
    page_free(&clean);
}

bool next_word(const char **list, const char **word, size_t *n)
{
    *word = *list;
    *n = strcspn(*list, " ");
    *list += *n + ((*list)[*n] == ' ');
    return *n != 0;
}

/* ---- files ---- */

bool page_save(const page *text, const char *path)
{
    page beside = {0};
    page_printf(&beside, "%s.tmp", path);
    FILE *f = fopen(beside.p, "wb");
    bool ok = f && (text->n == 0 || fwrite(text->p, 1, text->n, f) == text->n);
    int why = errno;
    if (f && fclose(f) != 0 && ok) {
        ok = false;
        why = errno;
    }
    if (ok && rename(beside.p, path) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok && f)
        unlink(beside.p);
    page_free(&beside);
    errno = why;
    return ok;
}

bool page_load(page *out, const char *path, size_t limit)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char part[16384];
    size_t n;
    errno = 0;
    while ((n = fread(part, 1, sizeof part, f)) > 0 && out->n + n <= limit)
        page_put_n(out, part, n);
    int why = n > 0 ? EFBIG : errno;
    bool ok = n == 0 && !ferror(f);
    fclose(f);
    if (ok && !out->p)
        page_put(out, "");
    if (!ok)
        page_free(out);
    errno = why;
    return ok;
}
