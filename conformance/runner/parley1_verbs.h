/* `serve`, `chat` and `pack` with --profile parley1. Both sides make the same simulated service (owner, release, machine, log) from --seed and --at. */
#ifndef PARLEY_PARLEY1_VERBS_H
#define PARLEY_PARLEY1_VERBS_H

#include "cli.h"
#include "suite.h"

struct service;

bool is_parley1(const cli_call *);                      /* --profile parley1 */
const char *parley1_name(const cli_call *);             /* --name, or the host that our own server is */
void parley1_world(const cli_call *, struct service *); /* (p1_service.h) that of --seed and --at, as a client knows it; not to be copied */
int parley1_serve(const cli_call *, const char *host, unsigned port);
int parley1_chat(const cli_call *);
int parley1_pack(const cli_call *, const char *folder); /* what a client wants, as DIR/pack.json */

/* What a run of the suite needs for targets of this profile: they share the service of no seed. */
void parley1_run(const cli_call *, suite_run *);
int parley1_out_pack(const cli_call *, char path[4096]); /* its pack in a folder under --out */

#endif
