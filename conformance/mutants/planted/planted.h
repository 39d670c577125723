/* Targets of the suite that make the mistakes of careless implementers: a small server and a small client of profile confer, and an adapter. Each
 * mistake is one row of planted.def and one switch in a target; the text of the specification has none. Without a switch a target is honest. */
#ifndef PARLEY_PLANTED_H
#define PARLEY_PLANTED_H

#include "pack.h"
#include "shim.h"

typedef enum planted_door {
    PLANTED_SERVER,        /* of revision 0.1.14 */
    PLANTED_SERVER_0_1_16, /* of a later one, where that is told apart */
    PLANTED_SERVER_0_1_20,
    PLANTED_DEPLOYED,
    PLANTED_CHAOS, /* a server of revision 0.1.14 */
    PLANTED_CLIENT,
    PLANTED_ADAPTER,
    PLANTED_P1_SERVER, /* of profile parley1 */
    PLANTED_P1_CLIENT
} planted_door;

enum {
#define PLANTED(door, name, what, sentence, caught_by) WITH_##name,
#include "planted.def"
#undef PLANTED
    PLANTED_FAULTS
};

typedef struct planted_row {
    planted_door door;
    const char *name, *what;
    const char
        *sentence; /* that the failing check names. A habit of the deployed system breaks none: "", or `until` or `since` a revision */
    const char *caught_by; /* the case, or a glob of the cases that it is tried at */
} planted_row;

extern const planted_row planted_rows[PLANTED_FAULTS];
extern bool planted_now[PLANTED_FAULTS]; /* which mistakes this process makes */

#define CARELESS(name) (planted_now[WITH_##name])

void planted_choose(int fault);        /* this one alone; -1: none */
void planted_as_deployed(cf_revision); /* all habits of the deployed system at that revision */
int planted_named(const char *name);   /* -1: there is none */

/* Serves on a free port of the loopback, with its hook on another; writes both to `tell`, two unsigned; never returns. */
_Noreturn void planted_serve(const pack *, cf_revision, int tell);

/* Says the prompt to the server at this URL, and ends with the exit code that the client door asks for.
 * `diary`: a file of its own, for what a mistake keeps from run to run. */
int planted_chat(const char *url, const char *pack_folder, const char *prompt, const char *diary);

/* Around a call of rt.*: planted_ratchet.c. The library is our own (in_process). */
void planted_before_session(const parley_impl *library, shim_request *);
void planted_after_session(const shim_request *, shim_reply *);

/* Around any call: planted_library.c. */
void planted_misreads(shim_request *);
void planted_misreports(const shim_request *, shim_reply *);

/* In front of an honest implementation, which is borrowed. */
parley_impl planted_adapter(const parley_impl *behind);

#endif
