/* The planted targets of profile parley1: the simulator's host and guest, with careless steps around the text. */
#ifndef PARLEY_PLANTED_P1_H
#define PARLEY_PLANTED_P1_H

#include "franking.h"

#define PLANTED_P1_NAME "chat.example" /* of the server's service, and of the pack that everybody knows */

/* Serves on a free port of the loopback the service of this seed and time; writes its port and that of its hook to `tell`, two unsigned; never returns. */
_Noreturn void planted_p1_serve(span seed, int64_t now, int tell);

/* Says the prompt to the host at this URL, by the pack in this folder, with a hook for its clock at `ctl`; ends as the client door asks for. `diary`: a file of its own, for what
 * a mistake keeps from run to run. receipts: it asks for one. */
int planted_p1_chat(const char *url, const char *pack_folder, const char *prompt, const char *ctl, const char *diary, bool receipts);

/* In the place of in_client_checks_receipt. A receipt of this size stands for one that is missing, where the guest does not miss it. */
enum { PLANTED_P1_NO_RECEIPT = 1 };
verdict planted_p1_checks_receipt(const in_client *, const prim *, const in_end *, const in_expected *, account *, in_signed_receipt *out);

/* Of the epoch that a careless guest waits for: its number, which it does not compare. */
extern uint32_t planted_p1_awaited;

/* The primitives of a careless program of this profile. */
const prim *planted_p1_prim(void);

/* Coefficients of a KEM key from this byte on that are no residues become 0. */
void planted_p1_reduces(uint8_t *ek, size_t from);

#endif
