/* `serve` and `chat` with --profile parley1. Both sides have the pack of --pack, or that of --seed and --at. */
#ifndef PARLEY_PARLEY1_VERBS_H
#define PARLEY_PARLEY1_VERBS_H

#include "cli.h"
#include "suite.h"

bool is_parley1(const cli_call *); /* --profile parley1 */
int parley1_serve(const cli_call *, const char *host, unsigned port);
int parley1_chat(const cli_call *);

/* What a run of the suite needs for targets of this profile, which have this pack. */
void parley1_run(const cli_call *, const p1_pack *, suite_run *);

#endif
