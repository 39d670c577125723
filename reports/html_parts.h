/* The parts of the HTML report, one file each (render_html.c puts them together). The page is one file: style, script and
 * results are inside, and its content security policy forbids every request. Without script it is complete and readable. */
#ifndef PARLEY_HTML_PARTS_H
#define PARLEY_HTML_PARTS_H

#include "html.h"
#include "report.h"

void html_causes(const report *, page *);                 /* html_causes.c: what needs a look, once for each cause */
void html_checks(const report *, page *);                 /* html_checks.c: areas by outcome, down to each check */
void html_hex(const result *, page *);                    /* html_hex.c: wanted and received, side by side */
void html_ladder(const report *, const result *, page *); /* html_ladder.c: the exchange, from its transcript */
void html_requirements(const report *, page *);           /* html_requirements.c: uncovered first */
void html_mutants(const report *, page *);                /* html_mutants.c: survivors first */

#endif
