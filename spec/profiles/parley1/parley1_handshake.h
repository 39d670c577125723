/* Profile parley1, the handshake: the offer, two messages, and the base key (parley1_handshake.md).
 *
 *   client   p1_client_hello -> first message ... p1_client_agrees <- message 2
 *   enclave  first message -> p1_server_answers -> message 2
 *
 * Afterwards both have the same p1_agreement, and the Noise session has records in one direction, from the enclave. */
#ifndef PARLEY_PARLEY1_HANDSHAKE_H
#define PARLEY_PARLEY1_HANDSHAKE_H

#include "noise.h"
#include "parley1.h"

enum {
    P1_VERSION = 1,
    P1_VERSIONS_MAX = 16,
    P1_NAME_MAX = 253,
    P1_OFFER_MAX = 512,
    P1_MESSAGE1 = 1216,
    P1_MESSAGE2 = 1234,
    P1_HELLO_COINS = 2 + 32 + 64, /* reserved value and place; e; e1 */
    P1_ANSWER_COINS = 32 + 32,    /* e; ekem1 */
};

typedef struct p1_offer {
    span bytes; /* without its length: what the prologue holds */
    uint16_t version[P1_VERSIONS_MAX];
    size_t n_versions;
    span name;
} p1_offer;

typedef struct p1_agreement {
    uint16_t version;
    uint8_t h[32], s[32], r0[32]; /* handshake hash, E's static share, E's first ratchet share */
    uint8_t base[32];             /* secret */
} p1_agreement;

/* ---- 1. The offer ---- */

bool p1_is_name(span);                 /* in the form of a name */
bool p1_is_reserved(uint16_t version); /* one of the sixteen meaningless values */
bool p1_offers(const p1_offer *, uint16_t version);

/* coins: two random bytes. */
void p1_write_offer(const uint8_t coins[2], span name, writer *out);

/* Reads an offer without its length. P1-012, P1-013. */
verdict p1_read_offer(span bytes, p1_offer *out);

/* What an enclave serves; both lists borrow. */
typedef struct p1_served {
    const uint16_t *versions;
    size_t n_versions;
    const span *names;
    size_t n_names;
} p1_served;

/* ---- 2 and 3. Messages and base key ---- */

/* Appends the first message; `name` must be one (P1_NAME_MAX). `kept` borrows from what was appended. coins: P1_HELLO_COINS secret random bytes. */
void p1_client_hello(nz_peer *, const prim *, span name, span coins, writer *out, p1_offer *kept);

/* Rejects with P1-011 to P1-017, NZ-031, NZ-044. r0: the share of a fresh pair. coins: P1_ANSWER_COINS secret random bytes. */
verdict p1_server_answers(nz_peer *, const prim *, const prim_pair *s, const p1_served *, const uint8_t r0[32], span coins, span message,
                          writer *out, p1_agreement *);

/* Rejects with P1-022, P1-023, NZ-006, NZ-031. */
verdict p1_client_agrees(nz_peer *, const prim *, const p1_offer *kept, span message, p1_agreement *);

#endif
