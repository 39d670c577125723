/* A thief who copies the whole state of one device at one moment and from then on only listens, to everything that both send. He is as strong as
 * such a thief can be: nothing is lost on his way, he keeps all that the copy and the messages give him, and he knows at which message he is.
 *
 * He reads what the victim will receive as the victim does, from its receiving chains and its current key pair. He reads what the victim
 * sends from its sending chain, which he turns into a receiving chain of his own. Of the post-quantum ratchet he has the keys of the open
 * epochs, and of the exchange under way what the victim had of it: with its decapsulation key he learns that exchange's secret too.
 *
 * He does not know what the victim draws later. With `solves_x25519` he does know the secret of each later X25519 share: then the whole
 * Double Ratchet is his, and only the post-quantum part can lock him out. */
#ifndef PARLEY_CHAT_THIEF_H
#define PARLEY_CHAT_THIEF_H

#include "chat_device.h"

typedef struct thief_way {
    rt_ratchet ratchet;
    rt_store kept;
    pq_chain pq;
    pq_store pq_kept;
    rt_skipped slots[CHAT_KEPT], pq_slots[CHAT_PQ_KEPT];
} thief_way;

typedef struct thief {
    const prim *prim;
    const chat_device *victim; /* asked for its later X25519 secrets only, and only with solves_x25519 */
    bool solves_x25519, pq;
    unsigned version;
    uint32_t turns;
    thief_way in, out; /* to the victim, from it */
    pq_braid braid;
} thief;

void thief_steals(thief *, const chat_device *victim, bool solves_x25519);

/* Whether he reads the message, of which `text` is the text. Messages come in the order in which they were sent. */
bool thief_reads(thief *, bool from_victim, bool first, span message, span text);

#endif
