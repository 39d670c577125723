/* The parts of the HTML page, one file each (render_html.c puts them together). The page is one file: style, script and
 * results are inside, and its content security policy forbids every request. Without script it is complete and readable. */
#ifndef PARLEY_HTML_H
#define PARLEY_HTML_H

#include "report.h"

extern const char html_style[], html_script[]; /* the files in html/ */

void html_text(page *, const char *text);                 /* escaped, cleaned; for text and for "attributes" */
void html_checks(const report *, page *);                 /* html_checks.c: areas by outcome, down to each check */
void html_hex(const result *, page *);                    /* html_hex.c: wanted and received, side by side */
void html_ladder(const report *, const result *, page *); /* html_ladder.c: the exchange, from its transcript */
void html_requirements(const report *, page *);           /* html_requirements.c: uncovered first */
void html_mutants(const report *, page *);                /* html_mutants.c: survivors first */

const char *outcome_label(outcome); /* "not tested", "passed", ... */

#endif
