/* A session as bytes, to be kept by the application and taken up again. The bytes are secret: whoever keeps them encrypts them.
 *
 * A state that is taken up twice, or an old one that is taken up again, would use keys again. Each saving therefore has a number, the *generation*, one
 * above the one before; the application keeps the newest number apart from the states (a trusted counter, a server) and stores both before it
 * lets a message out. In strict mode a state of an older generation is refused. */
#ifndef PARLEY_SIGNAL_SAVED_H
#define PARLEY_SIGNAL_SAVED_H

#include "signal_profile.h"

enum { SG_SAVED_MAX = 700000 }; /* bytes; a few thousand when nothing is skipped */

/* Appends the state as of generation *newest + 1, and makes that the newest. False, with nothing appended and *newest as it was, when there is no room. */
bool sg_save(const sg_session *, uint64_t *newest, writer *out);

/* Takes up a saved state into an empty session that has room. SG-060 malformed, SG-061 not the newest (strict); the session is empty then. */
verdict sg_restore(sg_session *, const prim *, uint64_t newest, span saved);

#endif
