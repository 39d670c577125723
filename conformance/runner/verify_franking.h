/* `parley verify franking`: what a moderator finds in a frank. */
#ifndef PARLEY_VERIFY_FRANKING_H
#define PARLEY_VERIFY_FRANKING_H

#include "cli.h"

int verify_franking(const cli_call *);

#endif
