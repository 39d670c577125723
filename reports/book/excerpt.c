#include "excerpt.h"

#include <stdbool.h>
#include <string.h>

static const char *line_after(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

static const char *line_before(const char *text, const char *at)
{
    while (--at > text && at[-1] != '\n')
        continue;
    return at;
}

/* A definition begins in the first column, below an empty line or the comment that belongs to it. */
static const char *beginning_of(const char *text, const char *at, int *line)
{
    while (at > text && *line_before(text, at) != '\n') {
        at = line_before(text, at);
        --*line;
    }
    return at;
}

static const char *end_of(const char *at)
{
    for (; *at && *at != '\n'; at = line_after(at))
        if (*at == '}')
            return line_after(at);
    return at;
}

static bool begins_definition(const char *at) { return *at != ' ' && *at != '}' && *at != '{' && *at != '\n'; }

excerpt excerpt_around(const char *text, int line)
{
    const char *at = text;
    for (int i = 1; i < line && *at; i++)
        at = line_after(at);
    if (!*at)
        return (excerpt){.start = at, .line = line}; /* the text has fewer lines */
    excerpt e = {.line = line};
    e.start = beginning_of(text, at, &e.line);
    while (e.start > text && !begins_definition(e.start)) { /* an empty line within the definition */
        e.start = line_before(text, e.start);
        e.line--;
        e.start = beginning_of(text, e.start, &e.line);
    }
    const char *end = end_of(at);
    while (*end == '\n' && end[1] == ' ') /* the same, after the line */
        end = end_of(end + 1);
    e.n = (size_t)(end - e.start);
    return e;
}
