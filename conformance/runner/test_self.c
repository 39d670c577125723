/* `parley test self`: the three doors against our own server, client and library, each in a process of its own. */
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "own_server.h"
#include "place.h"
#include "session.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* The same call with other operands, an option more, and a folder of its own. */
static cli_call aimed(const cli_call *call, char **operands, int n, const char *option, const char *value, const char *folder)
{
    cli_call c = *call;
    c.given = call;
    c.argv = operands;
    c.argc = n;
    c.out = folder;
    for (size_t i = 0; option && i < c.n_options; i++)
        if (strcmp(c.options[i]->name, option) == 0)
            c.values[i] = value;
    return c;
}

static int at_server(const cli_call *call, const pack *p, const char *folder)
{
    own_server s;
    char url[64];
    if (!own_server_start(&s, p, 0))
        return cli_fail(call, EXIT_UNREACHABLE, "our own server can't be started");
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/websocket", s.port);
    const cli_call c = aimed(call, (char *[]){(char *)"server", url, NULL}, 2, "name", "parley serve", folder);
    int code = test_server(&c);
    own_server_stop(&s);
    return code;
}

static int at_client(const cli_call *call, const char *folder)
{
    char command[1200];
    snprintf(command, sizeof command, "%s chat {url} --pack {pack} --say {prompt}", place_program());
    const cli_call c = aimed(call, (char *[]){(char *)"client", NULL}, 1, "exec", command, folder);
    return test_client(&c);
}

static int at_library(const cli_call *call, const char *folder)
{
    const cli_call c = aimed(call, (char *[]){(char *)"library", (char *)place_program(), (char *)"adapter", NULL}, 3, NULL, NULL, folder);
    return test_library(&c);
}

/* Whether a door has cases of the selection; one that has none is not run. */
static bool has_some(const cli_call *call, case_tables tables)
{
    const suite_selection which = {cli_value(call, "case"), cli_value(call, "req"), cli_value(call, "area")};
    return suite_selected(tables, &which) > 0;
}

int test_self(const cli_call *call)
{
    static const char *const doors[] = {"self-server", "self-client", "self-library"};
    const char *profile = session_profile(call);
    int code = EXIT_LEVEL;
    char folder[3][OUT_PATH];
    if (!profile || call->argc != 1)
        return profile ? cli_usage(call, "self takes no more operands") : EXIT_USAGE;
    pack *p = session_pack_of_target(call, profile, &code);
    if (!p)
        return code;
    for (int i = 0; i < 3; i++)
        code = exit_worst(code, out_folder(call, doors[i], folder[i]));
    if (code) {
        free(p);
        return code;
    }
    const suite_profile *suite = suite_profile_named(profile);
    const bool server = has_some(call, suite->server), client = has_some(call, suite->client);
    if (server)
        code = at_server(call, p, folder[0]);
    if (client)
        code = exit_worst(code, at_client(call, folder[1]));
    if ((!server && !client) || test_library_selects(call))
        code = exit_worst(code, at_library(call, folder[2]));
    free(p);
    return code;
}
