/* Profile signal: sessions of two devices as libsignal has them. X3DH (version 3) or PQXDH (version 4), the Double Ratchet, and in version 4
 * the Sparse Post-Quantum Ratchet.
 *
 *   sg_initiate   a session from the other's published keys
 *   sg_send       text -> message
 *   sg_receive    message -> text; a first message makes the session
 *
 * All secrets that a call may need are lent with it (sg_coins), and so is the time. A call that rejects changes nothing. */
#ifndef PARLEY_SIGNAL_PROFILE_H
#define PARLEY_SIGNAL_PROFILE_H

#include "spqr.h"

enum {
    SG_POINT = 33,     /* 0x05 || u */
    SG_KEM_KEY = 1569, /* 0x08 || encapsulation key, or ciphertext: both are this long */
    SG_KEM_SECRET = 3168,
    SG_MAC = 8,
    SG_ADDRESS = 18,                 /* service id (17) || device (1) */
    SG_PENDING_MAX = 30 * 24 * 3600, /* seconds until an unanswered session must not be used any more */
    SG_TEXT_MAX = 65536,             /* of one message, ours to choose */
    SG_MESSAGE_MAX = SG_TEXT_MAX + 2048,
    SG_HOSTILE_HMACS = 100013, /* SG-048: the most that a message costs that is not genuine */
    SG_HOSTILE_AGREEMENTS = 2,
    SG_HOSTILE_PAIRS = 1,
};

extern const rt_policy sg_policy_v3, sg_policy_v4;

/* ---- keys ---- */

typedef struct sg_account {
    uint8_t identity_secret[32];
    uint32_t registration_id;
    span address; /* SG_ADDRESS bytes; empty: no addresses are used */
} sg_account;

typedef struct sg_key {
    uint32_t id;
    uint8_t secret[32];
} sg_key;

typedef struct sg_kem_key {
    uint32_t id;
    const uint8_t *secret; /* SG_KEM_SECRET bytes */
} sg_kem_key;

/* Our unused keys. */
typedef struct sg_prekeys {
    const sg_key *signed_prekeys, *one_time;
    const sg_kem_key *kem;
    size_t n_signed, n_one_time, n_kem;
} sg_prekeys;

/* What the other publishes; all borrowed. Keys are encoded as in messages. */
typedef struct sg_bundle {
    uint32_t registration_id;
    span identity;
    uint32_t signed_prekey_id;
    span signed_prekey, signed_prekey_signature;
    bool has_one_time;
    uint32_t one_time_id;
    span one_time;
    bool has_kem; /* without: version 3 */
    uint32_t kem_id;
    span kem, kem_signature;
} sg_bundle;

/* A KEM key, a signed prekey and a base key met once already; the application keeps a list. */
typedef struct sg_use {
    uint32_t kem_id, signed_prekey_id;
    uint8_t base[32];
} sg_use;

/* ---- calls ---- */

typedef struct sg_coins { /* secret random bytes, fresh for each call */
    uint8_t base[32], ratchet[32], kem[32], pq[64];
} sg_coins;

typedef struct sg_world {
    const prim *prim;
    int64_t now; /* seconds */
    const sg_coins *coins;
    const sg_account *account;
    span their_address;  /* SG_ADDRESS bytes or empty */
    span their_identity; /* 32 bytes: the one that is trusted; empty: whichever comes first */
    const sg_prekeys *prekeys;
    const sg_use *uses;
    size_t n_uses;
} sg_world;

typedef struct sg_settings {
    rt_mode mode;
    pq_version pq, least_pq; /* of version 4: whether it has the post-quantum ratchet, and whether the other must */
} sg_settings;

typedef struct sg_pending {
    bool there, has_one_time;
    uint32_t one_time_id, signed_prekey_id, kem_id;
    int64_t since;
    uint8_t kem_ciphertext[SG_KEM_KEY];
} sg_pending;

typedef struct sg_state {
    unsigned version; /* 3 or 4; 0: there is no session */
    sg_settings settings;
    uint8_t own_identity[32], their_identity[32], base[32];
    uint32_t their_registration_id;
    sg_pending pending; /* the initiator's, until it is answered */
    rt_ratchet ratchet;
    pq_peer pq;
} sg_state;

/* Zeroed at first, with room lent: RT_CHAINS_MAX * 2000 slots, and PQ_EPOCHS * 2001. */
typedef struct sg_session {
    sg_state state;
    rt_store kept;
    pq_store pq_kept;
} sg_session;

typedef struct sg_effects {
    writer message; /* sg_send appends; room for the text + 2048 bytes */
    writer text;    /* sg_receive appends; room for the message's length */
    bool used_one_time;
    uint32_t one_time_id; /* to be deleted */
    bool used_kem;
    sg_use use; /* to be remembered */
} sg_effects;

verdict sg_initiate(sg_session *, const sg_settings *, const sg_world *, const sg_bundle *);
verdict sg_send(sg_session *, const sg_world *, span text, sg_effects *);
/* `first`: a message that carries the keys of a session (type 3); otherwise type 2. settings are for a session that it makes. */
verdict sg_receive(sg_session *, const sg_settings *, const sg_world *, bool first, span message, sg_effects *);
/* Whether a first message has the keys with which this session began. */
bool sg_is_of(const sg_session *, span message);
void sg_close(sg_session *); /* wipes all secrets, those in lent room too */

/* How the next message goes out: it carries the keys (type 3) as long as no answer has come. */
static inline bool sg_sends_first(const sg_session *s) { return s->state.pending.there; }

const rt_policy *sg_policy(unsigned version);
void sg_write_point(writer *, const uint8_t u[32]);

#endif
