/* Profile parley1: the key schedule, records with their ratchet, and the messages in them (parley1_record.md). */
#ifndef PARLEY_PARLEY1_RECORD_H
#define PARLEY_PARLEY1_RECORD_H

#include "parley1.h"

/* ---- 1. The key schedule ---- */

/* Secret. `seed` is for p1_epoch_keys only, and wiped by it. */
typedef struct p1_keys {
    uint8_t root[P1_KEY], link[P1_KEY];
} p1_keys;

void p1_first_seed(const prim *, const uint8_t base[P1_KEY], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY]);
void p1_next_seed(const prim *, const uint8_t link[P1_KEY], const uint8_t kem_secret[32], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY]);
void p1_epoch_keys(const prim *, uint8_t seed[P1_KEY], uint32_t epoch, p1_keys *out);

/* ---- 2. Records ---- */

enum {
    P1_HEADER = 44,
    P1_RECORD_LEAST = 64,
    P1_RECORD_MAX = 65535,
    P1_PLAIN_MAX = P1_RECORD_MAX - P1_HEADER - PRIM_TAG,
};

typedef enum p1_side { P1_CLIENT, P1_ENCLAVE } p1_side;

typedef struct p1_chain {
    uint8_t key[P1_KEY];
    uint32_t n; /* of the next record */
} p1_chain;

/* The ratchet of one epoch, one side. */
typedef struct p1_ratchet {
    p1_side side;
    uint32_t epoch;
    uint8_t t[P1_DIGEST];
    uint8_t theirs[32];                    /* the other's current dh */
    bool has_theirs;                       /* the enclave has none at first; the client has R_e */
    bool fresh;                            /* our dh was made since the other's last new one */
    bool turns;                            /* our next record has a new dh */
    bool sends, receives;                  /* these chains are there */
    uint32_t sent_before, received_before; /* records of the chain before */
    uint32_t turned;                       /* new dh of the other that were opened in this epoch */
    struct {
        uint8_t root[P1_KEY];
        prim_pair own;
        p1_chain sending, receiving;
    } secret;
} p1_ratchet;

/* sent and received: records in the last chains of the epoch before. */
void p1_start_client(p1_ratchet *, uint32_t epoch, const uint8_t t[P1_DIGEST], const uint8_t root[P1_KEY], const uint8_t r[32],
                     uint32_t sent, uint32_t received);
void p1_start_enclave(p1_ratchet *, uint32_t epoch, const uint8_t t[P1_DIGEST], const uint8_t root[P1_KEY], const prim_pair *r,
                      uint32_t sent, uint32_t received);

uint32_t p1_sent(const p1_ratchet *); /* records in the current or, when there is none, the last sending chain; p1_received likewise */
uint32_t p1_received(const p1_ratchet *);

/* Appends a record. coins: 32 secret random bytes, never lent twice. turn (may be NULL): K(mk; "turn"), secret. */
void p1_seal(p1_ratchet *, const prim *, span coins, span plain, writer *out, uint8_t turn[P1_KEY]);

/* Appends the plaintext, record.n - P1_HEADER - PRIM_TAG bytes. P1-103 to P1-109; the ratchet is as before unless accepted. */
verdict p1_open(p1_ratchet *, const prim *, span record, writer *plain, uint8_t turn[P1_KEY]);

/* ---- 3. Plaintext ---- */

enum { P1_LAST = 1, P1_TALK = 2, P1_USED_MAX = 65472, P1_FILLED = 256, P1_FILLED_USED = 253 };

typedef struct p1_plain {
    bool last, talk;
    span bytes;
} p1_plain;

/* Bytes of a message that one record carries. */
size_t p1_carries(unsigned level, bool talk);
verdict p1_read_plain(span plain, unsigned level, p1_plain *out); /* P1-120 to P1-125 */
void p1_write_plain(const p1_plain *, unsigned level, writer *out);

/* ---- 4. Messages ---- */

typedef enum p1_type {
    P1_START = 1,
    P1_READY,
    P1_STEP,
    P1_REPLY,
    P1_ATTEST,
    P1_TOKEN,
    P1_REQUEST,
    P1_CANCEL,
    P1_CHUNK,
    P1_END,
    P1_ERROR,
    P1_FILL
} p1_type;

enum { P1_MESSAGE_MAX = 1 << 20, P1_STEP_BYTES = 1189, P1_REPLY_BYTES = 1125, P1_TOKEN_MAX = 4100 };

/* A message that is being joined, in lent storage. */
typedef struct p1_join {
    uint8_t *p;
    size_t n, cap;
    bool whole; /* a message that the next record wipes */
} p1_join;

/* A record's bytes behind those that came. *whole says whether the message is complete; then it lies in the join until the next one.
 * P1-126, P1-127, P1-128. Storage that is too small for what the sender may send is a must(). */
verdict p1_join_add(p1_join *, p1_side sender, const p1_plain *, bool *whole);
void p1_join_clear(p1_join *);

#endif
