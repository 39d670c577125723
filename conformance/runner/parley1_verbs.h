/* `serve`, `chat` and `pack` with --profile parley1. Both sides make the same simulated service (owner, release, machine, log) from --seed and --at. */
#ifndef PARLEY_PARLEY1_VERBS_H
#define PARLEY_PARLEY1_VERBS_H

#include "cli.h"

bool is_parley1(const cli_call *); /* --profile parley1 */
int parley1_serve(const cli_call *, const char *host, unsigned port);
int parley1_chat(const cli_call *);
int parley1_pack(const cli_call *, const char *folder); /* what a client wants, as DIR/pack.json */

#endif
