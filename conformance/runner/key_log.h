/* A key log: the secrets of Noise sessions, so that whoever has their bytes can read them. For tests only. One line each, `#` begins a comment:
 *   NOISE <ephemeral share of the initiator> initiator|responder <ephemeral secret> <static secret>      all in hexadecimal */
#ifndef PARLEY_KEY_LOG_H
#define PARLEY_KEY_LOG_H

#include "cli.h"
#include "diagnosis.h"

/* Appends the secrets of this peer, who has made its ephemeral key, to the file. False with errno kept. */
bool key_log_put(const char *path, const nz_peer *);

/* Sets the secrets of the session whose initiator's share this is. NULL, or what is wrong with the text; `found`: how many lines fitted. */
const char *key_log_read(const char *text, const uint8_t share[32], diagnosed_session *, unsigned *found);

#endif
