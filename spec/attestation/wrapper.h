/* The wrapper in which an Azure guest finds its report: the report, and the runtime claims that REPORT_DATA is the digest of (prose:
 * attestation.md, section 9). */
#ifndef PARLEY_WRAPPER_H
#define PARLEY_WRAPPER_H

#include "layout.h"
#include "prim.h"

enum { AT_WRAPPED_REPORT = 1184, AT_USER_DATA = 64, AT_WRAPPER_HEAD = 0x4d4 };

/* As received; integers little-endian. Spans borrow. */
typedef struct at_wrapper {
    span mark; /* "HCLA" */
    uint64_t version, size, request, status;
    span reserved, report;
    uint64_t data_size, data_version, report_type, hash_type, claims_size;
    span rest;
    span claims; /* the first claims_size bytes of the rest; what comes after them is covered by nothing */
} at_wrapper;

extern const layout at_wrapper_layout;

/* Whether a file is one, for tools that take both forms. */
bool at_is_wrapper(span);

/* Rejects with AT-070 to AT-075. */
verdict at_read_wrapper(span, account *, at_wrapper *out);
/* Rejects with AT-076. */
verdict at_judge_wrapper(const prim *, const at_wrapper *, span report_data, account *);
/* The member `user-data` of the claims; false when there is none. */
bool at_user_data(const at_wrapper *, uint8_t out[AT_USER_DATA]);

#endif
