/* Implementations that implement nothing. Each must fail every group of vectors, or that group proves nothing. */
#ifndef PARLEY_NULL_IMPL_H
#define PARLEY_NULL_IMPL_H

#include "shim.h"

enum { NULL_IMPLS = 5 };
extern const parley_impl null_impls[NULL_IMPLS]; /* accept-all, reject-all, echo, constant, empty-ok */
extern const parley_impl null_canary;            /* answers every call with a complaint: no check may survive it */

#endif
