/* What no vector can tell of an implementation behind the shim: that its sessions are its own, that the digest of a state moves when the state
 * does, that a counter is wide enough, and that an operation is one by its whole name. */
#ifndef PARLEY_SHIM_CHECKS_H
#define PARLEY_SHIM_CHECKS_H

#include "in_process.h"

typedef struct shim_told {
    const char *id;  /* shim.handles.apart */
    const char *req; /* sentences, one space between; "": it is the shim's own contract */
    bool holds;
    const char *want, *got;
} shim_told;

typedef struct shim_subject {
    case_target *target;
    const vector_set *set;
    const char *caps, *ops; /* of hello */
    void *ctx;
    void (*tell)(void *ctx, const shim_told *);
} shim_subject;

/* Tells of each check that applies. `text` is our own implementation, to compare with. */
void shim_checks(const shim_subject *, in_process *text);
/* A session of MANY_RECORDS records in each direction: it takes a while. */
void shim_checks_of_many_records(const shim_subject *, const prim *);

#endif
