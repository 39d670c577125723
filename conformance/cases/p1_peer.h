/* A scripted peer of profile parley1: a client or an enclave that a case drives step by step, honestly or not. What it seals, it seals with the
 * keys of the session: a lie lies in what is sealed. */
#ifndef PARLEY_P1_PEER_H
#define PARLEY_P1_PEER_H

#include "p1_lies.h"
#include "p1_receipt_lies.h"
#include "parley1_talk.h"
#include "peer_connection.h"

#define P1_PEER_TARGET   "/parley/1"
#define P1_PEER_PROTOCOL "parley.1"

enum { P1_PEER_ROOM = 1 << 21 };

typedef struct p1_peer {
    peer_connection *peer;
    trial *t;
    int64_t now;
    const char *name; /* of the service */
    p1_policy policy; /* as a client: what it wants */
    p1_scene *scene;  /* as an enclave: the service */
    p1_client client;
    p1_enclave enclave;
    p1_storage storage;
    p1_effects out; /* of the last step; what it sends is not sent yet */
    p1_memory memory;
    uint16_t serves[2];  /* as an enclave: versions */
    p1_ratchet *ratchet; /* of the current epoch: what records are sealed with */
    case_check check;    /* what fails when the target breaks off, or says what breaks the text */
    unsigned level;
    p1_reading reading;
    uint8_t first_x[P1_DIGEST]; /* as an enclave: X_0 */
    size_t n_question;          /* of a question whose answer is paused: its bytes stand in question */
    uint8_t kturn[P1_KEY];      /* of the last request that was sealed or opened */
    uint8_t *rooms, *question, *plain,
        *bytes; /* question: P1_PEER_ROOM of the last one; plain: as many of what is being sealed; bytes: as many of records */
    uint8_t answer[4096], log[TL_ROOM];
} p1_peer;

/* Of this trial, for its process; the last one is wiped. */
p1_peer *p1_peer_of(trial *);
/* Puts the last one aside: the next one is another, which is played beside it. Once in a trial. */
void p1_peer_aside(void);

/* ---- as a client ---- */

p1_peer *p1_peer_connects(trial *);                 /* its honest first message stands in out.bytes */
p1_peer *p1_peer_shakes(trial *);                   /* sent, and message 2 taken */
p1_peer *p1_peer_verifies(trial *, unsigned level); /* the evidence, too; nothing of epoch 0 is sent */
p1_peer *p1_peer_starts(trial *, unsigned level);   /* start sent, ready taken */
p1_peer *p1_peer_admitted(trial *, unsigned level); /* and a token of kind 0 */
void p1_peer_takes_ready(p1_peer *);
void p1_peer_steps(p1_peer *);               /* a whole honest step to the next epoch, start included, ready taken; it is due */
void p1_peer_steps_without_start(p1_peer *); /* its start stands in out.bytes */
void p1_peer_says_step(p1_peer *);           /* the message alone, in good form */
void p1_peer_steps_to_start(p1_peer *, uint32_t miscount); /* without ready; start says so many more than the chain before brought */

/* ---- records ---- */

void p1_peer_seals(p1_peer *, span plain, uint8_t turn[P1_KEY], writer *out);        /* with *ratchet and fresh coins */
void p1_peer_says_plain(p1_peer *, span plain);                                      /* seals and sends */
void p1_peer_says_parts(p1_peer *, span message, bool talk, size_t first, size_t n); /* of a message's records so many from the first */
void p1_peer_says(p1_peer *, span message);                                          /* whole, in its class; no fills */
void p1_peer_says_hex(p1_peer *, const char *hex);
void p1_peer_fills(p1_peer *, size_t n);
size_t p1_peer_records(const p1_peer *, size_t message); /* of a talk message of so many bytes */

/* Where a record lies: in the ratchet before it is sealed, in the plaintext, in the record. */
typedef struct p1_record {
    const char *plain;     /* hex; NULL: the honest one */
    unsigned epoch, pn, n; /* added to what the header says */
    unsigned skip;         /* so many records are left out before it */
    unsigned direction, t_bit;
    unsigned filled;    /* zero bytes behind the plaintext */
    unsigned cut, size; /* bytes that are missing at its end; or its whole size, by zeros */
    int flip;           /* a byte is changed there, counted from 1; negative: from the end */
    bool pair;          /* and the byte behind it by the same bit */
} p1_record;

