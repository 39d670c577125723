/* What the doors of `parley test` share: the head of the results, the expected failures, the files under --out, the exit code. */
#ifndef PARLEY_TEST_RUN_H
#define PARLEY_TEST_RUN_H

#include "doors.h"
#include "expected.h"
#include "session.h"
#include "suite.h"

#include <time.h>

typedef struct test_run {
    const cli_call *call;
    results results;
    expected known, baseline;
    suite_selection which; /* --case, --req, --area, --role, --changed-since, --level L0 and --shard */
    page changed;          /* what --changed-since found */
    bool seeded_by_user;   /* --seed was given */
    page replay;           /* the command line that runs this again, without --case: the operands and the options that matter */
    struct timespec started;
    unsigned jobs;
    int64_t now; /* the time of the verdicts */
} test_run;

/* Reads the options and the files of expected failures before anything runs. `head` has what the door says of its target; the rest of
 * it comes from the command line. `command`: how the target is started; NULL when it is not. Not EXIT_LEVEL: the message is printed. */
int test_run_start(test_run *, const cli_call *, results_head, const char *command, int64_t now);

int test_run_spelling(const cli_call *); /* the values of options that select or compare make sense; test_run_start asks as well */

bool test_run_is_level0(const cli_call *); /* --level L0: its few checks and no others, fewer still by what else selects */

/* What the options select, without --shard; `changed` holds what --changed-since found. Not EXIT_LEVEL: the message is printed. */
int test_run_selection(const cli_call *, page *changed, suite_selection *out);
bool test_run_is_part(const suite_selection *); /* anything is selected */

/* Whether the selection means something at this door, where `n` cases are selected. Not EXIT_LEVEL: the message is printed. */
int test_run_selects(const test_run *, size_t n);

/* Applies the expected failures, writes results.json and env.json under --out, prints the console report. Returns the exit code. */
int test_run_end(test_run *, exit_facts);
void test_run_free(test_run *); /* also after a start that failed */

/* A whole run over the tables of a network door. Returns the exit code. */
int test_run_suite(const cli_call *, suite_run *, case_tables, const duty *, const char *target, const char *command);

#endif
