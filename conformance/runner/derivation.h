/* What a run computes, as a script for a shell that computes it again with the command line of OpenSSL and nothing of this project: a
 * recording table of primitives lies under the text while a vector runs, and each hash, HMAC, agreement, public key and signature becomes a
 * line. What that command line can't do (AEAD, ML-KEM, block ciphers, scalars) is given as bytes. */
#ifndef PARLEY_DERIVATION_H
#define PARLEY_DERIVATION_H

#include "page.h"
#include "prim.h"

/* The recording table over another one. One recording at a time; it begins empty. */
const prim *derivation_start(const prim *under);

/* The script of what was recorded, and how many values it computes. `title` is one line. */
size_t derivation_write(page *, const char *title);
void derivation_end(void);

#endif
