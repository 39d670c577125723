/* A Noise peer that holds real keys and lies: it plays the protocol by interpreting the pattern's tokens, and can put a
 * share of low order where an honest one belongs, sealing everything after it under the keys that follow.
 * Written apart from the text, so its honest messages are a second opinion on it as well. */
#ifndef PARLEY_NOISE_EVIL_PEER_H
#define PARLEY_NOISE_EVIL_PEER_H

#include "noise.h"

typedef struct evil_peer {
    const prim *prim;
    nz_suite suite;
    bool initiator, keyed;
    size_t hash_len;
    uint8_t h[PRIM_HASH_MAX], ck[PRIM_HASH_MAX], k[32];
    uint64_t n;
    uint8_t s[32], e[32], rs[32], re[32];
    uint8_t re1[NZ_KEM_EK];
    const uint8_t *e1, *ekem1;        /* set after the start when the pattern has hfs: 64 bytes d || z; 32 bytes of coins */
    const uint8_t *false_s, *false_e; /* 32 bytes sent in place of our share; agreements with it are zeros */
    const uint8_t *false_e1;          /* an encapsulation key sent in place of ours */
} evil_peer;

/* s: our static secret, or NULL; rs: the other's static share, or NULL while unknown. */
void evil_peer_start(evil_peer *, const prim *, const nz_suite *, bool initiator, span prologue, const uint8_t *s, const uint8_t *e,
                     const uint8_t *rs);
/* Message number `k` (1 the first), written by us or read from the other. Reading has to succeed: the other is honest. */
void evil_peer_writes(evil_peer *, int k, span payload, writer *out);
void evil_peer_reads(evil_peer *, int k, span message);

/* The tokens of message k: "e ee s es". Empty when the pattern has no such message. */
const char *noise_tokens(nz_pattern, int k);
size_t noise_offset(nz_pattern, int k, const char *token); /* where the token's bytes begin in message k, from 2 on */
int noise_messages(nz_pattern);
bool noise_has(nz_pattern, int k, const char *token);

#endif
