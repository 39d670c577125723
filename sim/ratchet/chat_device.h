/* A device that chats under profile signal. All its random bytes come from one secret of 32 bytes, block by block:
 * SHA-256(secret || name || number). So a whole conversation follows from two such secrets, and whoever copies the rest of a device
 * does not know what it will draw next. */
#ifndef PARLEY_CHAT_DEVICE_H
#define PARLEY_CHAT_DEVICE_H

#include "signal_profile.h"

enum { CHAT_KEPT = RT_CHAINS_MAX * 2000, CHAT_PQ_KEPT = PQ_EPOCHS * 2001 };

typedef enum chat_kind {
    CHAT_V3,   /* X3DH and the Double Ratchet */
    CHAT_V4,   /* PQXDH and the Double Ratchet */
    CHAT_SPQR, /* and the Sparse Post-Quantum Ratchet */
} chat_kind;

typedef struct chat_device {
    const prim *prim;
    chat_kind kind;
    uint8_t secret[32];
    uint32_t sent, turns; /* messages; key pairs of the Double Ratchet drawn after the first */
    sg_account account;
    sg_key signed_prekey, one_time;
    uint8_t kem_public[SG_KEM_KEY], kem_secret[SG_KEM_SECRET];
    sg_session session;
    rt_skipped kept[CHAT_KEPT], pq_kept[CHAT_PQ_KEPT];
} chat_device;

/* In place: a device holds pointers into itself. */
void chat_open(chat_device *, const prim *, chat_kind, const uint8_t secret[32]);
void chat_initiate(chat_device *, chat_device *with); /* a session from the other's published keys */
static inline bool chat_ready(const chat_device *d) { return d->session.state.version != 0; }

/* Appends the message; says whether it carries the keys of the session (sg_sends_first). */
bool chat_send(chat_device *, span text, writer *message);
verdict chat_receive(chat_device *, bool first, span message, writer *text);

/* The secret of its key pair number n of the Double Ratchet. */
void chat_ratchet_secret(const chat_device *, uint32_t n, uint8_t out[32]);

#endif
