/* Implementations against each other: every client with every server, and every adapter with every adapter. */
#ifndef PARLEY_MATRIX_H
#define PARLEY_MATRIX_H

#include "cli.h"
#include "page.h"
#include "target_file.h"

enum { MATRIX_TARGETS = 32, MATRIX_SCENARIOS = 12 };

typedef struct matrix_target {
    target_file file;
    char label[80]; /* name and version */
} matrix_target;

/* What became of one pair. Nothing tried: not applicable, and `why` says what one of them lacks. */
typedef struct matrix_cell {
    unsigned tried, held;
    char why[160];
    size_t pairs, of_pairs; /* with --pairwise: of two settings that were tried together, and that there are */
    page cause;             /* the fewest settings that make it fail */
    page faults;            /* a line for each scenario that did not hold: its name, what was wanted, what came */
} matrix_cell;

/* Scenarios of one client and one server, which is started for them when its file says how. Not EXIT_LEVEL: it can't be had; said why. */
int matrix_chats(const cli_call *, const matrix_target *server, const matrix_target *clients[], size_t n, matrix_cell *cells);
/* Noise handshakes and records of two adapters, the first of which begins: each pattern with each cipher, or with --pairwise every two settings of
 * the options together. */
void matrix_handshakes(const cli_call *, const matrix_target *initiator, const matrix_target *responder, matrix_cell *);

void matrix_judge(matrix_cell *, const char *scenario, bool holds, const char *want, const char *got);

#endif
