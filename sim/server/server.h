/* The reference server: carries out what profile confer decides, over WebSockets. It holds no protocol of its own: the token, the handshake,
 * the frames, the routes and every refusal are the text's.
 *
 * Its memory has a budget (server_limits.memory), spent like this:
 *   1/2  connections, SERVER_SESSION bytes each: as many as fit, and as the limit of open files allows
 *   1/8  blocks lent to unfinished messages; when none is left, whoever holds most is closed with 1013
 *   1/8  what was sent and not yet taken; when it is spent, whoever has most waiting is dropped
 *   1/4  sessions of the model; when it is spent, the one that was idle longest is closed, and its prompt read again when it is asked again */
#ifndef PARLEY_SERVER_H
#define PARLEY_SERVER_H

#include "coins.h"
#include "confer_server.h"
#include "pack.h"
#include "websocket.h"

enum {
    SERVER_SESSION = 32 << 10,      /* bytes that an idle session takes at most */
    SERVER_MEMORY = 1 << 30,        /* the default budget */
    SERVER_MEMORY_LEAST = 16 << 20, /* the smallest one */
    SERVER_FILES_KEPT = 64,         /* open files that are not connections */
    SERVER_SLICE = 16,              /* tokens that the model generates for one connection before others get their turn */
    SERVER_AHEAD = 1 << 14,         /* bytes waiting to be sent to a peer above which nothing more is generated for it */
    SERVER_WHOLE_MAX = 1 << 18,     /* bytes of an answer that is not streamed; as many as have been written are touched */
};

/* Where a model's output goes. One answer after the other: no piece of another one before `done`. */
typedef struct server_output {
    void *to;
    void (*piece)(void *to, int64_t id, span utf8);   /* whole characters, never empty */
    void (*thought)(void *to, int64_t id, span utf8); /* likewise of what is no part of the answer */
    void (*done)(void *to, int64_t id, int64_t context_tokens);
} server_output;

/* A language model, or a stand-in for one. Each connection has a model session of its own: nothing of one session reaches another. */
typedef struct server_model {
    void *ctx;
    int64_t context_max;          /* of a completion; 0: the profile's own number */
    size_t session_bytes;         /* that a session takes */
    void *(*open)(void *ctx);     /* a session; NULL: there is no memory for one */
    void (*close)(void *session); /* also in the middle of an answer; wipes and frees it */
    /* Queues a request, which is valid until this returns; at most CF_REQUESTS_MAX are pending. NULL, or the text of the answer with status 400. */
    const char *(*accept)(void *session, int64_t id, const cf_chat *, coins *);
    /* Generates at most so many tokens of the pending answers. False when none is pending any more. */
    bool (*generate)(void *session, uint32_t tokens, const server_output *);
} server_model;

typedef struct server_limits {
    size_t memory;      /* bytes; 0: SERVER_MEMORY */
    size_t connections; /* upgraded or not; 0: as many as memory and the limit of open files allow, which it can't exceed */
} server_limits;

typedef struct server_setup {
    struct event_base *base;
    const prim *prim;
    const pack *pack;
    int64_t now;
    coins coins;
    cf_revision revision; /* of the profile */
    server_model model;
    server_limits limits;
    span evidence;                                                 /* instead of the pack's; empty: the pack's */
    void (*log)(void *ctx, unsigned connection, const char *line); /* may be NULL; connection 0: the server itself */
    void *log_ctx;
    void (*tap)(void *ctx, unsigned connection, bool sent,
                span message); /* sees each WebSocket message, before it is taken and after it was made; may be NULL */
    void *tap_ctx;
    void (*secrets)(void *ctx, const nz_peer *); /* may be NULL: message 2 is made; the secrets, for a key log */
    void *secrets_ctx;
} server_setup;

typedef struct sim_server sim_server;

sim_server *server_start(const server_setup *);     /* NULL: there is no memory */
ws_gate server_gate(sim_server *);                  /* for ws_listen and ws_serve */
server_limits server_limits_of(const sim_server *); /* what they came to; `connections` is for ws_listener_limit */
size_t server_connections(const sim_server *);
void server_set_time(sim_server *, int64_t now);
void server_leave(sim_server *); /* closes every connection with 1001; no new one is admitted */
void server_cut(sim_server *);   /* drops every connection without a word; they end in the next turn of the event loop */
void server_stop(sim_server *);  /* the connections must have ended */

/* The scripted model: lines of `what the prompt contains TAB reply`; the first that fits answers the last user message, one piece a word. The
 * text must outlive the server. */
server_model script_model(const span *script);
span script_reply(span script, span prompt); /* what it says; borrows from one of the two */
/* A reply may begin with what the model thinks, between {thinking} and {answer}: cut off the reply, it is the result, or empty. */
span script_thinking(span *reply);

#endif
