/* The reference client told what to do by the suite: over lines (`chat --drive`) or over HTTP (`chat --wait URL`). */
#ifndef PARLEY_CHAT_LINK_H
#define PARLEY_CHAT_LINK_H

#include "cli.h"

int chat_driven(const cli_call *);
int chat_waiting(const cli_call *, const char *url); /* of /next */

#endif
