/* How fast parts of the text are, as ratios to a floor: the bare primitives that nobody who does the same can do without, measured in
 * the same rounds. In each round every subject runs once, one after another, so that what slows the machine down for a while
 * slows all of them. Time is the processor time of this process. */
#ifndef PARLEY_SPEED_H
#define PARLEY_SPEED_H

#include "bench_spread.h"
#include "prim_best.h"

enum { SPEED_SUBJECTS_MAX = 12 };

typedef struct speed_subject {
    const char *name;
    void (*run)(void *with); /* the work, once */
    void *with;
    unsigned times;                                  /* runs in a row, each round */
    int floor;                                       /* the subject that it is compared with; its own place: a floor itself */
    double at_least;                                 /* the ratio that is the goal; 0: none */
    double outrun;                                   /* how much faster than this one the floor has to be; 0: no goal */
    size_t bytes;                                    /* that one run goes through; 0: its rate means nothing */
    double rate;                                     /* the bytes a second that are the goal; 0: none */
    bool message;                                    /* one run is one message: its rate is said */
    double (*elsewhere)(void *with, unsigned times); /* seconds of so many runs in another process; below 0: it failed. NULL: run here */
    double *seconds;                                 /* of one run; by round */
} speed_subject;

typedef struct speed {
    const char *about; /* one line */
    speed_subject at[SPEED_SUBJECTS_MAX];
    int n;
    uint32_t rounds;
} speed;

void speed_start(speed *, const char *about, uint32_t rounds);
int speed_floor(speed *, const char *name, void (*run)(void *), void *with, unsigned times); /* returns its place */
void speed_add(speed *, const char *name, void (*run)(void *), void *with, unsigned times, int floor, double at_least);
void speed_bytes(speed *, size_t bytes, double rate); /* of the subject that was added last */
void speed_messages(speed *);                         /* one run of the subject that was added last is one message */
void speed_elsewhere(speed *, const char *name, double (*elsewhere)(void *, unsigned), void *with, unsigned times, int floor);
bool speed_round(speed *, uint32_t round); /* false: another process failed */
void speed_end(speed *);

bench_spread speed_time(const speed *, int subject);  /* seconds of one run */
bench_spread speed_ratio(const speed *, int subject); /* the floor's time over the subject's, round by round: 1 is as fast as the floor */

/* What there is to measure. The text is played as programs play it, with lent key pairs, by both pure providers and by `best`. */
void speed_of_noise(speed *, const prim_choice *, uint32_t rounds);
void speed_of_records(speed *, const prim_choice *, uint32_t rounds);
void speed_of_json(speed *, const prim_choice *, uint32_t rounds);
void speed_of_snp(speed *, const prim_choice *, uint32_t rounds);
enum { SPEED_SNP_KEPT = 3 }; /* the subject of speed_of_snp that keeps its issuer */
void speed_of_quotes(speed *, const prim_choice *, uint32_t rounds);
void speed_of_ratchet(speed *, const prim_choice *, uint32_t rounds);
void speed_of_parley1(speed *, const prim_choice *, uint32_t rounds);

#endif
