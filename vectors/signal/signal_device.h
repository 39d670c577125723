/* The player behind a handle of rt.device, for whoever plants mistakes into it. */
#ifndef PARLEY_SIGNAL_DEVICE_H
#define PARLEY_SIGNAL_DEVICE_H

#include "reference_adapter.h"
#include "signal_player.h"

player *signal_player_of(const reference_adapter *, int64_t h); /* NULL: h is no device */

#endif
