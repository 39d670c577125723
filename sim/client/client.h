/* The reference client: carries out what profile confer decides, over WebSockets. It appraises the evidence by the pack's policy and
 * sends nothing but message 1 before that. */
#ifndef PARLEY_CLIENT_H
#define PARLEY_CLIENT_H

#include "coins.h"
#include "confer_client.h"
#include "pack.h"
#include "websocket.h"

typedef struct sim_client sim_client;

typedef enum client_outcome {
    CLIENT_FINISHED,    /* we closed, and every request had its complete answer */
    CLIENT_REFUSED,     /* the peer's evidence, records or answers were refused, by `refused` */
    CLIENT_CUT,         /* the peer went away while an answer was outstanding, or before the session was open */
    CLIENT_UNREACHABLE, /* nobody answered the upgrade, or it was refused */
} client_outcome;

typedef struct client_end {
    client_outcome outcome;
    verdict refused;
    ws_end connection;
} client_end;

typedef struct client_events {
    void (*opened)(void *ctx, sim_client *);                  /* the evidence was accepted and message 3 is on its way */
    void (*event)(void *ctx, sim_client *, const cf_event *); /* an answer, or a piece of one */
    void (*ended)(void *ctx, const client_end *);             /* once, the last; the client is freed after it */
    void (*began)(void *ctx, const nz_peer *);                /* may be NULL: message 1 is on its way; the secrets, for a key log */
} client_events;

typedef struct client_setup {
    struct event_base *base;
    const prim *prim;
    const pack *pack;
    int64_t now;
    coins coins;
    const client_events *on;
    void *ctx;
} client_setup;

/* `url` without a token gets the pack's. NULL, with the reason in `why`: it is no such URL, or there is no memory. */
sim_client *client_start(const client_setup *, const char *url, char *why, size_t n_why);
/* Over a connection that exists already; owns `bev`. NULL: there is no memory. */
struct bufferevent;
sim_client *client_start_on(const client_setup *, struct bufferevent *bev, const ws_url *);

void client_chats(sim_client *, int64_t id, const cf_ask *);
void client_pings(sim_client *, int64_t id);
void client_closes(sim_client *);
void client_forgives(sim_client *); /* a failed request was taken care of: it does not count when the connection ends */

const cf_appraisal *client_appraisal(const sim_client *); /* what was checked of the evidence, step by step */

#endif
