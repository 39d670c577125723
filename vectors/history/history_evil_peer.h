/* A device that holds every key of a history and lies in one thing, sealing everything again. Written apart from the text, so that its honest
 * bytes are a second opinion on it as well. */
#ifndef PARLEY_HISTORY_EVIL_PEER_H
#define PARLEY_HISTORY_EVIL_PEER_H

#include "history.h"

typedef enum box_lie {
    BOX_TRUE,
    BOX_COMMIT_FLIPPED,
    BOX_COMMIT_OTHER_A, /* the commitment of another a; the key is the right one */
    BOX_TAG_FLIPPED,
    BOX_TEXT_FLIPPED,
    BOX_AEAD_OTHER_A, /* the associated data are others */
} box_lie;

void forge_box(const prim *, const uint8_t key[32], const char *salt, span text, span a, box_lie, writer *out); /* salt: its name */

/* A filled text of any size, length field and last byte. */
void forge_filled(span text, size_t size, uint32_t length, uint8_t last, writer *out);
size_t honest_size(size_t n_text);

void forge_kek(const prim *, const uint8_t prf[32], span credential, uint8_t kek[32]);
void forge_wrap(const prim *, const uint8_t kek[32], const char *salt, span root, uint32_t generation, span credential, writer *out);
/* kind 2 or 3, of a text that is filled already. */
void forge_place(const prim *, const uint8_t root[32], const char *salt, span filled, uint8_t kind, uint32_t generation, span id,
                 uint64_t version, writer *out);

typedef struct head_parts {
    uint64_t v;
    uint32_t generation;
    span last, index; /* what their digests are of; last empty: zeros */
    const uint8_t *root;
} head_parts;
void forge_head(const prim *, const head_parts *, uint8_t head[HI_HEAD]);

/* Rows of an index. */
typedef struct item_row {
    const char *id;
    uint64_t version;
    span sealed;
} item_row;
typedef struct credential_row {
    const char *id;
    span wrap;
} credential_row;
void forge_content(const prim *, const item_row *, size_t n_items, const credential_row *, size_t n_credentials, writer *out);

#endif
