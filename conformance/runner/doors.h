/* The doors of `parley test`, one file each. */
#ifndef PARLEY_DOORS_H
#define PARLEY_DOORS_H

#include "cli.h"
#include "own_server.h"

int test_server(const cli_call *);                           /* test server URL */
int test_client(const cli_call *);                           /* test client --exec COMMAND */
int test_library(const cli_call *);                          /* test library CMD...; the first operand is the word library */
bool test_library_selects(const cli_call *);                 /* whether a vector is selected by --case, --req and --area */
int test_self(const cli_call *);                             /* test self */
unsigned test_self_clock(struct event_base *, sim_server *); /* own_server_hook: the clock of our server, for --ctl; its port */

/* test @FILE. Which door a word means; NULL, with a message, when it is none or an option of the call means nothing there. */
typedef int door_runner(const cli_call *);
typedef door_runner *door_chooser(const cli_call *, const char *door);
int test_target(const cli_call *, const char *path, door_chooser *);

/* Starts the server of this command, waits until it listens at the URL, runs the door with the call that knows its process, and ends it. */
int test_started(const cli_call *, const char *url, const char *command, door_runner *);

/* The operands from number `from` on with one blank between. False when there are none or they don't fit. */
bool join_operands(const cli_call *, int from, char *out, size_t room);

#endif
