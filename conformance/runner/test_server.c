/* The server door: a server by its URL. The runner is the client, honest or not. */
#include "test_run.h"
#include "parley1_pack.h"
#include "parley1_verbs.h"

#include <stdlib.h>
#include <string.h>

enum { NEGATIVES_REPEATED = 40 };

int test_server(const cli_call *call)
{
    const char *profile = session_profile(call), *url = cli_operand(call, 1);
    int code = EXIT_LEVEL;
    suite_run run = {.prim = &prim_sodium,
                     .door = "url",
                     .role = "server",
                     .ctl = cli_value(call, "ctl"),
                     .folder = call->out,
                     .repeated = NEGATIVES_REPEATED};
    if (!profile)
        return EXIT_USAGE;
    if (!url || cli_operand(call, 2) || !ws_url_read(url, &run.url))
        return cli_usage(call, "server takes one URL, ws://HOST[:PORT]/PATH");
    if (run.ctl && (!strchr(run.ctl, ':') || strlen(run.ctl) > 200))
        return cli_usage(call, "--ctl: '%s' is not HOST:PORT", run.ctl);
    if (cli_given(call, "exec") && !call->target_pid)
        return test_started(call, url, cli_value(call, "exec"), test_server);
    p1_pack *p1 = is_parley1(call) ? parley1_pack_of_target(call, &code) : NULL;
    pack *p = code ? NULL : session_pack_of_target(call, profile, &code);
    if (!p)
        return free(p1), code;
    run.pack = p;
    run.pid = call->target_pid;
    run.now = session_time(call, p);
    run.seed = span_of(call->seed, call->seed_n);
    const suite_profile *suite = session_suite(call);
    run.revision = suite->revision;
    run.profile = suite->release;
    if (p1)
        parley1_run(call, p1, &run);
    code = test_run_suite(call, &run, suite->server, &suite->server_owes, url, NULL);
    free(p);
    free(p1);
    return code;
}
