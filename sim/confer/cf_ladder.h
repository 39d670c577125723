/* The attackers of the ladder on profile confer: a client that follows the text, the enclave that it means, and who stands between them. */
#ifndef PARLEY_CF_LADDER_H
#define PARLEY_CF_LADDER_H

#include "ladder.h"

extern const ladder_profile cf_ladder; /* as deployed */
extern const ladder_profile
    cf_ladder_chips; /* the client's policy lists the chips that it means, and takes no tokens, which name no chip */

#endif
