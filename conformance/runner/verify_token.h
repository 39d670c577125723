/* `parley verify jwt`: the token of a verification service, against its keys and a policy. */
#ifndef PARLEY_VERIFY_TOKEN_H
#define PARLEY_VERIFY_TOKEN_H

#include "cli.h"

int verify_token(const cli_call *);

#endif
