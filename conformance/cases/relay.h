/* A relay of bytes between who connects to it and a target: as they come, or in other pieces and at other times, which TCP allows.
 * Ends are passed on as they are: half-closed when one side sent its end, cut when a connection broke off. */
#ifndef PARLEY_RELAY_H
#define PARLEY_RELAY_H

#include "coins.h"

struct event_base;

typedef struct relay relay;

/* `connection` counts from 0. Called once more with an empty span when that side has ended. */
typedef void relay_saw(void *ctx, unsigned connection, bool to_target, span bytes);

typedef struct relay_plan {
    struct event_base *base;
    const char *host; /* of the target: a numeric address of the loopback, or localhost */
    unsigned port;
    coins *chaos; /* where pieces and delays are drawn; NULL: bytes go on as they come */
    relay_saw *saw;
    void *ctx;
} relay_plan;

relay *relay_start(const relay_plan *, unsigned port); /* listens at 127.0.0.1; port 0 takes a free one; NULL: it can't be had */
unsigned relay_port(const relay *);
unsigned relay_open(const relay *); /* connections that have not ended */
void relay_free(relay *);           /* with its connections, at once */

#endif
