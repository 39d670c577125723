/* Profile parley1: Parley/1, the reference protocol (parley1.md). What its parts share: hashes and keys behind labels.
 *
 * The parts: parley1_handshake.h, parley1_enrolment.h, parley1_evidence.h, parley1_record.h, parley1_session.h, parley1_talk.h. */
#ifndef PARLEY_PARLEY1_H
#define PARLEY_PARLEY1_H

#include "prim.h"
#include "verdict.h"

enum { P1_KEY = 32, P1_DIGEST = 32, P1_EXPAND_MAX = 96 /* bytes behind a label */ };

/* SHA-256 and SHA-512 of "parley/1 " label 00 and the parts, which are at most P1_PARTS_MAX. */
enum { P1_PARTS_MAX = 8 };
void p1_hash(const prim *, const char *label, const span *parts, size_t n_parts, uint8_t out[P1_DIGEST]);
void p1_hash512(const prim *, const char *label, const span *parts, size_t n_parts, uint8_t out[64]);

/* HKDF-Expand with SHA-256 from a key of 32 bytes. `data` is at most P1_EXPAND_MAX bytes. */
void p1_derive(const prim *, const uint8_t key[P1_KEY], const char *label, span data, uint8_t *out, size_t n);

/* The code that a refusal closes with; no reason is given. */
uint16_t p1_refusal(void);

#endif
