/* For the tests of this room: a client and a server of one process, and what the world lends them. */
#ifndef PARLEY_CONFER_FIXTURE_H
#define PARLEY_CONFER_FIXTURE_H

#include "confer_on_trust.h"
#include "confer_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define NOW       INT64_C(1700000000)
#define CHAT_PATH "/v1/vllm/chat/completions"

static cf_own_storage client_storage, server_storage;
static uint8_t client_room[CF_EFFECTS_ROOM], server_room[CF_EFFECTS_ROOM], initiator_keys[64], responder_keys[64], chunk_coins[64];
static const uint8_t responder_static[32] = {0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33,
                                             0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33,
                                             0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33};
static prim_pair responder_pair;
static cf_client client;
static cf_server server;
static cf_world client_world, server_world;
static cf_effects from_client, from_server;

/* In a block that is not lent, only the pointer to the next one is left. */
static inline bool is_wiped(const cf_own_storage *own)
{
    bool wiped = all_zero(span_of(&own->scratch, sizeof own->scratch)) && own->storage.lent == 0;
    for (size_t i = 0; i < CF_SESSION_BLOCKS; i++)
        wiped &= all_zero(span_of(own->block[i].bytes + sizeof(cf_block *), CF_BLOCK - sizeof(cf_block *)));
    return wiped;
}

/* Both sides before their first step; the server has admitted a user who is no subscriber. */
static inline void start_both(const prim *p)
{
    memset(initiator_keys, 0x11, 32);
    memset(initiator_keys + 32, 0x22, 32);
    memset(responder_keys, 0x44, 64);
    memset(chunk_coins, 0, sizeof chunk_coins);
    chunk_coins[7] = 1;
    cf_server_end(&server, cf_own(&server_storage));
    cf_client_end(&client, cf_own(&client_storage));
    prim_pair_of(p, responder_static, &responder_pair);
    client_world = (cf_world){
        .prim = p, .now = NOW, .coins = SPAN(initiator_keys), .storage = cf_own(&client_storage), .policy = &on_trust};
    server_world = (cf_world){.prim = p,
                              .now = NOW,
                              .coins = SPAN(responder_keys),
                              .storage = cf_own(&server_storage),
                              .static_pair = &responder_pair,
                              .evidence = span_text(EVIDENCE_ON_TRUST),
                              .token_key = span_text("secret")};
    from_client = (cf_effects){.bytes = WRITER(client_room)};
    from_server = (cf_effects){.bytes = WRITER(server_room)};
    server = (cf_server){.phase = CF_ADMITTED, .expires = NOW};
    client = (cf_client){.phase = CF_NEW};
}

/* Up to the open session. */
static inline void open_session(const prim *p)
{
    start_both(p);
    cf_client_starts(&client, &client_world, &from_client);
    assert_true(accepted(cf_server_takes_message(&server, &server_world, cf_record(&from_client, 0), &from_server)));
    assert_true(accepted(cf_client_takes_message(&client, &client_world, cf_record(&from_server, 0), &from_client)));
    assert_true(accepted(cf_server_takes_message(&server, &server_world, cf_record(&from_client, 0), &from_server)));
    assert_int_equal(server.phase, CF_OPEN);
    assert_int_equal(client.phase, CF_OPEN);
    client_world.coins = server_world.coins = SPAN(chunk_coins);
}

/* Gives the server all records of from_client. Returns the last verdict; from_server is that of the last record. */
static inline verdict deliver_to_server(void)
{
    verdict v = ACCEPT;
    for (size_t i = 0; i < from_client.n_records; i++)
        v = cf_server_takes_message(&server, &server_world, cf_record(&from_client, i), &from_server);
    return v;
}

static inline verdict deliver_to_client(void)
{
    verdict v = ACCEPT;
    for (size_t i = 0; i < from_server.n_records; i++)
        v = cf_client_takes_message(&client, &client_world, cf_record(&from_server, i), &from_client);
    return v;
}

/* The session still works: a ping comes back. */
static inline bool ping_works(int64_t id)
{
    cf_client_pings(&client, &client_world, id, &from_client);
    return accepted(deliver_to_server()) && from_server.n_records == 1 && accepted(deliver_to_client()) &&
           from_client.event.kind == CF_ANSWERED && from_client.event.id == id && span_is(from_client.event.text, "PONG");
}

static inline pb_bytes words(const char *s) { return (pb_bytes){s != NULL, span_text(s)}; }
static inline pb_int number(uint64_t n) { return (pb_int){true, n}; }

static inline void assert_verdict(verdict v, uint16_t wanted)
{
    if (v.req != wanted)
        fail_msg("wanted %s, got %s", wanted ? requirement_rows[wanted].id : "accept", v.req ? requirement_rows[v.req].id : "accept");
}

static inline void assert_hex(span s, const char *digits)
{
    static uint8_t room[1024];
    writer w = WRITER(room);
    assert_true(read_hex(span_text(digits), &w));
    assert_int_equal(s.n, w.n);
    assert_memory_equal(s.p, room, w.n);
}

#endif
