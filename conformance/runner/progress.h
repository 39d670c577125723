/* A progress line on the standard error: only on a terminal, and only for what takes over a second. */
#ifndef PARLEY_PROGRESS_H
#define PARLEY_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

typedef struct progress {
    const char *what;
    size_t total; /* 0: unknown */
    bool shown, off;
    struct timespec started, drawn;
} progress;

progress progress_start(const char *what, size_t total, bool quiet);
void progress_at(progress *, size_t done);
void progress_end(progress *); /* removes the line */

/* Colour for `f`: the sequence when it is a terminal and NO_COLOR is not set, else "". */
typedef enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_WARN, COLOUR_DIM, COLOUR_BOLD } colour;
const char *colour_on(FILE *f, colour c);

#endif
