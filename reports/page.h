/* A page of text that grows: what every renderer writes into, and the two ways it is cleaned before it gets there.
 * Tools only: it allocates, and a program without memory says so and ends. */
#ifndef PARLEY_PAGE_H
#define PARLEY_PAGE_H

#include "bytes.h"
#include "no_memory.h"

typedef struct page {
    char *p; /* always ends in a zero that `n` does not count; NULL while empty */
    size_t n, cap;
} page;

void page_put(page *, const char *text);
void page_put_n(page *, const void *p, size_t n);
__attribute__((format(printf, 2, 3))) void page_printf(page *, const char *format, ...);
void page_put_hex(page *, span bytes); /* lower case */
void page_free(page *);

/* Text from a target can hold anything. Bytes that are not UTF-8 become U+FFFD, one per refused byte; a zero byte is
 * never part of it. page_put_shown also turns control characters (tab and line feed too) into U+FFFD, as XML and
 * terminals need. */
void page_put_utf8(page *, const char *text);
void page_put_shown(page *, const char *text);
const char *shown_text(const char *text); /* the same as a text that is good until the eighth call after */

/* As a JSON string with its quotes. Controls (C1 too), `<`, line separators and what turns text are written as \u escapes, so that the same bytes may stand
 * inside a script element of an HTML page. */
void page_put_json(page *, const char *text);

/* Lists are one text with one space between the words. Takes the next word off the list; false at its end. */
bool next_word(const char **list, const char **word, size_t *n);

/* Replaces the file in one step: written beside it, then renamed. False with errno kept, and the old file untouched. */
bool page_save(const page *, const char *path);
/* The whole file, zero-terminated. False with errno kept; EFBIG above `limit` bytes. */
bool page_load(page *, const char *path, size_t limit);

#endif
