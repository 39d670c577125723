/* `parley test self`: the three doors against our own server, client and library, each in a process of its own. */
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "own_server.h"
#include "place.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

/* The same call with other operands, an option more, and a folder of its own. */
static cli_call aimed(const cli_call *call, char **operands, int n, const char *option, const char *value, const char *folder)
{
    cli_call c = *call;
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
    const cli_call c = aimed(call, (char *[]){(char *)"server", url, NULL}, 2, NULL, NULL, folder);
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

int test_self(const cli_call *call)
{
    static const char *const doors[] = {"self-server", "self-client", "self-library"};
    const char *profile = session_profile(call);
    int code = EXIT_LEVEL;
    char folder[3][OUT_PATH];
    if (!profile || call->argc != 1)
        return profile ? cli_usage(call, "self takes no more operands") : EXIT_USAGE;
    pack *p = session_pack(call, profile, &code);
    if (!p)
        return code;
    for (int i = 0; i < 3; i++)
        code = exit_worst(code, out_folder(call, doors[i], folder[i]));
    if (code) {
        free(p);
        return code;
    }
    code = at_server(call, p, folder[0]);
    code = exit_worst(code, at_client(call, folder[1]));
    code = exit_worst(code, at_library(call, folder[2]));
    free(p);
    return code;
}
