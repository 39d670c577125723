/* A key log: the secrets of Noise sessions, so that whoever has their bytes can read them. For tests only. One line each, `#` begins a comment:
 *   NOISE <ephemeral share of the initiator> initiator|responder <ephemeral secret> <static secret>      all in hexadecimal
 * Of profile parley1 there is a line for each secret, as soon as it is used:
 *   PARLEY1 <ephemeral share of the initiator> initiator|responder s|e|dh|kem <secret>
 *     s    responder: the secret of its static share
 *     e    the handshake's ephemeral secret
 *     dh   of each ratchet share, the responder's R_e among them, that of R_0 first
 *     kem  of each exchange of ML-KEM-768, by epoch: d || z of the initiator's key, m of the responder's ciphertext */
#ifndef PARLEY_KEY_LOG_H
#define PARLEY_KEY_LOG_H

#include "cli.h"
#include "diagnosis.h"

/* Appends the secrets of this peer, who has made its ephemeral key, to the file. False with errno kept. */
bool key_log_put(const char *path, const nz_peer *);

#define KEY_LOG_PARLEY1 "PARLEY1 "

typedef struct key_log_line {
    uint8_t session[32];
    bool responder;
    char kind[4]; /* "s", "e", "dh", "kem" */
    uint8_t secret[64];
    size_t n;
} key_log_line;

bool key_log_put_parley1(const char *path, const key_log_line *);
/* The next line of profile parley1 from *text on; 0 at the end, 1, or -1: it is none. */
int key_log_next_parley1(const char **text, key_log_line *);

/* Sets the secrets of the session whose initiator's share this is. NULL, or what is wrong with the text; `found`: how many lines fitted. */
const char *key_log_read(const char *text, const uint8_t share[32], diagnosed_session *, unsigned *found);

#endif
