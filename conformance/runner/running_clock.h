/* A clock of profile parley1: it begins at a given time and goes on as ours does, sleep included; its hook, if --ctl names one, moves it. */
#ifndef PARLEY_RUNNING_CLOCK_H
#define PARLEY_RUNNING_CLOCK_H

#include "cli.h"
#include "clock_hook.h"

typedef struct running_clock {
    int64_t now, from;        /* seconds: since 1970, and of our clock when that was looked at */
    void (*moved)(void *ctx); /* when the hook has moved it; NULL: nobody is told */
    void *ctx;
    struct event *on_second;
    clock_hook *hook;
} running_clock;

bool running_clock_start(running_clock *, struct event_base *, const cli_call *, int64_t now); /* false: why not has been printed */
void running_clock_tells(running_clock *, void (*moved)(void *), void *ctx);
void running_clock_stop(running_clock *); /* may be called twice */

#endif
