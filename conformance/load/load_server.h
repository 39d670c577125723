/* The server of a load run, in a process of its own. */
#ifndef PARLEY_LOAD_SERVER_H
#define PARLEY_LOAD_SERVER_H

#include "pack.h"

#include <sys/types.h>

typedef struct load_server {
    pid_t pid;
    unsigned port;
    size_t budget;
} load_server;

bool load_server_start(load_server *, const pack *, size_t memory);
size_t load_server_resident(const load_server *); /* bytes */
bool load_server_stop(load_server *);             /* true: it left in good order */

#endif
