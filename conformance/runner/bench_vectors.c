/* `parley bench vectors`: the library door with every vector, against our own adapter and, where it is installed, one in JavaScript. A run is
 * a process as users start it; wall time decides, processor time of all its processes is said beside it. */
#include "bench_vectors.h"
#include "bench_run.h"
#include "bench_spread.h"
#include "exits.h"
#include "place.h"
#include "progress.h"
#include "results_here.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS_MAX = 100, GOAL_VECTORS = 1000 /* the committed vectors when the goals were set */ };

typedef struct adapter {
    const char *name;
    double at_most; /* seconds: the goal, for GOAL_VECTORS vectors */
    char program[4096];
    const char *argument; /* or NULL */
    bool there;
    size_t asked; /* vectors that it answered */
    double wall[ROUNDS_MAX], processor[ROUNDS_MAX];
} adapter;

static const char *truth(bool yes) { return yes ? "true" : "false"; }

/* A vector has one verdict; what an adapter does not offer is listed as NA, and was not asked. */
static size_t vectors_asked(const cli_call *call, const char *out)
{
    char path[4200];
    results r;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/results.json", out);
    if (results_load(call, path, &r) != EXIT_LEVEL)
        return 0;
    for (size_t i = 0; i < r.n; i++)
        n += strcmp(r.all[i].check, "verdict") == 0 && r.all[i].outcome != OUTCOME_NA && r.all[i].outcome != OUTCOME_UNTESTED;
    results_free(&r);
    return n;
}

static bool measure(const cli_call *call, adapter *a, const char *out, uint64_t round)
{
    const bench_run r = bench_run_once(
        (const char *[]){"test", "library", "--quiet", "--seed", "00", "--out", out, a->program, a->argument, NULL});
    const int code = r.code;
    a->wall[round] = r.wall;
    a->processor[round] = r.processor;
    a->asked = vectors_asked(call, out);
    const bool third_party = !a->argument; /* it may have failures that are known */
    return a->asked && (code == EXIT_LEVEL || code == EXIT_COVERAGE || (third_party && code == EXIT_FAILED));
}

/* The goals are kept as they were set, for all vectors; the time for each vector says how fast it is whatever their number. */
static void print_one(const cli_call *call, const adapter *a, uint32_t rounds)
{
    const bench_spread wall = bench_spread_of(a->wall, rounds), processor = bench_spread_of(a->processor, rounds);
    const double each = 1e3 * wall.median / (double)(a->asked ? a->asked : 1), goal_each = 1e3 * a->at_most / GOAL_VECTORS;
    if (call->json) {
        printf("{\"bench\":\"vectors\",\"adapter\":\"%s\",\"rounds\":%u,\"vectors\":%zu,\"seconds\":%.3f,\"processor_seconds\":%.3f,"
               "\"at_most\":%.1f,\"met\":%s,\"milliseconds_each\":%.3f,\"each_at_most\":%.1f,\"each_met\":%s}\n",
               a->name, rounds, a->asked, wall.median, processor.median, a->at_most, truth(wall.median <= a->at_most), each, goal_each,
               truth(each <= goal_each));
        return;
    }
    printf("%-10s %6.2f s (%.2f .. %.2f) for %zu vectors, %.0f a second, processor time of all its processes %.2f s\n", a->name,
           wall.median, wall.low, wall.high, a->asked, (double)a->asked / wall.median, processor.median);
    printf("goal %s: at most %.1f s; %.2f, %s\n", a->name, a->at_most, wall.median, wall.median <= a->at_most ? "met" : "MISSED");
    printf("goal %s, for each vector (set for %d of them): at most %.2f ms; %.2f, %s\n", a->name, GOAL_VECTORS, goal_each, each,
           each <= goal_each ? "met" : "MISSED");
}

static void find_adapters(adapter *c, adapter *javascript)
{
    const char *checkout = place_checkout();
    char peer[4096];
    snprintf(c->program, sizeof c->program, "%s", place_program());
    snprintf(javascript->program, sizeof javascript->program, "%s/conformance/peers/node-noise/run", checkout ? checkout : "");
    snprintf(peer, sizeof peer, "%s/conformance/peers/installed/node-noise", checkout ? checkout : "");
    c->there = true;
    javascript->there = access(peer, R_OK) == 0;
}

int bench_vectors(const cli_call *call)
{
    static adapter all[] = {{.name = "C", .at_most = 1.5, .argument = "adapter"}, {.name = "JavaScript", .at_most = 4}};
    enum { ADAPTERS = sizeof all / sizeof *all };
    char out[4096];
    uint64_t rounds = 3;
    if (!cli_number(call, "rounds", 1, ROUNDS_MAX, &rounds))
        return EXIT_USAGE;
    (void)mkdir(call->out, 0777); /* it may be there */
    snprintf(out, sizeof out, "%s/bench-vectors", call->out);
    find_adapters(&all[0], &all[1]);
    progress bar = progress_start("rounds", rounds, call->quiet);
    for (uint64_t round = 0; round < rounds; round++, progress_at(&bar, round))
        for (int i = 0; i < ADAPTERS; i++)
            if (all[i].there && !measure(call, &all[i], out, round))
                return progress_end(&bar), cli_fail(call, EXIT_HARNESS, "the run against the adapter in %s did not pass", all[i].name);
    progress_end(&bar);
    for (int i = 0; i < ADAPTERS && !call->quiet; i++)
        if (all[i].there)
            print_one(call, &all[i], (uint32_t)rounds);
        else if (!call->json)
            printf("SKIPPED %s: ./parley peers install node-noise\n", all[i].name);
    return EXIT_LEVEL;
}
