#include "bench_healing.h"
#include "bench_spread.h"
#include "exits.h"
#include "healing.h"
#include "progress.h"

#include <string.h>

enum { RUNS = 30 };

typedef struct tally {
    const healing_case *how;
    uint32_t runs, never;          /* runs; those at whose end he still read */
    uint32_t tried_before, before; /* messages of before the theft: tried, read */
    double last[BENCH_ROUNDS_MAX], read[BENCH_ROUNDS_MAX];
} tally;

static void measure(tally *t, const healing_case *how, uint32_t runs, progress *bar, uint32_t done)
{
    memset(t, 0, sizeof *t);
    t->how = how;
    t->runs = runs;
    for (uint32_t i = 0; i < runs; i++) {
        progress_at(bar, done + i);
        const healing h = healing_run(&prim_openssl, how, i + 1);
        t->last[i] = h.last;
        t->read[i] = h.read;
        t->never += h.last == h.after;
        t->tried_before += h.tried_before;
        t->before += h.read_before;
    }
}

/* ---- as text ---- */

static void print_case(const tally *t)
{
    const bench_spread last = bench_spread_of(t->last, t->runs), read = bench_spread_of(t->read, t->runs);
    printf("%-31s", t->how->name);
    if (t->never)
        printf("   still reads after %u messages in %u of %u runs", t->how->after, t->never, t->runs);
    else
        printf("%6.0f %7.1f %5.0f   reads %.0f, %.1f, %.0f of them", last.low, last.median, last.high, read.low, read.median, read.high);
    printf("; before the theft %u of %u\n", t->before, t->tried_before);
}

static void print_text(const tally *all, uint32_t runs)
{
    printf("A copied state: messages of both sides after the theft, until the thief has read his last one; %u seeded runs each\n\n", runs);
    printf("%-31s%6s %7s %5s\n", "session, thief", "min", "median", "max");
    for (int i = 0; i < HEALING_CASES; i++)
        print_case(&all[i]);
}

/* ---- as JSON ---- */

static void json_spread(const char *name, const double *x, uint32_t n)
{
    const bench_spread s = bench_spread_of(x, n);
    printf(",\"%s\":{\"median\":%.1f,\"min\":%.0f,\"max\":%.0f}", name, s.median, s.low, s.high);
}

static void print_json(const tally *all, uint32_t runs)
{
    printf("{\"bench\":\"healing\",\"runs\":%u,\"measured\":[", runs);
    for (int i = 0; i < HEALING_CASES; i++) {
        const tally *t = &all[i];
        printf("%s{\"name\":\"%s\",\"messages\":%u,\"never_locked_out\":%u", i ? "," : "", t->how->name, t->how->after, t->never);
        json_spread("last_read", t->last, t->runs);
        json_spread("read", t->read, t->runs);
        printf(",\"tried_before\":%u,\"read_before\":%u}", t->tried_before, t->before);
    }
    puts("]}");
}

int bench_healing(const cli_call *call)
{
    static tally all[HEALING_CASES];
    uint64_t runs = RUNS;
    if (!cli_number(call, "rounds", 1, BENCH_ROUNDS_MAX, &runs))
        return EXIT_USAGE;
    progress bar = progress_start("conversations", HEALING_CASES * (uint32_t)runs, call->quiet);
    for (int i = 0; i < HEALING_CASES; i++)
        measure(&all[i], &healing_cases[i], (uint32_t)runs, &bar, (uint32_t)i * (uint32_t)runs);
    progress_end(&bar);
    if (call->json)
        print_json(all, (uint32_t)runs);
    else if (!call->quiet)
        print_text(all, (uint32_t)runs);
    return EXIT_LEVEL;
}
