/* The Noise framework (rev 34) with hybrid forward secrecy (hfs): two peers, two or three messages, then records both ways.
 *
 *   nz_start        a peer from what it knows beforehand            must(): what the caller gives wrong is our own fault
 *   nz_step         the next handshake message, written or read     which of the two: nz_turn
 *   nz_seal/open    records after the last message
 *   nz_export       or a secret for the profile, instead of records in one direction
 *
 * All randomness is lent with the step that uses it; there is no clock. Sizes are bytes. A handshake message is at most
 * NZ_MESSAGE_MAX bytes, of which nz_overhead() belong to the pattern and the rest to the payload. */
#ifndef PARLEY_NOISE_H
#define PARLEY_NOISE_H

#include "mlkem.h"
#include "prim.h"
#include "verdict.h"

enum {
    NZ_KEY = 32, /* a share (public key), a secret, an agreement, a cipher key */
    NZ_TAG = 16,
    NZ_KEM_EK = 1184, /* of ML-KEM-768: encapsulation key, decapsulation key, ciphertext */
    NZ_KEM_DK = 2400,
    NZ_KEM_CT = 1088,
    NZ_LABEL_MAX = 64,                       /* of nz_export */
    NZ_MESSAGE_MAX = 65535,                  /* of every Noise message, handshake or record */
    NZ_RECORD_MAX = NZ_MESSAGE_MAX - NZ_TAG, /* plaintext of one record */
};

typedef enum nz_pattern { NZ_XX, NZ_NX, NZ_NK, NZ_IK, NZ_XXHFS, NZ_NXHFS, NZ_NKHFS, NZ_IKHFS } nz_pattern;
typedef enum nz_role { NZ_INITIATOR, NZ_RESPONDER } nz_role;
typedef enum nz_turn { NZ_WRITES, NZ_READS, NZ_READY, NZ_FAILED } nz_turn;
typedef enum nz_direction { NZ_SENDING, NZ_RECEIVING } nz_direction;

typedef struct nz_suite {
    nz_pattern pattern;
    prim_cipher cipher;
    prim_hash hash; /* any but PRIM_SHA384 */
} nz_suite;

/* "Noise_XX_25519_AESGCM_SHA256", "Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256" and their like. NZ-001 when it is none of ours; then out is unchanged. */
verdict nz_suite_from_name(span name, nz_suite *out);
void nz_suite_name(const nz_suite *, writer *out); /* the same name back */

/* What a peer knows before the first message. Exactly the keys that the pattern asks of the role:
 *              XX        NX        NK        IK        the same with hfs
 *   initiator  s         -         rs        s, rs
 *   responder  s         s         s         s          */
typedef struct nz_setup {
    nz_role role;
    nz_suite suite;
    span prologue;                /* borrowed during nz_start only */
    const prim_pair *static_pair; /* s: NULL or made by prim_pair_of; borrowed during nz_start only, so one serves many sessions */
    span remote_static;           /* rs: 32 bytes or empty */
} nz_setup;

/* Which keys that are: a pair of its own (s), the other's static share beforehand (rs); and whether its steps are lent something of the
 * KEM (the initiator kem_key, the responder kem_coins). */
typedef struct nz_keys {
    bool s, rs, kem;
} nz_keys;
nz_keys nz_keys_of(nz_pattern, nz_role);

/* A key with its counter (CipherState). */
typedef struct nz_cipher {
    bool keyed, fresh; /* fresh: as Split gave it, never used */
    uint8_t k[NZ_KEY];
    uint64_t n;
} nz_cipher;

typedef struct nz_peer {
    nz_suite suite;
    nz_role role;
    uint8_t state; /* handshake messages done, or failed: ask nz_turn_of */
    bool knows_rs, exported;
    uint8_t re[NZ_KEY];       /* the other's ephemeral share */
    uint8_t rs[NZ_KEY];       /* the other's static share, when knows_rs */
    uint8_t h[PRIM_HASH_MAX]; /* the transcript so far; after the last message: the handshake hash */
    struct {
        prim_pair s, e;
        uint8_t kem[NZ_KEM_DK]; /* hfs; the initiator's decapsulation key, or the responder's copy of e1 */
        uint8_t ck[PRIM_HASH_MAX];
        nz_cipher handshake, sending, receiving;
    } secret;
} nz_peer;

typedef struct nz_world {
    const prim *prim; /* any provider that has the suite's cipher and hash; another one at each step is fine */
    span ephemeral;   /* 32 secret random bytes for a step that writes an e token, never lent twice; else not looked at */
    span kem_key;     /* NZ_KEM_DK bytes from mlkem_keygen for a step that writes an e1 token, never lent twice */
    span kem_coins;   /* 32 secret random bytes for a step that writes an ekem1 token, never lent twice */
} nz_world;

/* Lent buffers; a step appends, and only when it accepts. Writing needs room for payload + nz_overhead() bytes,
 * reading for the message's length less nz_overhead(). The other writer may be empty. Too little room is a must(): whoever
 * weakens a limit (NZ-036, NZ-037) lends room for what then comes through. */
typedef struct nz_effects {
    writer message; /* what a writing step sends */
    writer payload; /* what a reading step received; authentic as far as the pattern says at that message */
} nz_effects;

bool nz_setup_fits(const nz_setup *, const prim *);       /* the keys are the ones asked for, and the provider has the suite */
void nz_start(nz_peer *, const prim *, const nz_setup *); /* must(): nz_setup_fits, and the pair is whole */
void nz_close(nz_peer *); /* wipes every secret; from then on the peer rejects everything. Fine on an all-zero peer */

nz_turn nz_turn_of(const nz_peer *);
size_t nz_overhead(const nz_peer *);     /* bytes of the next message besides its payload; a tag when ready; 0 when failed */
span nz_handshake_hash(const nz_peer *); /* 32 or 64 bytes borrowed from the peer; final once ready */
span nz_remote_static(const nz_peer *);  /* 32 bytes borrowed from the peer, empty while not known */

verdict nz_expects(uint64_t n); /* a message or record of at least n bytes is arriving: NZ-036, before it is kept */

/* The next step. `in`: when the peer writes, the payload (may be empty); when it reads, the message.
 * Rejections: NZ-038 ready or failed already (state unchanged). All others end the session (NZ-039): NZ-035 too short,
 * NZ-036 longer than 65535, NZ-037 our message would be, NZ-031 an all-zero agreement, NZ-044 an encapsulation key that is none, NZ-006 a tag
 * does not fit. */
verdict nz_step(nz_peer *, const nz_world *, span in, nz_effects *out);

/* Records. out gets plain.n + 16 or sealed.n - 16 bytes appended; nothing is appended and the state stays as it was
 * unless accepted. NZ-041 not ready; NZ-050 given to the exporter; NZ-008 the counter is used up; seal: NZ-037 too long; open: NZ-035, NZ-036, NZ-006. */
verdict nz_seal(nz_peer *, const nz_world *, span ad, span plain, writer *out);
verdict nz_open(nz_peer *, const nz_world *, span ad, span sealed, writer *out);

/* A new key for one direction; both peers do it at the same record. NZ-041 not ready; NZ-050 given to the exporter. */
verdict nz_rekey(nz_peer *, const nz_world *, nz_direction);

/* n bytes for the profile, the same on both sides; then the direction from initiator to responder has no records. Once, and before any
 * record or Rekey of that direction: else NZ-049, and nothing changes. `label` has up to NZ_LABEL_MAX bytes; n <= 255 times the hash. */
verdict nz_export(nz_peer *, const nz_world *, span label, uint8_t *out, size_t n);

#endif
