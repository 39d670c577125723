/* Profile parley1, sessions: the order of messages, epochs, ages and waits (parley1_session.md).
 *
 *   client    p1_client_start, p1_client_takes ..., p1_client_sends, p1_client_steps, p1_client_ticks
 *   enclave   p1_enclave_start, p1_enclave_takes ..., p1_enclave_reports when asked, p1_enclave_sends, p1_enclave_ticks
 *
 * A call that refuses closes: out->close is set, nothing is sent, every secret is wiped. Exceptions, of what our own side asks for, say so.
 * Whoever carries effects out sends each record of out as one binary message, in order. */
#ifndef PARLEY_PARLEY1_SESSION_H
#define PARLEY_PARLEY1_SESSION_H

#include "parley1_evidence.h"
#include "parley1_handshake.h"
#include "parley1_record.h"

enum {
    P1_COINS = 160,    /* secret random bytes lent with each call, never twice */
    P1_SENDS_MAX = 24, /* records of one call */
    P1_REQUESTS_MAX = 64,
    P1_FRESH = 600, /* seconds */
    P1_STALE = 900,
    P1_IDLE = 3600,
    P1_STEP_PAUSE = 30,
    P1_WAITING_MAX = 1024,                 /* sessions between the upgrade and start */
    P1_CLIENT_CONTROL = P1_ATTEST_MAX + 4, /* storage for control messages that come to a client */
    P1_ENCLAVE_CONTROL = P1_TOKEN_MAX,
};

typedef enum p1_event {
    P1_NOTHING,
    P1_VERIFIED,     /* client: this epoch's evidence has passed, start is among what is sent */
    P1_WENT_READY,   /* client: ready came */
    P1_WANTS_REPORT, /* enclave: call p1_enclave_reports with an attest over out->binder */
    P1_STARTED,      /* enclave: an epoch has begun; ready is among what is sent */
    P1_TOKEN_CAME,   /* enclave: out->message is u8 kind || b16 */
    P1_TALK_PART,    /* out->message is what has come of a talk message by one more record; its first byte says which */
    P1_TALK_CAME,    /* out->message is a talk message; of a request out->turn is K(mk; "turn") of its first record */
} p1_event;

typedef struct p1_effects {
    writer bytes; /* lent; what is sent, record behind record */
    size_t ends[P1_SENDS_MAX], n_sends;
    p1_event event;
    uint16_t close; /* 0: stay */
    span message;   /* borrows from the session's storage until the next call */
    bool stale;     /* enclave, a request: it is answered with error 4 */
    uint8_t binder[P1_BINDER], turn[P1_KEY];
} p1_effects;

void p1_effects_clear(p1_effects *);
span p1_sends(const p1_effects *, size_t i);

/* Lent for the life of a session. A client's control holds P1_CLIENT_CONTROL bytes, an enclave's P1_ENCLAVE_CONTROL; talk P1_MESSAGE_MAX. */
typedef struct p1_storage {
    p1_join control, talk;
    uint8_t *plain; /* P1_RECORD_MAX bytes, used in passing */
} p1_storage;

/* A wait that ends a session when it is over. */
typedef struct p1_wait {
    int64_t until; /* 0: none */
    uint16_t req;  /* the sentence that states it */
} p1_wait;

/* What both sides keep of epochs. */
typedef struct p1_epochs {
    p1_ratchet now, other; /* the client's other: the epoch before, for records under way; the enclave's: the next, until start */
    bool has_other;
    unsigned level;
    int64_t born;      /* when the evidence's age began */
    int64_t busy;      /* when the last request, end or error passed */
    unsigned requests; /* in this epoch */
    bool first_came;   /* of the other, in this epoch */
    p1_wait wait;
    uint8_t turn[P1_KEY]; /* secret: of the talk message that is being joined */
    struct {
        uint8_t link[P1_KEY];
    } secret;
} p1_epochs;

/* ---- the client ---- */

typedef struct p1_client_world {
    const prim *prim;
    int64_t now; /* seconds since 1970; sleep counts */
    span coins;
    const p1_policy *policy;
    p1_memory *memory;
    writer room; /* TL_ROOM bytes */
    p1_storage *storage;
} p1_client_world;

