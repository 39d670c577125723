/* Transparency logs: Merkle proofs, signed notes, checkpoints, cosignatures, policies, and what a client remembers (translog.md).
 *
 * What is read borrows from its input. Nothing here allocates or knows the time. */
#ifndef PARLEY_TRANSLOG_H
#define PARLEY_TRANSLOG_H

#include "prim.h"
#include "verdict.h"

enum {
    TL_HASH = 32,
    TL_KEY_ID = 4,
    TL_INCLUSION_MAX = 63,    /* hashes of a proof */
    TL_CONSISTENCY_MAX = 126, /* likewise */
    TL_NOTE_MAX = 65536,      /* bytes of a note */
    TL_LINES_MAX = 64,        /* signature lines of a note */
    TL_NAME_MAX = 255,        /* bytes of a key's name */
    TL_WITNESSES_MAX = 64,
    TL_GROUPS_MAX = 64,
    TL_MEMBERS_MAX = 64, /* of one group */
    TL_ROOM = 2 * TL_NOTE_MAX + 64,
};

/* ---- the tree ---- */

void tl_leaf_hash(const prim *, span entry, uint8_t out[TL_HASH]);
void tl_node_hash(const prim *, const uint8_t left[TL_HASH], const uint8_t right[TL_HASH], uint8_t out[TL_HASH]);

/* `proof` is whole hashes one after another. Rejects with TL-003 to TL-005. */
verdict tl_check_inclusion(const prim *, const uint8_t leaf[TL_HASH], uint64_t index, uint64_t size, span proof,
                           const uint8_t root[TL_HASH]);

/* What a log said of itself: a size in entries and the root hash over them. */
typedef struct tl_head {
    uint64_t size;
    uint8_t root[TL_HASH];
} tl_head;

/* That the tree of `later` extends the one of `earlier`. Rejects with TL-006 to TL-009. */
verdict tl_check_consistency(const prim *, const tl_head *earlier, const tl_head *later, span proof);

/* ---- signed notes ---- */

typedef enum tl_key_type { TL_ED25519 = 0x01, TL_COSIGNATURE = 0x04 } tl_key_type;

typedef struct tl_key {
    span name;
    uint8_t id[TL_KEY_ID];
    tl_key_type type;
    uint8_t key[32];
} tl_key;

typedef struct tl_line {
    span name, id, signature; /* decoded; they borrow from the note's text and from the room lent */
} tl_line;

typedef struct tl_note {
    span text; /* with its last LF */
    size_t n_lines;
    tl_line line[TL_LINES_MAX];
} tl_note;

void tl_key_id(const prim *, span name, tl_key_type, const uint8_t key[32], uint8_t id[TL_KEY_ID]);

/* Reads a verifier key. Rejects with TL-016, TL-017. The name borrows from `text`. */
verdict tl_read_key(const prim *, span text, tl_key *out);
void tl_write_key(const prim *, span name, tl_key_type, const uint8_t key[32], writer *out);

/* Reads the form of a note, no signature. Decoded signatures go to `room` (note.n bytes are enough). Rejects with TL-010 to TL-014. */
verdict tl_read_note(span note, writer *room, tl_note *out);

/* Looks at every line of this key. *found says whether there was one. Rejects with TL-018. For a cosignature *time is the latest
 * of its lines, in seconds since 1970 UTC. `room`: TL_NOTE_MAX + 64 bytes, used in passing. */
verdict tl_check_lines(const prim *, const tl_note *, const tl_key *, writer room, bool *found, uint64_t *time);

/* What a cosignature of this time is over: TL_NOTE_MAX + 64 bytes are enough. */
void tl_write_cosigned(span text, uint64_t time, writer *out);

/* ---- checkpoints ---- */

typedef struct tl_checkpoint {
    span origin;
    tl_head head;
    span extension; /* the further lines, each with its LF */
} tl_checkpoint;

/* Rejects with TL-020 to TL-024. */
verdict tl_read_checkpoint(const prim *, span text, span origin, tl_checkpoint *out);

/* ---- policies ---- */

typedef struct tl_group {
    span name;
    size_t least; /* members that have to agree */
    size_t n_members;
    struct tl_member {
        bool is_group;
        size_t at; /* in witness[] or group[] */
    } member[TL_MEMBERS_MAX];
} tl_group;

typedef struct tl_policy {
    tl_key log;
    span origin; /* of the log; the name of its key unless the caller says otherwise */
    size_t n_witnesses, n_groups;
    struct tl_witness {
        span name;
        tl_key key;
        bool member; /* of some group */
    } witness[TL_WITNESSES_MAX];
    tl_group group[TL_GROUPS_MAX];
    bool grouped[TL_GROUPS_MAX]; /* group i is a member of some group */
    bool has_log, has_quorum;
    bool none;               /* quorum none: no witness is asked */
    struct tl_member quorum; /* otherwise */
} tl_policy;

/* Reads the text form; names borrow from it. Rejects with TL-026 to TL-030, and TL-016, TL-017 for a key. Large: keep it static or on the heap. */
verdict tl_read_policy(const prim *, span text, tl_policy *out);

/* ---- the client ---- */

typedef struct tl_memory {
    bool has;
    tl_head head;
} tl_memory;

typedef struct tl_world {
    const prim *prim;
    const tl_policy *policy;
    int64_t now;  /* seconds since 1970 UTC */
    int64_t age;  /* greatest age of a cosignature, in seconds */
    int64_t skew; /* how far a witness's clock may be ahead, in seconds */
    writer room;  /* TL_ROOM bytes, used in passing */
} tl_world;

/* A checkpoint of the policy's log came, with a consistency proof from the remembered one (may be empty). Accepted: it is remembered, and
 * *out tells what it says. Rejects with TL-010 to TL-014, TL-018 to TL-024, TL-031, TL-034, TL-035 and TL-007 to TL-009. */
verdict tl_client_takes_checkpoint(tl_memory *, const tl_world *, span note, span proof, tl_checkpoint *out);

#endif
