/* What every renderer is given, and the sentences they share. One renderer a file: render_<format>.c. */
#ifndef PARLEY_REPORT_H
#define PARLEY_REPORT_H

#include "results.h"
#include "requirements.h"

/* One line of mutants.json: {"id":"NZ-036","kind":"REQUIRE","outcome":"killed","killers":["nz.open.tag-flip-last:verdict"],"note":""} */
typedef struct mutant_row {
    const char *id, *kind; /* "REQUIRE", "DO", "EMIT", "semantic" */
    const char *outcome;   /* "killed", "survived", "lethal", "equivalent" */
    const char *killers;   /* one space between */
    const char *note;
} mutant_row;

typedef struct report {
    results *run; /* sorted; borrowed, as all below */
    const requirement_row *rows;
    size_t n_rows;      /* row 0 is empty */
    const char *folder; /* where results.json and t/ stand; NULL: transcripts are not looked for */
    mutant_row *mutants;
    size_t n_mutants;
    results mutant_texts; /* owns what the mutants say */
    char digest[65];      /* SHA-256 of the results file, in hex */
    bool colour;          /* console only */
    size_t limit;         /* Markdown only: bytes that a job summary takes; 0: no limit */
} report;

void report_start(report *, results *, const prim *, const requirement_row *rows, size_t n_rows, const char *folder);
/* mutants.json: {"schema":"mutants/1","mutants":[...]}. NULL, or what is wrong with it. */
const char *report_take_mutants(report *, const char *text, size_t n);
void report_free(report *); /* not the results */

void render_console(const report *, page *); /* one block per check that needs a look, then the counts */
void render_md(const report *, page *);
void render_junit(const report *, page *);
void render_tap(const report *, page *);         /* TAP 14 */
void render_csv(const report *, page *);         /* RFC 4180 */
void render_badge(const report *, page *);       /* SVG */
void render_shield(const report *, page *);      /* shields.io endpoint JSON */
void render_html(const report *, page *);        /* one file, nothing fetched */
void render_sarif(const report *, page *);       /* SARIF 2.1.0 */
void render_annotations(const report *, page *); /* commands of GitHub's log */

/* Recomputes the digest of a page made by render_html from the results inside it. NULL and the digest, or what does not fit. */
const char *report_verify(const char *html, size_t n, const prim *, char digest[65], char fault[200]);

/* ---- shared ---- */

const requirement_row *report_row(const report *, const char *req); /* of the first number in the list; the empty row 0 when unknown */
/* A wrong value in an honest case of a library may be the fault of any sentence that the case serves. */
bool report_serves_many(const result *);
void report_sentences(const report *, const result *, page *); /* "one of 22 sentences: NZ-009, ...": the rarest of the run first */
void report_place(const requirement_row *, page *);            /* "spec/attestation/attestation.md#AT-014" */
void report_badge_text(const report *, page *);                /* "parley 2027-01 · server L2 · client L1" */
size_t report_checked(const report *);                         /* how many sentences a check of this run has judged */
size_t report_unchecked(const report *);                       /* how many sentences have no check at this door */
void report_name(const result *, page *);                      /* "case:check" */

#define REPORT_UNCHECKED "sentences bind this role and have no check at this door"

size_t report_area_len(const char *case_id);  /* of "nz" in "nz.open.basic" */
size_t report_area(const result *, size_t n); /* how many of these n >= 1 sorted results, from the first on, are of its area */

/* What was blocked has one cause: false for all but the first such check. `blocked` counts them, from 0. */
bool report_once(const result *, size_t *blocked);

#define NO_DIFFERENCE SIZE_MAX
size_t first_difference(const char *want_hex, const char *got_hex); /* byte offset; NO_DIFFERENCE when equal or one is empty */
/* "ct[20] tag.15  want 9c41...  got 0000...": the place and eight bytes from there. Nothing when there is no difference. */
void report_differs(const result *, page *);

#endif
