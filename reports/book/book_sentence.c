/* One sentence: its text, and beside it the code that carries it out; below, who shows it. */
#include "book_parts.h"
#include "excerpt.h"
#include "html.h"
#include "markdown.h"
#include "requirements.h"

#include <stdio.h>
#include <string.h>

enum { NAMED = 12 /* of a long list */, CODE_MAX = 1 << 20, LINES_MAX = 48 /* of an excerpt */ };

static void put_names(page *out, const char *heading, const page *names, size_t n)
{
    const char *rest = names->p ? names->p : "", *word;
    size_t length, i = 0;
    page_printf(out, "<dt>%s</dt><dd>%zu", heading, n);
    for (; i < NAMED && next_word(&rest, &word, &length); i++)
        page_printf(out, "%s<code>%.*s</code>", i ? ", " : ": ", (int)length, word);
    if (n > NAMED)
        page_printf(out, " and %zu more", n - NAMED);
    page_put(out, "</dd>\n");
}

static void put_mutant(page *out, const sentence_facts *f)
{
    if (!f->site)
        return;
    if (f->n_killers)
        put_names(out, "mutant killed by", &f->killers, f->n_killers);
    else
        page_printf(out, "<dt>mutant</dt><dd>%s</dd>\n", f->fate ? f->fate : "not tried in the run that is at hand");
}

static void put_facts(page *out, const requirement_row *row, const sentence_facts *f)
{
    page_printf(out, "<details><summary>%zu + %zu vectors, %zu + %zu cases%s%s</summary><dl>\n", f->n_accepted, f->n_rejected, f->n_server,
                f->n_client, f->last ? ", last outcome " : "", f->last ? f->last : "");
    put_names(out, "vectors accepted", &f->accepted, f->n_accepted);
    put_names(out, "vectors rejected", &f->rejected, f->n_rejected);
    put_names(out, "cases, server door", &f->server, f->n_server);
    put_names(out, "cases, client door", &f->client, f->n_client);
    put_mutant(out, f);
    page_printf(out, "<dt>states</dt><dd><code>%s:%d</code></dd>\n</dl></details>\n", row->file, row->line);
}

static void put_prose(page *out, const requirement_row *row)
{
    page_printf(out, "<p><a class=\"id\" href=\"#%s\">%s</a> <span class=\"meta\">%s, %s, %s%s%s</span> ", row->id, row->id, row->role,
                row->level, row->shown, *row->reason ? ", " : "", row->reason);
    markdown_put_line(out, row->text);
    if (*row->source) {
        page_put(out, " <span class=\"meta\">[");
        html_text(out, row->source);
        page_put(out, "]</span>");
    }
    page_put(out, "</p>\n");
}

/* ---- the code ---- */

static void put_line(page *out, const char *line, size_t n, bool marked)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s", (int)n, line);
    page_put(out, marked ? "<mark>" : "");
    html_text(out, text);
    page_put(out, marked ? "</mark>\n" : "\n");
}

/* Of a long excerpt only what stands near the line. */
static void put_excerpt(page *out, const excerpt *e, int marked)
{
    const char *at = e->start;
    bool left_out = false;
    for (int line = e->line; at < e->start + e->n; line++) {
        const size_t n = strcspn(at, "\n");
        const bool near = line < e->line + 4 || (line > marked - LINES_MAX / 2 && line < marked + LINES_MAX / 2);
        if (near)
            put_line(out, at, n, line == marked);
        else if (!left_out)
            page_put(out, "...\n");
        left_out = !near;
        at += n + (at[n] == '\n');
    }
}

static void show_function(book_page *b, const sentence_facts *f, const char *id, const char *text)
{
    char where[sizeof b->function];
    const excerpt e = excerpt_around(text, f->site->line);
    snprintf(where, sizeof where, "%s:%d", f->site->file, e.line);
    if (strcmp(where, b->function) == 0) {
        page_printf(&b->body, "<p class=\"same\">line %d of the function at <a href=\"#%s\">%s</a>: <code>", f->site->line, b->function_of,
                    b->function_of);
        html_text(&b->body, f->site->text);
        page_put(&b->body, "</code></p>\n");
        return;
    }
    snprintf(b->function, sizeof b->function, "%s", where);
    snprintf(b->function_of, sizeof b->function_of, "%s", id);
    page_printf(&b->body, "<figure><figcaption>%s</figcaption><pre><code>", where);
    put_excerpt(&b->body, &e, f->site->line);
    page_put(&b->body, "</code></pre></figure>\n");
}

static void put_code(book_page *b, const sentence_facts *f, const char *id)
{
    char path[4096];
    page text = {0};
    if (!f->site) {
        page_put(&b->body, "<p class=\"same\">no line of its own</p>\n");
        return;
    }
    snprintf(path, sizeof path, "%s/%s", b->book->tree, f->site->file);
    if (page_load(&text, path, CODE_MAX))
        show_function(b, f, id, text.p);
    else
        b->missing = f->site->file;
    page_free(&text);
}

void book_sentence(book_page *b, uint16_t req)
{
    const requirement_row *row = &requirement_rows[req];
    const sentence_facts *f = &b->book->facts[req];
    page_printf(&b->body, "<section class=\"sentence\" id=\"%s\"><div>\n", row->id);
    put_prose(&b->body, row);
    put_facts(&b->body, row, f);
    page_put(&b->body, "</div>\n");
    put_code(b, f, row->id);
    page_put(&b->body, "</section>\n");
}
