#include "verbs.h"

int verb_help(const cli_call *call)
{
    const char *name = cli_operand(call, 0);
    if (call->argc > 1)
        return cli_usage(call, "one verb at a time");
    if (cli_given(call, "man"))
        help_man(stdout);
    else if (cli_given(call, "completion"))
        help_completion(stdout);
    else if (!name)
        help_overview(stdout);
    else if (cli_find(name))
        help_verb(stdout, cli_find(name));
    else
        return cli_usage(call, "there is no verb '%s'", name);
    return EXIT_LEVEL;
}