typedef enum p1_phase { P1_NEW, P1_SHAKING, P1_PROVING, P1_OFFERED, P1_OPEN, P1_CLOSED } p1_phase;

typedef struct p1_client {
    p1_phase phase;
    nz_peer noise;
    uint8_t first[2 + P1_OFFER_MAX]; /* our offer */
    uint8_t name[P1_NAME_MAX];
    size_t n_name;
    p1_offer offered; /* borrows from `first` */
    p1_agreement agreed;
    p1_identity identity; /* of epoch 0 */
    p1_appraisal appraisal;
    p1_epochs epochs;
    bool reading;  /* an answer is under way */
    unsigned step; /* 0 none, 1 sent, 2 replied */
    int64_t asked; /* when step was sent */
    uint8_t next_x[P1_DIGEST], t[P1_DIGEST], next_r[32];
    uint8_t step_message[P1_STEP_BYTES];
    struct {
        uint8_t dk[NZ_KEM_DK], kem[32];
    } secret;
} p1_client;

/* name: P1_NAME_MAX, a host's. must(): it is one, and the policy fits. */
void p1_client_start(p1_client *, const p1_client_world *, span name, p1_effects *);
verdict p1_client_takes(p1_client *, const p1_client_world *, span message, p1_effects *);
/* Sends a token, request, cancel or fill: u8 type || body, not longer than its type allows. Of a request out->turn is K(mk; "turn") of its first
 * record. P1-141, P1-162, P1-163 refuse without closing. */
verdict p1_client_sends(p1_client *, const p1_client_world *, span message, p1_effects *);
/* One record of such a message; *at is how much of it has gone: 0 at first, message.n when it is whole. */
verdict p1_client_sends_part(p1_client *, const p1_client_world *, span message, size_t *at, p1_effects *);
/* Whether a step may begin now, and whether one is due before the next request. */
bool p1_client_may_step(const p1_client *);
bool p1_client_must_step(const p1_client *, int64_t now);
void p1_client_steps(p1_client *, const p1_client_world *, p1_effects *); /* must(): p1_client_may_step */
verdict p1_client_ticks(p1_client *, const p1_client_world *, p1_effects *);
void p1_client_close(p1_client *, p1_storage *);

/* ---- the enclave ---- */

typedef struct p1_enclave_world {
    const prim *prim;
    int64_t now; /* seconds; monotonic */
    span coins;
    const prim_pair *s;
    const p1_served *served;
    span claims;
    unsigned levels; /* of the claims: bits 1 << level */
    p1_storage *storage;
} p1_enclave_world;

typedef struct p1_enclave {
    p1_phase phase;
    nz_peer noise;
    p1_agreement agreed;
    p1_epochs epochs;
    bool has_token, stepping, reporting; /* stepping: from step to start */
    uint8_t x[P1_DIGEST], t[P1_DIGEST];
    struct {
        prim_pair r; /* of the epoch that is being made */
        uint8_t kem[32];
    } secret;
} p1_enclave;

verdict p1_judge_waiting(size_t waiting); /* P1-175: whether one more session may wait beside so many */
void p1_enclave_start(p1_enclave *, const p1_enclave_world *);
verdict p1_enclave_takes(p1_enclave *, const p1_enclave_world *, span message, p1_effects *);
/* The attest that P1_WANTS_REPORT asked for; at most P1_ATTEST_MAX bytes. */
void p1_enclave_reports(p1_enclave *, const p1_enclave_world *, span attest, p1_effects *);
/* Sends a chunk, end, error or fill, whole or, as p1_client_sends_part, one record of it. must(): open. */
void p1_enclave_sends_part(p1_enclave *, const p1_enclave_world *, span message, size_t *at, p1_effects *);
void p1_enclave_sends(p1_enclave *, const p1_enclave_world *, span message, p1_effects *);
verdict p1_enclave_ticks(p1_enclave *, const p1_enclave_world *, p1_effects *);
void p1_enclave_close(p1_enclave *, p1_storage *);

#endif
