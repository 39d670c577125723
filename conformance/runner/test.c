#include "doors.h"
#include "exits.h"
#include "verbs.h"

#include <string.h>

/* An option that a door would not look at is refused, so that nobody believes it counted. */
static bool refuses_options(const cli_call *call, const char *door, const char *const *refused)
{
    for (; *refused; refused++)
        if (cli_given(call, *refused)) {
            cli_usage(call, "--%s means nothing at the door `%s`", *refused, door);
            return true;
        }
    return false;
}

int verb_test(const cli_call *call)
{
    static const struct {
        const char *door;
        int (*run)(const cli_call *);
        const char *refused[10]; /* options of the other doors */
    } doors[] = {
        {"server", test_server, {"exec"}},
        {"client", test_client, {"ctl"}},
        {"library", test_library, {"exec", "ctl", "pack", "profile", "jobs", "repeat", "patience"}},
        {"self", test_self, {"exec", "ctl", "name", "known", "baseline", "baseline-write", "baseline-prune"}},
    };
    const char *door = cli_operand(call, 0);
    for (size_t i = 0; door && i < sizeof doors / sizeof *doors; i++)
        if (strcmp(doors[i].door, door) == 0)
            return refuses_options(call, door, doors[i].refused) ? EXIT_USAGE : doors[i].run(call);
    return cli_usage(call, "name a door: server URL, client --exec COMMAND, library CMD..., or self");
}
