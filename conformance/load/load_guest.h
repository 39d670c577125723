/* Clients of a load run: thousands in one process, so what their steps work in is shared. */
#ifndef PARLEY_LOAD_GUEST_H
#define PARLEY_LOAD_GUEST_H

#include "confer_client.h"
#include "coins.h"
#include "websocket.h"

typedef struct guests guests;

typedef struct guest {
    guests *all;
    ws *conn;
    struct bufferevent *bev;
    cf_client peer;
    cf_storage storage;
    bool open, ended, deaf; /* deaf: takes nothing more once it has asked */
    uint32_t pongs, streams;
    int64_t next_id;
    double asked_at; /* until the first token */
    size_t flooding; /* fragments still to be sent */
    ws_end end;
} guest;

struct guests {
    struct event_base *base;
    ws_url url;
    coins coins;
    bool streaming; /* whoever finished a stream asks again */
    uint32_t open, pongs, streams, ended, floods_refused;
    double *first_token; /* seconds */
    size_t n_first_token, cap_first_token;
    cf_effects effects;
    uint8_t room[CF_EFFECTS_ROOM], drawn[CF_COINS];
    cf_scratch scratch;
    cf_pool pool;
    cf_block block[CF_SESSION_BLOCKS];
};

double load_now(void);

void guests_start(guests *, struct event_base *, unsigned port, span token); /* all zero before */
void guest_comes(guests *, guest *);
void guest_pings(guest *);
void guest_asks(guest *, const char *prompt);
void guest_floods(guest *); /* fragments of one byte, until it is closed */
void guest_leaves(guest *);

#endif
