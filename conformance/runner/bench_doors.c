/* `parley bench doors`: the whole run of each network door against our own server and client, with as many jobs as a run has by itself. */
#include "bench_doors.h"
#include "bench_run.h"
#include "bench_spread.h"
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "own_server.h"
#include "place.h"
#include "progress.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS_MAX = 100 };

typedef struct door {
    const char *name;
    double at_most; /* seconds: the goal, on two processors */
    bench_run (*run)(const pack *, const char *out);
    double wall[ROUNDS_MAX], processor[ROUNDS_MAX];
} door;

/* The server stands outside the measured run, as somebody else's would. */
static bench_run run_server(const pack *p, const char *out)
{
    own_server s;
    char url[64], ctl[32];
    if (!own_server_start_hooked(&s, p, suite_profiles->revision, 0, test_self_clock))
        return (bench_run){.code = -1};
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/websocket", s.port);
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    const bench_run r = bench_run_once(
        (const char *[]){"test", "server", url, "--ctl", ctl, "--quiet", "--seed", "00", "--out", out, NULL});
    own_server_stop(&s);
    return r;
}

static bench_run run_client(const pack *p, const char *out)
{
    char command[OUT_PATH + 64];
    (void)p;
    snprintf(command, sizeof command, "'%s' chat {url} --pack {pack} --say {prompt}", place_program());
    return bench_run_once((const char *[]){"test", "client", "--exec", command, "--quiet", "--seed", "00", "--out", out, NULL});
}

static void print_door(const cli_call *call, const door *d, uint32_t rounds)
{
    const bench_spread wall = bench_spread_of(d->wall, rounds), processor = bench_spread_of(d->processor, rounds);
    const bool met = wall.median <= d->at_most;
    if (call->json)
        printf(
            "{\"bench\":\"doors\",\"door\":\"%s\",\"rounds\":%u,\"seconds\":%.2f,\"processor_seconds\":%.2f,\"at_most\":%.0f,\"met\":%s}\n",
            d->name, rounds, wall.median, processor.median, d->at_most, met ? "true" : "false");
    else
        printf("%-8s %6.2f s (%.2f .. %.2f), processor time of the run and what it starts %.2f s; goal: at most %.0f s, %s\n", d->name,
               wall.median, wall.low, wall.high, processor.median, d->at_most, met ? "met" : "MISSED");
}

static int measure(const cli_call *call, door *doors, size_t n, uint32_t rounds)
{
    char out[OUT_PATH];
    int code = out_folder(call, "bench-doors", out);
    pack *p = calloc(1, sizeof *p);
    must(p);
    pack_make(p, suite_profiles->name, EMPTY, PACK_TIME);
    progress bar = progress_start("rounds", rounds, call->quiet);
    for (uint32_t round = 0; round < rounds && !code; progress_at(&bar, ++round))
        for (size_t i = 0; i < n && !code; i++) {
            const bench_run r = doors[i].run(p, out);
            doors[i].wall[round] = r.wall;
            doors[i].processor[round] = r.processor;
            if (r.code != EXIT_LEVEL)
                code = cli_fail(call, EXIT_HARNESS, "the run at the door of the %s ended with %d", doors[i].name, r.code);
        }
    progress_end(&bar);
    free(p);
    return code;
}

int bench_doors(const cli_call *call)
{
    static door doors[] = {{.name = "server", .at_most = 10, .run = run_server}, {.name = "client", .at_most = 20, .run = run_client}};
    enum { DOORS = sizeof doors / sizeof *doors };
    uint64_t rounds = 3;
    if (!cli_number(call, "rounds", 1, ROUNDS_MAX, &rounds))
        return EXIT_USAGE;
    const int code = measure(call, doors, DOORS, (uint32_t)rounds);
    for (int i = 0; i < DOORS && !code && !call->quiet; i++)
        print_door(call, &doors[i], (uint32_t)rounds);
    return code;
}
