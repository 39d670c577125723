/* The ID block that a guest was launched with, and who vouches for it: files of the guest's owner, beside the report (prose: attestation.md,
 * section 10). */
#ifndef PARLEY_ID_BLOCK_H
#define PARLEY_ID_BLOCK_H

#include "attestation.h"

enum { AT_ID_BLOCK = 96, AT_ID_AUTH = 4096, AT_ID_KEY = 0x404, AT_ID_SIGNATURE = 512 };

/* Integers little-endian; spans borrow. */
typedef struct at_id_block {
    span measurement, family_id, image_id;
    uint64_t version, guest_svn, policy;
} at_id_block;

typedef struct at_id_auth {
    uint64_t id_key_algo, author_key_algo;
    span reserved_008, block_signature, id_key, reserved_644, key_signature, author_key, reserved_c84;
} at_id_auth;

/* A public key: the curve (2: P-384), x and y as 72-byte little-endian numbers, zeros. */
typedef struct at_id_key {
    uint64_t curve;
    span x, x_padding, y, y_padding, reserved; /* x and y: 48 bytes */
} at_id_key;

extern const layout at_id_block_layout, at_id_auth_layout, at_id_key_layout;

/* Judges the two files against an authentic report. Rejects with AT-080 to AT-091. */
verdict at_judge_id_block(const prim *, span block, span auth, const at_snp_report *, account *);

#endif
