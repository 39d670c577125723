/* A command line taken apart without a shell: at blanks; a part in single or double quotes is taken as it stands. */
#ifndef PARLEY_WORDS_H
#define PARLEY_WORDS_H

#include <stdbool.h>

enum { WORDS_MAX = 64 };

/* The words, ended by NULL, in the text itself, which is changed. False when a quote is left open, or there is no word or too many. */
bool words_split(char *text, char *words[WORDS_MAX + 1]);

#endif
