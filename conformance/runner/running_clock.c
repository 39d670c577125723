#include "running_clock.h"
#include "exits.h"
#include "no_memory.h"
#include "verdict.h"

#include <event2/event.h>

#include <time.h>

static int64_t seconds_since_boot(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_BOOTTIME, &t) == 0);
    return (int64_t)t.tv_sec;
}

static void look_at_clock(evutil_socket_t number, short what, void *ctx)
{
    running_clock *c = ctx;
    const int64_t is = seconds_since_boot();
    (void)number, (void)what;
    c->now += is - c->from;
    c->from = is;
}

static void move_clock(void *ctx, int64_t seconds)
{
    running_clock *c = ctx;
    c->now = seconds;
    c->from = seconds_since_boot();
    if (c->moved)
        c->moved(c->ctx);
}

bool running_clock_start(running_clock *c, struct event_base *base, const cli_call *call, int64_t now)
{
    const struct timeval second = {.tv_sec = 1};
    const char *ctl = cli_value(call, "ctl");
    *c = (running_clock){.now = now, .from = seconds_since_boot()};
    c->on_second = event_new(base, -1, EV_PERSIST, look_at_clock, c);
    c->hook = ctl ? clock_hook_start(base, ctl, move_clock, c) : NULL;
    needs_memory(c->on_second && event_add(c->on_second, &second) == 0);
    if (!ctl || c->hook)
        return true;
    cli_fail(call, EXIT_UNREACHABLE, "--ctl: %s is taken, or not HOST:PORT on the loopback", ctl);
    return false;
}

void running_clock_tells(running_clock *c, void (*moved)(void *), void *ctx)
{
    c->moved = moved;
    c->ctx = ctx;
}

void running_clock_stop(running_clock *c)
{
    if (c->on_second)
        event_free(c->on_second);
    clock_hook_stop(c->hook);
    c->on_second = NULL;
    c->hook = NULL;
}
