/* Who has to have signed a receipt, and of which turn it has to be: --signer, --statement and --com. */
#ifndef PARLEY_SIGNER_H
#define PARLEY_SIGNER_H

#include "cli.h"
#include "inference.h"

typedef struct signer {
    uint8_t key[IN_DIGEST], statement[IN_DIGEST], com[IN_DIGEST];
    in_signed by; /* what was given; the signature is the file's. Borrows from the above */
} signer;

/* False after saying what is wrong; *exit_code says how to end. */
bool signer_asked(const cli_call *, signer *, int *exit_code);

#endif
