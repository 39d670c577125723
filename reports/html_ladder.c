/* The exchange as a ladder: one rung a message, with its fields in proportion. */
#include "html_parts.h"
#include "transcript.h"

#include <inttypes.h>
#include <string.h>

enum {
    RUNGS = 60,                       /* shown; a longer exchange keeps its file */
    SHOWN_BYTES = 256,                /* of one message */
    SHOWN_JSON = 1200,                /* likewise */
    PAGE_BYTES_WITH_LADDERS = 400000, /* past this many bytes a page only names its transcripts, so that it stays mailable */
    FILE_MAX = 16 << 20,
};

typedef struct ladder {
    page *out;
    int64_t start;
    uint64_t rungs;
} ladder;

static void put_fields(const transcript_line *line, page *out)
{
    transcript_field fields[TRANSCRIPT_FIELDS];
    size_t n = transcript_fields(line->fields, line->bytes.n, fields, TRANSCRIPT_FIELDS);
    if (!n)
        return;
    page_put(out, "<div class=\"fields\">");
    for (size_t i = 0; i < n; i++) {
        page name = {0};
        page_put_n(&name, fields[i].name.p, fields[i].name.n);
        page_printf(out, "<span style=\"flex-grow:%zu\" title=\"", fields[i].n ? fields[i].n : 1);
        html_text(out, name.p);
        page_printf(out, " at %zu, %zu bytes\">", fields[i].at, fields[i].n);
        html_text(out, name.p);
        page_printf(out, "<small>%zu</small></span>", fields[i].n);
        page_free(&name);
    }
    page_put(out, "</div>");
}

static void put_bytes(const transcript_line *line, page *out)
{
    size_t n = line->bytes.n < SHOWN_BYTES ? line->bytes.n : SHOWN_BYTES;
    if (!n)
        return;
    page_printf(out, "<details class=\"raw\"><summary>%zu byte%s</summary><pre>", line->bytes.n, line->bytes.n == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++)
        page_printf(out, "%02x%s", line->bytes.p[i], (i + 1) % 32 == 0 ? "\n" : (i + 1) % 8 == 0 ? "  " : " ");
    page_put(out, n < line->bytes.n ? "\xe2\x80\xa6</pre></details>" : "</pre></details>");
}

static void put_json(const transcript_line *line, page *out)
{
    page shown = {0};
    if (!line->json || !*line->json)
        return;
    const size_t n = strlen(line->json);
    page_put_n(&shown, line->json, n < SHOWN_JSON ? n : SHOWN_JSON);
    page_put(out, "<pre class=\"json\">");
    html_text(out, shown.p);
    page_put(out, n > SHOWN_JSON ? "\xe2\x80\xa6</pre>" : "</pre>");
    page_free(&shown);
}

static void put_rung(void *ctx, const transcript_line *line)
{
    ladder *l = ctx;
    if (l->rungs++ == 0)
        l->start = line->vt;
    if (l->rungs > RUNGS)
        return;
    bool right = strcmp(line->dir, "c>s") == 0, left = strcmp(line->dir, "s>c") == 0;
    int64_t us = line->vt - l->start;
    page_printf(l->out, "<li class=\"%s\"><span class=\"vt\">%" PRId64 ".%03d ms</span><div class=\"rung\"><p><b>",
                right  ? "to"
                : left ? "fro"
                       : "in",
                us / 1000, (int)(us % 1000));
    html_text(l->out, line->layer);
    page_put(l->out, "</b> ");
    html_text(l->out, line->note);
    page_put(l->out, "</p>");
    put_fields(line, l->out);
    put_bytes(line, l->out);
    put_json(line, l->out);
    page_put(l->out, "</div></li>");
}

/* Only files inside the folder: a results file may come from anybody. */
static bool stays_inside(const char *path) { return *path && *path != '/' && !strstr(path, "..") && !strchr(path, '\\'); }

void html_ladder(const report *rep, const result *one, page *out)
{
    page path = {0}, text = {0};
    ladder l = {.out = out};
    if (!rep->folder || !stays_inside(one->transcript))
        return;
    page_printf(&path, "%s/%s", rep->folder, one->transcript);
    if (out->n > PAGE_BYTES_WITH_LADDERS) {
        page_put(out, "<p class=\"more\">The exchange is in <code>");
        html_text(out, one->transcript);
        page_put(out, "</code>.</p>");
    } else if (page_load(&text, path.p, FILE_MAX)) {
        page_put(out, "<div class=\"ladder\"><p class=\"ends\"><span>client</span><span>server</span></p><ol>");
        uint64_t bad = transcript_read(text.p, text.n, put_rung, &l);
        page_put(out, "</ol>");
        if (l.rungs > RUNGS)
            page_printf(out, "<p class=\"more\">%" PRIu64 " more in <code>%s</code></p>", l.rungs - RUNGS, one->transcript);
        if (bad)
            page_printf(out, "<p class=\"more\">Line %" PRIu64 " of the transcript is not readable; what follows it is not shown.</p>",
                        bad);
        page_put(out, "</div>");
    }
    page_free(&path), page_free(&text);
}
