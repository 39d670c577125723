#include "doors.h"
#include "coins.h"
#include "exits.h"
#include "verbs.h"

#include <string.h>

enum { FRESH_SEED = 8 /* bytes */ };

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

/* Without --seed each run draws from one of its own, so that a table of answers does not pass; the report says which. */
static cli_call seeded(const cli_call *call)
{
    cli_call c = *call;
    if (c.seed_n == 0) {
        coins fresh = coins_of_system();
        c.seed_n = FRESH_SEED;
        coins_draw(&fresh, c.seed, c.seed_n);
    }
    return c;
}

static door_runner *chosen(const cli_call *call, const char *door)
{
    static const struct {
        const char *door;
        door_runner *run;
        const char *refused[24]; /* options of the other doors */
    } doors[] = {
        {"server", test_server, {"messages", "keep", "drive", "wait", "bind"}},
        {"client", test_client, {"ctl", "messages", "keep"}},
        {"library", test_library, {"exec", "drive", "wait", "bind", "ctl", "pack", "profile", "jobs", "repeat", "patience", "chaos"}},
        {"self",
         test_self,
         {"exec", "drive", "wait", "bind", "messages", "keep", "ctl", "name", "known", "baseline", "baseline-was", "baseline-write",
          "baseline-prune"}},
    };
    for (size_t i = 0; door && i < sizeof doors / sizeof *doors; i++)
        if (strcmp(doors[i].door, door) == 0)
            return refuses_options(call, door, doors[i].refused) ? NULL : doors[i].run;
    cli_usage(call, "name a door: server URL, client --exec|--drive COMMAND or --wait, library CMD..., self, or @FILE for a target file");
    return NULL;
}

int verb_test(const cli_call *call)
{
    const char *door = cli_operand(call, 0);
    const cli_call run = seeded(call);
    if (door && *door == '@')
        return test_target(&run, door + 1, chosen);
    door_runner *runner = chosen(call, door);
    return runner ? runner(&run) : EXIT_USAGE;
}
