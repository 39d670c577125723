/* Event logs as the firmware of a simulated trust domain keeps them, and lies about them. */
#ifndef PARLEY_INTEL_LOG_H
#define PARLEY_INTEL_LOG_H

#include "eventlog.h"

enum { INTEL_LOG_MAX = 4096, INTEL_LOG_EVENTS_MAX = 16 };

typedef struct intel_event {
    uint32_t index, type; /* index 1 to 4: RTMR0 to RTMR3 */
    const char *data;
    bool of_something_else; /* the digest is of an image, not of the data */
} intel_event;

/* How a log is written; honest ones are made by intel_log_honest. */
typedef struct intel_log {
    intel_event event[INTEL_LOG_EVENTS_MAX];
    size_t n;
    uint32_t head_type;
    const char *signature;
    uint16_t algorithms[2], sizes[2];
    size_t n_algorithms;      /* listed */
    size_t n_digests;         /* of each event */
    int head_more, data_more; /* added to the size of the first event, and to that of the last one's data */
    size_t unwritten;         /* bytes of 0xff behind the last event */
} intel_log;

typedef struct intel_log_scene {
    intel_log log;
    uint8_t bytes[INTEL_LOG_MAX];
    span written;
    uint8_t quoted[AT_RTMRS][AT_RTMR_BYTES]; /* what the honest history makes of the registers */
    unsigned which;
} intel_log_scene;

typedef struct intel_log_lie {
    const char *name;
    uint16_t req; /* 0: a truth */
    const char *mutation, *reason;
    void (*twist)(intel_log *);
    void (*after)(intel_log_scene *);
} intel_log_lie;

extern const intel_log_lie intel_log_lies[]; /* lies and truths */
extern const size_t intel_n_log_lies;

void intel_log_play(intel_log_scene *, const intel_log_lie *); /* NULL: honest */

#endif
