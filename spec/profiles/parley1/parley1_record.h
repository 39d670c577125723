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

#endif
