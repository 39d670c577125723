/* Our own server in a process of its own, for those who test the suite. It ends with its parent. */
#ifndef PARLEY_OWN_SERVER_H
#define PARLEY_OWN_SERVER_H

#include "pack.h"

#include <sys/types.h>

typedef struct own_server {
    pid_t pid;
    unsigned port;
} own_server;

/* `pack` is shared with the new process. `weak`: a requirement whose line is switched off in there (in the build that can); 0: none.
 * False when it can't be started. */
bool own_server_start(own_server *, const pack *, int weak);
void own_server_stop(own_server *);

#endif
