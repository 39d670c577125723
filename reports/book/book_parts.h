/* What the parts of the book share. */
#ifndef PARLEY_BOOK_PARTS_H
#define PARLEY_BOOK_PARTS_H

#include "book.h"

extern const char html_book_style[], html_book_script[]; /* the files beside it */

typedef struct book_page {
    const book *book;
    page contents, body; /* the list of chapters and sections; the chapters */
    const char *missing; /* the first file that could not be read */
    char function[320];  /* file and line of the excerpt that was shown last, so that it is not shown twice in a row */
    char function_of[8]; /* under which sentence */
} book_page;

void book_sentence(book_page *, uint16_t req);
void book_matrix(book_page *);
void book_goals(book_page *);
void book_rungs(book_page *);
void book_derivations(book_page *);

/* A heading in the page and in the list of contents; `id` is its anchor. */
void book_heading(book_page *, int level, const char *id, const char *text);

#endif
