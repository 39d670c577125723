/* `serve`, `chat` and `pack` with --profile parley1. Both sides make the same simulated service (owner, release, machine, log) from --seed and --at. */
#ifndef PARLEY_PARLEY1_VERBS_H
#define PARLEY_PARLEY1_VERBS_H

#include "cli.h"
#include "suite.h"

bool is_parley1(const cli_call *); /* --profile parley1 */
int parley1_serve(const cli_call *, const char *host, unsigned port);
int parley1_chat(const cli_call *);
int parley1_pack(const cli_call *, const char *folder); /* what a client wants, as DIR/pack.json */

/* What a run of the suite needs for targets of this profile: they share the service of no seed. */
void parley1_run(const cli_call *, suite_run *);
int parley1_out_pack(const cli_call *, char path[4096]); /* its pack in a folder under --out */

#endif
