#ifndef PARLEY_VERIFY_SIGSTORE_H
#define PARLEY_VERIFY_SIGSTORE_H

#include "cli.h"

int verify_sigstore(const cli_call *); /* a bundle */
int verify_log(const cli_call *);      /* an entry of a log */
int verify_note(const cli_call *);     /* a signed note */

#endif
