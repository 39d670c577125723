/* Markdown as our chapters use it (CommonMark with tables) to HTML. Raw HTML in it is left out. Links between chapters become links within
 * one page: `quote.md` is `#quote`. */
#ifndef PARLEY_MARKDOWN_H
#define PARLEY_MARKDOWN_H

#include "page.h"

void markdown_put(page *out, const char *text, size_t n); /* blocks */
void markdown_put_line(page *out, const char *text);      /* one line of text, without an element around it */

#endif
