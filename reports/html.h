/* What every page in HTML is made of: cleaned text, style and script. */
#ifndef PARLEY_HTML_H
#define PARLEY_HTML_H

#include "results.h"

extern const char html_style[], html_script[]; /* the files in html/ */

void html_text(page *, const char *text); /* escaped, cleaned; for text and for "attributes" */

#endif
