/* `parley bench server`: measured here, because it needs server and clients. */
#ifndef PARLEY_SPEED_SERVER_H
#define PARLEY_SPEED_SERVER_H

#include "speed.h"

void speed_of_server(speed *, const prim_choice *, uint32_t rounds);

#endif
