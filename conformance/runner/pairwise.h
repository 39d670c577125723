/* A covering array of strength two: few rows of settings in which each two values of two parameters meet at least once. Most faults that hang on a
 * combination hang on two values (Kuhn, Wallace, Gallo 2004), and 4 x 2 x 4 x 3 x 3 x 4 x 2 x 2 settings are 18 rows instead of 4608. The rows
 * depend on the parameters alone. */
#ifndef PARLEY_PAIRWISE_H
#define PARLEY_PAIRWISE_H

#include "page.h"

enum { PAIRWISE_PARAMETERS = 12, PAIRWISE_VALUES = 8, PAIRWISE_ROWS = 256 };

typedef struct pairwise_parameter {
    const char *name;
    const char *value[PAIRWISE_VALUES];
    size_t n; /* values, at least one */
} pairwise_parameter;

typedef struct pairwise {
    const pairwise_parameter *parameter; /* borrowed */
    size_t n_parameters;
    uint8_t row[PAIRWISE_ROWS][PAIRWISE_PARAMETERS]; /* an index of a value for each parameter */
    size_t n_rows;
} pairwise;

void pairwise_make(pairwise *, const pairwise_parameter *, size_t n);
size_t pairwise_pairs(const pairwise *);                  /* how many there are */
size_t pairwise_covered(const pairwise *, size_t n_rows); /* by the first rows */

/* `name=value name=value ...` of a row. */
void pairwise_print_row(const pairwise *, size_t row, page *out);
/* The fewest settings by which the first row that failed differs from the first that held and still fails: each setting that makes no difference is
 * taken from the other. Nothing when no row failed, or all. `fails` tries a row that need not be one of the array's. */
void pairwise_print_cause(const pairwise *, const bool *failed, bool (*fails)(void *ctx, const uint8_t *row), void *ctx, page *out);

#endif
