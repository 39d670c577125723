#include "bench_model.h"

#include "bench_random.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PASSES = 300 /* over a buffer: some milliseconds, as the other subjects take */ };

struct bench_lane { /* what one thread works with */
    const bench *bench;
    const bench_subject *subject;
    pthread_barrier_t *together; /* NULL: alone */
    double seconds;
    uint64_t seen; /* so that no work is for nothing */
    float_state floats;
    engine_cache cache;
    engine_work *work;
    int32_t *logits;
    void *memory;
};

/* ---- what runs ---- */

static void run_stream(const bench *b, const bench_subject *s, bench_lane *lane)
{
    const size_t n = s == &b->subject[BENCH_STREAM] ? b->stream_n : b->stream_float_n;
    for (int i = 0; i < PASSES; i++)
        lane->seen += b->isa->stream(b->streamed, n);
}

static void run_float(const bench *b, const bench_subject *s, bench_lane *lane)
{
    uint32_t token = BPE_BOS;
    for (uint32_t i = 0; i < b->positions; i++)
        token = s->isa->step(&b->net, &lane->floats, i, token);
    lane->seen += token;
}

static void run_kernel(const bench *b, const bench_subject *s, bench_lane *lane)
{
    uint32_t token = BPE_BOS;
    for (uint32_t i = 0; i < b->positions; i++) {
        engine_step(b->model, s->kernel, lane->cache, lane->work, i, (uint16_t)token, lane->logits);
        token = b->isa->likeliest(lane->logits, b->model->shape.vocab);
    }
    lane->seen += token;
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *work(void *with)
{
    bench_lane *lane = with;
    if (lane->together)
        pthread_barrier_wait(lane->together);
    const double started = processor_seconds();
    lane->subject->run(lane->bench, lane->subject, lane);
    lane->seconds = processor_seconds() - started;
    return NULL;
}

static bool run_both(bench_lane *const lane[BENCH_THREADS])
{
    pthread_t other;
    pthread_barrier_t together;
    if (pthread_barrier_init(&together, NULL, BENCH_THREADS) != 0)
        return false;
    lane[0]->together = lane[1]->together = &together;
    const bool begun = pthread_create(&other, NULL, work, lane[1]) == 0;
    if (begun) {
        work(lane[0]);
        pthread_join(other, NULL);
    }
    lane[0]->together = lane[1]->together = NULL;
    pthread_barrier_destroy(&together);
    return begun;
}

static bool measure(bench *b, bench_subject *s, uint32_t threads, uint32_t round)
{
    double rate = 0;
    for (uint32_t i = 0; i < threads; i++)
        b->lane[i]->subject = s;
    if (threads == 1)
        work(b->lane[0]);
    else if (!run_both(b->lane))
        return false;
    for (uint32_t i = 0; i < threads; i++)
        rate += s->work / (b->lane[i]->seconds > 1e-9 ? b->lane[i]->seconds : 1e-9);
    s->rate[threads - 1][round] = rate;
    return true;
}

bool bench_round(bench *b, uint32_t round)
{
    for (uint32_t threads = 1; threads <= b->threads; threads++)
        for (size_t i = 0; i < b->n_subjects; i++)
            if (b->subject[i].run && !measure(b, &b->subject[i], threads, round))
                return false;
    return true;
}

/* ---- what memory has to bring ---- */

static double matrix_bytes(const model_matrix *m) { return (double)m->outputs * (m->inputs + sizeof *m->multiplier); }

static double weight_bytes(const model *m)
{
    double n = matrix_bytes(&m->output);
    for (uint32_t l = 0; l < m->shape.layers; l++) {
        const model_layer *at = &m->layer[l];
        n += matrix_bytes(&at->qkv) + matrix_bytes(&at->out) + matrix_bytes(&at->up) + matrix_bytes(&at->down);
    }
    return n;
}

/* Keys and values of all positions so far, in entries, on average over the run. */
static double cache_entries(const bench *b)
{
    const model_shape *s = &b->model->shape;
    return 2.0 * s->layers * s->kv_heads * MODEL_HEAD * (b->positions + 1) / 2.0;
}

static size_t whole_kilobytes(double n) { return ((size_t)n + 1023) / 1024 * 1024; }

/* ---- making it ready ---- */

static bool room_for(void **memory, size_t n)
{
    *memory = aligned_alloc(64, (n + 63) / 64 * 64);
    if (*memory)
        memset(*memory, 0, n); /* pages are there before the clock runs */
    return *memory != NULL;
}

static bool begin_lane(bench *b, bench_lane **out)
{
    void *memory;
    const size_t work = (sizeof(engine_work) + 63) / 64 * 64, logits = ((size_t)b->model->shape.vocab * sizeof(int32_t) + 63) / 64 * 64;
    bench_lane *lane = *out = calloc(1, sizeof *lane);
    if (!lane || !float_state_new(&lane->floats, &b->model->shape) || !room_for(&memory, work + logits + engine_cache_size(b->model)))
        return false;
    lane->bench = b;
    lane->memory = lane->work = memory;
    lane->logits = (int32_t *)(void *)((uint8_t *)memory + work);
    lane->cache = engine_cache_at(b->model, (uint8_t *)memory + work + logits);
    return true;
}

static bool begin_net(bench *b)
{
    const net_plan p = net_plan_of(b->model->shape);
    float *weights = bench_weights(&p);
    const bool made = weights && float_net_new(&b->net, &p, weights);
    free(weights);
    return made;
}

static bool begin_subject(bench *b, size_t at, bench_subject s)
{
    b->subject[at] = s;
    b->n_subjects = at + 1;
    for (int i = 0; i < BENCH_THREADS; i++)
        if (!(b->subject[at].rate[i] = calloc(b->rounds, sizeof(double))))
            return false;
    return true;
}

static bool begin_subjects(bench *b)
{
    bool ready = begin_subject(b, BENCH_STREAM, (bench_subject){.run = run_stream, .work = (double)PASSES * (double)b->stream_n}) &&
                 begin_subject(b, BENCH_STREAM_FLOAT,
                               (bench_subject){.run = run_stream, .work = (double)PASSES * (double)b->stream_float_n}) &&
                 begin_subject(b, BENCH_FLOAT, (bench_subject){.run = run_float, .isa = bench_isa_best(true), .work = b->positions}) &&
                 begin_subject(b, BENCH_FLOAT_TUNED, (bench_subject){.run = run_float, .isa = b->isa, .work = b->positions});
    for (size_t i = 0; ready && model_kernels[i]; i++) {
        const model_kernel *k = model_kernels[i];
        const bench_subject s = {.run = k->usable() ? run_kernel : NULL, .kernel = k, .work = b->positions};
        must(i < BENCH_KERNELS_MAX);
        ready = begin_subject(b, BENCH_KERNEL + i, s);
    }
    return ready;
}

bool bench_start(bench *b, const model *m, uint32_t rounds)
{
    must(rounds > 0 && rounds <= BENCH_ROUNDS_MAX);
    *b = (bench){.model = m, .isa = bench_isa_best(false), .rounds = rounds};
    b->positions = m->shape.context < BENCH_POSITIONS ? m->shape.context : BENCH_POSITIONS;
    b->threads = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? BENCH_THREADS : 1;
    b->bytes = weight_bytes(m) + cache_entries(b) * sizeof(int16_t);
    b->float_bytes = (double)float_net_bytes(&m->shape) + cache_entries(b) * sizeof(float);
    b->stream_n = whole_kilobytes(weight_bytes(m)), b->stream_float_n = whole_kilobytes((double)float_net_bytes(&m->shape));
    const bool ready = begin_net(b) && begin_lane(b, &b->lane[0]) && begin_lane(b, &b->lane[1]) && begin_subjects(b) &&
                       room_for(&b->streamed, b->stream_float_n > b->stream_n ? b->stream_float_n : b->stream_n);
    if (!ready)
        bench_end(b);
    return ready;
}

void bench_end(bench *b)
{
    for (int i = 0; i < BENCH_THREADS; i++) {
        for (size_t k = 0; k < b->n_subjects; k++)
            free(b->subject[k].rate[i]);
        if (b->lane[i])
            float_state_free(&b->lane[i]->floats), free(b->lane[i]->memory);
        free(b->lane[i]);
    }
    float_net_free(&b->net);
    free(b->streamed);
    *b = (bench){0};
}

/* ---- what came out ---- */

bench_spread bench_rate(const bench *b, size_t subject, uint32_t threads)
{
    return bench_spread_of(b->subject[subject].rate[threads - 1], b->rounds);
}

/* Rates of one subject over those of another, times `factor`, round by round. */
static bench_spread quotient(const bench *b, size_t subject, size_t of, uint32_t threads, double factor)
{
    double x[BENCH_ROUNDS_MAX];
    for (uint32_t i = 0; i < b->rounds; i++)
        x[i] = factor * b->subject[subject].rate[threads - 1][i] / b->subject[of].rate[threads - 1][i];
    return bench_spread_of(x, b->rounds);
}

bench_spread bench_ratio(const bench *b, size_t subject, size_t of, uint32_t threads) { return quotient(b, subject, of, threads, 1); }

bench_spread bench_share(const bench *b, size_t subject, uint32_t threads)
{
    const bool floats = subject == BENCH_FLOAT || subject == BENCH_FLOAT_TUNED;
    return quotient(b, subject, floats ? BENCH_STREAM_FLOAT : BENCH_STREAM, threads, floats ? b->float_bytes : b->bytes);
}
