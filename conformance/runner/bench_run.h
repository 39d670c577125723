/* One run of this program as users start it: a process of its own, its output thrown away, with its time on the wall and its processors'. */
#ifndef PARLEY_BENCH_RUN_H
#define PARLEY_BENCH_RUN_H

typedef struct bench_run {
    double wall, processor; /* seconds; the second of all its processes */
    int code;               /* its exit code; -1: it could not be started, or was killed */
} bench_run;

bench_run bench_run_once(const char *const argv[]); /* the words after the program's name, ended by NULL */

#endif
