/* The owner of a guest: an ID key that signs the ID block, and an author key that signs the ID key. */
#ifndef PARLEY_TEE_ID_H
#define PARLEY_TEE_ID_H

#include "id_block.h"
#include "tee.h"

typedef struct tee_id_key {
    uint8_t scalar[48];
    uint32_t curve;
    uint8_t padding; /* the last byte of the structure */
} tee_id_key;

typedef struct tee_id {
    tee_id_key id, author;
    uint32_t id_algo, author_algo, version, guest_svn;
    const tee_id_key *block_signer, *key_signer; /* who signs the block, and who the ID key */
    uint8_t measurement[AT_MEASUREMENT];
    size_t n_block; /* bytes of the block that are written and signed: AT_ID_BLOCK */
    uint8_t block[2 * AT_ID_BLOCK], auth[AT_ID_AUTH + 1];
} tee_id;

/* An honest owner of the guest. Points into itself: never copied. */
void tee_id_make(tee_id *, const tee_launch *, span seed);
/* What the firmware puts into the report: digests of both keys. */
void tee_id_digests(const tee_id *, tee_launch *);
/* Signs: fills block and auth. */
void tee_id_sign(tee_id *, const tee_launch *);

#endif
