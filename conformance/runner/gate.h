/* The gate: the checks that the suite makes of itself, one after the other, and one verdict over all of them.
 *
 * A step is a verb of this program. Who runs it is lent by the caller, so that a test can play every way a step may end.
 * Until a step has ended well its row is red: what did not run, was interrupted or left nothing behind is never a pass. */
#ifndef PARLEY_GATE_H
#define PARLEY_GATE_H

#include "page.h"

enum { GATE_WORDS = 3, GATE_FILES = 3, GATE_STEPS = 8, GATE_SAID = 200 };

typedef struct gate_step {
    const char *name;                   /* a slug; its output goes to gate/NAME.txt */
    const char *words[GATE_WORDS + 1];  /* the verb, its operands, its flags */
    const char *leaves[GATE_FILES + 1]; /* the files under --out that it writes */
} gate_step;

extern const gate_step gate_steps[]; /* in their order; ended by an empty name */

/* What became of the process of a step. */
typedef struct gate_end {
    enum { GATE_NOT_STARTED, GATE_EXITED, GATE_SIGNALLED } how;
    int number;           /* its exit code, or the signal */
    const char *missing;  /* the first of its files that is not there or empty afterwards; NULL: all are there */
    char said[GATE_SAID]; /* the last line of its output; "" when there was none */
} gate_end;

typedef struct gate_row {
    const gate_step *step;
    int code; /* exits.h; 0 only for a step that ended well */
    char said[GATE_SAID];
} gate_row;

typedef struct gate {
    gate_row row[GATE_STEPS];
    size_t n;
} gate;

typedef void gate_runner(void *ctx, const gate_step *, gate_end *);
typedef bool gate_watcher(void *ctx, const gate *, size_t done); /* false: go no further */

/* Runs all steps, also after a red one. `watch` is called before the first step and after each. */
void gate_run(gate *, const gate_step *steps, gate_runner *run, gate_watcher *watch, void *ctx);
int gate_code(const gate *); /* the worst of all; EXIT_HARNESS without a step */

void gate_row_text(const gate_row *, page *out);
void gate_json(const gate *, page *out); /* gate.json */

#endif
