/* The optional hook of a target under test (conformance/README.md, Doors): POST /clock with a time as RFC 3339 writes it sets its clock. */
#ifndef PARLEY_CLOCK_HOOK_H
#define PARLEY_CLOCK_HOOK_H

#include <stdint.h>

struct event_base;

typedef struct clock_hook clock_hook;
typedef void clock_setter(void *ctx, int64_t seconds); /* since 1970 */

/* Listens on HOST:PORT of the loopback; NULL when that can't be had. */
clock_hook *clock_hook_start(struct event_base *, const char *host_port, clock_setter *, void *ctx);
unsigned clock_hook_port(const clock_hook *); /* which one it has, when 0 was asked for */
void clock_hook_stop(clock_hook *);           /* NULL: nothing */

#endif
