/* The Sparse Post-Quantum Ratchet, version 1: each message of a session carries a piece of a KEM exchange that goes on for ever, and
 * takes one key out of a chain that every completed exchange (an *epoch*) renews.
 *
 *   the code      a payload cut into chunks, any N of which give it back          spqr_code.c
 *   the braid     who sends which chunk when, and what both have at the end      spqr_braid.c
 *   the chain     keys for messages, by epoch and index                          spqr_chain.c
 *   the peer      the bytes of a message; version 0 beside version 1              spqr.c
 *
 * Calls work on what they are given: whoever must be able to take a step back works on a copy (pq_prepare does). */
#ifndef PARLEY_SPQR_H
#define PARLEY_SPQR_H

#include "layout.h"
#include "mlkem.h"
#include "ratchet.h"

enum {
    PQ_CHUNK = 32,
    PQ_PAYLOAD_MAX = 1152, /* the longest payload: the encapsulation key without its seed */
    PQ_CHUNKS_MAX = PQ_PAYLOAD_MAX / PQ_CHUNK,
    PQ_HEADER = 96, /* header (64) || MAC (32) */
    PQ_EK = 1152,   /* t */
    PQ_CT1 = 960,
    PQ_CT2 = 160,  /* ct2 (128) || MAC (32) */
    PQ_EPOCHS = 4, /* epochs of the chain that can be open at once; lanes of the store */
    PQ_SEND_COINS = 64,
    PQ_MESSAGE_MAX = 1 + 10 + 5 + 1 + 3 + PQ_CHUNK,
};

/* ---- 4. The code ---- */

typedef struct pq_encoder {
    uint8_t payload[PQ_PAYLOAD_MAX];
    uint16_t n;    /* bytes, a multiple of 32 */
    uint16_t next; /* index of the next chunk */
} pq_encoder;

typedef struct pq_decoder {
    uint16_t need, have; /* chunks */
    uint16_t index[PQ_CHUNKS_MAX];
    uint8_t chunk[PQ_CHUNKS_MAX][PQ_CHUNK];
} pq_decoder;

void pq_chunk_at(span payload, uint16_t index, uint8_t out[32]);
void pq_decoder_add(pq_decoder *, uint16_t index, const uint8_t chunk[32]); /* an index that is there already changes nothing */
static inline bool pq_decoder_full(const pq_decoder *d) { return d->have == d->need; }
void pq_decode(const pq_decoder *, uint8_t *out); /* need * 32 bytes; must(): full */

/* ---- 5. The braid ---- */

typedef enum pq_state {
    PQ_KEYS_UNSAMPLED,
    PQ_KEYS_SAMPLED,
    PQ_HEADER_SENT,
    PQ_CT1_RECEIVED,
    PQ_EK_SENT_CT1_RECEIVED,
    PQ_NO_HEADER_RECEIVED,
    PQ_HEADER_RECEIVED,
    PQ_CT1_SAMPLED,
    PQ_EK_RECEIVED_CT1_SAMPLED,
    PQ_CT1_ACKNOWLEDGED,
    PQ_CT2_SAMPLED,
    PQ_STATES,
} pq_state;

typedef enum pq_type { PQ_NOTHING, PQ_HDR, PQ_EK_CHUNK, PQ_EK_CT1_ACK, PQ_CT1_ACK, PQ_CT1_CHUNK, PQ_CT2_CHUNK, PQ_TYPES } pq_type;

typedef struct pq_piece {
    uint64_t epoch;
    pq_type type;
    uint16_t index;
    uint8_t chunk[PQ_CHUNK]; /* zeros for the types without one */
} pq_piece;

typedef struct pq_authenticator {
    uint8_t root[32], mac[32];
} pq_authenticator;

typedef struct pq_braid {
    pq_state state;
    uint64_t epoch;
    pq_encoder out;
    pq_decoder in;
    uint8_t header[MLKEM_HEADER], t[PQ_EK], ct1[PQ_CT1];
    struct {
        pq_authenticator auth;
        uint8_t dk[2400], m[32]; /* of the side that has them */
    } secret;
} pq_braid;

