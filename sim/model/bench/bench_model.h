/* How fast each kernel of the model is, beside float32 on the same shape and beside the memory's limit, in the same run.
 *
 * Every subject runs once a round, one after another, so that what slows the machine down for a while slows all of them. A run is
 * the first BENCH_POSITIONS tokens of a session, greedy. Time is the processor time of the thread that works: other
 * programs on the machine disturb caches, but do not count. Two threads are two sessions; their rates are added. */
#ifndef PARLEY_BENCH_MODEL_H
#define PARLEY_BENCH_MODEL_H

#include "bench_isa.h"
#include "bench_spread.h"
#include "model_engine.h"

enum { BENCH_POSITIONS = 250, BENCH_THREADS = 2, BENCH_KERNELS_MAX = 8 };

/* The subjects; kernels follow in the order of model_kernels. */
enum { BENCH_STREAM, BENCH_STREAM_FLOAT, BENCH_FLOAT, BENCH_FLOAT_TUNED, BENCH_KERNEL };

typedef struct bench bench;
typedef struct bench_lane bench_lane;

typedef struct bench_subject {
    void (*run)(const bench *, const struct bench_subject *, bench_lane *);
    const model_kernel *kernel;  /* of a kernel */
    const bench_isa *isa;        /* of float32 */
    double work;                 /* of one run: tokens, or bytes */
    double *rate[BENCH_THREADS]; /* (rounds): work per second, on one thread and on two */
} bench_subject;

struct bench {
    const model *model;
    const bench_isa *isa;
    uint32_t positions, rounds, threads; /* threads: 1 where there is one processor */
    double bytes, float_bytes;           /* that a token needs from memory: weights, and keys and values on average */
    size_t stream_n, stream_float_n;     /* bytes that the two streams load */
    bench_subject subject[BENCH_KERNEL + BENCH_KERNELS_MAX];
    size_t n_subjects;
    float_net net;
    bench_lane *lane[BENCH_THREADS];
    void *streamed;
};

bool bench_start(bench *, const model *, uint32_t rounds); /* false without memory */
bool bench_round(bench *, uint32_t round);                 /* false when no thread can be had */
void bench_end(bench *);

bench_spread bench_rate(const bench *, size_t subject, uint32_t threads);
bench_spread bench_ratio(const bench *, size_t subject, size_t of, uint32_t threads); /* of two subjects, round by round */
bench_spread bench_share(const bench *, size_t subject, uint32_t threads);            /* of the rate that memory allows, round by round */

#endif
