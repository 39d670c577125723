/* `parley bench vectors`: the library door with every vector, against our own adapter and, where it is installed, one in JavaScript. A run is
 * a process as users start it; wall time decides, processor time of all its processes is said beside it. */
#include "bench_vectors.h"
#include "bench_spread.h"
#include "exits.h"
#include "place.h"
#include "progress.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 100 };

typedef struct adapter {
    const char *name;
    double at_most; /* seconds: the goal */
    char program[4096];
    const char *argument; /* or NULL */
    bool there;
    double wall[ROUNDS_MAX], processor[ROUNDS_MAX];
} adapter;

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec * 1e-6; }

static double processor_of_children(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return seconds_of(u.ru_utime) + seconds_of(u.ru_stime);
}

static double wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The exit code of `test library`; its output is not looked at. */
static int run_once(const adapter *a, const char *out)
{
    int status = 0;
    const pid_t child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(EXIT_HARNESS);
        execl(place_program(), "parley", "test", "library", "--quiet", "--seed", "00", "--out", out, a->program, a->argument, (char *)NULL);
        _exit(EXIT_HARNESS);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool measure(adapter *a, const char *out, uint64_t round)
{
    const double wall = wall_clock(), processor = processor_of_children();
    const int code = run_once(a, out);
    a->wall[round] = wall_clock() - wall;
    a->processor[round] = processor_of_children() - processor;
    return code == EXIT_LEVEL || code == EXIT_COVERAGE;
}

static void print_one(const cli_call *call, const adapter *a, uint32_t rounds)
{
    const bench_spread wall = bench_spread_of(a->wall, rounds), processor = bench_spread_of(a->processor, rounds);
    if (call->json) {
        printf("{\"bench\":\"vectors\",\"adapter\":\"%s\",\"rounds\":%u,\"seconds\":%.3f,\"processor_seconds\":%.3f,\"at_most\":%.1f,"
               "\"met\":%s}\n",
               a->name, rounds, wall.median, processor.median, a->at_most, wall.median <= a->at_most ? "true" : "false");
        return;
    }
    printf("%-10s %6.2f s (%.2f .. %.2f), processor time of all its processes %.2f s\n", a->name, wall.median, wall.low, wall.high,
           processor.median);
    printf("goal %s: at most %.1f s; %.2f, %s\n", a->name, a->at_most, wall.median, wall.median <= a->at_most ? "met" : "MISSED");
}

int bench_vectors(const cli_call *call)
{
    static adapter all[] = {{.name = "C", .at_most = 1.5, .argument = "adapter"}, {.name = "JavaScript", .at_most = 4}};
    enum { ADAPTERS = sizeof all / sizeof *all };
    char out[4096], peer[4096];
    uint64_t rounds = 3;
    const char *checkout = place_checkout();
    if (!cli_number(call, "rounds", 1, ROUNDS_MAX, &rounds))
        return EXIT_USAGE;
    (void)mkdir(call->out, 0777); /* it may be there */
    snprintf(out, sizeof out, "%s/bench-vectors", call->out);
    snprintf(all[0].program, sizeof all[0].program, "%s", place_program());
    snprintf(all[1].program, sizeof all[1].program, "%s/conformance/peers/node-noise/run", checkout ? checkout : "");
    all[0].there = true;
    snprintf(peer, sizeof peer, "%s/conformance/peers/installed/node-noise", checkout ? checkout : "");
    all[1].there = access(peer, R_OK) == 0;
    progress bar = progress_start("rounds", rounds, call->quiet);
    for (uint64_t round = 0; round < rounds; round++, progress_at(&bar, round))
        for (int i = 0; i < ADAPTERS; i++)
            if (all[i].there && !measure(&all[i], out, round) && i == 0)
                return progress_end(&bar), cli_fail(call, EXIT_HARNESS, "the run against our own adapter did not pass");
    progress_end(&bar);
    for (int i = 0; i < ADAPTERS && !call->quiet; i++)
        if (all[i].there)
            print_one(call, &all[i], (uint32_t)rounds);
        else if (!call->json)
            printf("SKIPPED %s: ./parley peers install node-noise\n", all[i].name);
    return EXIT_LEVEL;
}