void p1_peer_says_record(p1_peer *, const p1_record *, const char *honest); /* honest: hex of the plaintext */

/* ---- requests ---- */

typedef struct p1_question {
    const char *text, *tool, *parameters; /* hex for the last; NULL: "Hello.", none, all zeros */
    unsigned role, receipt, more, tools;  /* more: further messages; tools: so many */
    uint32_t id;                          /* 0: 1 */
    bool no_message;
    bool everything; /* a seed, two tools, and a text of each role before the others */
    size_t behind;   /* bytes behind the request */
} p1_question;

span p1_peer_question(p1_peer *, const p1_question *); /* in a room of its own */
void p1_peer_asks(p1_peer *, const p1_question *);     /* with its fills, and the answer is awaited by the next */
/* The next talk message; false: the connection ended, or what came breaks the text (the trial is over). */
bool p1_peer_hears(p1_peer *, in_message *out);

/* ---- as an enclave ---- */

/* What an enclave says to a question. Zero: the honest answer. */
typedef struct p1_reply {
    const char *before, *instead, *after; /* messages in hex, a blank between: ahead of the answer, in its place, behind its end */
    int id, seq, end_seq;                 /* added to the honest numbers */
    unsigned com_bit, com_at, com_too, finish,
        code; /* com_at: counted from its last byte; com_too: so far from there the same bit once more; code: an error instead of the end */
    bool receipt, no_end,
        cut;        /* a receipt of 100 zeros that nobody asked for; the connection ends behind the chunks; after the first of them */
    bool pause;     /* after the first of the chunks; p1_enclave_goes_on says the rest */
    unsigned fills; /* so many more than there are to be */
    bool record;    /* the first record of the answer is `told` */
    p1_record told;
    const p1_receipt_lie *signs; /* the client was told to ask for a receipt: it gets this one. NULL: an honest one where it asks */
} p1_reply;

/* Starts the client and takes its first message; message 2 stands in out. lie: of the enrolment, and later of the evidence; NULL: none. */
p1_peer *p1_enclave_meets(trial *, const p1_evidence_lie *lie);
p1_peer *p1_enclave_meets_and_serves(trial *, bool reserved); /* reserved: it chooses the value of the offer that means nothing */
void p1_enclave_answers_hello(p1_peer *);                     /* message 2, sent */
void p1_enclave_attests(p1_peer *, const p1_evidence_lie *);  /* attest_0 into out */
void p1_enclave_sends_out(p1_peer *);
/* Up to the client's start, taken; the ratchet has sealed nothing, and ready is not sent. */
p1_peer *p1_enclave_before_ready(trial *);
p1_peer *p1_enclave_opens(trial *); /* ready, sent */
/* Whatever still comes is served honestly, but for this reply to the first question. */
void p1_enclave_serves(p1_peer *, const p1_reply *);

void p1_enclave_serves_until_asked(p1_peer *);  /* until that reply has been given */
void p1_enclave_is_silent(p1_peer *);           /* whatever still comes is left lying */
bool p1_enclave_takes_step(p1_peer *);          /* and replies; evidence is due. False: there is none, although a ping is answered */
bool p1_enclave_waits_for_step(p1_peer *);      /* and opens it, no more; false: as above */
void p1_enclave_renews(p1_peer *, span attest); /* sent as the evidence of the next epoch */
void p1_enclave_goes_on(p1_peer *);             /* serves, and says the rest of the answer when the next epoch has started */

/* ---- judgements ---- */

/* VERDICT: it is refused, whatever came before being passed over; REASON: closed with 1002 and no reason. A ping is sent behind the lie, so that
 * one who takes it is seen at once. */
void p1_judge_refused(p1_peer *);
void p1_judge_there(p1_peer *, case_check);    /* it answers a ping */
void p1_judge_ends(p1_peer *);                 /* VERDICT: it closes, though nothing comes; REASON as above */
void p1_judge_answered(p1_peer *);             /* VERDICT: the whole answer comes, fits its com, and fills its bucket */
void p1_judge_error(p1_peer *, unsigned code); /* VERDICT: an error with this code, and the session goes on */

#endif
