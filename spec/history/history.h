/* History: what a device keeps at a storage that it does not trust (chapter history).
 *
 * Everything is a function of its arguments: salts and roots are drawn by the caller, bytes of the storage come in as spans and go out through
 * writers that the caller lends. What is read borrows. Keks, roots and opened texts are secret; whoever holds one wipes it. */
#ifndef PARLEY_HISTORY_H
#define PARLEY_HISTORY_H

#include "layout.h"
#include "prim.h"
#include "verdict.h"

enum {
    HI_KEY = 32, /* a PRF output, a kek, a root */
    HI_SALT = 32,
    HI_DIGEST = 32,
    HI_SEALED = 80, /* what sealing adds: salt, commitment, tag */
    HI_WRAP = HI_SEALED + HI_KEY,
    HI_FILLED_MIN = 1024,
    HI_FILLED_MAX = 1 << 24,
    HI_TEXT_MAX = HI_FILLED_MAX - 4, /* bytes of a text before it is filled */
    HI_CREDENTIAL_MAX = 1023,
    HI_CREDENTIALS_MAX = 64,
    HI_ID_MAX = 64,
    HI_HEAD = 108,
    HI_GAP_MAX = 65536, /* heads */
    HI_CODE = 20,       /* characters */
};

/* ---- keys ---- */

span hi_prf_input(void); /* what the passkey's PRF is asked with */
void hi_kek(const prim *, const uint8_t prf[HI_KEY], span credential, uint8_t kek[HI_KEY]);

/* ---- sealing ---- */

void hi_seal(const prim *, const uint8_t key[HI_KEY], const uint8_t salt[HI_SALT], span text, span a, writer *out); /* HI_SEALED more */

/* Rejects with HI-009 to HI-011. `room` takes sealed.n - HI_SEALED bytes; *text borrows from it, and is untouched unless accepted. */
verdict hi_open(const prim *, const uint8_t key[HI_KEY], span sealed, span a, uint8_t *room, span *text);

/* ---- wraps ---- */

/* HI_WRAP bytes. Rejects with HI-012. */
verdict hi_wrap(const prim *, const uint8_t kek[HI_KEY], const uint8_t salt[HI_SALT], const uint8_t root[HI_KEY], uint32_t generation,
                span credential, writer *out);
/* Rejects with HI-010 to HI-012, HI-014; root is untouched unless accepted. */
verdict hi_unwrap(const prim *, const uint8_t kek[HI_KEY], span wrap, uint32_t generation, span credential, uint8_t root[HI_KEY]);

/* ---- the index ---- */

typedef struct hi_item {
    span id;
    uint64_t version;
    span digest; /* of the sealed item */
} hi_item;

typedef struct hi_credential {
    span id;
    span digest; /* of its wrap */
} hi_credential;

typedef struct hi_index {
    uint64_t n_items, n_credentials;
    span items, credentials; /* the rows without their counts */
} hi_index;

/* Rejects with HI-024 to HI-027; v is the head's. */
verdict hi_read_index(span content, uint64_t v, hi_index *out);

/* One after another from reader_of(index.items) and reader_of(index.credentials); false at the end. */
bool hi_next_item(reader *items, hi_item *out);
bool hi_next_credential(reader *credentials, hi_credential *out);

bool hi_find_item(const hi_index *, span id, hi_item *out);
bool hi_find_credential(const hi_index *, span id, hi_credential *out);

/* The content of another index: with an item written, replaced or added, or without one. For an index of nothing give one of zeros. */
void hi_index_with_item(const hi_index *, const hi_item *, writer *content);
void hi_index_without_item(const hi_index *, span id, writer *content);

/* Rejects what hi_read_index rejects: nobody seals an index that nobody would take. `room` takes hi_filled_size(content.n) bytes. */
verdict hi_seal_index(const prim *, const uint8_t root[HI_KEY], const uint8_t salt[HI_SALT], uint32_t generation, uint64_t v, span content,
                      uint8_t *room, writer *out);

/* ---- items ---- */

size_t hi_filled_size(size_t n_text); /* of a text of at most HI_TEXT_MAX bytes */

/* Rejects with HI-020. must() holds that the text is not larger than HI_TEXT_MAX. `room` takes hi_filled_size(text.n) bytes. */
verdict hi_seal_item(const prim *, const uint8_t root[HI_KEY], const uint8_t salt[HI_SALT], uint32_t generation, span id, uint64_t version,
                     span text, uint8_t *room, writer *out);

/* An item that the storage gave for an id: rejects with HI-009 to HI-011, HI-016 to HI-018, HI-020 to HI-022. `room` takes as many bytes as
 * the item has. */
verdict hi_open_item(const prim *, const uint8_t root[HI_KEY], uint32_t generation, const hi_index *, span id, span sealed, uint8_t *room,
                     span *text);

/* ---- the head ---- */

typedef struct hi_head {
    uint64_t v, generation;
    span last, index, mac; /* HI_DIGEST bytes each */
} hi_head;

extern const layout hi_head_layout;

/* The head that follows `last` (HI_HEAD bytes; empty: there is none yet). rotates: it begins a generation, whose root this is. Rejects with
 * HI-032. */
verdict hi_make_head(const prim *, const uint8_t root[HI_KEY], bool rotates, span last, span sealed_index, uint8_t head[HI_HEAD]);

void hi_head_code(const prim *, span head, char code[HI_CODE + 1]);

/* ---- devices ---- */

/* What a device remembers: kept where the storage can't reach. All zero: nothing. */
typedef struct hi_memory {
    bool has;
    uint64_t v;
    uint32_t generation;
    uint8_t head[HI_DIGEST]; /* digest of the newest head */
} hi_memory;

/* What the storage shows to a device that asks with one credential. */
typedef struct hi_shown {
    span credential, wrap, index;
    span heads; /* from the remembered one, or the newest alone, to the newest */
} hi_shown;

/* What the device then has. */
typedef struct hi_view {
    uint8_t root[HI_KEY]; /* secret */
    uint64_t v;
    uint32_t generation;
    span newest;  /* the head; borrows from what was shown */
    span content; /* of the index; borrows from the room */
    hi_index index;
} hi_view;

/* Rejects with HI-009 to HI-012, HI-014, HI-016 to HI-018, HI-024 to HI-027, HI-032 to HI-043; memory and *out are untouched unless accepted.
 * `room` takes as many bytes as the sealed index has. */
verdict hi_device_takes(hi_memory *, const prim *, const uint8_t kek[HI_KEY], const hi_shown *, uint8_t *room, hi_view *out);

/* Whether a new history may begin where the storage shows these heads. Rejects with HI-045. */
verdict hi_device_begins(const hi_memory *, span heads);

/* A head that this device has written and the storage has taken. */
void hi_device_remembers(const prim *, span head, hi_memory *);

/* The content of an index with one more credential. Rejects with HI-012, HI-050. */
verdict hi_device_enrols(const prim *, const hi_index *, span credential, span wrap, writer *content);

/* The content of a rotation's index. digests: HI_DIGEST bytes for each item of the index before, in its order; credentials: how many are at
 * hand, and the row of them. Rejects with HI-052, HI-053. */
typedef struct hi_rotation {
    uint64_t v, n_credentials;
    span credentials, digests;
} hi_rotation;
verdict hi_device_rotates(const hi_index *before, const hi_rotation *, writer *content);

/* ---- the storage ---- */

/* Compare and set: newest is empty where there is no head yet. Rejects with HI-032, HI-046, HI-047. */
verdict hi_storage_takes(const prim *, span newest, span offered);

#endif
