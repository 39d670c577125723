#include "speed.h"

#include <stdlib.h>
#include <time.h>

void speed_start(speed *s, const char *about, uint32_t rounds) { *s = (speed){.about = about, .rounds = rounds}; }

void speed_add(speed *s, const char *name, void (*run)(void *), void *with, unsigned times, int floor, double at_least)
{
    must(s->n < SPEED_SUBJECTS_MAX && floor <= s->n);
    double *seconds = calloc(s->rounds, sizeof *seconds);
    must(seconds);
    s->at[s->n++] = (speed_subject){
        .name = name, .run = run, .with = with, .times = times, .floor = floor, .at_least = at_least, .seconds = seconds};
}

int speed_floor(speed *s, const char *name, void (*run)(void *), void *with, unsigned times)
{
    speed_add(s, name, run, with, times, s->n, 0);
    return s->n - 1;
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void speed_bytes(speed *s, size_t bytes, double rate)
{
    s->at[s->n - 1].bytes = bytes;
    s->at[s->n - 1].rate = rate;
}

void speed_messages(speed *s) { s->at[s->n - 1].message = true; }

void speed_elsewhere(speed *s, const char *name, double (*elsewhere)(void *, unsigned), void *with, unsigned times, int floor)
{
    speed_add(s, name, NULL, with, times, floor, 0);
    s->at[s->n - 1].elsewhere = elsewhere;
}

static double seconds_of(const speed_subject *one)
{
    if (one->elsewhere)
        return one->elsewhere(one->with, one->times);
    const double started = processor_seconds();
    for (unsigned k = 0; k < one->times; k++)
        one->run(one->with);
    return processor_seconds() - started;
}

bool speed_round(speed *s, uint32_t round)
{
    for (int i = 0; i < s->n; i++) {
        const speed_subject *one = &s->at[i];
        const double took = seconds_of(one);
        if (took < 0)
            return false;
        one->seconds[round] = (took > 1e-9 ? took : 1e-9) / one->times;
    }
    return true;
}

void speed_end(speed *s)
{
    for (int i = 0; i < s->n; i++)
        free(s->at[i].seconds);
    *s = (speed){0};
}

bench_spread speed_time(const speed *s, int subject) { return bench_spread_of(s->at[subject].seconds, s->rounds); }

bench_spread speed_ratio(const speed *s, int subject)
{
    double x[BENCH_ROUNDS_MAX];
    const speed_subject *one = &s->at[subject];
    for (uint32_t i = 0; i < s->rounds; i++)
        x[i] = s->at[one->floor].seconds[i] / one->seconds[i];
    return bench_spread_of(x, s->rounds);
}
