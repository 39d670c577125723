/* Our own server in a process of its own, and our own client, as targets for the suite. The server ends with its parent. */
#ifndef PARLEY_OWN_SERVER_H
#define PARLEY_OWN_SERVER_H

#include "server.h"
#include "trial.h"

#include <sys/types.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { SANITIZED = 1 }; /* memory is no measure then */
#else
enum { SANITIZED = 0 };
#endif

typedef struct own_server {
    pid_t pid;
    unsigned port;
    unsigned hook; /* port of what the hook listens on; 0: none */
} own_server;

/* `pack` is shared with the new process. `weak`: a requirement whose line is switched off in there (in the build that can); 0: none.
 * False when it can't be started. */
bool own_server_start(own_server *, const pack *, cf_revision, int weak);
/* The same with a hook of the suite, which is called in the new process; it returns the port that it listens on, 0 when it can't. */
typedef unsigned own_server_hook(struct event_base *, sim_server *);
bool own_server_start_hooked(own_server *, const pack *, cf_revision, int weak, own_server_hook *);
void own_server_stop(own_server *);

/* A host of profile parley1, with a script, whose service is that of this pack. It always has a hook for its clock. */
typedef struct own_parley1 {
    const p1_pack *pack;
    int weak, weak_too;    /* lines that are switched off; 0: none */
    bool only_at_messages; /* a mistake: time goes on for it when a message comes, and only then */
} own_parley1;
bool own_parley1_start(own_server *, const own_parley1 *);

/* Runs of the suite against our own server, and against our own client started by this command. */
suite_run own_server_run(const own_server *, const pack *, const char *replay);
suite_run own_parley1_run(const own_server *, const pack *, const p1_pack *, const char *replay);
suite_run own_client_run(char *const *command, const pack *, const char *pack_folder, const char *replay);

#endif
