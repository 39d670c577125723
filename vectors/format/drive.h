/* Takes an implementation to the point a vector case is about, makes the judged call, and compares.
 *
 * The target only reports observations; verdicts are computed here. One row per operation says how to get there (drive.c);
 * a chapter with state adds its own file (drive_nz.c). */
#ifndef PARLEY_DRIVE_H
#define PARLEY_DRIVE_H

#include "vector_file.h"

typedef enum drive_check { CHECK_VERDICT, CHECK_REASON, CHECK_STATE, CHECK_RELEASED, CHECK_WIRE, DRIVE_CHECKS } drive_check;
typedef enum drive_outcome { DRIVE_ABSENT, DRIVE_HELD, DRIVE_BROKE, DRIVE_UNTESTED } drive_outcome;

typedef struct drive_finding {
    drive_outcome outcome;
    char want[96], got[96]; /* shortened; the whole bytes are in the transcript */
    char field[24];         /* what differs: a key of `out`, "released", "digest" */
    size_t differs;         /* first differing byte of that field */
} drive_finding;

typedef struct drive_result {
    shim_fate fate;     /* of the last call made; SHIM_ANSWERED unless the target died, hung or babbled */
    bool arrived;       /* the calls before the judged one were answered as an honest run answers them */
    bool unsupported;   /* it answered uns to something that the case needs */
    shim_answer answer; /* to the judged call */
    char word[96];      /* its reason or complaint */
    char detail[24];    /* what it says besides, for people; our own implementation names the requirement */
    drive_finding check[DRIVE_CHECKS];
} drive_result;

typedef void drive_log(void *ctx, bool asked, const shim_request *, const shim_reply *);

typedef struct drive_target {
    const parley_impl *impl;
    writer room;    /* for replies, at least 256 KiB */
    writer scratch; /* for values kept between calls, likewise */
    drive_log *log; /* NULL, or told of each call and each answer */
    void *log_ctx;
} drive_target;

extern const char *const drive_check_name[DRIVE_CHECKS];

bool drive_knows(const char *op);
/* `base` is the honest twin of a rejecting case, used to see what state the rejection left; NULL skips that. */
void drive(drive_target *, const vector_case *, const vector_case *base, drive_result *);
bool drive_passed(const drive_result *); /* arrived, and nothing broke; untested checks do not count against it */

/* ---- for the rows ---- */

typedef struct drive_run {
    drive_target *target;
    const vector_case *c;
    drive_result *result;
    shim_request request;
    shim_reply reply;
    int64_t handle;
    bool has_handle;
} drive_run;

/* Sends run->request; false when there is no answer (result->fate says why). */
bool drive_ask(drive_run *);
/* The same, and the answer has to be ok: a step on the way. */
bool drive_step(drive_run *);
/* Adds the case's value under `from` to the request as `to`; false when the case has none. */
bool drive_put(drive_run *, const vector_case *, const char *from, const char *to);

typedef struct drive_row {
    const char *op;
    bool (*prepare)(drive_run *, const vector_case *); /* NULL: nothing to do first; false: did not arrive */
    void (*judged)(drive_run *, const vector_case *);  /* fills run->request; NULL: every input, as it stands */
    bool (*follow)(drive_run *, const vector_case *);  /* after an ok: another call, whose outputs are compared instead; NULL: none */
} drive_row;

extern const drive_row drive_nz_rows[];

#endif
