/* What every page in HTML is made of: cleaned text, the labels of outcomes, style and script. */
#ifndef PARLEY_HTML_H
#define PARLEY_HTML_H

#include "results.h"

extern const char html_style[], html_script[]; /* the files in html/ */

void html_text(page *, const char *text); /* escaped, cleaned; for text and for "attributes" */
const char *outcome_label(outcome);       /* "not tested", "passed", ... */

#endif
