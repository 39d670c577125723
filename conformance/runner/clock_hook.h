/* The optional hook of a server under test (conformance/README.md, Doors): POST /clock with a time as RFC 3339 writes it sets the time of its verdicts. */
#ifndef PARLEY_CLOCK_HOOK_H
#define PARLEY_CLOCK_HOOK_H

#include "server.h"

struct evhttp;

/* Listens on HOST:PORT of the loopback; NULL when that can't be had. */
struct evhttp *clock_hook_start(struct event_base *, const char *host_port, sim_server *);
unsigned clock_hook_port(struct evhttp *); /* which one it has, when 0 was asked for */

#endif
