/* What the files of the server share, and no other room needs. */
#ifndef PARLEY_SERVER_PARTS_H
#define PARLEY_SERVER_PARTS_H

#include "server.h"

typedef struct connection connection;

typedef struct links {
    connection *before, *after;
} links;

typedef struct list { /* of connections */
    connection *first, *last;
    size_t n;
} list;

struct connection {
    sim_server *server;
    links all;
    unsigned number;
    ws *ws;
    cf_server peer;
    cf_storage storage;
    size_t backlog; /* bytes of it in the server's sum */
    /* The model's part (server_answers.c) */
    void *session;   /* of the model, while there is one */
    bool generating; /* answers are pending in it */
    bool queued;     /* among the server's busy connections */
    uint64_t last_used;
    links turn;   /* among the busy ones */
    writer whole; /* the one answer of a chat that is not streamed; its memory is there while it is written */
};

struct sim_server {
    server_setup setup;
    server_limits limits;
    prim_pair enclave; /* the static pair of every session */
    list connections, busy;
    unsigned count;
    uint64_t uses; /* of model sessions */
    size_t n_sessions, backlog;
    bool stopping;
    struct event *turn;
    /* One step at a time: all connections share what a step works in. */
    cf_effects effects;
    uint8_t coins[CF_COINS];
    uint8_t *room; /* of the effects */
    cf_scratch scratch;
    cf_pool pool;
    cf_block *blocks;
};

#define LIST_ADD(list_, c, links_)            \
    do {                                      \
        (c)->links_.before = (list_).last;    \
        (c)->links_.after = NULL;             \
        if ((list_).last)                     \
            (list_).last->links_.after = (c); \
        else                                  \
            (list_).first = (c);              \
        (list_).last = (c);                   \
        (list_).n++;                          \
    } while (0)

#define LIST_REMOVE(list_, c, links_)                              \
    do {                                                           \
        if ((c)->links_.before)                                    \
            (c)->links_.before->links_.after = (c)->links_.after;  \
        else                                                       \
            (list_).first = (c)->links_.after;                     \
        if ((c)->links_.after)                                     \
            (c)->links_.after->links_.before = (c)->links_.before; \
        else                                                       \
            (list_).last = (c)->links_.before;                     \
        (list_).n--;                                               \
    } while (0)

/* server.c */
void connection_logs(const connection *, const char *line);
cf_world connection_world(connection *); /* fresh coins each time */
void connection_sends(connection *);     /* carries out the effects */

/* server_answers.c */
struct event *answers_turn_new(sim_server *);
void answers_begin(connection *); /* of the chat request among the effects */
void answers_resume(connection *);
void answers_cancel(connection *); /* pending answers are dropped, and the model's session with them */

/* server_memory.c */
server_limits memory_limits(const server_setup *);
bool memory_start(sim_server *);
void memory_stop(sim_server *);
void memory_for_record(connection *);            /* room for the blocks that one record can take: who holds most makes it */
void memory_after_sending(connection *);         /* counts what waits to be sent; beyond the budget, who has most of it is dropped */
bool memory_make_room_for_session(sim_server *); /* of the model: who used one longest ago gives it up; false: there is none */

#endif
