/* What serve, chat and demo have in common: the pack they run with, the time of their verdicts, and lines for people. */
#ifndef PARLEY_SESSION_H
#define PARLEY_SESSION_H

#include "cli.h"
#include "exits.h"
#include "pack.h"
#include "coins.h"
#include "prim_best.h"

/* --pack DIR, or the pack of --seed and --at (by default of no seed at the built-in time). Allocates. On failure the message has been
 * printed and *exit_code says how to end. */
pack *session_pack(const cli_call *, const char *profile, int *exit_code);

/* For a door of `parley test`: there --seed is of what the runner draws, and never of the pack, which the target has to share. */
pack *session_pack_of_target(const cli_call *, const char *profile, int *exit_code);

/* --platform: `snp` (the default) or `tdx`: on which the enclave runs. False after saying what is wrong. */
bool session_platform(const cli_call *, cf_platform *out);

/* The time of the verdicts: --at, else the pack's. */
int64_t session_time(const cli_call *, const pack *);

/* Chance: seeded by --seed, else the system's. */
coins session_coins(const cli_call *, const char *label);

/* The provider for a run that has to be quick: each primitive from whichever library is faster here. One line on the
 * standard error says which, unless --quiet. */
const prim *session_prim(const cli_call *);

/* --profile: `confer` or `confer@0.1.14`; the first of them when absent. NULL after saying what is wrong. The row, and its name alone. */
const struct suite_profile *session_suite(const cli_call *);
const char *session_profile(const cli_call *);

/* What was checked of the evidence, one line for each, and what was not. */
void session_print_appraisal(FILE *, const cf_appraisal *);

/* Peers write what they like: control characters become U+FFFD. */
void print_safely(FILE *, span utf8);

#endif
