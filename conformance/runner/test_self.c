/* `parley test self`: the three doors against our own server, client and library, each in a process of its own. */
#include "clock_hook.h"
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "own_server.h"
#include "p1_peer.h"
#include "parley1_pack.h"
#include "parley1_verbs.h"
#include "place.h"
#include "session.h"
#include "suite.h"
#include "test_run.h"

#include <stdlib.h>
#include <string.h>

enum { NOT_RUN = -1 };

static void set_option(cli_call *c, const char *option, const char *value)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (strcmp(c->options[i]->name, option) == 0)
            c->values[i] = value;
}

/* The same call with other operands, an option more, and a folder of its own. */
static cli_call aimed(const cli_call *call, char **operands, int n, const char *option, const char *value, const char *folder)
{
    cli_call c = *call;
    c.given = call;
    c.argv = operands;
    c.argc = n;
    c.out = folder;
    if (option)
        set_option(&c, option, value);
    return c;
}

static void set_server_time(void *server, int64_t now) { server_set_time(server, now); }

unsigned test_self_clock(struct event_base *base, sim_server *server)
{
    clock_hook *clock = clock_hook_start(base, "127.0.0.1:0", set_server_time, server);
    return clock ? clock_hook_port(clock) : 0;
}

/* By the pack in this folder, which is of this run. */
static int at_server_of(const cli_call *call, const p1_pack *p, const char *pack_folder, const char *folder)
{
    own_server s;
    char url[64], ctl[32];
    if (!own_parley1_start(&s, &(own_parley1){.pack = p}))
        return cli_fail(call, EXIT_UNREACHABLE, "our own server can't be started");
    snprintf(url, sizeof url, "ws://127.0.0.1:%u%s", s.port, P1_PEER_TARGET);
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    cli_call c = aimed(call, (char *[]){(char *)"server", url, NULL}, 2, "name", "parley serve", folder);
    set_option(&c, "ctl", ctl);
    set_option(&c, "pack", pack_folder);
    const int code = test_server(&c);
    own_server_stop(&s);
    return code;
}

static int at_parley1_server(const cli_call *call, const char *folder)
{
    char made[OUT_PATH] = "";
    const char *given = cli_value(call, "pack");
    int code = given ? EXIT_LEVEL : parley1_fresh_pack(call, made);
    p1_pack *p = code ? NULL : parley1_pack_in(call, given ? given : made, &code);
    code = p ? at_server_of(call, p, given ? given : made, folder) : code;
    free(p);
    return code;
}

static int at_server(const cli_call *call, const pack *p, const char *folder)
{
    own_server s;
    char url[64], ctl[32];
    if (is_parley1(call))
        return at_parley1_server(call, folder);
    if (!own_server_start_hooked(&s, p, session_suite(call)->revision, 0, test_self_clock))
        return cli_fail(call, EXIT_UNREACHABLE, "our own server can't be started");
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/websocket", s.port);
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    cli_call c = aimed(call, (char *[]){(char *)"server", url, NULL}, 2, "name", "parley serve", folder);
    set_option(&c, "ctl", ctl);
    int code = test_server(&c);
    own_server_stop(&s);
    return code;
}

static int at_client(const cli_call *call, const char *folder)
{
    char command[1200];
    snprintf(command, sizeof command,
             is_parley1(call) ? "%s chat {url} --profile parley1 --pack {pack} --quiet --ctl {ctl} --{receipt}=- --say {prompt}"
                              : "%s chat {url} --pack {pack} --say {prompt}",
             place_program());
    const cli_call c = aimed(call, (char *[]){(char *)"client", NULL}, 1, "exec", command, folder);
    return test_client(&c);
}

static int at_library(const cli_call *call, const char *folder)
{
    const cli_call c = aimed(call, (char *[]){(char *)"library", (char *)place_program(), (char *)"adapter", NULL}, 3, NULL, NULL, folder);
    return test_library(&c);
}

/* Whether a door has cases of the selection; one that has none is not run. */
static bool has_some(const suite_selection *which, case_tables tables) { return suite_selected(tables, which) > 0; }

/* The last line: how each door that was run ended. */
static void print_ends(const char *const doors[3], const int ends[3])
{
    const char *between = "";
    for (int i = 0; i < 3; i++)
        if (ends[i] != NOT_RUN) {
            printf("%s%s: exit %d", between, doors[i], ends[i]);
            between = ", ";
        }
    putchar('\n');
}

static int run_doors(const cli_call *call, const pack *p, char folder[3][OUT_PATH])
{
    static const char *const doors[] = {"self-server", "self-client", "self-library"};
    const suite_profile *suite = session_suite(call);
    suite_selection which;
    page changed = {0};
    int ends[3] = {NOT_RUN, NOT_RUN, NOT_RUN};
    int code = test_run_selection(call, &changed, &which);
    const bool server = has_some(&which, suite->server), client = has_some(&which, suite->client);
    if (!code && server)
        ends[0] = at_server(call, p, folder[0]);
    if (!code && client)
        ends[1] = at_client(call, folder[1]);
    if (!code && ((!server && !client) || test_library_selects(call)))
        ends[2] = at_library(call, folder[2]);
    for (int i = 0; i < 3; i++)
        code = ends[i] == NOT_RUN ? code : exit_worst(code, ends[i]);
    if (!call->json)
        print_ends(doors, ends);
    page_free(&changed);
    return code;
}

int test_self(const cli_call *call)
{
    static const char *const names[] = {"self-server", "self-client", "self-library"};
    const char *profile = session_profile(call);
    char folder[3][OUT_PATH];
    if (!profile || call->argc != 1)
        return profile ? cli_usage(call, "self takes no more operands") : EXIT_USAGE;
    int code = test_run_spelling(call);
    pack *p = code ? NULL : session_pack_of_target(call, profile, &code);
    for (int i = 0; p && i < 3; i++)
        code = exit_worst(code, out_folder(call, names[i], folder[i]));
    code = p && !code ? run_doors(call, p, folder) : code;
    free(p);
    return code;
}
