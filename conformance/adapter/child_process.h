/* A program under test in a process of its own: its words, no shell; three pipes, none of which blocks on our side.
 * It is believed about nothing: what still runs when it has to end is killed. */
#ifndef PARLEY_CHILD_PROCESS_H
#define PARLEY_CHILD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

enum { CHILD_WORDS = 64 }; /* most words of a command */

typedef struct child_process {
    pid_t pid;
    int to, from, err; /* its standard input, output and error output; -1: closed */
    bool ended;
    int status; /* as waitpid gives it, once it has ended */
} child_process;

/* `input`: a pipe to its standard input; else that is empty. False when there are no pipes or no process; an unknown program ends with
 * exit 127 instead. */
bool child_start(child_process *, char *const *argv, bool input);
bool child_has_ended(child_process *); /* without waiting */
/* Closes its input, gives it that long to end by itself, then kills it. Returns its status. */
int child_end(child_process *, unsigned grace_ms);
void child_close(child_process *); /* the other two pipes */

const char *child_ending(int status, char room[32]); /* "exit 3", "signal 11" */
bool shows_sanitizer_report(const char *error_output);

#endif
