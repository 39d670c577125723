/* A Noise session as it is overheard from the calls to a library: its secrets are given to it, and what it writes comes back. */
#ifndef PARLEY_OVERHEARD_H
#define PARLEY_OVERHEARD_H

#include "diagnosis.h"
#include "shim.h"

enum { OVERHEARD_BYTES = 1 << 16 };

typedef struct overheard {
    diagnosed_session s;
    bool begun, whole; /* whole: nothing was too long to be kept */
    nz_role role;
    uint8_t bytes[OVERHEARD_BYTES];
    size_t n;
} overheard;

void overheard_start(overheard *);
void overheard_call(overheard *, const shim_request *, const shim_reply *); /* a call that was answered */
bool overheard_nothing_sealed(const overheard *); /* a Noise session in which nothing under a key was accepted or written */
/* What a library that spoke so most likely does wrong; NULL: nothing that is known, or nothing was overheard. */
const char *overheard_diagnosis(const overheard *);

#endif
