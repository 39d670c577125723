#include "bench_run.h"
#include "exits.h"
#include "place.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 16 };

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

_Noreturn static void become(const char *const argv[])
{
    char *words[WORDS] = {"parley"};
    for (int i = 0; argv[i] && i + 2 < WORDS; i++)
        words[i + 1] = (char *)argv[i];
    if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
        execv(place_program(), words);
    _exit(EXIT_HARNESS);
}

bench_run bench_run_once(const char *const argv[])
{
    const double wall = wall_clock(), processor = processor_of_children();
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        become(argv);
    const bool ended = child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status);
    return (bench_run){wall_clock() - wall, processor_of_children() - processor, ended ? WEXITSTATUS(status) : -1};
}
