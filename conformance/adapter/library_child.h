/* A library under test in a process of its own (the library door): one request a line to its standard input, one answer a line from its
 * standard output. It is believed about nothing: answers are read strictly, silence is HANG, an end is CRASH, and what it
 * writes to its standard error is kept, where a sanitizer's report counts as a crash. */
#ifndef PARLEY_LIBRARY_CHILD_H
#define PARLEY_LIBRARY_CHILD_H

#include "child_process.h"
#include "shim.h"

enum {
    LIBRARY_PATIENCE_MS = 5000, /* without a byte from the target */
    LIBRARY_STDERR = 1 << 16,   /* bytes kept */
};

typedef struct library_child {
    char command[2048];
    char *argv[CHILD_WORDS + 1]; /* words of the command: no shell */
    child_process process;
    bool runs;
    int64_t next_id;
    unsigned starts;
    int patience_ms;
    char trouble[200]; /* what was wrong with the last call without an answer */
    uint8_t *line;     /* what has come, and what of it is read */
    size_t n_line, consumed;
    uint8_t *request;
    shim_list pairs;
    char errors[LIBRARY_STDERR + 1];
    size_t n_errors;
} library_child;

/* Takes the command's words apart at blanks. False when there are none or too many. Nothing is started yet. */
bool library_open(library_child *, const char *command);
/* Ends what runs and frees. */
void library_close(library_child *);

/* The target as an implementation; started when it is first asked, and anew after it died or was given up. */
parley_impl library_behind_shim(library_child *);

/* For those who want to see lines: start, send a line as it stands, and take the next line whatever it holds.
 * The line is borrowed until the next call; without its newline. */
bool library_start(library_child *);
shim_fate library_send(library_child *, const void *line, size_t n);
shim_fate library_take(library_child *, span *line);
void library_stop(library_child *);

#endif
