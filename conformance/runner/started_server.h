/* A server under test that a run starts itself, and ends: in a process group of its own, so that what it starts ends with it. */
#ifndef PARLEY_STARTED_SERVER_H
#define PARLEY_STARTED_SERVER_H

#include "cli.h"
#include "websocket.h"

#include <sys/types.h>

/* {pack} in the command is the folder `pack`. Both outputs go to the file OUT/target.txt. NULL once it listens at the URL, or what went
 * wrong; then nothing runs any more. Somebody else's server at the address is not taken for it. */
const char *started_server_begin(const cli_call *, const char *command, const char *pack, const ws_url *, pid_t *pid);
void started_server_end(pid_t);

#endif
