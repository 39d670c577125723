/* The reference server: carries out what profile confer decides, over WebSockets. It holds no protocol of its own: the token, the handshake,
 * the frames, the routes and every refusal are the text's. */
#ifndef PARLEY_SERVER_H
#define PARLEY_SERVER_H

#include "coins.h"
#include "pack.h"
#include "websocket.h"

enum {
    SERVER_CONNECTIONS_MAX = 32, /* one more is answered 503; each may hold sizeof(cf_storage) bytes, and that is all it can hold */
};

/* A language model, or something that stands in for one. */
typedef struct server_model {
    /* Answers the last user message; hands out pieces of UTF-8. Returns the tokens in its context. */
    int64_t (*answer)(void *ctx, const cf_chat *, void (*piece)(void *to, span utf8), void *to);
    void *ctx;
} server_model;

typedef struct server_setup {
    struct event_base *base;
    const prim *prim;
    const pack *pack;
    int64_t now;
    coins coins;
    server_model model;
    span evidence;      /* instead of the pack's; empty: the pack's */
    void (*log)(void *ctx, unsigned connection, const char *line); /* may be NULL */
    void *log_ctx;
    void (*tap)(void *ctx, unsigned connection, bool sent, span message); /* sees each WebSocket message, before it is taken and after it was made; may be NULL */
    void *tap_ctx;
} server_setup;

typedef struct sim_server sim_server;

sim_server *server_start(const server_setup *);
ws_gate server_gate(sim_server *); /* for ws_listen and ws_serve */
void server_set_time(sim_server *, int64_t now);
void server_stop(sim_server *); /* the connections must have ended */

/* The scripted model: lines of `what the prompt contains TAB reply`; the first that fits. ctx of `answer` is the script's text (a span). */
server_model script_model(const span *script);

#endif
