/* An open session between our client and our server, the same each time, for the targets that play the peer who holds the keys. */
#ifndef PARLEY_FUZZ_SESSION_H
#define PARLEY_FUZZ_SESSION_H

#include "confer_on_trust.h"
#include "confer_server.h"

#include <string.h>

typedef struct session {
    cf_server server;
    cf_client client;
    cf_world at_server, at_client;
    cf_effects from_server, from_client;
} session;

static cf_own_storage session_storage[2];
static uint8_t session_room[2][CF_EFFECTS_ROOM], session_coins[2][CF_COINS], session_static[32];
static prim_pair session_pair;

static inline void session_meet(session *s, const cf_policy *policy)
{
    memset(session_coins[0], 0x11, CF_COINS);
    memset(session_coins[1], 0x22, CF_COINS);
    memset(session_static, 0x33, sizeof session_static);
    prim_pair_of(&prim_sodium, session_static, &session_pair);
    memset(s, 0, sizeof *s);
    s->at_server = (cf_world){.prim = &prim_sodium,
                              .coins = SPAN(session_coins[1]),
                              .storage = cf_own(&session_storage[1]),
                              .static_pair = &session_pair,
                              .evidence = span_text(EVIDENCE_ON_TRUST),
                              .token_key = span_text("key")};
    s->at_client = (cf_world){
        .prim = &prim_sodium, .coins = SPAN(session_coins[0]), .storage = cf_own(&session_storage[0]), .policy = policy};
    s->server = (cf_server){.phase = CF_ADMITTED, .subscribed = true};
    s->from_client.bytes = WRITER(session_room[0]);
    s->from_server.bytes = WRITER(session_room[1]);
    cf_client_starts(&s->client, &s->at_client, &s->from_client);
    must(accepted(cf_server_takes_message(&s->server, &s->at_server, cf_record(&s->from_client, 0), &s->from_server)));
}

static inline void session_open(session *s)
{
    session_meet(s, &on_trust);
    must(accepted(cf_client_takes_message(&s->client, &s->at_client, cf_record(&s->from_server, 0), &s->from_client)));
    must(accepted(cf_server_takes_message(&s->server, &s->at_server, cf_record(&s->from_client, 0), &s->from_server)));
    must(s->server.phase == CF_OPEN && s->client.phase == CF_OPEN);
}

static inline void session_end(session *s)
{
    cf_server_end(&s->server, cf_own(&session_storage[1]));
    cf_client_end(&s->client, cf_own(&session_storage[0]));
}

#endif
