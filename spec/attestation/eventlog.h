/* Attestation: replays an event log against the registers of a quote (chapter attestation, eventlog.md). Events borrow from the log. */
#ifndef PARLEY_EVENTLOG_H
#define PARLEY_EVENTLOG_H

#include "account.h"
#include "prim.h"

enum { AT_RTMRS = 4, AT_RTMR_BYTES = 48, AT_LOG_ALGORITHMS_MAX = 8 };

typedef struct at_event {
    uint64_t rtmr; /* 0 to 3; AT_RTMRS: it extends none */
    uint64_t type;
    span digest; /* SHA-384, 48 bytes */
    span data;
    bool is_measured; /* the digest is that of the data: what the data say was measured (AT-199) */
} at_event;

/* Goes through a log, event after event. */
typedef struct at_event_log {
    const prim *prim;
    span rest;
    size_t n_algorithms;
    struct {
        uint64_t id, size;
    } algorithm[AT_LOG_ALGORITHMS_MAX];
} at_event_log;

/* AT-195; the first event, which extends nothing, is passed over. The account may be NULL, here and below. */
verdict at_event_log_open(const prim *, span log, at_event_log *out, account *);
/* AT-196, AT-197. *more is false at the end; then *out is zero. */
verdict at_event_log_next(at_event_log *, at_event *out, bool *more, account *);

/* What the log makes of the registers: AT-195 to AT-197. */
verdict at_event_log_replay(const prim *, span log, uint8_t rtmr[AT_RTMRS][AT_RTMR_BYTES], account *);

/* Confirms the registers in `which` (bits 1 << rtmr): AT-195 to AT-198. Only then are the log's events worth anything. */
verdict at_event_log_confirm(const prim *, span log, const uint8_t quoted[AT_RTMRS][AT_RTMR_BYTES], unsigned which, account *);

#endif
