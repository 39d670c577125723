/* For tests: the clock of the event loop stands still and is moved by hand. It takes the place of the C library's in the program that
 * includes it (in one file), so that libevent, which reads no other clock, has virtual time. Loops must not block: run them with
 * EVLOOP_NONBLOCK. */
#ifndef PARLEY_VIRTUAL_CLOCK_H
#define PARLEY_VIRTUAL_CLOCK_H

#include <time.h>

static int64_t virtual_ms = 1000000;

int clock_gettime(clockid_t clock, struct timespec *out)
{
    (void)clock;
    *out = (struct timespec){virtual_ms / 1000, virtual_ms % 1000 * 1000000};
    return 0;
}

#endif
