/* A client and an enclave of profile parley1 in virtual time, with the service behind the enclave and two queues between them. Whoever plays an
 * attacker takes messages out of the queues, puts others in, or keeps a copy of a side's whole state. */
#ifndef PARLEY_P1_PAIR_H
#define PARLEY_P1_PAIR_H

#include "chance.h"
#include "p1_service.h"
#include "parley1_session.h"

/* Smaller than the protocol's limits: an attest here has less than 32 KiB, and no message more than one record. */
enum { PAIR_QUEUE = 64, PAIR_ROOM = 1 << 18, PAIR_JOIN = 1 << 17, PAIR_EVENTS = 64, PAIR_TEXT = 256 };

/* Messages under way in one direction, oldest first. */
typedef struct pair_queue {
    uint8_t room[PAIR_ROOM];
    size_t ends[PAIR_QUEUE], n;
} pair_queue;

void pair_put(pair_queue *, span message);
span pair_first(const pair_queue *); /* empty when there is none */
void pair_drop(pair_queue *);        /* the oldest */

typedef struct pair {
    service *world;
    const prim *prim;
    int64_t now;
    chance coins;
    p1_memory memory;
    p1_client client;
    p1_enclave enclave;
    p1_storage client_storage, enclave_storage;
    pair_queue to_enclave, to_client;
    verdict client_said, enclave_said; /* of the last call of each */
    uint16_t client_close, enclave_close;
    bool holds_report; /* the enclave's report does not come by itself */
    uint8_t binder[P1_BINDER];
    /* what came out, one line each: "ready", "start", "token", "7:text" */
    char client_saw[PAIR_EVENTS][PAIR_TEXT], enclave_saw[PAIR_EVENTS][PAIR_TEXT];
    size_t n_client_saw, n_enclave_saw;
    uint32_t verified; /* epochs that the client has verified */
    uint8_t client_turn[P1_KEY], enclave_turn[P1_KEY];
    uint8_t room[TL_ROOM], sent[PAIR_ROOM];
    uint8_t plain[2][P1_RECORD_MAX], control[2][PAIR_JOIN], talk[2][PAIR_JOIN];
    span claims;
    p1_served served;
    uint16_t versions[1];
    span names[1];
} pair;

/* Large: keep it static or on the heap. Starts the client; its message 1 is in the queue. */
void pair_start(pair *, service *, span seed);

void pair_deliver_to_enclave(pair *); /* the oldest message; must() be there */
void pair_deliver_to_client(pair *);
void pair_report(pair *); /* the enclave's report comes */
void pair_run(pair *);    /* delivers until both queues are empty */

verdict pair_client_sends(pair *, p1_type type, const char *body);
void pair_client_sends_token(pair *);
void pair_client_steps(pair *);
void pair_enclave_sends(pair *, p1_type type, const char *body);
void pair_tick(pair *, int64_t seconds); /* time passes, and both look at their clocks */

/* A handshake, start, token and ready; and a whole further epoch. must(): it succeeds. */
void pair_open(pair *);
void pair_next_epoch(pair *);

/* The worlds that are lent, for calls of one's own. */
p1_client_world pair_client_world(pair *);
p1_enclave_world pair_enclave_world(pair *);
void pair_take_client_effects(pair *, verdict, const p1_effects *);
void pair_take_enclave_effects(pair *, verdict, const p1_effects *);

#endif
