/* What lint looks for in the text of one C file. For lint.c only. */
#ifndef PARLEY_LINT_CODE_H
#define PARLEY_LINT_CODE_H

#include "sentences.h"

/* Comments and strings become spaces, so that what is left is code; newlines stay. */
void code_blank(char *text);

/* A citation at `at`: XX-017 or XX_017 with any two letters, with or without REQ_ before it. The number in the dash form goes to `id`. */
bool code_cites(const char *text, const char *at, char id[8]);

/* A citation that carries the sentence out: XX_017, not the name of its number (REQ_XX_017), and not a question about it (WEAKENED). */
bool code_is_site(const char *text, const char *at, char id[8]);

int code_line(const char *text, const char *at);

/* The rest take a text without its comments and strings, and report each fault. */

/* Numbers of sentences, and variables called `req`, that are compared by order or counted with. */
void code_check_order(const char *path, const char *text, sentence_fault *, void *ctx);

/* Lines that have an effect in a weakened build only, and do not say so by WITHIN or WEAKENED: a switch read by its own name, and what a
 * REQUIRE or CHECK of the same function has shown already, asked again by an `if`, a `?` or a remainder. */
void code_check_guards(const char *path, const char *text, sentence_fault *, void *ctx);

#endif
