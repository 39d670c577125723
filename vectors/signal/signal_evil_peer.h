/* A device that holds real keys and lies: it makes the message that an honest device would send next, changes one thing, and seals it again
 * with the right keys, so that only the check that is meant can refuse it. */
#ifndef PARLEY_SIGNAL_EVIL_PEER_H
#define PARLEY_SIGNAL_EVIL_PEER_H

#include "signal_player.h"

/* Zeros are honest. */
typedef struct lie {
    unsigned version, outer_version; /* of the message, of the first message around it */
    unsigned skip, skip_pq;          /* messages that are never sent, of either ratchet */
    const pq_peer *pq_from;          /* the post-quantum ratchet as it was */
    uint32_t previous;               /* 0: honest */
    bool no_counter, no_pq;
    span pq;                        /* in place of the field */
    bool pq_key_is, pq_without_key; /* the key below, or none, is mixed in */
    uint8_t pq_key[32];
    uint8_t share_type, share_top; /* first byte; bits to set in the last */
    const uint8_t *share, *seed;   /* in place of the ratchet's */
    span behind_share, behind, outer_behind;
    span ciphertext, addresses;
    uint8_t mac_flip, mac_place;
    bool mac_of_recipient; /* as if the recipient had sent it */
    bool no_signed_id, no_kem_id, no_kem, no_one_time;
    uint32_t signed_id, kem_id, one_time_id;
    uint8_t kem_type, base_top;
    span behind_kem;
} lie;

/* The player's state is left as it is. */
void evil_message(const player *, const lie *, span text, writer *out);

#endif