/* The secret of an epoch, when a step makes one. */
typedef struct pq_secret {
    bool there;
    uint64_t epoch;
    uint8_t key[32];
} pq_secret;

void pq_auth_update(const prim *, pq_authenticator *, uint64_t epoch, span key);
void pq_auth_header(const prim *, const pq_authenticator *, uint64_t epoch, const uint8_t header[64], uint8_t out[32]);
void pq_auth_ciphertext(const prim *, const pq_authenticator *, uint64_t epoch, span ct1, span ct2, uint8_t out[32]);
void pq_epoch_secret(const prim *, uint64_t epoch, const uint8_t shared[32], uint8_t out[32]);

void pq_braid_start(const prim *, pq_braid *, bool initiator, const uint8_t auth_key[32]);
/* The next piece. coins: PQ_SEND_COINS secret random bytes; in two states they become keys or a message. */
void pq_braid_send(const prim *, pq_braid *, const uint8_t coins[PQ_SEND_COINS], pq_piece *, pq_secret *);
/* Rejections: RT-068 an epoch ahead, RT-071 the header's MAC, RT-072 the key is not the header's, RT-073 the ciphertext's MAC. */
verdict pq_braid_receive(const prim *, pq_braid *, const pq_piece *, pq_secret *);

/* ---- 6. The chain ---- */

typedef struct pq_half {
    uint8_t next[32];
    uint32_t n; /* index of the last key that was taken */
} pq_half;

typedef struct pq_epoch {
    bool open;
    uint64_t epoch;
    pq_half sending, receiving;
} pq_epoch;

typedef struct pq_chain {
    bool initiator;
    uint64_t newest, sending; /* epochs */
    struct {
        uint8_t root[32];
        pq_epoch at[PQ_EPOCHS]; /* epoch modulo PQ_EPOCHS */
    } secret;
} pq_chain;

/* Lent for the life of a session: PQ_EPOCHS lanes of pq_lane(policy) slots. Zeroed at first. A key lies at its index modulo a lane's length. */
typedef struct pq_store {
    rt_skipped *slots;
    uint64_t label[PQ_EPOCHS]; /* the epoch whose keys lie in a lane, plus 1; 0: none */
} pq_store;

static inline size_t pq_lane(const rt_policy *p) { return (size_t)p->kept_max + 1; }

void pq_chain_start(const prim *, pq_chain *, bool initiator, const uint8_t auth_key[32]);
void pq_chain_add(const prim *, pq_chain *, const pq_secret *);

/* ---- 7. The peer ---- */

typedef enum pq_version { PQ_V0, PQ_V1 } pq_version; /* without and with this ratchet */

typedef struct pq_peer {
    rt_mode mode;
    pq_version version, least; /* what it speaks now; what it may fall back to */
    bool heard;                /* a message of version 1 was taken: no falling back any more */
    pq_braid braid;
    pq_chain chain;
} pq_peer;

void pq_start(pq_peer *, const prim *, rt_mode, pq_version least, bool initiator, const uint8_t auth_key[32]);
void pq_start_without(pq_peer *, rt_mode); /* version 0 from the beginning */

/* Appends the message (nothing in version 0). key: 32 bytes, *n_key is 32 or 0 when there is none. RT-087 the chain is used up. */
verdict pq_send(pq_peer *, const rt_world *, span coins, writer *message, uint8_t key[32], size_t *n_key);

typedef struct pq_step {
    pq_peer next;
    uint8_t key[32];
    size_t n_key;    /* 32 or 0 */
    bool taken;      /* out of the store */
    uint64_t epoch;  /* of the key */
    pq_half skipped; /* where the skipped keys begin */
    uint32_t at;     /* the key's index */
} pq_step;

verdict pq_prepare(const pq_peer *, const pq_store *, const rt_world *, pb_bytes message, pq_step *);
void pq_commit(pq_peer *, pq_store *, const rt_world *, pq_step *);
void pq_abandon(pq_step *);
void pq_close(pq_peer *, pq_store *, const rt_policy *);

#endif
