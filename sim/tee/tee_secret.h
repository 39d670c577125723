/* What the vendor keeps to itself: derivations that the parts of this room share. */
#ifndef PARLEY_TEE_SECRET_H
#define PARLEY_TEE_SECRET_H

#include "tee.h"

void tee_derive(span secret, const char *purpose, span detail, uint8_t out[64]); /* SHA-512 of the three */
void tee_vek_scalar(const tee_chip *, uint8_t scalar[48]);

#endif
