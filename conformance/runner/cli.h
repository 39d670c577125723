/* The command line: one table of verbs, from which parsing, help, man page and completion come.
 *
 * A verb is one row in verbs.def and one file verb_<name>.c with `int verb_<name>(const cli_call *call)`, which
 * returns an exit code (exits.h). Everything the user typed stands in the call; a verb never looks at argv itself. */
#ifndef PARLEY_CLI_H
#define PARLEY_CLI_H

#include "rfc3339.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CLI_OPTIONS 56 /* most options that one verb has, the common ones among them */
#define CLI_SEED    32 /* most bytes of a seed */

/* One option. With `value` it takes an argument, which the help calls by that word; without, it is a flag. */
typedef struct cli_option {
    const char *name, *value, *help;
} cli_option;

typedef struct cli_call cli_call;

typedef struct cli_verb {
    const char *name;
    const char *synopsis;      /* the operands, as in a usage line; alternatives are separated by newlines */
    const char *summary;       /* one line, no full stop */
    const char *about;         /* one paragraph */
    const cli_option *options; /* its own, ended by an empty name; one of a common name replaces the common one */
    int (*run)(const cli_call *);
} cli_verb;

extern const cli_verb cli_verbs[]; /* ended by an empty name */
extern const cli_option cli_common[];
const cli_verb *cli_find(const char *name);
bool cli_verb_has(const cli_verb *, const char *name); /* an option of its own by that name */

struct cli_call {
    const cli_verb *verb;
    const char *program; /* how the program was called, for replay lines */
    const cli_option *options[CLI_OPTIONS];
    const char *values[CLI_OPTIONS]; /* beside options: the argument, "" for a flag that was given, NULL otherwise */
    size_t n_options;
    uint8_t seed[CLI_SEED];
    size_t seed_n; /* bytes; 0 when --seed was not given */
    bool seed_given;
    bool has_at;
    instant at; /* --at; `now` was read once, here */
    bool json, quiet;
    const char *out; /* --out; never NULL */
    int argc;        /* what is left: the operands */
    char **argv;
    int target_pid;             /* of a target that this call has started; 0: none */
    const char *target_version; /* of a target file; NULL: not known */
    const cli_call *given;      /* what the user called, when a verb calls a door of its own for it; NULL: this */
};

const char *cli_value(const cli_call *, const char *name); /* NULL when not given; the name must be in the verb's table */
bool cli_given(const cli_call *, const char *name);
const char *cli_operand(const cli_call *, int i); /* NULL when there are fewer */

/* A decimal number between low and high. False after saying what is wrong; untouched when the option was not given. */
bool cli_number(const cli_call *, const char *name, uint64_t low, uint64_t high, uint64_t *out);

/* A decimal number with at most three digits after the point, in thousandths; likewise. Never by way of a floating-point number. */
bool cli_thousandths(const cli_call *, const char *name, uint64_t low, uint64_t high, uint64_t *out);

/* "parley VERB: ..." on the standard error, and where to read more. Returns EXIT_USAGE. */
int cli_usage(const cli_call *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "parley VERB: ...", naming file, field and remedy. Returns `code`. */
int cli_fail(const cli_call *, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

int cli_main(int argc, char **argv);

/* What is generated from the table. */
void help_overview(FILE *);
void help_verb(FILE *, const cli_verb *);
void help_man(FILE *);
void help_completion(FILE *);

#endif
