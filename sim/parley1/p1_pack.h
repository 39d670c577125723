/* A pack of profile parley1: what a client has to know of a simulated service before it meets it, as the one document of sim/pack/pack.md. The same
 * seed, name and time give the same bytes. */
#ifndef PARLEY_P1_PACK_H
#define PARLEY_P1_PACK_H

#include "p1_service.h"

enum { P1_PACK_MAX = 4 * SERVICE_TEXT + SERVICE_GPU_TEXT };

void p1_pack_write(const service *, writer *out); /* one JSON object and a line feed */

#endif
