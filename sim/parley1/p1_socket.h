/* Profile parley1 over real WebSockets: a host that serves enclaves of a simulated service, and a guest that asks questions of it. Whatever is
 * refused, ordered, counted or wiped is the text's; here effects are carried out, reports are fetched from the simulated hardware, and answers come
 * from a function. Time is one number that both sides read, so that epochs need no waiting. */
#ifndef PARLEY_P1_SOCKET_H
#define PARLEY_P1_SOCKET_H

#include "coins.h"
#include "p1_service.h"
#include "parley1_session.h"
#include "turn.h"
#include "websocket.h"

#define P1_TARGET "/parley/1"

enum { P1_SOCKET_ANSWER = 4096 };

/* ---- the host ---- */

typedef struct p1_host p1_host;

typedef struct p1_host_setup {
    service *world;
    const int64_t *now;
    coins coins;
    void (*answer)(void *ctx, span question, writer *out); /* at most P1_SOCKET_ANSWER bytes */
    void *ctx;
} p1_host_setup;

p1_host *p1_host_start(const p1_host_setup *); /* NULL: there is no memory */
ws_gate p1_host_gate(p1_host *);
verdict p1_host_refused(const p1_host *); /* what the last connection that was refused broke; accepted: none was */
void p1_host_stop(p1_host *);             /* its connections must have ended */

/* ---- the guest ---- */

typedef struct p1_guest p1_guest;

typedef struct p1_guest_end {
    verdict refused; /* accepted: nothing was */
    ws_end connection;
    uint32_t epoch; /* that it had reached */
    bool finished;  /* every question had its whole answer */
} p1_guest_end;

typedef struct p1_guest_events {
    void (*verified)(void *ctx, uint32_t epoch, const p1_appraisal *); /* before anything of ours leaves in this epoch */
    void (*answered)(void *ctx, span answer);                          /* whole, its com recomputed */
    void (*ended)(void *ctx, const p1_guest_end *);                    /* once, the last; the guest is freed after it */
} p1_guest_events;

typedef struct p1_guest_setup {
    struct event_base *base;
    const prim *prim;
    const p1_policy *policy;
    p1_memory *memory;
    const char *name; /* the host's, as it was dialled */
    int64_t *now;
    coins coins;
    const char *const *questions; /* ended by NULL */
    bool steps;                   /* a new epoch before each question but the first; *now moves on for it */
    const p1_guest_events *on;
    void *ctx;
} p1_guest_setup;

p1_guest *p1_guest_start(const p1_guest_setup *, const ws_url *); /* NULL: there is no memory */

#endif
