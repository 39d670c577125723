/* A provider that computes the agreements of both sides of a session from the secrets of either: the agreement of A's pair with B's share is that
 * of B's pair with A's share. A pair whose secret is not known has a stand-in, its share. For the judge alone; one session at a time. */
#ifndef PARLEY_KNOWN_SECRETS_H
#define PARLEY_KNOWN_SECRETS_H

#include "prim.h"

void known_secrets_forget(void);
void known_secrets_add(const uint8_t secret[32]);
/* Of X25519, and the rest of OpenSSL's table. */
const prim *known_secrets_prim(void);
/* What the provider takes for the secret of this share: its own, or a stand-in, which is remembered. */
span known_secrets_of(const uint8_t share[32]);
/* Whether an agreement was asked for of which neither secret is known; its value was made up. */
bool known_secrets_lacked(void);

#endif
