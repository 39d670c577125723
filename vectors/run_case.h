/* Takes an implementation to the point a vector case is about, makes the judged call, and compares.
 *
 * The target only reports observations; verdicts are computed here. Each operation says how to get there (chapter.h). */
#ifndef PARLEY_RUN_CASE_H
#define PARLEY_RUN_CASE_H

#include "case_check.h"
#include "vector_file.h"

typedef enum finding_outcome { FINDING_ABSENT, FINDING_HELD, FINDING_FAILED, FINDING_UNTESTED } finding_outcome;

typedef struct case_finding {
    finding_outcome outcome;
    char want[96], got[96]; /* shortened; the whole bytes are in the transcript */
    char field[24];         /* what differs: a key of `out`, "released", "digest" */
    size_t differs;         /* first differing byte of that field */
} case_finding;

typedef struct case_result {
    shim_fate fate;     /* of the last call made; SHIM_ANSWERED unless the target died, hung or broke the form of a line */
    bool arrived;       /* the calls before the judged one were answered as an honest run answers them */
    char broke[32];     /* not arrived: the operation that was not answered as in an honest run, */
    unsigned at_call;   /* and which call that was, counted from 1 */
    bool unsupported;   /* it answered uns to something that the case needs */
    shim_answer answer; /* to the judged call */
    char word[96];      /* its reason or complaint */
    char detail[24];    /* what it says besides, for people; our own implementation names the requirement */
    case_finding check[CASE_CHECKS];
} case_result;

typedef void case_log(void *ctx, bool asked, const shim_request *, const shim_reply *);

typedef struct case_target {
    const parley_impl *impl;
    writer room;    /* for replies, at least 256 KiB */
    writer scratch; /* for values kept between calls, likewise */
    case_log *log;  /* NULL, or told of each call and each answer */
    void *log_ctx;
    bool judging; /* the call that is logged is the judged one */
} case_target;

extern const char *const case_check_name[CASE_CHECKS];

/* `base` is the honest twin of a rejecting case, used to see what state the rejection left; NULL skips that. */
void run_case(case_target *, const vector_case *, const vector_case *base, case_result *);
/* The digest of the state before the judged call of an accepted case, once more, and after it; false when there is none to be had. */
bool case_digests(case_target *, const vector_case *, uint8_t room[3][64], span digest[3]);
bool case_passed(const case_result *); /* arrived, and nothing failed; untested checks do not count against it */

/* ---- for the operations ---- */

typedef struct operation operation;

typedef struct case_run {
    case_target *target;
    const vector_case *c;
    case_result *result;
    shim_request request;
    shim_reply reply;
    int64_t handle;
    bool has_handle;
    unsigned n_calls;
} case_run;

/* Sends run->request; false when there is no answer (result->fate says why). */
bool run_ask(case_run *);
/* The same, and the answer has to be ok: a step on the way. */
bool run_step(case_run *);
/* Adds the case's value under `from` to the request as `to`; false when the case has none. */
bool run_put(case_run *, const vector_case *, const char *from, const char *to);
/* The same for those of "a b:c" that the case has, b as c. */
void run_put_inputs(case_run *, const vector_case *, const char *inputs);
/* Starts a request about the handle that this case has opened. */
void run_start_request(case_run *, const char *op);

#endif
