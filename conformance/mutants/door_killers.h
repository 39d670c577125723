/* Mutants at the network doors: our own server, or our own client, with one line switched off, before the cases that name it. */
#ifndef PARLEY_DOOR_KILLERS_H
#define PARLEY_DOOR_KILLERS_H

#include "battery.h"
#include "pack.h"
#include "results.h"

typedef struct battery_doors {
    const pack *pack;
    const char *pack_folder; /* where it is saved, for the client; NULL: the client door is left out */
    const char *program;     /* path of this program */
    results *kept;           /* gets the failing checks that name the sentence, whole; may be NULL */
} battery_doors;

/* Adds the checks that fail and name the sentence, until there are enough. */
void find_killers_at_server(mutant *, const battery_doors *);
void find_killers_at_client(mutant *, const battery_doors *);
/* How many cases of both doors name it. */
unsigned door_cases_naming(const char *req);

#endif
