#include "duty.h"
#include "requirements.h"

#include <string.h>

static bool is_listed(const char *list, const char *wanted, size_t len)
{
    const char *word;
    for (size_t n; list && next_word(&list, &word, &n);)
        if (n == len && strncmp(word, wanted, len) == 0)
            return true;
    return false;
}

/* A word `AT-070|AT-077` is all from the one to the other. */
static bool is_apart(const char *list, const char *id)
{
    const char *word;
    for (size_t n; list && next_word(&list, &word, &n);)
        if (n == 6 ? strncmp(word, id, 6) == 0 : strncmp(word, id, 6) <= 0 && strncmp(id, word + 7, 6) <= 0)
            return true;
    return false;
}

/* `since 0.1.16` or `until 0.1.14` in the source of a sentence, both inclusive. */
static bool holds_at(const char *source, const char *at)
{
    const char *since = strstr(source, "since "), *until = strstr(source, "until ");
    return !at || ((!since || strncmp(since + 6, at, 6) <= 0) && (!until || strncmp(until + 6, at, 6) >= 0));
}

static bool binds(const duty *d, const requirement_row *row)
{
    return strncmp(row->level, "MUST", 4) == 0 && is_listed(d->shown, row->shown, strlen(row->shown)) &&
           (!d->pages || is_listed(d->pages, row->file, strlen(row->file))) && (!d->codes || is_listed(d->codes, row->id, 2)) &&
           !is_apart(d->apart, row->id) && holds_at(row->source, d->at) && (!d->roles || is_listed(d->roles, row->role, strlen(row->role)));
}

void duty_note(const char *numbers, bool *named)
{
    const char *number;
    for (size_t n; numbers && next_word(&numbers, &number, &n);)
        named[requirement_named(number)] = true;
}

void duty_unchecked(const duty *d, const bool *named, page *out)
{
    for (size_t i = 1; i < REQ_COUNT; i++)
        if (!named[i] && binds(d, &requirement_rows[i]))
            page_printf(out, "%s%s", out->n ? " " : "", requirement_rows[i].id);
}
