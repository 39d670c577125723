#include "verbs.h"

#define ROW(name, run, synopsis, summary, about, ...) {#name, synopsis, summary, about, (const cli_option[]){__VA_ARGS__, {0}}, run},
#define VERB(name, ...)                               ROW(name, verb_##name, __VA_ARGS__)
#define LAUNCHER(name, ...)                           VERB(name, __VA_ARGS__)
#define HYPHENATED(name, function, synopsis, summary, about, ...) \
    {name, synopsis, summary, about, (const cli_option[]){__VA_ARGS__, {0}}, verb_##function},
const cli_verb cli_verbs[] = {
#include "verbs.def"
    {0}};
#undef VERB
#undef LAUNCHER
#undef HYPHENATED

/* Only the launcher can do these: they build the program. */
static int in_a_checkout(const cli_call *call)
{
    return cli_fail(call, EXIT_USAGE, "this verb belongs to the launcher: run ./parley %s at the top of a checkout", call->verb->name);
}

int verb_check(const cli_call *call) { return in_a_checkout(call); }
int verb_peers(const cli_call *call) { return in_a_checkout(call); }
