/* The client under test, started for one case: its words from the command line, no shell, both outputs read to their end. */
#ifndef PARLEY_SPAWN_H
#define PARLEY_SPAWN_H

#include "trial.h"

enum { SPAWN_OUTPUT_MAX = 1 << 20 }; /* bytes of each output that are kept */

/* Starts the command with {url}, {pack}, {prompt}, {ctl} and {receipt} filled in; a word with the last stands there only where the case asks for
 * a receipt. The trial is over when that can't be done. */
void spawn_start(trial *, const char *prompt);
bool is_receipt_word(const char *word);  /* of a command */
bool spawn_has_ended(const trial *);     /* it exited and both outputs are closed */
const char *spawn_ending(const trial *); /* "exit 10", "signal 11", "still running" */
int spawn_exit(const trial *);           /* 0 to 255; -1 when a signal ended it or it runs still */
const char *spawn_output(const trial *);
span spawn_errors(const trial *);                /* its error output so far */
bool spawn_shows_sanitizer(const trial *);       /* a sanitizer's report on its error output */
bool spawn_reason(const trial *, char word[32]); /* {"rej":"word"} as the last line of the output */
void spawn_kill(trial *);                        /* at once; its end is seen like any other */
void spawn_end(trial *);                         /* kills what still runs, and frees */

#endif
