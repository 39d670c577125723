/* The ratchet: signatures by agreement keys (XEdDSA), the first agreement (X3DH, PQXDH) and the Double Ratchet. The sparse
 * post-quantum ratchet that mixes into it is spqr.h.
 *
 * All keys are X25519: 32 bytes, u in little-endian; how a key is encoded in a message is for the profile to say. Coins are lent with the call
 * that uses them. Labels and limits are the profile's (rt_policy); the mode is part of a session:
 *   RT_STRICT   what the published specifications say
 *   RT_COMPAT   what the deployed library does where it differs; each difference is a numbered sentence of ratchet.md */
#ifndef PARLEY_RATCHET_H
#define PARLEY_RATCHET_H

#include "prim.h"
#include "verdict.h"

typedef enum rt_mode { RT_STRICT, RT_COMPAT } rt_mode;

enum {
    RT_KEY = 32,
    RT_SIGNATURE = 64,
    RT_SIGN_COINS = 64,
    RT_CHAINS_MAX = 5,
    RT_MESSAGE_KEYS = 80, /* cipher key (32) || authentication key (32) || IV (16) */
};

typedef struct rt_policy {
    const char *agreement_label, *root_label, *message_label; /* info of the three HKDFs */
    uint32_t jump_max;                                        /* messages that one message may skip in its chain */
    uint32_t kept_max;                                        /* skipped keys kept of one chain */
    unsigned chains_max;                                      /* receiving chains kept, at most RT_CHAINS_MAX */
} rt_policy;

typedef struct rt_world {
    const prim *prim;
    const rt_policy *policy;
    span coins; /* 32 secret random bytes for a call that makes a key pair, never lent twice; else not looked at */
} rt_world;

/* ---- 1. XEdDSA ---- */

/* out = signature of the message by an X25519 secret. coins: 64 secret random bytes. */
void rt_sign(const prim *, rt_mode, const uint8_t secret[32], span message, const uint8_t coins[64], uint8_t out[64]);

/* Rejections: RT-006 length, RT-007 the key is not canonical (strict), RT-008 S is not below L (strict), RT-009 S has one of its
 * three highest bits (compat), RT-010 it does not verify. */
verdict rt_verify(const prim *, rt_mode, const uint8_t key[32], span message, span signature);

/* ---- 2. The first agreement ---- */

/* Whose keys these are: the initiator has secrets of the identity and of the base key and the responder's shares, the responder the
 * reverse. An empty span stands for a key that is not there. */
typedef struct rt_initiator {
    const uint8_t *identity_secret, *base_secret;
    const uint8_t *their_identity, *their_signed_prekey;
    span their_one_time; /* 32 bytes or empty */
    span kem_secret;     /* 32 bytes, or empty: X3DH */
} rt_initiator;

typedef struct rt_responder {
    const uint8_t *identity_secret, *signed_prekey_secret;
    span one_time_secret; /* 32 bytes or empty */
    const uint8_t *their_identity, *their_base;
    span kem_secret;
} rt_responder;

/* What both have afterwards; secret. pq is the authentication key of the post-quantum ratchet, zeros without a KEM secret. */
typedef struct rt_agreed {
    uint8_t root[32], chain[32], pq[32];
} rt_agreed;

/* Rejections: RT-019 an agreement is all zeros; responder: RT-018 the base key is not canonical or has a part of small order. */
verdict rt_agree_initiator(const rt_world *, const rt_initiator *, rt_agreed *out);
verdict rt_agree_responder(const rt_world *, const rt_responder *, rt_agreed *out);

/* ---- 3. The Double Ratchet ---- */

typedef struct rt_chain {
    uint8_t key[32];
    uint32_t n; /* number of the next message */
} rt_chain;

typedef struct rt_receiving {
    uint8_t ratchet[32]; /* the other's share */
    bool open;           /* the chain key is still there */
    uint8_t lane;        /* of the store */
    rt_chain chain;
} rt_receiving;

typedef struct rt_ratchet {
    rt_mode mode;
    uint32_t previous; /* messages sent under the share before it */
    unsigned n_receiving;
    struct {
        uint8_t root[32];
        prim_pair own;
        rt_chain sending;
        rt_receiving receiving[RT_CHAINS_MAX]; /* newest first */
    } secret;
} rt_ratchet;

typedef struct rt_skipped {
    uint32_t n;
    uint8_t seed[32];
} rt_skipped;

/* Lent for the life of a session: policy.chains_max lanes of policy.kept_max slots each, and their fill levels. Zeroed at first. */
typedef struct rt_store {
    rt_skipped *slots;
    uint32_t used[RT_CHAINS_MAX];
} rt_store;

typedef struct rt_header {
    uint8_t ratchet[32];
    uint32_t n, previous;
} rt_header;

/* The initiator's first chain is the responder's, under the signed prekey; it makes its own at once (coins). RT-026. */
verdict rt_start_initiator(rt_ratchet *, const rt_world *, rt_mode, const rt_agreed *, const uint8_t their_signed_prekey[32]);
void rt_start_responder(rt_ratchet *, const rt_world *, rt_mode, const rt_agreed *, const uint8_t signed_prekey_secret[32]);

/* The next message's header and seed (secret). RT-034 the chain is used up. */
verdict rt_send(rt_ratchet *, const rt_world *, rt_header *, uint8_t seed[32]);

/* Receiving takes two calls, since only the profile can say whether a message is genuine. rt_prepare reads the state and gives the message's
 * seed and all that would change; rt_commit makes it real, rt_abandon forgets it. Both wipe the step.
 * Rejections: RT-027 the new share is not canonical (strict), RT-028 too many skipped, RT-029 too many skipped before it (strict),
 * RT-026 an agreement is all zeros, RT-030 no key is left for this number. */
typedef struct rt_range {
    uint8_t lane;
    rt_chain from;
    uint32_t to; /* the keys from.n ... to - 1 are skipped */
} rt_range;

typedef struct rt_step {
    rt_ratchet next;
    uint8_t seed[32];
    bool turned;  /* a new share: a lane may have to be emptied first */
    bool taken;   /* the seed came out of the store */
    uint8_t lane; /* of that */
    uint32_t at;
    rt_range skipped[2]; /* of the chain that ended, of this one */
} rt_step;

verdict rt_prepare(const rt_ratchet *, const rt_store *, const rt_world *, const rt_header *, rt_step *);
void rt_commit(rt_ratchet *, rt_store *, const rt_world *, rt_step *);
void rt_abandon(rt_step *);

/* seed and, with a post-quantum ratchet, its message key (32 bytes, else empty) -> the keys of one message. */
void rt_message_keys(const rt_world *, const uint8_t seed[32], span pq_key, uint8_t out[RT_MESSAGE_KEYS]);

/* Wipes everything secret of a session. */
void rt_close(rt_ratchet *, rt_store *, const rt_policy *);

#endif
