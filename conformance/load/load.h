/* The server under load: idle sessions, streams, peers that take nothing or trickle, half-open connections and a flood of fragments, all at
 * once, from clients of our own in another process on the loopback. Counts, memory and answers decide; times are only reported. */
#ifndef PARLEY_LOAD_H
#define PARLEY_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOAD_ROUNDS_MAX = 100 };

typedef struct load_plan {
    uint32_t idle, active, slow, half_open, trickling; /* connections of each kind */
    uint32_t rounds;
    size_t memory; /* the server's budget in bytes; 0: its default */
    void (*progress)(void *ctx, uint32_t round);
    void *progress_ctx;
} load_plan;

typedef struct load_round {
    double opened_per_second; /* idle sessions, upgrade to open */
    uint32_t opened, pings_answered, streams, floods_refused,
        others_closed;     /* others_closed: sessions that followed the rules and were closed */
    double first_token[2]; /* seconds: median and 99th percentile */
    size_t loaded, after;  /* resident bytes of the server: with everything there, and after all have gone */
} load_round;

typedef struct load_report {
    load_plan plan;                        /* as it was carried out */
    size_t budget, at_start, idle_session; /* bytes; idle_session: what each idle session of the first round added */
    load_round round[LOAD_ROUNDS_MAX];
    uint32_t rounds;
    const char *failed; /* what did not come to its end in time, or NULL */
} load_report;

/* False without processes or sockets, or when something did not come to its end in time. */
bool load_run(const load_plan *, load_report *);

/* What a report is judged by; each is a line for the user, with whether it holds. False past the last one. */
bool load_judgement(const load_report *, int i, bool *holds, char *text, size_t n);

#endif
