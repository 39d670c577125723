#include "explain_word.h"
#include "page.h"
#include "place.h"
#include "requirements.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_MAX = 1 << 20 };

/* The n-th cell of a table's row, without what aligns it; of no bytes when there is none. */
static span cell(span row, int n)
{
    const char *at = (const char *)row.p, *end = at + row.n;
    for (; n >= 0 && at < end; n--)
        at = memchr(at, '|', (size_t)(end - at)) ? (const char *)memchr(at, '|', (size_t)(end - at)) + 1 : end;
    const char *stop = at < end ? memchr(at, '|', (size_t)(end - at)) : NULL;
    if (!stop)
        return EMPTY;
    while (at < stop && *at == ' ')
        at++;
    while (stop > at && stop[-1] == ' ')
        stop--;
    return span_of(at, (size_t)(stop - at));
}

static bool names(span first, const char *quoted) { return first.n && memmem(first.p, first.n, quoted, strlen(quoted)); }

static void print_cells(span head, span row)
{
    for (int i = 1; cell(head, i).n; i++)
        if (cell(row, i).n)
            printf("%-18.*s %.*s\n", (int)cell(head, i).n, (const char *)cell(head, i).p, (int)cell(row, i).n,
                   (const char *)cell(row, i).p);
}

static void print_sentences(const char *word)
{
    size_t n = 0;
    for (uint16_t i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].reason, word) == 0)
            printf("%s%s", n++ ? " " : "sentences          ", requirement_rows[i].id);
    fputs(n ? "\n" : "", stdout);
}

/* A table's head is the first row after a line that is none. */
static bool find_row(const page *text, const char *quoted, span *head, span *row)
{
    bool inside = false;
    for (const char *at = text->p, *next; at && *at; at = next) {
        next = strchr(at, '\n') ? strchr(at, '\n') + 1 : at + strlen(at);
        *row = span_of(at, (size_t)(next - at));
        if (*at == '|' && inside && names(cell(*row, 0), quoted))
            return true;
        if (*at == '|' && !inside)
            *head = *row;
        inside = *at == '|';
    }
    return false;
}

bool explain_word(const char *word)
{
    char path[4200], quoted[64];
    page text = {0};
    span head = EMPTY, row = EMPTY;
    snprintf(path, sizeof path, "%s/conformance/reference.md", place_share());
    const bool fits = snprintf(quoted, sizeof quoted, "`%s`", word) < (int)sizeof quoted && !strpbrk(word, "` |");
    const bool found = *word && fits && page_load(&text, path, PAGE_MAX) && find_row(&text, quoted, &head, &row);
    if (found) {
        printf("%s\n\n", word);
        print_cells(head, row);
        print_sentences(word);
    }
    page_free(&text);
    return found;
}
