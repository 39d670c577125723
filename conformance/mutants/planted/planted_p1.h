/* The planted targets of profile parley1: the simulator's host and guest, with careless steps around the text. */
#ifndef PARLEY_PLANTED_P1_H
#define PARLEY_PLANTED_P1_H

#include "prim.h"

/* Serves on a free port of the loopback the service of this seed and time; writes its port and that of its hook to `tell`, two unsigned; never returns. */
_Noreturn void planted_p1_serve(span seed, int64_t now, int tell);

/* Says the prompt to the host at this URL, with a hook for its clock at `ctl`; ends as the client door asks for. `diary`: a file of its own, for what
 * a mistake keeps from run to run. */
int planted_p1_chat(const char *url, const char *prompt, const char *ctl, const char *diary);

/* The primitives of a careless program of this profile. */
const prim *planted_p1_prim(void);

/* Coefficients of a KEM key from this byte on that are no residues become 0. */
void planted_p1_reduces(uint8_t *ek, size_t from);

#endif
