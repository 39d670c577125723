/* Wanted and received bytes side by side, eight a row, around the first difference. */
#include "html_parts.h"

#include <string.h>

enum { ROW = 8, BEFORE = 2, ROWS = 16 };

/* Runs of different bytes are marked as one. */
static void put_row(page *out, const char *hex, const char *other, size_t at)
{
    size_t n = strlen(hex) / 2, m = strlen(other) / 2;
    bool marked = false;
    for (size_t i = at; i < at + ROW && (i < n || i < m); i++) {
        bool differs = i >= n || i >= m || memcmp(hex + 2 * i, other + 2 * i, 2) != 0;
        if (marked && !differs)
            page_put(out, "</u>");
        page_put(out, i > at ? " " : "");
        if (differs && !marked)
            page_put(out, "<u>");
        if (i < n)
            page_put_n(out, hex + 2 * i, 2);
        else
            page_put(out, "\xc2\xb7\xc2\xb7");
        marked = differs;
    }
    page_put(out, marked ? "</u>" : "");
}

static void put_side(page *out, const char *title, const char *hex, const char *other, size_t from, size_t to)
{
    size_t n = strlen(hex) / 2;
    page_printf(out, "<figure><figcaption>%s <span>%zu byte%s</span></figcaption><pre>", title, n, n == 1 ? "" : "s");
    if (from)
        page_printf(out, "<i>%zu bytes above are equal</i>\n", from);
    for (size_t at = from; at < to; at += ROW) {
        page_printf(out, "<i>%04zx</i>  ", at);
        put_row(out, hex, other, at);
        page_put(out, "\n");
    }
    if (to < n)
        page_printf(out, "<i>%zu bytes more</i>\n", n - to);
    page_put(out, "</pre></figure>");
}

void html_hex(const result *one, page *out)
{
    if (!*one->want_bytes && !*one->got_bytes)
        return;
    size_t first = first_difference(one->want_bytes, one->got_bytes);
    size_t n = strlen(one->want_bytes) / 2, m = strlen(one->got_bytes) / 2, longer = n > m ? n : m;
    size_t row = first == NO_DIFFERENCE ? 0 : first / ROW;
    size_t from = (row > BEFORE ? row - BEFORE : 0) * ROW, to = from + ROWS * ROW;
    if (to > longer)
        to = (longer + ROW - 1) / ROW * ROW;
    page_put(out, "<div class=\"hex\">");
    put_side(out, "wanted", one->want_bytes, one->got_bytes, from, to);
    put_side(out, "received", one->got_bytes, one->want_bytes, from, to);
    page_put(out, "</div>");
    if (first == NO_DIFFERENCE)
        return;
    page_printf(out, "<p class=\"first\">First difference at byte %zu", first);
    if (*one->where) {
        page_put(out, ": <code>");
        html_text(out, one->where);
        page_put(out, "</code>");
    }
    page_put(out, "</p>");
}
