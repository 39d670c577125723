/* Profile parley1 over real WebSockets: a host whose enclave answers, and a guest that verifies it and asks. No protocol in here: effects of the
 * text are carried out, time and chance are lent.
 *
 * The host's enclave is a service of this process; its model is lent. Padding keeps a real pace, by the tick of the claims. */
#ifndef PARLEY_P1_SOCKET_H
#define PARLEY_P1_SOCKET_H

#include "coins.h"
#include "franking.h"
#include "p1_model.h"
#include "p1_service.h"
#include "parley1_talk.h"
#include "websocket.h"

#define P1_TARGET   "/parley/1"
#define P1_PROTOCOL "parley.1"

/* For a key log of tests: what a side drew, as soon as it is used, in this order of kinds for each session. `session` is the initiator's
 * ephemeral share of the handshake. */
typedef enum p1_secret_kind {
    P1_SECRET_STATIC,    /* host: the secret of s */
    P1_SECRET_EPHEMERAL, /* the handshake's */
    P1_SECRET_RATCHET,   /* of R_e (host), and of each dh */
    P1_SECRET_KEM,       /* for each exchange of ML-KEM-768: d || z of the guest's key, m of the host's ciphertext */
} p1_secret_kind;
typedef struct p1_key_log {
    void (*put)(void *ctx, const uint8_t session[32], p1_secret_kind, span secret); /* NULL: nothing is told */
    void *ctx;
} p1_key_log;

/* ---- the host ---- */

/* What carries a host's side of a session out. A target that errs on purpose wraps steps of the text here. */
typedef struct p1_host_steps {
    verdict (*takes)(p1_enclave *, const p1_enclave_world *, span message, p1_effects *);
    void (*reports)(p1_enclave *, const p1_enclave_world *, span attest, p1_effects *);
    void (*sends_part)(p1_enclave *, const p1_enclave_world *, span message, size_t *at, p1_effects *);
    verdict (*hears)(p1_listening *, const p1_effects *, p1_heard *);
    void (*closes)(ws *, uint16_t code);
    bool (*expects)(uint64_t n); /* whether a message of so many bytes may come */
} p1_host_steps;

typedef struct p1_host p1_host;

typedef struct p1_host_setup {
    struct event_base *base;
    service *world;
    const int64_t *now;
    coins coins;
    p1_model model;    /* the claims should name its digests */
    const char *token; /* the bearer token that is admitted; NULL: every one, and none */
    /* Every message, before it is carried out or taken; may be NULL. */
    void (*tap)(void *ctx, bool sent, span message);
    void (*paused)(void *ctx, const char *why); /* no connection is accepted until one ends; may be NULL */
    void *ctx;
    p1_key_log key_log;
    const p1_host_steps *by; /* NULL: the text's own */
} p1_host_setup;

p1_host *p1_host_start(const p1_host_setup *); /* NULL: there is no memory */
ws_gate p1_host_gate(p1_host *);
/* Every wait and age again (parley1_session.md, section 3). It comes once a second by itself; whoever moves *now on may call it at once. */
void p1_host_ticks(p1_host *);
verdict p1_host_refused(const p1_host *); /* what the last connection that was refused broke; accepted: none was */
/* Closes every connection with 1001: whoever serves goes away. No new one is admitted. */
void p1_host_leave(p1_host *);
void p1_host_stop(p1_host *); /* its connections must have ended */

/* ---- the guest ---- */

/* As p1_host_steps, of a guest. */
typedef struct p1_guest_steps {
    void (*start)(p1_client *, const p1_client_world *, span name, p1_effects *);
    verdict (*takes)(p1_client *, const p1_client_world *, span message, p1_effects *);
    verdict (*hears)(p1_reading *, const prim *, const p1_effects *, in_message *);
    verdict (*checks_receipt)(const in_client *, const prim *, const in_end *, const in_expected *, account *, in_signed_receipt *);
} p1_guest_steps;

typedef struct p1_guest p1_guest;

typedef struct p1_guest_end {
    verdict refused; /* accepted: nothing was */
    ws_end connection;
    uint32_t epoch; /* that it had reached */
    bool finished;  /* every question had its whole answer, or an error */
} p1_guest_end;

/* One turn, when both buckets are full. Borrows until the callback returns. */
typedef struct p1_answer {
    span text;
    in_code error; /* 0: it has its end; else there is no text */
    uint8_t finish;
    uint32_t prompt, output;        /* tokens */
    size_t records_sent, records;   /* of the two buckets */
    bool has_receipt;               /* asked for, given, and every check of it has passed */
    in_signed_receipt receipt;      /* its three parts */
    const account *receipt_checked; /* what was held against what */
    span com;
} p1_answer;

typedef struct p1_guest_events {
    void (*verified)(void *ctx, uint32_t epoch, const p1_appraisal *); /* before anything of ours leaves in this epoch */
    void (*piece)(void *ctx, span text);                               /* of an answer, not yet confirmed by its com; may be NULL */
    void (*answered)(void *ctx, p1_guest *, const p1_answer *);        /* its com recomputed, its receipt checked */
    void (*ended)(void *ctx, const p1_guest_end *);                    /* once, the last; the guest is freed after it */
} p1_guest_events;

typedef struct p1_guest_setup {
    struct event_base *base;
    const prim *prim;
    const p1_policy *policy; /* its level is the padding */
    p1_memory *memory;
    const char *name; /* the host's, as it was dialled */
    int64_t *now;
    coins coins;
    const char *const *questions; /* ended by NULL; each is asked behind those before and their answers */
    const char *system, *token;   /* NULL: none */
    span tool;                    /* a JSON object; empty: none */
    in_parameters parameters;
    bool receipts;           /* asked for with each question */
    const model *vocabulary; /* to read receipts by; NULL: their text is not compared */
    size_t cancel_after;     /* pieces; 0: never */
    bool steps;              /* a new epoch before each question but the first; *now moves on for it */
    const p1_guest_events *on;
    void *ctx;
    p1_key_log key_log;
    const p1_guest_steps *by; /* NULL: the text's own */
} p1_guest_setup;

p1_guest *p1_guest_start(const p1_guest_setup *, const ws_url *);                          /* NULL: there is no memory */
p1_guest *p1_guest_start_on(const p1_guest_setup *, struct bufferevent *, const ws_url *); /* owns the bufferevent in any case */

void p1_guest_ticks(p1_guest *); /* as p1_host_ticks; it may step, and it may close */

/* Inside `answered`, of an answer with a receipt: a frank that opens these leaves (IN-092: they rise). */
void p1_guest_franks(p1_guest *, const p1_answer *, const uint32_t *leaves, size_t n, writer *out);

#endif
