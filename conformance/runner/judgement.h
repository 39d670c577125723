/* What the bytes of a recorded session decide: for each sentence whether it held, was enforced, or was broken (conformance/README.md, "Sessions
 * that were recorded"). */
#ifndef PARLEY_JUDGEMENT_H
#define PARLEY_JUDGEMENT_H

#include "recorded_session.h"

#ifdef PARLEY_COUNTERS
enum { JUDGEMENT_COUNTS = true };
#else
enum { JUDGEMENT_COUNTS = false }; /* such a build can't tell which checks were reached */
#endif

/* What became of one sentence in this session. */
typedef struct fate_of_sentence {
    unsigned held, kept, broken;
    char where[64]; /* of the first break */
} fate_of_sentence;

typedef struct judged {
    fate_of_sentence fate[REQ_COUNT];
    site_count before[REQ_COUNT];
    bool decided;
    const char *diagnosis; /* what makes the bytes verify; NULL: nothing was found */
    char note[200];        /* what else was seen; empty: nothing */
} judged;

/* Around a step of the text: every check that was reached and did not fire held; the one that fired rejects, which is right unless its reader
 * went on. `message` counts from 0. */
void judgement_watch(judged *);
void judgement_settle(judged *, verdict, bool went_on, size_t message, const char *what);
void judgement_rejects(judged *, verdict, bool went_on, size_t message, const char *what);
/* A sentence that no check of the reader decides. */
void judgement_finds(judged *, uint16_t req, bool holds, size_t message, const char *what);

/* The upgrade: `protocol` as in wire.h. */
void judgement_of_upgrade(judged *, const recorded_session *, span protocol);

/* Prints it; the exit code. */
int judgement_tell(const cli_call *, const judged *, size_t messages);

/* A session of profile parley1; not EXIT_LEVEL: the message is printed. */
int judge_parley1(const cli_call *, judged *, recorded_session *);

#endif
