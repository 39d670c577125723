#include "book_parts.h"
#include "html.h"
#include "markdown.h"
#include "requirements.h"
#include "tree.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 4096, CHAPTER_MAX = 1 << 20, ANCHOR = 96 };

/* Chapters in reading order: a folder, then its pages by the first sentence that each states. */
static const char *const folders[] = {
    "spec/wire",    "spec/noise",           "spec/attestation", "spec/translog",         "spec/inference", "spec/profiles/confer",
    "spec/ratchet", "spec/profiles/signal", "spec/history",     "spec/profiles/parley1", "sim/pack",       NULL};

void book_heading(book_page *b, int level, const char *id, const char *text)
{
    page_printf(&b->body, "<h%d id=\"%s\"><a class=\"anchor\" href=\"#%s\">", level, id, id);
    markdown_put_line(&b->body, text);
    page_printf(&b->body, "</a></h%d>\n", level);
    if (level > 2)
        return;
    page_printf(&b->contents, "<li class=\"l%d\"><a href=\"#%s\">", level, id);
    markdown_put_line(&b->contents, text);
    page_put(&b->contents, "</a></li>\n");
}

/* ---- a chapter ---- */

typedef struct chapter {
    const char *name; /* of its file, without the ending */
    const char *path; /* from the top of the tree */
    bool fenced;      /* within a block of code */
} chapter;

static void anchor_of(const chapter *c, const char *heading, char id[ANCHOR])
{
    size_t n = (size_t)snprintf(id, ANCHOR / 2, "%s-", c->name);
    for (; *heading && *heading != '\n' && n < ANCHOR - 1; heading++)
        if (isalnum((unsigned char)*heading))
            id[n++] = (char)tolower((unsigned char)*heading);
        else if (id[n - 1] != '-')
            id[n++] = '-';
    id[n] = 0;
}

static void put_heading(book_page *b, const chapter *c, const char *line, size_t n)
{
    char id[ANCHOR], text[256];
    const int level = (int)strspn(line, "#");
    snprintf(text, sizeof text, "%.*s", (int)n - level, line + level);
    text[strcspn(text, "\n")] = 0;
    const char *start = text + strspn(text, " ");
    if (level == 1)
        snprintf(id, sizeof id, "%s", c->name);
    else
        anchor_of(c, start, id);
    book_heading(b, level, id, start);
}

/* The requirement whose sentence begins here, or 0. */
static uint16_t sentence_at(const char *line)
{
    char id[8];
    if (sscanf(line, "- **%7[A-Z0-9-]** (", id) != 1)
        return 0;
    return requirement_named(id);
}

static void flush(book_page *b, const char *from, const char *to)
{
    if (to > from)
        markdown_put(&b->body, from, (size_t)(to - from));
}

static void put_chapter(book_page *b, chapter *c, const char *text)
{
    const char *from = text;
    for (const char *line = text, *next; *line; line = next) {
        next = strchr(line, '\n') ? strchr(line, '\n') + 1 : line + strlen(line);
        c->fenced ^= strncmp(line, "```", 3) == 0;
        const uint16_t req = c->fenced ? 0 : sentence_at(line);
        if (!req && (c->fenced || *line != '#'))
            continue;
        flush(b, from, line);
        from = next;
        if (req)
            book_sentence(b, req);
        else
            put_heading(b, c, line, (size_t)(next - line));
    }
    flush(b, from, text + strlen(text));
}

static void add_chapter(book_page *b, const char *path)
{
    char name[64];
    page text = {0};
    char whole[PATH];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(strrchr(path, '/') + 1, "."), strrchr(path, '/') + 1);
    snprintf(whole, sizeof whole, "%s/%s", b->book->tree, path);
    chapter c = {.name = name, .path = path};
    if (page_load(&text, whole, CHAPTER_MAX))
        put_chapter(b, &c, text.p);
    else
        b->missing = path;
    page_free(&text);
}

/* The chapter's own page is first: it is named as its folder. The others follow by their first sentences. */
static size_t first_sentence(const char *path)
{
    const char *name = strrchr(path, '/'), *folder = name;
    while (folder > path && folder[-1] != '/')
        folder--;
    if (strncmp(name + 1, folder, (size_t)(name - folder)) == 0 && strcmp(name + 1 + (name - folder), ".md") == 0)
        return 0;
    for (size_t i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].file, path) == 0)
            return i;
    return REQ_COUNT;
}

static int by_sentence(const void *a, const void *b)
{
    const size_t x = first_sentence(*(char *const *)a), y = first_sentence(*(char *const *)b);
    return x < y ? -1 : x > y;
}

static bool is_page_of(const char *path, const char *folder)
{
    const size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/') && ends_with(path, ".md");
}

static void add_folder(book_page *b, const file_list *files, const char *folder)
{
    char *pages[64];
    size_t n = 0;
    for (size_t i = 0; i < files->n && n < sizeof pages / sizeof *pages; i++)
        if (is_page_of(files->path[i], folder))
            pages[n++] = files->path[i];
    qsort(pages, n, sizeof *pages, by_sentence);
    for (size_t i = 0; i < n; i++)
        add_chapter(b, pages[i]);
}

/* ---- the page ---- */

static void put_opening(const book *b, page *out)
{
    page_put(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                  "'unsafe-inline'; img-src data:\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
                  "<title>Parley, the specification</title>\n<style>\n");
    page_put(out, html_book_style);
    page_put(out, "</style>\n</head>\n<body>\n<header><h1>Parley, the specification</h1>\n<p>Version ");
    html_text(out, b->version);
    page_printf(out, ", %d numbered sentences, vectors <code>", REQ_COUNT - 1);
    html_text(out, b->data);
    page_put(out, "</code>");
    if (b->results) {
        page_put(out, ", last outcomes of ");
        html_text(out, b->results);
    }
    page_put(out, ".</p></header>\n");
}

static void put_search(page *out)
{
    page_put(out, "<form class=\"search\" role=\"search\"><label for=\"q\">Search sentences</label> <input id=\"q\" type=\"search\" "
                  "placeholder=\"NZ-017, nonce, server\" autocomplete=\"off\"> <output id=\"found\" for=\"q\"></output></form>\n");
}

bool book_write(const book *book, page *out, const char **missing)
{
    static book_page b;
    b = (book_page){.book = book};
    file_list files = tree_files(book->tree);
    add_chapter(&b, "spec/README.md");
    add_chapter(&b, "spec/security.md");
    for (const char *const *folder = folders; *folder; folder++)
        add_folder(&b, &files, *folder);
    file_list_free(&files);
    book_goals(&b);
    book_rungs(&b);
    book_derivations(&b);
    book_matrix(&b);
    put_opening(book, out);
    page_put(out, "<nav aria-label=\"Contents\">\n");
    put_search(out);
    page_put(out, "<ol>\n");
    page_put(out, b.contents.p);
    page_put(out, "</ol>\n</nav>\n<main>\n");
    page_put(out, b.body.p);
    page_put(out, "</main>\n<script>\n");
    page_put(out, html_book_script);
    page_put(out, "</script>\n</body>\n</html>\n");
    page_free(&b.contents), page_free(&b.body);
    *missing = b.missing;
    return !b.missing;
}
