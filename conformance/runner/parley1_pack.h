/* Packs of profile parley1 in the program: from a folder, or made of a seed. */
#ifndef PARLEY_PARLEY1_PACK_H
#define PARLEY_PARLEY1_PACK_H

#include "cli.h"
#include "p1_pack.h"

/* --pack DIR, or the pack of --seed, --at and --vendors. Allocates. NULL: the message has been printed and *code says how to end. */
p1_pack *parley1_pack_of(const cli_call *, int *code);
p1_pack *parley1_pack_of_target(const cli_call *, int *code); /* for a door of `parley test`: --seed is none of the pack's */
p1_pack *parley1_pack_in(const cli_call *, const char *folder, int *code);

/* The simulated service behind it, all but service_finish; it borrows from the pack. Not EXIT_LEVEL: the message has been printed. */
int parley1_service(const cli_call *, const p1_pack *, service *out);

/* What `parley pack` does: the pack of --seed, --at and --vendors, as DIR/pack.json. */
int parley1_pack(const cli_call *, const char *folder);

/* The same as the folder `pack` under --out: of no seed, or of a world that --seed draws. */
int parley1_out_pack(const cli_call *, char path[4096]);
int parley1_fresh_pack(const cli_call *, char path[4096]);

#endif
