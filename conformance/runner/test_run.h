/* What the network doors of `parley test` share (test_server.c, test_client.c). */
#ifndef PARLEY_TEST_RUN_H
#define PARLEY_TEST_RUN_H

#include "baseline.h"
#include "doors.h"
#include "session.h"
#include "suite.h"

/* From --case, --req and --area. */
suite_selection test_selection(const cli_call *);

/* What all doors say of themselves at the top of results.json. */
results_head test_head(const cli_call *, const char *door, const char *target, char seed[2 * CLI_SEED + 1], char at[RFC3339_ROOM],
                       int64_t now);

/* The command line that runs this again, without --case: the program's name, the operands and the options that matter. */
void test_replay(const cli_call *, page *out);

/* A run over the tables of a door: options read, results and env.json written, the console report printed. Returns the exit code. */
int test_run_suite(const cli_call *, suite_run *, const case_table *const *, results *, unsigned jobs_most);

/* Applies the baseline, writes results.json and env.json under --out, prints the console report. Returns the exit code. */
int test_conclude(const cli_call *, results *, exit_facts, bool whole, unsigned jobs, instant started, int64_t now);

#endif
