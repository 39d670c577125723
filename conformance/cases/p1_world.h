/* A world of profile parley1 that belongs to one trial: a service that nobody else has, under one of three vendors' hierarchies, and the pack of it
 * that the client gets. What a world lies about stands in the pack, in the machine, or in the keys behind it. */
#ifndef PARLEY_P1_WORLD_H
#define PARLEY_P1_WORLD_H

#include "p1_service.h"
#include "trial.h"

/* An honest service, all but service_finish. The name is the caller's. */
void p1_world_draw(coins *, const prim *, const char *name, int64_t now, service *out);

void p1_world_make(trial *);      /* t->p1_world, its pack under run->worlds and t->p1, which is the pack as it is read */
void p1_world_free(p1_world *);   /* and its memory; the folder stays */
void p1_world_remove(p1_world *); /* the folder */

/* What the enclave of this trial is made from, all but service_finish: that of its own world, or of the pack of the run. */
void p1_world_begin(const trial *, service *out);

#endif
