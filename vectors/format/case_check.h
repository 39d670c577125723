/* The five checks that a case may make, in vectors and at the network doors alike. */
#ifndef PARLEY_CASE_CHECK_H
#define PARLEY_CASE_CHECK_H

#include <stdbool.h>

typedef enum case_check {
    VERDICT,  /* it was accepted or refused, as it had to be */
    REASON,   /* and for the right reason, as far as that can be seen */
    STATE,    /* the target is usable afterwards, and what was refused left no trace */
    RELEASED, /* nothing was sent, printed or handed out that should not have been */
    WIRE,     /* the bytes are as the text says */
    CASE_CHECKS
} case_check;

extern const char *const case_check_name[CASE_CHECKS]; /* "verdict", "reason", "state", "released", "wire" */
bool is_case_check(const char *name);

#endif
