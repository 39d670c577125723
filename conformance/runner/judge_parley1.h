/* The parts of `judge --profile parley1` (judge_parley1.c): client and enclave of the text, who read a recorded session side by side. What one
 * side draws is known from the key log; what the other draws is taken from its messages, once they are opened. */
#ifndef PARLEY_JUDGE_PARLEY1_H
#define PARLEY_JUDGE_PARLEY1_H

#include "judgement.h"
#include "p1_service.h"
#include "parley1_talk.h"
#include "franking.h"

enum { DUET_SENT = P1_ATTEST_MAX + 65536, DUET_EPOCHS = 1024 };

typedef struct duet_side {
    p1_storage storage;
    p1_effects effects;
    uint8_t control[P1_CLIENT_CONTROL], talk[P1_MESSAGE_MAX], plain[P1_RECORD_MAX], sent[DUET_SENT];
} duet_side;

/* One turn, as both sides see it. */
typedef struct duet_turn {
    p1_listening listening;
    p1_reading reading;
    bool begun; /* a request has come */
    uint8_t request[P1_MESSAGE_MAX], answer[IN_ANSWER_MAX];
    verdict asked; /* of the request */
    bool stale;
    account receipt;
} duet_turn;

typedef struct duet {
    judged *j;
    const recorded_session *r;
    const prim *lib;
    int64_t now;
    service *world;
    p1_policy policy;
    p1_memory memory, memory_before;
    /* the key log */
    bool by_responder;
    uint8_t session[32], s[32], e[32], r0[32], kem[DUET_EPOCHS][64];
    size_t n_kem;
    bool has_s, has_e, has_r0, past; /* past: what follows is of another session */
    /* the two */
    p1_client client;
    p1_enclave enclave;
    duet_side side[2]; /* by p1_side */
    uint8_t coins[P1_COINS], room[TL_ROOM];
    p1_served served;
    uint16_t versions[1];
    span names[1];
    p1_claims claims;
    uint8_t attest[P1_CLIENT_CONTROL];
    size_t n_attest;
    bool must_turn[2]; /* this side's next message shows that it has opened the other's new dh */
    duet_turn turn;
} duet;

p1_client_world duet_client_world(duet *);
p1_enclave_world duet_enclave_world(duet *);
/* Whether whoever reads message i refused it by what followed. Notes the close code (P1-001). */
bool duet_went_on(duet *, size_t i);

/* judge_parley1_turns.c: behind a message that the text has taken. Rejections are settled in there; false: this is the end. */
bool duet_enclave_heard(duet *, size_t i);
bool duet_client_heard(duet *, size_t i);

#endif
