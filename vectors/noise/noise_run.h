/* One honest Noise session, played by the text on both sides, with everything that was said. */
#ifndef PARLEY_NOISE_RUN_H
#define PARLEY_NOISE_RUN_H

#include "noise.h"

enum { NOISE_RUN_MAX = 1 << 17, NOISE_RECORDS = 3, NOISE_MESSAGE = 2048 /* longer than any message of a run */ };

typedef struct noise_run {
    const prim *prim;
    nz_suite suite;
    char name[48]; /* Noise_XX_25519_AESGCM_SHA256 */
    char slug[40]; /* aesgcm-sha256 */
    span prologue;
    uint8_t s[2][32], e[2][32], share[2][32]; /* by nz_role; share: the public keys of s */
    uint8_t e1[64], ekem1[32];                /* of the KEM: the initiator's seed d || z, the responder's coins */
    bool has_s[2], hybrid;
    span payload[3];
    struct {
        uint8_t bytes[NOISE_MESSAGE];
        size_t n;
    } message[3];
    nz_peer peer[2]; /* after the last message */
} noise_run;

/* The secret called by these words: SHA-256 of them under a label of the test vectors and the seed. The committed vectors are
 * made without a seed; with another one the same cases come out with other secrets, so that no table of answers passes. */
void named_secrets_from(span seed);
void named_secret(const char *who, const char *what, uint8_t out[32]);

/* Plays the suite's pattern. `session` names the ephemerals, so that two sessions of the same peers can be had.
 * False when an honest message was rejected. */
bool noise_play(noise_run *, const prim *, nz_suite, const char *session, span prologue);
/* The same with secrets and payloads that the caller has set. */
bool noise_play_with(noise_run *);
span noise_message(const noise_run *, int k); /* k from 1 */
nz_role noise_writer(int k);

/* The suites of a pattern, in the order of the files. */
enum { NOISE_SUITES = 8 };
nz_suite noise_suite(nz_pattern, int i);

#endif
